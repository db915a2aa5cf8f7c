package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seewhy/models/onnx"
	"seewhy/models/prep"
)

// placesModel is a network of an open size whose patches of 16 pixels are told
// apart by a constant for side x side of them.
func placesModel(t *testing.T, side int64) string {
	t.Helper()
	node := func(op, out string, attrs map[string]onnx.Attr, in ...string) *onnx.Node {
		return &onnx.Node{Name: out, Op: op, In: in, Out: []string{out}, Attrs: attrs}
	}
	fill := func(name string, dims ...int64) *onnx.Tensor {
		n := int64(1)
		for _, d := range dims {
			n *= d
		}
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(i%7)/7 - 0.4
		}
		return onnx.NewFloats(name, dims, v)
	}
	m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: &onnx.Graph{
		Name: "places", Inputs: []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, 3, -1, -1)}},
		Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, 5)}},
		Init:    map[string]*onnx.Tensor{"w": fill("w", 8, 3, 16, 16), "places": fill("places", 1, 8, side, side), "head": fill("head", 5, 8)},
		Nodes: []*onnx.Node{
			node("Conv", "patches", map[string]onnx.Attr{"strides": onnx.Ints(16, 16)}, "x", "w"),
			node("Add", "placed", nil, "patches", "places"),
			node("GlobalAveragePool", "mean", nil, "placed"),
			node("Flatten", "flat", nil, "mean"),
			node("Gemm", "y", map[string]onnx.Attr{"transB": onnx.Int(1)}, "flat", "head"),
		},
	}}
	data, err := onnx.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "places.onnx")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Where the file leaves the size open and the assumed one does not run, the
// usual ones are tried, and it is said; what a file tells is not put aside.
func TestOpenSizesAreFound(t *testing.T) {
	e := newTestEngine(t, Options{})
	for side, want := range map[int64]int{14: 224, 24: 384, 6: 96, 20: 320} {
		info, err := e.OpenModel(t.Context(), placesModel(t, side), nil)
		if err != nil {
			t.Errorf("%d places a side: %v", side, err)
			continue
		}
		said := false
		for _, n := range info.Notes {
			said = said || strings.HasPrefix(n.Key, "The file leaves the picture's size open.") && n.Args[2] == want && n.Args[3] == want
		}
		square := prep.Size{Width: want, Height: want}
		if made := info.Preprocess.Resize; info.InputSize != square || said != (want != 224) || info.Preprocess.Crop != square && made.Width != want {
			t.Errorf("%d places a side: run at %v, preprocessing %+v, notes %v", side, info.InputSize, info.Preprocess, info.Notes)
		}
		if !info.AnySize() {
			t.Errorf("%d places a side: the file's size is open no more", side)
		}
	}
	path := placesModel(t, 200)
	if _, err := e.OpenModel(t.Context(), path, nil); err == nil || !strings.Contains(err.Error(), "no usual one runs") || !strings.Contains(err.Error(), "At 224 x 224:") {
		t.Errorf("a size that nobody uses: %v", err)
	}
	path = placesModel(t, 24)
	if err := os.WriteFile(strings.TrimSuffix(path, ".onnx")+".json", []byte(`{"seewhy": 1, "input": {"width": 96, "height": 96}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := e.OpenModel(t.Context(), path, nil); err == nil || strings.Contains(err.Error(), "usual") {
		t.Errorf("a size that the sidecar tells wrongly: %v", err)
	}
}

// Inputs beside the picture are named.
func TestInputsBesideThePicture(t *testing.T) {
	side := onnx.Value{Name: "mean", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 3, 1, 1)}
	picture := onnx.Value{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, 3, 8, 8)}
	_, err := pictureInput(&onnx.Graph{Inputs: []onnx.Value{picture, side}})
	want := `the model has 2 inputs ("x" float32 [-1 3 8 8], "mean" float32 [1 3 1 1]); models with one picture as their only input can be explained: export the part that takes the picture, with the others as constants`
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

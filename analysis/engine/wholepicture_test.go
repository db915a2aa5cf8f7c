package engine

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/onnx"
)

// A model that takes bytes, as TensorFlow's detectors do, is explained like the
// same one that takes float32, and guessed to take 0 to 255.
func TestPicturesOfIntegers(t *testing.T) {
	e := newTestEngine(t, Options{})
	var maps [][]float32
	for _, typ := range []onnx.Type{onnx.Float32, onnx.Uint8, onnx.Int32, onnx.Float64} {
		data, err := os.ReadFile(placesModel(t, 4))
		if err != nil {
			t.Fatal(err)
		}
		m, err := onnx.Read(data)
		if err != nil {
			t.Fatal(err)
		}
		m.Graph.Inputs[0].Type, m.Graph.Inputs[0].Shape = typ, onnx.Fixed(-1, 3, 64, 64)
		cast := &onnx.Node{Name: "cast", Op: "Cast", In: []string{"x"}, Out: []string{"f"}, Attrs: map[string]onnx.Attr{"to": onnx.Int(int64(onnx.Float32))}}
		m.Graph.Nodes[0].In[0] = "f"
		m.Graph.Nodes = append([]*onnx.Node{cast}, m.Graph.Nodes...)
		if data, err = onnx.Marshal(m); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), typ.String()+".onnx")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		info, err := e.OpenModel(t.Context(), path, nil)
		if err != nil {
			t.Errorf("%s: %v", typ, err)
			continue
		}
		said := slices.ContainsFunc(info.Notes, func(n task.Note) bool {
			return n.Key == "The file takes whole numbers; the picture is given as float32, unrounded, so that it has a gradient."
		})
		double := slices.ContainsFunc(info.Notes, func(n task.Note) bool { return n.Key == "The file computes in float64; it is run as float32." })
		integers := typ == onnx.Uint8 || typ == onnx.Int32
		if said != integers || double != (typ == onnx.Float64) || (info.Preprocess.Scale == 1) != integers {
			t.Errorf("%s: scale %g, notes %v", typ, info.Preprocess.Scale, info.Notes)
		}
		picture, err := e.OpenImage(t.Context(), "gallery:04-cat")
		if err != nil {
			t.Fatal(err)
		}
		r, err := e.Explain(t.Context(), task.Task{Model: info.Ref, Image: picture.Ref, Method: "saliency", Target: task.Target{Class: 2}, Device: "cpu"}, nil)
		if err != nil {
			t.Errorf("%s: %v", typ, err)
			continue
		}
		maps = append(maps, r.Map.Values)
	}
	// The network is linear: its gradient is the same at any picture.
	for _, m := range maps[1:] {
		if !slices.Equal(m, maps[0]) {
			t.Error("the maps differ")
		}
	}
}

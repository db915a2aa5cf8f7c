package engine

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
)

// pictureModel writes a model of nodes from a picture "x" to "y".
func pictureModel(t *testing.T, init []*onnx.Tensor, nodes ...*onnx.Node) string {
	t.Helper()
	g := &onnx.Graph{
		Name: "picture", Nodes: nodes, Init: map[string]*onnx.Tensor{},
		Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 3, 8, 8)}},
		Outputs: []onnx.Value{{Name: "y"}},
	}
	for _, v := range init {
		g.Init[v.Name] = v
	}
	data, err := onnx.Marshal(&onnx.Model{IR: 8, Opsets: map[string]int64{"": 17, "com.microsoft": 1}, Graph: g})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestOpenSurvives: a model that ends the library's process is an error that
// names the operator, and the engine goes on.
func TestOpenSurvives(t *testing.T) {
	e := newTestEngine(t, Options{})
	bad := pictureModel(t, []*onnx.Tensor{onnx.NewFloats("w", []int64{5, 5, 7, 5, 1}, make([]float32, 5*5*7*5))},
		&onnx.Node{Name: "bad", Op: "NhwcConv", Domain: "com.microsoft", In: []string{"x", "w"}, Out: []string{"y"}})
	_, err := e.OpenModel(t.Context(), bad, nil)
	if !errors.Is(err, runtime.ErrGuest) || !strings.Contains(err.Error(), "com.microsoft.NhwcConv") {
		t.Errorf("opened with %v", err)
	}
	if _, err := e.OpenModel(t.Context(), "builtin:seewhy-scenes-honest", nil); err != nil {
		t.Error(err)
	}
}

// TestContribRuns: a sound model with an operator of the library's own that
// SeeWhy does not write out opens and predicts, in a process of its own.
func TestContribRuns(t *testing.T) {
	e := newTestEngine(t, Options{})
	path := pictureModel(t, []*onnx.Tensor{onnx.NewFloats("points", []int64{4, 3}, []float32{0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3}), onnx.NewInts("shape", -1, 3)},
		&onnx.Node{Op: "GlobalMaxPool", In: []string{"x"}, Out: []string{"p"}},
		&onnx.Node{Op: "Reshape", In: []string{"p", "shape"}, Out: []string{"f"}},
		&onnx.Node{Op: "CDist", Domain: "com.microsoft", In: []string{"f", "points"}, Out: []string{"y"}, Attrs: map[string]onnx.Attr{"metric": {Kind: onnx.KindString, S: "sqeuclidean"}}})
	m, err := e.OpenModel(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(m.Notes, func(n task.Note) bool { return slices.Contains(n.Args, any("com.microsoft.CDist")) }) {
		t.Errorf("no note tells of the operator: %+v", m.Notes)
	}
	i, err := e.OpenImage(t.Context(), e.Gallery()[0].Ref)
	if err != nil {
		t.Fatal(err)
	}
	p, err := e.Predict(t.Context(), task.Task{Model: m.Ref, Image: i.Ref, Device: runtime.CPU, Preprocess: m.Preprocess})
	if err != nil || len(p.Order) != 4 {
		t.Errorf("predicted %v (%v)", p.Order, err)
	}
}

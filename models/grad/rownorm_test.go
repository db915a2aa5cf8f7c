package grad_test

import (
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// Normalisations by rows give what LayerNormalization gives, on tokens and on
// channels that lie last; those that go over other axes, or give more than their
// value, stay. The bound is float32's rounding.
func TestRowwiseIsTheSame(t *testing.T) {
	lib := library(t)
	for _, c := range []struct {
		name  string
		shape []int
		axis  int64
		outs  []string
		beta  bool
		stays bool
	}{
		{"tokens", []int{-1, 7, 24}, -1, []string{"y"}, true, false},
		{"no beta, by number", []int{-1, 7, 24}, 2, []string{"y"}, false, false},
		{"channels last", []int{-1, 3, 5, 24}, -1, []string{"y"}, true, false},
		{"rows alone", []int{-1, 24}, -1, []string{"y"}, true, true},
		{"two axes", []int{-1, 3, 5, 24}, 2, []string{"y"}, true, true},
		{"the mean too", []int{-1, 7, 24}, -1, []string{"y", "mean"}, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := tensor.New(append([]int{2}, c.shape[1:]...)...)
			for i := range x.Data {
				x.Data[i] = float32(3 + float64(i*i%31)/7 - float64(i%5))
			}
			wide := 24
			dims := []int64{24}
			if c.axis == 2 && len(c.shape) == 4 {
				wide, dims = 5*24, []int64{5, 24}
			}
			gamma, beta := make([]float32, wide), make([]float32, wide)
			for i := range wide {
				gamma[i], beta[i] = float32(i%7)-2, float32(i%3)
			}
			in := []string{"x", "gamma"}
			if c.beta {
				in = append(in, "beta")
			}
			g := &onnx.Graph{
				Nodes:   []*onnx.Node{{Name: "norm", Op: "LayerNormalization", In: in, Out: c.outs, Attrs: grad.A{"axis": onnx.Int(c.axis), "epsilon": onnx.Float(1e-3)}}},
				Init:    map[string]*onnx.Tensor{"gamma": onnx.NewFloats("gamma", dims, gamma), "beta": onnx.NewFloats("beta", dims, beta)},
				Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(c.shape...)}},
				Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32}},
				Values:  map[string]onnx.Value{},
			}
			m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: g}
			facts := grad.Facts{Shapes: map[string][]int{"x": c.shape, "y": c.shape}, Types: map[string]onnx.Type{"x": onnx.Float32, "y": onnx.Float32}}
			by := grad.Rowwise(m, facts)
			if stays := by.Graph.Nodes[0].Op == "LayerNormalization"; stays != c.stays || g.Nodes[0].Op != "LayerNormalization" || len(g.Init) != 2 {
				t.Fatalf("stays: %t", stays)
			}
			want, got := runOne(t, lib, m, x), runOne(t, lib, by, x)
			for i, v := range got.Data {
				if d := v - want.Data[i]; !(d < 1e-5 && d > -1e-5) {
					t.Fatalf("value %d is %g, LayerNormalization's %g", i, v, want.Data[i])
				}
			}
		})
	}
}

func runOne(t *testing.T, lib *runtime.Library, m *onnx.Model, x tensor.Tensor) tensor.Tensor {
	t.Helper()
	data, err := onnx.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	s, err := lib.NewSession(data, []string{"x"}, []string{"y"}, runtime.Options{Device: runtime.CPU})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out, err := s.Run(t.Context(), []tensor.Tensor{x})
	if err != nil {
		t.Fatal(err)
	}
	return out[0]
}

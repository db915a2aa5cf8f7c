package grad_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// told is an oracle that answers what it was told and never runs anything
// that it was not.
type told struct {
	inferred map[string]grad.Inferred
	// measured is the answer: the rank of each unsure value, and its shape.
	measured []int
}

func (o told) Infer([]byte) (map[string]grad.Inferred, error) { return o.inferred, nil }

func (o told) RunShapes([]byte) ([]int, error) {
	if o.measured == nil {
		return nil, errors.New("the model was run")
	}
	return o.measured, nil
}

// bomb is x -> Relu a -> Relu y.
func bomb() *onnx.Model {
	return &onnx.Model{IR: 8, Opsets: map[string]int64{"": onnx.TargetOpset}, Graph: &onnx.Graph{
		Name: "bomb", Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
		Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 3)}},
		Outputs: []onnx.Value{{Name: "y"}},
		Nodes: []*onnx.Node{
			{Name: "first", Op: "Relu", In: []string{"x"}, Out: []string{"a"}},
			{Name: "second", Op: "Relu", In: []string{"a"}, Out: []string{"y"}},
		},
	}}
}

func TestGiantValuesAreRefusedBeforeTheRun(t *testing.T) {
	for _, c := range []struct {
		name  string
		shape []int
		want  string
	}{
		{"giant", []int{1, 1 << 15, 1 << 15}, `node "first" (Relu) would make "a" of shape [1 32768 32768], above 2 GB: give it a smaller picture`},
		{"overflowing", []int{1 << 40, 1 << 40, 1 << 40}, "above 2 GB"},
		{"open batch", []int{-1, 1 << 15, 1 << 15}, "above 2 GB"},
		{"at the limit", []int{1, 1 << 15, 1 << 14}, ""},
		{"empty", []int{0, 5}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := grad.InferFacts(bomb(), told{inferred: map[string]grad.Inferred{
				"a": {Type: onnx.Float32, Shape: c.shape}, "y": {Type: onnx.Float32, Shape: []int{1, 3}},
			}})
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want == "" && !slices.Equal(f.Shapes["a"], c.shape):
				t.Errorf("shape %v", f.Shapes["a"])
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

// What inference leaves open is measured, and bounded then.
func TestMeasuredGiantsAreRefused(t *testing.T) {
	o := told{
		inferred: map[string]grad.Inferred{"a": {Type: onnx.Float32, Shape: []int{1, -1}}, "y": {Type: onnx.Float32, Shape: []int{1, 3}}},
		measured: []int{2, 1, 1 << 30},
	}
	if _, err := grad.InferFacts(bomb(), o); err == nil || !strings.Contains(err.Error(), `"a" of shape [1 1073741824]`) {
		t.Errorf("error %v", err)
	}
	o.measured = []int{2, 1, 12}
	f, err := grad.InferFacts(bomb(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.Shapes["a"], []int{1, 12}) {
		t.Errorf("a has shape %v", f.Shapes["a"])
	}
}

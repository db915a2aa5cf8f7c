package grad_test

import (
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// Nodes behind scores that lie along any dimension: shapes follow, a repeated
// step is made once, and what the model has is not overwritten.
func TestAppend(t *testing.T) {
	steps := []grad.Step{
		{Op: "LogSoftmax", In: []string{"z"}, Out: "log", Along: true},
		{Op: "Mul", In: []string{"log", "mask"}, Out: "masked"},
		{Op: "ReduceSum", In: []string{"masked"}, Out: "sum", Sums: true},
		{Op: "Add", In: []string{"sum", "one"}, Out: "above"},
		{Op: "ReduceSum", In: []string{"masked"}, Out: "sum", Sums: true},
		{Op: "Div", In: []string{"log", "above"}, Out: "share"},
	}
	constants := map[string][]float32{"mask": {1, 0, 1}, "one": {1}}
	for _, c := range []struct {
		shape, one, mask []int
		axis             int64
	}{
		{[]int{-1, 3}, []int{-1, 1}, []int{1, 3}, 1},
		{[]int{1, 3, 1, 1}, []int{1, 1, 1, 1}, []int{1, 3, 1, 1}, 1},
		{[]int{-1, 1, 1, 3}, []int{-1, 1, 1, 1}, []int{1, 1, 1, 3}, 3},
	} {
		p := &grad.Prepared{Model: &onnx.Model{Graph: &onnx.Graph{Init: map[string]*onnx.Tensor{}}}, Input: "x"}
		p.Facts = grad.Facts{Shapes: map[string][]int{"z": c.shape}, Types: map[string]onnx.Type{"z": onnx.Float32}}
		got, err := grad.Append(p, "z", constants, steps)
		if err != nil {
			t.Fatal(err)
		}
		for v, want := range map[string][]int{"log": c.shape, "masked": c.shape, "sum": c.one, "above": c.one, "share": c.shape, "mask": c.mask, "one": {1}} {
			if !slices.Equal(got.Facts.Shapes[v], want) {
				t.Errorf("behind %v: %s has shape %v, want %v", c.shape, v, got.Facts.Shapes[v], want)
			}
		}
		if n := got.Model.Graph.Nodes; len(n) != 5 || n[0].AttrInt("axis", -1) != c.axis {
			t.Errorf("behind %v: %d nodes, axis %d", c.shape, len(n), n[0].AttrInt("axis", -1))
		}
		if len(p.Model.Graph.Nodes) != 0 || len(p.Model.Graph.Init) != 0 || len(p.Facts.Shapes) != 1 {
			t.Error("the model itself was changed")
		}
		for name, bad := range map[string]func() error{
			"twice":     func() error { _, err := grad.Append(got, "z", nil, steps[:1]); return err },
			"constants": func() error { _, err := grad.Append(p, "z", map[string][]float32{"mask": {1, 0}}, nil); return err },
			"row":       func() error { _, err := grad.Append(p, "y", nil, steps[:1]); return err },
		} {
			if bad() == nil {
				t.Errorf("%s is accepted", name)
			}
		}
	}
}

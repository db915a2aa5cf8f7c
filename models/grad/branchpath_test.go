package grad_test

import (
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// A branch that only a run chooses reads the picture by capture alone: the
// message names it, and does not say that nothing reaches the picture.
func TestBranchesThatCapture(t *testing.T) {
	branch := func(op string) onnx.Attr {
		return onnx.Attr{Kind: onnx.KindGraph, G: &onnx.Graph{
			Name: op, Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
			Nodes:   []*onnx.Node{{Name: op, Op: op, In: []string{"h"}, Out: []string{op + ".out"}, Attrs: grad.A{}}},
			Outputs: []onnx.Value{{Name: op + ".out", Type: onnx.Float32}},
		}}
	}
	m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: &onnx.Graph{
		Name: "g", Init: map[string]*onnx.Tensor{"zero": onnx.NewFloats("zero", nil, []float32{0})}, Values: map[string]onnx.Value{},
		Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 3)}},
		Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32}},
		Nodes: []*onnx.Node{
			{Name: "tanh", Op: "Tanh", In: []string{"x"}, Out: []string{"h"}, Attrs: grad.A{}},
			{Name: "sum", Op: "ReduceSum", In: []string{"x"}, Out: []string{"s"}, Attrs: grad.A{"keepdims": onnx.Int(0)}},
			{Name: "more", Op: "Greater", In: []string{"s", "zero"}, Out: []string{"c"}, Attrs: grad.A{}},
			{Name: "choice", Op: "If", In: []string{"c"}, Out: []string{"y"}, Attrs: grad.A{"then_branch": branch("Relu"), "else_branch": branch("Neg")}},
		},
	}}
	q := grad.Query{Score: "y", Wants: []string{"x"}}
	nodes, covered, missing, err := grad.Coverage(m.Graph, q)
	if err != nil || nodes != 2 || covered != 1 || len(missing) != 1 {
		t.Errorf("%d of %d nodes have a rule, missing %v, %v", covered, nodes, missing, err)
	}
	if _, err := grad.Build(m, grad.Facts{}, q); err == nil || !strings.Contains(err.Error(), `no gradient rule for op If at node "choice" (If)`) {
		t.Errorf("%v", err)
	}
}

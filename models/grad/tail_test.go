package grad_test

import (
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// branched is x -> a = Relu(x) -> b = Neg(a) -> y = Add(b, x), all of shape
// [batch, 4]: x goes round a and b.
func branched() *grad.Prepared {
	shape := []int{-1, 4}
	f := grad.Facts{Shapes: map[string][]int{}, Types: map[string]onnx.Type{}}
	for _, v := range []string{"x", "a", "b", "y"} {
		f.Shapes[v], f.Types[v] = shape, onnx.Float32
	}
	value := func(name string) onnx.Value {
		return onnx.Value{Name: name, Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(shape...)}
	}
	return &grad.Prepared{Input: "x", Facts: f, Model: &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: &onnx.Graph{
		Name: "branched", Inputs: []onnx.Value{value("x")}, Outputs: []onnx.Value{value("y")}, Init: map[string]*onnx.Tensor{},
		Nodes: []*onnx.Node{
			{Name: "a", Op: "Relu", In: []string{"x"}, Out: []string{"a"}},
			{Name: "b", Op: "Neg", In: []string{"a"}, Out: []string{"b"}},
			{Name: "y", Op: "Add", In: []string{"b", "x"}, Out: []string{"y"}},
		},
	}}}
}

// A cut keeps what lies behind it, and names what goes round it.
func TestTailNamesWhatGoesRound(t *testing.T) {
	p := branched()
	m, sides, err := grad.Tail(p, "a", "y")
	if err != nil {
		t.Fatal(err)
	}
	var nodes, inputs []string
	for _, n := range m.Graph.Nodes {
		nodes = append(nodes, n.Name)
	}
	for _, v := range m.Graph.Inputs {
		inputs = append(inputs, v.Name)
	}
	if !slices.Equal(nodes, []string{"b", "y"}) || !slices.Equal(inputs, []string{"a", "x"}) || !slices.Equal(sides, []string{"x"}) {
		t.Errorf("nodes %v, inputs %v, round the cut %v", nodes, inputs, sides)
	}
	if len(p.Model.Graph.Nodes) != 3 || len(p.Model.Graph.Inputs) != 1 {
		t.Error("the model itself was changed")
	}
	masked, names, err := grad.MaskedTail(p, "a", "y")
	if err != nil || masked.Graph.Inputs[0].Name != grad.MaskName || masked.Graph.Nodes[0].Op != "Mul" || !slices.Equal(names, []string{"a", "x"}) {
		t.Errorf("masked: %v, %v", names, err)
	}
	if _, _, err := grad.Tail(p, "nothing", "y"); err == nil {
		t.Error("a value that is not there is cut at")
	}
	if _, _, err := grad.Tail(p, "b", "a"); err == nil {
		t.Error("an output before the cut is computed behind it")
	}
}

// At the Add, b and x are alive, and y comes to them: three values of 16 bytes.
func TestPeakBytes(t *testing.T) {
	p := branched()
	if got := grad.PeakBytes(p.Model.Graph, p.Facts); got != 3*16 {
		t.Errorf("the peak is %d bytes, want 48", got)
	}
}

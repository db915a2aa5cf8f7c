package onnx

import (
	"slices"
	"strings"
	"testing"
)

// halfable is x -> MatMul -> Add -> Softmax beside a constant that float16 cannot hold.
func halfable(bias float32) *Model {
	return &Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: &Graph{
		Init:    map[string]*Tensor{"w": NewFloats("w", []int64{2, 2}, []float32{1, 2, 3, 4}), "b": NewFloats("b", []int64{2}, []float32{bias, 1})},
		Inputs:  []Value{{Name: "x", Type: Float32, Ranked: true, Shape: Fixed(-1, 2)}},
		Outputs: []Value{{Name: "y", Type: Float32}, {Name: "sum", Type: Float32}},
		Values:  map[string]Value{},
		Nodes: []*Node{
			{Name: "product", Op: "MatMul", In: []string{"x", "w"}, Out: []string{"p"}},
			{Name: "sum", Op: "Add", In: []string{"p", "b"}, Out: []string{"sum"}},
			{Name: "soft", Op: "Softmax", In: []string{"sum"}, Out: []string{"y"}},
		},
	}}
}

func spelled(m *Model) []string {
	var out []string
	for _, n := range m.Graph.Nodes {
		out = append(out, n.Op+" "+strings.Join(n.In, ",")+">"+strings.Join(n.Out, ","))
	}
	return out
}

func TestToFloat16(t *testing.T) {
	const h = "seewhy.half."
	for _, c := range []struct {
		bias float32
		want []string
	}{
		{5, []string{"Cast x>" + h + "x", "MatMul " + h + "x," + h + "w>" + h + "p", "Add " + h + "p," + h + "b>" + h + "sum", "Cast " + h + "sum>sum", "Softmax sum>y"}},
		{1e6, []string{"Cast x>" + h + "x", "MatMul " + h + "x," + h + "w>" + h + "p", "Cast " + h + "p>p", "Add p,b>sum", "Softmax sum>y"}},
	} {
		m := halfable(c.bias)
		got, err := ToFloat16(m)
		if err != nil {
			t.Fatal(err)
		}
		if words := spelled(got); !slices.Equal(words, c.want) {
			t.Errorf("with %g:\n%s\nwant\n%s", c.bias, strings.Join(words, "\n"), strings.Join(c.want, "\n"))
		}
		if w := got.Graph.Init[h+"w"]; w == nil || w.Type != Float16 || got.Graph.Init["w"] != nil || len(m.Graph.Init) != 2 || m.Graph.Nodes[0].In[0] != "x" {
			t.Errorf("with %g: the weights are %v, or the model was changed", c.bias, got.Graph.Init)
		}
	}
	for _, c := range []struct {
		says   string
		change func(*Model)
	}{
		{"has branches", func(m *Model) { m.Graph.Nodes[0].Attrs = map[string]Attr{"then_branch": {Kind: KindGraph}} }},
		{"not known", func(m *Model) { m.Graph.Nodes[0].Domain = "elsewhere" }},
		{"functions", func(m *Model) { m.Functions = []*Function{{}} }},
		{"files of their own", func(m *Model) { m.folder = "elsewhere" }},
		{"type of", func(m *Model) { m.Graph.Nodes[0].Op = "DequantizeLinear" }},
	} {
		m := halfable(1)
		c.change(m)
		if _, err := ToFloat16(m); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("error %v, want %q in it", err, c.says)
		}
	}
}

// What is compared keeps one form, although it could move in float16.
func TestComparedValuesStayWhole(t *testing.T) {
	m := halfable(1)
	m.Graph.Nodes = append(m.Graph.Nodes, &Node{Name: "move", Op: "Identity", In: []string{"sum"}, Out: []string{"moved"}},
		&Node{Name: "same", Op: "Equal", In: []string{"moved", "sum"}, Out: []string{"flag"}})
	m.Graph.Outputs = append(m.Graph.Outputs, Value{Name: "flag", Type: Bool})
	got, err := ToFloat16(m)
	if err != nil {
		t.Fatal(err)
	}
	if words := spelled(got); !slices.Contains(words, "Identity sum>moved") || !slices.Contains(words, "Equal moved,sum>flag") {
		t.Errorf("%q", words)
	}
}

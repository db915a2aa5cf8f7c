package onnx_test

import (
	"slices"
	"strings"
	"testing"

	"seewhy/models/onnx"
)

// A list of operands without one of its names, at which ONNX Runtime 1.27 ends
// the process when it runs, is refused, where a function brings it too.
func TestUnnamedOperands(t *testing.T) {
	build := func(n *onnx.Node, functions ...*onnx.Function) ([]byte, error) {
		in := func(name string) onnx.Value {
			return onnx.Value{Name: name, Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(2, 2)}
		}
		n.Name, n.Out = "n", []string{"y"}
		return onnx.Marshal(&onnx.Model{IR: 8, Opsets: map[string]int64{"": 17, "my": 1}, Functions: functions, Graph: &onnx.Graph{
			Name: "g", Inputs: []onnx.Value{in("x")}, Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32}}, Nodes: []*onnx.Node{n},
		}})
	}
	for op, want := range map[string]string{
		"Sum": `node "n" (Sum): its operand 1 has no name, and none of them may be left out`, "Max": "its operand 1", "Min": "its operand 1", "Mean": "its operand 1",
		"Concat": "its operand 1", "Einsum": "its operand 1", "Gemm": "", "Clip": "", "Loop": "", "Resize": "",
	} {
		data, err := build(&onnx.Node{Op: op, In: []string{"x", "", "x"}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = onnx.Read(data)
		if want == "" && err != nil && strings.Contains(err.Error(), "has no name") || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", op, err, want)
		}
	}
	sum := &onnx.Function{Domain: "my", Name: "Add", Inputs: []string{"a", "b"}, Outputs: []string{"c"}, Opsets: map[string]int64{"": 17}, Nodes: []*onnx.Node{{Name: "s", Op: "Sum", In: []string{"a", "b"}, Out: []string{"c"}}}}
	data, err := build(&onnx.Node{Op: "Add", Domain: "my", In: []string{"x", ""}}, sum)
	if err != nil {
		t.Fatal(err)
	}
	m, err := onnx.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = onnx.InlineFunctions(m); err == nil || !strings.Contains(err.Error(), "(Sum): its operand 1 has no name") {
		t.Errorf("an operand that a function passes on: %v", err)
	}
}

// Outputs of lists that nobody reads have names once a model is read, in
// branches too, each its own.
func TestUnnamedOutputs(t *testing.T) {
	split := func(out ...string) *onnx.Node {
		return &onnx.Node{Name: "s", Op: "Split", In: []string{"x"}, Out: out, Attrs: map[string]onnx.Attr{"axis": onnx.Int(1)}}
	}
	branch := func(out string) onnx.Attr {
		return onnx.Attr{Kind: onnx.KindGraph, G: &onnx.Graph{Name: out, Nodes: []*onnx.Node{split(out, "", "")}, Outputs: []onnx.Value{{Name: out, Type: onnx.Float32}}}}
	}
	data, err := onnx.Marshal(&onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: &onnx.Graph{
		Name: "g", Inputs: []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 3)}, {Name: "c", Type: onnx.Bool, Ranked: true, Shape: onnx.Fixed(1)}},
		Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32}, {Name: "z", Type: onnx.Float32}},
		Nodes: []*onnx.Node{
			split("", "y", ""),
			{Name: "i", Op: "If", In: []string{"c"}, Out: []string{"z"}, Attrs: map[string]onnx.Attr{"then_branch": branch("t"), "else_branch": branch("e")}},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := onnx.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	outs := slices.Clone(m.Graph.Nodes[0].Out)
	for _, b := range []string{"then_branch", "else_branch"} {
		outs = append(outs, m.Graph.Nodes[1].Attrs[b].G.Nodes[0].Out...)
	}
	slices.Sort(outs)
	if slices.Contains(outs, "") || len(slices.Compact(outs)) != 9 {
		t.Errorf("outputs %q", outs)
	}
}

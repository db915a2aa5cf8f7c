package onnx_test

import (
	"testing"

	"seewhy/models/onnx"
)

// Inputs that nothing reads are left out; those that a branch or an output
// reads stay, and so do all where none is read.
func TestInputsThatNothingReads(t *testing.T) {
	value := func(name string) onnx.Value {
		return onnx.Value{Name: name, Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 2)}
	}
	branch := func(read string) onnx.Attr {
		return onnx.Attr{Kind: onnx.KindGraph, G: &onnx.Graph{
			Name: "b", Nodes: []*onnx.Node{{Name: read, Op: "Relu", In: []string{read}, Out: []string{"out_" + read}, Attrs: map[string]onnx.Attr{}}},
			Outputs: []onnx.Value{{Name: "out_" + read, Type: onnx.Float32}},
		}}
	}
	for _, c := range []struct {
		name    string
		nodes   []*onnx.Node
		outputs []onnx.Value
		want    []string
	}{
		{"one", []*onnx.Node{{Name: "r", Op: "Relu", In: []string{"x"}, Out: []string{"y"}}}, []onnx.Value{value("y")}, []string{"x"}},
		{"an output", []*onnx.Node{{Name: "r", Op: "Relu", In: []string{"x"}, Out: []string{"y"}}}, []onnx.Value{value("y"), value("a")}, []string{"x", "a"}},
		{
			"a branch",
			[]*onnx.Node{{Name: "i", Op: "If", In: []string{"c"}, Out: []string{"y"}, Attrs: map[string]onnx.Attr{"then_branch": branch("x"), "else_branch": branch("b")}}},
			[]onnx.Value{value("y")},
			[]string{"x", "b", "c"},
		},
		{"none", []*onnx.Node{{Name: "r", Op: "RandomNormal", Out: []string{"y"}, Attrs: map[string]onnx.Attr{"shape": onnx.Ints(2)}}}, []onnx.Value{value("y")}, []string{"x", "a", "b", "c"}},
	} {
		flag := onnx.Value{Name: "c", Type: onnx.Bool, Ranked: true, Shape: onnx.Fixed(1)}
		data, err := onnx.Marshal(&onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: &onnx.Graph{
			Name: "g", Inputs: []onnx.Value{value("x"), value("a"), value("b"), flag}, Outputs: c.outputs, Nodes: c.nodes,
		}})
		if err != nil {
			t.Fatal(err)
		}
		m, err := onnx.Read(data)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, v := range m.Graph.Inputs {
			got = append(got, v.Name)
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: inputs %q, want %q", c.name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: inputs %q, want %q", c.name, got, c.want)
			}
		}
	}
}

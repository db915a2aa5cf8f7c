package onnx

import (
	"slices"
	"testing"
)

func TestPlainMoves(t *testing.T) {
	upTo := func(n int64, dims ...int64) *Tensor {
		v := make([]int64, n)
		for i := range v {
			v[i] = int64(i)
		}
		c := NewInts("order", v...)
		c.Dims = dims
		return c
	}
	type shapes = map[string][]int
	flat := &Node{Name: "flat", Op: "Reshape", In: []string{"x", "all"}, Out: []string{"f"}}
	gather := func(axis int64, data string) *Node {
		return &Node{Name: "g", Op: "Gather", In: []string{data, "order"}, Out: []string{"y"}, Attrs: attrs{"axis": Int(axis)}}
	}
	for _, c := range []struct {
		name   string
		order  *Tensor
		nodes  []*Node
		shapes shapes
		want   string
	}{
		{"behind a flat form of the same shape", upTo(6, 1, 6, 1, 1), []*Node{flat, gather(0, "f")}, shapes{"x": {1, 6, 1, 1}, "f": {6}, "y": {1, 6, 1, 1}}, "Identity x"},
		{"behind a flat form of another shape", upTo(6, 1, 6, 1, 1), []*Node{flat, gather(0, "f")}, shapes{"x": {1, 2, 3}, "f": {6}, "y": {1, 6, 1, 1}}, "Reshape x"},
		{"an axis in two", upTo(6, 2, 3), []*Node{gather(-1, "x")}, shapes{"x": {1, 6}, "y": {1, 2, 3}}, "Reshape x"},
		{"an axis as it is", upTo(6, 6), []*Node{gather(1, "x")}, shapes{"x": {1, 6, 4}, "y": {1, 6, 4}}, "Identity x"},
		{"the first of more", upTo(6, 6), []*Node{gather(1, "x")}, shapes{"x": {1, 7}, "y": {1, 6}}, "Gather x"},
		{"another order", NewInts("order", 1, 0), []*Node{gather(1, "x")}, shapes{"x": {1, 2}, "y": {1, 2}}, "Gather x"},
		{"an open batch", upTo(6, 6), []*Node{gather(1, "x")}, shapes{"x": {-1, 6}, "y": {-1, 6}}, "Gather x"},
		{"nothing known", upTo(6, 6), []*Node{gather(1, "x")}, shapes{}, "Gather x"},
	} {
		m := &Model{Opsets: map[string]int64{"": TargetOpset}, Graph: &Graph{Nodes: c.nodes, Init: map[string]*Tensor{"order": c.order, "all": NewInts("all", -1)}}}
		out, changed := PlainMoves(m, c.shapes)
		last := out.Graph.Nodes[len(out.Graph.Nodes)-1]
		if got := last.Op + " " + last.In[0]; got != c.want || changed != (last.Op != "Gather") || last.Out[0] != "y" {
			t.Errorf("%s: %s, changed %v, want %s", c.name, got, changed, c.want)
		}
		if last.Op != "Reshape" {
			continue
		}
		to, err := out.Graph.Init[last.In[1]].Ints()
		if want := c.shapes["y"]; err != nil || !slices.EqualFunc(to, want, func(a int64, b int) bool { return a == int64(b) }) {
			t.Errorf("%s: to %v, want %v", c.name, to, want)
		}
		if m.Graph.Nodes[len(m.Graph.Nodes)-1].Op != "Gather" {
			t.Errorf("%s: the model itself was changed", c.name)
		}
	}
}

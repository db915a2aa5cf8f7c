package onnx

import "fmt"

// InlineConstants turns Constant nodes into initializers, so that every pass
// after it sees one kind of constant, and drops those that nothing reads.
func InlineConstants(m *Model) (*Model, error) {
	out := m.Shallow()
	g := out.Graph
	kept := g.Nodes[:0:0]
	for _, n := range g.Nodes {
		if n.Op != "Constant" || n.Domain != "" || n.Output(0) == "" {
			kept = append(kept, n)
			continue
		}
		t, err := constantValue(n)
		if err != nil {
			return nil, err
		}
		g.Init[n.Output(0)] = t
	}
	g.Nodes = kept
	dropUnused(g)
	return out, nil
}

// dropUnused removes constants that nothing reads: runtimes refuse those of
// old files that were also listed as inputs.
func dropUnused(g *Graph) {
	used := map[string]bool{}
	for _, n := range g.Nodes {
		for _, v := range uses(n) {
			used[v] = true
		}
	}
	for _, o := range g.Outputs {
		used[o.Name] = true
	}
	inputs := g.FreeInputs()
	for name := range g.Init {
		if !used[name] {
			delete(g.Init, name)
		}
	}
	g.Inputs = inputs
}

// constantValue reads the one attribute that a Constant has.
func constantValue(n *Node) (*Tensor, error) {
	name := n.Output(0)
	if len(n.Attrs) > 1 {
		return nil, fmt.Errorf("%s has %d attributes; a constant has one, its value", n.Label(), len(n.Attrs))
	}
	for attr, a := range n.Attrs {
		if a.Ref != "" {
			break
		}
		switch [2]any{attr, a.Kind} {
		case [2]any{"value", KindTensor}:
			t := *a.T
			t.Name = name
			return &t, nil
		case [2]any{"value_float", KindFloat}:
			return NewFloats(name, nil, []float32{a.F}), nil
		case [2]any{"value_floats", KindFloats}:
			return NewFloats(name, []int64{int64(len(a.Floats))}, a.Floats), nil
		case [2]any{"value_int", KindInt}:
			t := NewInts(name, a.I)
			t.Dims = nil
			return t, nil
		case [2]any{"value_ints", KindInts}:
			return NewInts(name, a.Ints...), nil
		case [2]any{"value_string", KindString}:
			return &Tensor{Name: name, Type: String, Strings: []string{a.S}}, nil
		case [2]any{"value_strings", KindStrings}:
			return &Tensor{Name: name, Type: String, Dims: []int64{int64(len(a.Strings))}, Strings: a.Strings}, nil
		}
	}
	return nil, fmt.Errorf("%s has no attribute with a value that can be read", n.Label())
}

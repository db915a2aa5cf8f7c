package onnx

import "fmt"

// Settle writes out the legal nodes at which ONNX Runtime 1.27 ends the process
// when it only infers their shape, before any runtime sees them: ExpandDims of
// com.microsoft, and its Attention without a bias. Constants must be inlined.
func Settle(m *Model) (*Model, error) {
	if err := settled(m.Graph, true); err != nil {
		return nil, err
	}
	var out *Model
	var names *namer
	for i, n := range m.Graph.Nodes {
		if !unsettled(n) {
			continue
		}
		if out == nil {
			out, names = m.Shallow(), newNamer(m.Graph)
		}
		c := n.Clone()
		out.Graph.Nodes[i] = c
		constant := func(t *Tensor) string {
			t.Name = names.fresh(n.Output(0), "constant")
			out.Graph.Init[t.Name] = t
			return t.Name
		}
		if n.Op == "Attention" {
			width := m.Graph.Init[n.Input(1)].Dims[1]
			bias := constant(NewFloats("", []int64{width}, make([]float32, width)))
			c.In = append(c.In[:min(len(c.In), 2)], bias)
			if len(n.In) > 3 {
				c.In = append(c.In, n.In[3:]...)
			}
			continue
		}
		axis, err := m.Graph.Init[n.Input(1)].Ints()
		if err != nil {
			return nil, fmt.Errorf("%s: its axis: %w", n.Label(), err)
		}
		c.Domain, c.Op, c.In = "", "Unsqueeze", n.In[:1:1]
		if m.Opset() < 13 {
			c.Attrs = attrs{"axes": Ints(axis[0])}
		} else {
			c.In = append(c.In, constant(NewInts("", axis[0])))
		}
	}
	if out == nil {
		return m, nil
	}
	return out, nil
}

// unsettled says that a node is one of those.
func unsettled(n *Node) bool {
	return n.Domain == microsoft && (n.Op == "ExpandDims" || n.Op == "Attention" && n.Input(2) == "")
}

// settled refuses those that cannot be written out; those of branches are.
func settled(g *Graph, outermost bool) error {
	for _, n := range g.Nodes {
		for _, sub := range n.subgraphs() {
			if err := settled(sub, false); err != nil {
				return err
			}
		}
		if !unsettled(n) {
			continue
		}
		t := g.Init[n.Input(1)]
		known := t != nil && outermost && n.Output(0) != "" && n.Input(0) != ""
		switch {
		case n.Op == "Attention" && (!known || len(t.Dims) != 2 || t.Dims[1] > maxMask):
			return fmt.Errorf("%s: it has no bias, its weight %q is no constant of the graph, and the runtime would end the process: export the model with a bias", n.Label(), n.Input(1))
		case n.Op == "ExpandDims" && (!known || t.Len() != 1):
			return fmt.Errorf("%s: its axis %q is no constant of the graph, and the runtime would end the process: export the model with Unsqueeze", n.Label(), n.Input(1))
		}
	}
	return nil
}

package onnx

import "fmt"

// FoldBranches replaces each If whose condition is a constant by the branch
// that is taken; exporters write them for shapes that are known by then.
// changed says that there was one. Others stay as they are.
func FoldBranches(m *Model) (out *Model, changed bool, err error) {
	constant := func(n *Node) (bool, bool) {
		if n.Op != "If" || n.Domain != "" {
			return false, false
		}
		t := m.Graph.Init[n.Input(0)]
		if t == nil || t.Type != Bool || t.Len() != 1 {
			return false, false
		}
		return t.Raw[0] != 0, true
	}
	for _, n := range m.Graph.Nodes {
		_, ok := constant(n)
		changed = changed || ok
	}
	if !changed {
		return m, false, nil
	}
	out = m.Shallow()
	names := newNamer(m.Graph)
	out.Graph.Nodes = nil
	for _, n := range m.Graph.Nodes {
		taken, ok := constant(n)
		if !ok {
			out.Graph.Nodes = append(out.Graph.Nodes, n)
			continue
		}
		name := "else_branch"
		if taken {
			name = "then_branch"
		}
		g := n.Attrs[name].G
		if g == nil {
			return nil, false, fmt.Errorf("%s lacks its attribute %q", n.Label(), name)
		}
		if len(g.Outputs) < len(n.Out) {
			return nil, false, fmt.Errorf("%s: its branch %q gives %d values, %d are wanted", n.Label(), g.Name, len(g.Outputs), len(n.Out))
		}
		body, err := branchBody(out.Graph, names, n, g)
		if err != nil {
			return nil, false, fmt.Errorf("%s: %w", n.Label(), err)
		}
		out.Graph.Nodes = append(out.Graph.Nodes, body...)
	}
	dropUnused(out.Graph)
	return out, true, nil
}

// branchBody moves the branch's constants into g and gives its nodes.
func branchBody(g *Graph, names *namer, n *Node, branch *Graph) ([]*Node, error) {
	c := &instance{namer: names, label: n.Name, rename: map[string]string{}}
	if c.label == "" {
		c.label = n.Output(0)
	}
	for name, t := range branch.Init {
		k := *t
		k.Name = names.fresh(c.label, name)
		c.rename[name] = k.Name
		g.Init[k.Name] = &k
	}
	var outputs []string
	for _, o := range branch.Outputs {
		outputs = append(outputs, o.Name)
	}
	wanted := map[string]bool{}
	for i := range n.Out {
		wanted[outputs[i]] = n.Out[i] != ""
	}
	for _, k := range branch.Nodes {
		for _, o := range k.Out {
			if o != "" && !wanted[o] {
				c.rename[o] = names.fresh(c.label, o)
			}
		}
	}
	return c.instantiate(branch.Nodes, outputs, n.Out)
}

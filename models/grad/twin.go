package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// A composite that compares the explained samples with others runs the model
// twice in one graph: what depends on the input is there a second time, on an
// input of its own, with the same weights. The way back is one copy, through the
// explained samples' values, and its rules read the others' beside them. Samples
// and partners never meet in one batch, so a model for one sample does as well.

// TwinName is the name of a value's counterpart in the second forward pass:
// TwinName(input) is an input of the Program, TwinName(score) an output.
func TwinName(v string) string { return "seewhy.twin." + v }

// twins writes the second forward pass into the graph, each node behind the one
// that it repeats.
func twins(m *onnx.Model, f Facts, _ Query) (Facts, error) {
	g := m.Graph
	f = f.Clone()
	has := map[string]bool{}
	add := func(v string) string {
		t := TwinName(v)
		has[v] = true
		f.like(t, v)
		return t
	}
	g.Inputs = g.FreeInputs()
	for _, v := range slices.Clone(g.Inputs) {
		v.Name = add(v.Name)
		g.Inputs = append(g.Inputs, v)
	}
	nodes := make([]*onnx.Node, 0, 2*len(g.Nodes))
	for _, n := range g.Nodes {
		nodes = append(nodes, n)
		if !slices.ContainsFunc(onnx.Reads(n), func(v string) bool { return has[v] }) {
			continue
		}
		if captures(n) {
			return f, fmt.Errorf("%s holds a graph of its own, which cannot be run on two pictures", n.Label())
		}
		t := n.Clone()
		if n.Name != "" { // a node may go without; two of the same name are refused
			t.Name = TwinName(n.Name)
		}
		for i, v := range t.In {
			if has[v] {
				t.In[i] = TwinName(v)
			}
		}
		for i, v := range t.Out {
			if v != "" {
				t.Out[i] = add(v)
			}
		}
		nodes = append(nodes, t)
	}
	g.Nodes = nodes
	return f, nil
}

// captures says that a node reads values beside its inputs: it holds a graph.
func captures(n *onnx.Node) bool {
	return slices.ContainsFunc(onnx.Reads(n), func(v string) bool { return !slices.Contains(n.In, v) })
}

// withoutTwin is the hindrance of models that cannot be written down twice.
func withoutTwin(s *scope) string {
	if slices.ContainsFunc(s.graph.Nodes, captures) {
		return "The model holds loops or branches, which this method cannot run on two pictures at once."
	}
	return ""
}

// twin is a forward value's counterpart; one that is the same for all pictures
// is its own.
func (b *Builder) twin(v string) Value {
	if _, ok := b.facts.Types[TwinName(v)]; ok {
		return Value(TwinName(v))
	}
	return Value(v)
}

// twinNode is a node of the path in the second forward pass, as a rule takes it.
func (b *Builder) twinNode(n *onnx.Node) *onnx.Node {
	t := n.Clone()
	for i, v := range t.In {
		t.In[i] = string(b.twin(v))
		b.path.on[t.In[i]] = b.path.on[t.In[i]] || b.path.on[v]
	}
	for i, v := range t.Out {
		t.Out[i] = string(b.twin(v))
	}
	return t
}

package onnx

import (
	"fmt"
	"slices"
)

// ToFloat32 turns a float16, bfloat16 or float64 model into the float32
// model of the same weights: constants, declared types, casts and attributes.
// A model that is float32 already comes back unchanged, and changed says so.
// Values above float32's range do not occur in half models; float64 weights
// are rounded.
func ToFloat32(m *Model) (out *Model, changed bool, err error) {
	out = m.Shallow()
	c := &widener{}
	if err := c.graph(out.Graph); err != nil {
		return nil, false, err
	}
	if err := c.functions(out); err != nil {
		return nil, false, err
	}
	if !c.changed {
		return m, false, nil
	}
	return out, true, nil
}

type widener struct {
	changed bool
	// bytes is the size of the weights widened so far.
	bytes int64
}

func narrow(t Type) bool { return t == Float16 || t == BFloat16 || t == Float64 }

func (c *widener) graph(g *Graph) error {
	for _, list := range [][]Value{g.Inputs, g.Outputs} {
		for i := range list {
			list[i].Type = c.typ(list[i].Type)
		}
	}
	for k, v := range g.Values {
		v.Type = c.typ(v.Type)
		g.Values[k] = v
	}
	for k, t := range g.Init {
		w, err := c.tensor(t)
		if err != nil {
			return err
		}
		g.Init[k] = w
	}
	return c.nodes(g.Nodes)
}

// nodes replaces the nodes of a list that is the caller's own.
func (c *widener) nodes(list []*Node) error {
	for i, n := range list {
		w, err := c.node(n)
		if err != nil {
			return fmt.Errorf("%s: %w", n.Label(), err)
		}
		list[i] = w
	}
	return nil
}

func (c *widener) functions(m *Model) error {
	m.Functions = slices.Clone(m.Functions)
	for i, f := range m.Functions {
		w := *f
		w.Nodes = slices.Clone(f.Nodes)
		if err := c.nodes(w.Nodes); err != nil {
			return fmt.Errorf("function %q: %w", f.Name, err)
		}
		m.Functions[i] = &w
	}
	return nil
}

func (c *widener) typ(t Type) Type {
	if narrow(t) {
		c.changed = true
		return Float32
	}
	return t
}

func (c *widener) tensor(t *Tensor) (*Tensor, error) {
	if !narrow(t.Type) {
		return t, nil
	}
	c.changed = true
	if c.bytes += 4 * int64(t.Len()); c.bytes > maxBytes {
		return nil, errFloatWeights
	}
	v, err := t.Floats()
	if err != nil {
		return nil, err
	}
	return NewFloats(t.Name, t.Dims, v), nil
}

// typeAttrs are the attributes that hold an element type.
var typeAttrs = []string{"to", "dtype", "output_dtype", "stash_type", "precision", "softmax_precision"}

// node widens tensors in attributes, element types, and subgraphs.
func (c *widener) node(n *Node) (*Node, error) {
	out := n.Clone()
	for name, a := range out.Attrs {
		w, err := c.attr(name, a)
		if err != nil {
			return nil, err
		}
		out.Attrs[name] = w
	}
	return out, nil
}

func (c *widener) attr(name string, a Attr) (Attr, error) {
	var err error
	if a.T != nil {
		if a.T, err = c.tensor(a.T); err != nil {
			return a, err
		}
	}
	if a.G != nil {
		a.G = a.G.shallow()
		if err := c.graph(a.G); err != nil {
			return a, err
		}
	}
	a.Tensors = slices.Clone(a.Tensors)
	for i, t := range a.Tensors {
		if a.Tensors[i], err = c.tensor(t); err != nil {
			return a, err
		}
	}
	a.Graphs = slices.Clone(a.Graphs)
	for i, g := range a.Graphs {
		a.Graphs[i] = g.shallow()
		if err := c.graph(a.Graphs[i]); err != nil {
			return a, err
		}
	}
	if a.Kind == KindInt && slices.Contains(typeAttrs, name) {
		a.I = int64(c.typ(Type(a.I)))
	}
	return a, nil
}

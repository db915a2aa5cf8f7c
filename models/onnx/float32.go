package onnx

import "fmt"

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
	if !c.changed {
		return m, false, nil
	}
	return out, true, nil
}

type widener struct{ changed bool }

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
	for i, n := range g.Nodes {
		w, err := c.node(n)
		if err != nil {
			return fmt.Errorf("%s: %w", n.Label(), err)
		}
		g.Nodes[i] = w
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
	v, err := t.Floats()
	if err != nil {
		return nil, err
	}
	return NewFloats(t.Name, t.Dims, v), nil
}

// node widens tensors in attributes, element types of casts, and subgraphs.
func (c *widener) node(n *Node) (*Node, error) {
	out := n.Clone()
	for name, a := range out.Attrs {
		switch {
		case a.T != nil:
			w, err := c.tensor(a.T)
			if err != nil {
				return nil, err
			}
			a.T = w
		case a.G != nil:
			sub := (&Model{Graph: a.G}).Shallow().Graph
			if err := c.graph(sub); err != nil {
				return nil, err
			}
			a.G = sub
		case a.Kind == KindInt && (name == "to" || name == "dtype"):
			a.I = int64(c.typ(Type(a.I)))
		default:
			continue
		}
		out.Attrs[name] = a
	}
	return out, nil
}

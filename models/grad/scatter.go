package grad

import (
	"fmt"

	"seewhy/models/onnx"
)

// Ops that gather from and scatter to places that the model computes. The
// places themselves get no gradient.
func init() {
	register(
		// y[i] = x[idx[i]]:  dx[idx[i]] += dy[i]
		Rule{Op: "GatherElements", VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			return []Value{b.scatterAdd(b.ZerosLike(n.In[0]), Value(n.In[1]), d[0], n.AttrInt("axis", 0))}, nil
		}},
		Rule{Op: "GatherND", VJP: vjpGatherND},
		Rule{Op: "ScatterElements", VJP: vjpScatterElements},
		Rule{Op: "ScatterND", VJP: vjpScatterND},
		// y = values at the places of the k largest:  dx[place] += dy
		Rule{Op: "TopK", VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			if d[0] == "" {
				return nil, nil
			}
			return []Value{b.scatterAdd(b.ZerosLike(n.In[0]), Value(n.Out[1]), d[0], n.AttrInt("axis", -1))}, nil
		}},
		// A running sum's gradient runs the other way.
		Rule{Op: "CumSum", VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			back := A{"exclusive": onnx.Int(n.AttrInt("exclusive", 0)), "reverse": onnx.Int(1 - n.AttrInt("reverse", 0))}
			return []Value{b.Node("CumSum", back, d[0], Value(n.In[1]))}, nil
		}},
	)
}

func (b *Builder) scatterAdd(onto, at, updates Value, axis int64) Value {
	return b.Node("ScatterElements", A{"axis": onnx.Int(axis), "reduction": onnx.Str("add")}, onto, at, updates)
}

func vjpGatherND(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	if n.AttrInt("batch_dims", 0) != 0 {
		return nil, fmt.Errorf("batch_dims has no gradient rule")
	}
	return []Value{b.Node("ScatterND", A{"reduction": onnx.Str("add")}, b.ZerosLike(n.In[0]), Value(n.In[1]), d[0])}, nil
}

// vjpScatterElements: y = x with u written at idx:  dx = dy, 0 at idx;
// du = dy[idx]. With reduction "add", dx = dy.
func vjpScatterElements(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	ax := onnx.Int(n.AttrInt("axis", 0))
	dx, du, err := b.scattered(n, d[0],
		func(zeros Value) Value {
			return b.Node("ScatterElements", A{"axis": ax}, d[0], Value(n.In[1]), zeros)
		},
		func() Value { return b.Node("GatherElements", A{"axis": ax}, d[0], Value(n.In[1])) })
	return []Value{dx, "", du}, err
}

// vjpScatterND is the same for places of several coordinates.
func vjpScatterND(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	dx, du, err := b.scattered(n, d[0],
		func(zeros Value) Value { return b.Op("ScatterND", d[0], Value(n.In[1]), zeros) },
		func() Value { return b.Op("GatherND", d[0], Value(n.In[1])) })
	return []Value{dx, "", du}, err
}

func (b *Builder) scattered(n *onnx.Node, dy Value, clear func(zeros Value) Value, pick func() Value) (dx, du Value, err error) {
	switch how := n.AttrString("reduction", "none"); how {
	case "add":
		dx = dy
	case "none":
		if b.Wants(n, 0) {
			dx = clear(b.ZerosLike(n.In[2]))
		}
	default:
		return "", "", fmt.Errorf("reduction %q has no gradient rule", how)
	}
	if b.Wants(n, 2) {
		du = pick()
	}
	return dx, du, nil
}

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

// vjpGatherND: dx[idx] += dy. With batch dimensions the places are written out
// in full, each with its own batch coordinates in front.
func vjpGatherND(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	at := Value(n.In[1])
	if batch := n.AttrInt("batch_dims", 0); batch != 0 {
		shape, err := b.Shape(n.In[1])
		if err != nil {
			return nil, err
		}
		if batch < 0 || batch >= int64(len(shape)) {
			return nil, fmt.Errorf("attribute batch_dims is %d for indices of shape %v", batch, shape)
		}
		// The running count of ones along an axis is the coordinate on it.
		one := b.slice(at, int64(len(shape)-1), 0, 1)
		ones := b.Op("Expand", b.Ints(1), b.Op("Shape", one))
		parts := make([]Value, 0, batch+1)
		for axis := range batch {
			parts = append(parts, b.Node("CumSum", A{"exclusive": onnx.Int(1)}, ones, b.scalarInt(axis)))
		}
		at = b.Node("Concat", A{"axis": onnx.Int(-1)}, append(parts, at)...)
	}
	return []Value{b.Node("ScatterND", A{"reduction": onnx.Str("add")}, b.ZerosLike(n.In[0]), at, d[0])}, nil
}

// scalarInt is an int64 constant of rank 0.
func (b *Builder) scalarInt(v int64) Value {
	t := onnx.NewInts("", v)
	t.Dims = nil
	return b.constant(t)
}

// targets is how a scatter op writes and reads: both kinds of indices in one.
type targets struct {
	// put writes updates onto a tensor by a reduction, pick reads what lies there.
	put  func(onto, updates Value, reduction string) Value
	pick func(from Value) Value
}

// vjpScatterElements: places along one axis.
func vjpScatterElements(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	ax, at := onnx.Int(n.AttrInt("axis", 0)), Value(n.In[1])
	return b.scattered(n, d[0], targets{
		put: func(onto, updates Value, reduction string) Value {
			return b.Node("ScatterElements", A{"axis": ax, "reduction": onnx.Str(reduction)}, onto, at, updates)
		},
		pick: func(from Value) Value { return b.Node("GatherElements", A{"axis": ax}, from, at) },
	})
}

// vjpScatterND is the same for places of several coordinates.
func vjpScatterND(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	at := Value(n.In[1])
	return b.scattered(n, d[0], targets{
		put: func(onto, updates Value, reduction string) Value {
			return b.Node("ScatterND", A{"reduction": onnx.Str(reduction)}, onto, at, updates)
		},
		pick: func(from Value) Value { return b.Op("GatherND", from, at) },
	})
}

// scattered: y = x with u written at its places.
//
//	none:      dx = dy, 0 where u is written;  du = dy there
//	add:       dx = dy;  du = dy there
//	mul:       dx = dy times the product of the u;  du = (dy y) there / u, and where u alone is zero dy times the others
//	max, min:  those that equal y share dy
func (b *Builder) scattered(n *onnx.Node, dy Value, p targets) ([]Value, error) {
	x, u, y := Value(n.In[0]), Value(n.In[2]), Value(n.Out[0])
	var dx, du Value
	switch how := n.AttrString("reduction", "none"); how {
	case "none":
		if b.Wants(n, 0) {
			dx = p.put(dy, b.ZerosLike(n.In[2]), "none")
		}
		if b.Wants(n, 2) {
			du = p.pick(dy)
		}
	case "add":
		dx = dy
		if b.Wants(n, 2) {
			du = p.pick(dy)
		}
	case "mul":
		if b.Wants(n, 0) {
			ones := b.Op("Expand", b.Scalar(1), b.Op("Shape", x))
			dx = b.Mul(dy, p.put(ones, u, "mul"))
		}
		if b.Wants(n, 2) {
			zero := b.Op("Equal", u, b.Scalar(0))
			safe := b.Op("Where", zero, b.Scalar(1), u)
			alone := b.toFloat(b.Op("Equal", p.pick(p.put(b.ZerosLike(n.In[0]), b.toFloat(zero), "add")), b.Scalar(1)))
			others := b.Mul(alone, p.pick(b.Mul(dy, p.put(x, safe, "mul"))))
			du = b.Op("Where", zero, others, b.Div(p.pick(b.Mul(dy, y)), safe))
		}
	case "max", "min":
		mine := b.toFloat(b.Op("Equal", x, y))
		theirs := b.toFloat(b.Op("Equal", u, p.pick(y)))
		share := b.Div(dy, p.put(mine, theirs, "add"))
		dx, du = b.Mul(share, mine), b.Mul(p.pick(share), theirs)
	default:
		return nil, fmt.Errorf("attribute reduction is %q, which has no gradient rule", how)
	}
	return []Value{dx, "", du}, nil
}

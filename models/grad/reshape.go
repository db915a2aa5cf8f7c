package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// Ops that move elements without changing them.
func init() {
	register(
		Rule{Op: "Reshape", VJP: likeInput},
		Rule{Op: "Flatten", VJP: likeInput},
		Rule{Op: "Squeeze", VJP: likeInput},
		Rule{Op: "Unsqueeze", VJP: likeInput},
		Rule{Op: "Transpose", VJP: vjpTranspose},
		Rule{Op: "Expand", Broadcasts: true, VJP: pass},
		Rule{Op: "Tile", VJP: vjpTile},
		Rule{Op: "Concat", VJP: vjpConcat},
		Rule{Op: "Split", EveryOutput: true, VJP: vjpSplit},
		Rule{Op: "DepthToSpace", VJP: vjpDepthToSpace},
		Rule{Op: "SpaceToDepth", VJP: vjpSpaceToDepth},
	)
}

func likeInput(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	g, err := b.ReshapeLike(d[0], n.In[0])
	if err != nil {
		return nil, err
	}
	return []Value{b.outsideLike(g, n.In[0])}, nil
}

func vjpTranspose(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	perm := n.AttrInts("perm")
	if perm == nil {
		return []Value{b.Op("Transpose", d[0])}, nil
	}
	inverse := make([]int64, len(perm))
	for i, p := range perm {
		if p < 0 || int(p) >= len(perm) {
			return nil, fmt.Errorf("perm %v is no permutation", perm)
		}
		inverse[p] = int64(i)
	}
	return []Value{b.Node("Transpose", A{"perm": onnx.Ints(inverse...)}, d[0])}, nil
}

// vjpTile: with dy reshaped to (r1, s1, r2, s2, ...), dx sums over the repeats.
func vjpTile(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	reps, _, err := b.ConstInts(n, 1)
	if err != nil {
		return nil, err
	}
	if len(reps) != len(shape) {
		return nil, fmt.Errorf("repeats %v do not fit shape %v", reps, shape)
	}
	var dims, axes []int64
	for i, r := range reps {
		axes = append(axes, int64(len(dims)))
		dims = append(dims, r, int64(shape[i]))
	}
	sum := b.SumAxes(b.Op("Reshape", d[0], b.Ints(dims...)), false, axes...)
	return []Value{sum}, nil
}

func vjpConcat(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	out := make([]Value, len(n.In))
	start := int64(0)
	for i, v := range n.In {
		shape, err := b.Shape(v)
		if err != nil {
			return nil, err
		}
		a, err := axis(n.AttrInt("axis", 0), len(shape))
		if err != nil {
			return nil, err
		}
		if shape[a] < 0 {
			return nil, fmt.Errorf("input %q is joined along axis %d, whose size is not known", v, a)
		}
		if b.Wants(n, i) {
			out[i] = b.sliceMade(d[0], a, start, start+int64(shape[a]))
		}
		start += int64(shape[a])
	}
	return out, nil
}

// slice emits x[start:end] along one axis.
func (b *Builder) slice(x Value, axis, start, end int64) Value {
	return b.Op("Slice", x, b.Ints(start), b.Ints(end), b.Ints(axis))
}

// vjpSplit joins the parts' gradients; a part without one counts as zero.
func vjpSplit(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	if err := b.splitsSamples(n); err != nil {
		return nil, err
	}
	in := make([]Value, len(d))
	for i := range d {
		if in[i] = d[i]; in[i] == "" {
			in[i] = b.ZerosLike(n.Out[i])
		}
	}
	return []Value{b.Node("Concat", A{"axis": onnx.Int(n.AttrInt("axis", 0))}, in...)}, nil
}

// splitsSamples refuses parts of an open batch whose size was inferred to stay
// while the batch grows: of two and of three samples, three parts have one each.
func (b *Builder) splitsSamples(n *onnx.Node) error {
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return err
	}
	a, err := axis(n.AttrInt("axis", 0), len(shape))
	if err != nil || shape[a] >= 0 {
		return err
	}
	for _, o := range n.Out {
		if part := b.facts.Shapes[o]; len(part) == len(shape) && part[a] >= 0 {
			return fmt.Errorf("it splits axis %d, whose size follows the batch, and its part %q is said to have %d of it: fix the batch", a, o, part[a])
		}
	}
	return nil
}

// vjpDepthToSpace is its inverse. SpaceToDepth has DCR's order only, so that
// CRD is written out.
func vjpDepthToSpace(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	s := n.AttrInt("blocksize", 0)
	if n.AttrString("mode", "DCR") == "DCR" {
		return []Value{b.Node("SpaceToDepth", A{"blocksize": onnx.Int(s)}, d[0])}, nil
	}
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	if len(shape) != 4 || s < 1 || slices.Min(shape[1:]) < 0 {
		return nil, fmt.Errorf("its input has shape %v; four dimensions are needed, all but the batch known, and a blocksize of at least 1, not %d", shape, s)
	}
	c, h, w := int64(shape[1])/(s*s), int64(shape[2]), int64(shape[3])
	parts := b.Op("Reshape", d[0], b.Ints(-1, c, h, s, w, s))
	moved := b.Node("Transpose", A{"perm": onnx.Ints(0, 1, 3, 5, 2, 4)}, parts)
	g, err := b.ReshapeLike(moved, n.In[0])
	return []Value{g}, err
}

func vjpSpaceToDepth(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	return []Value{b.Node("DepthToSpace", A{"blocksize": onnx.Int(n.AttrInt("blocksize", 0)), "mode": onnx.Str("DCR")}, d[0])}, nil
}

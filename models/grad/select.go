package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// Ops that pick or pad elements.
func init() {
	register(
		Rule{Op: "Slice", VJP: vjpSlice},
		Rule{Op: "Pad", VJP: vjpPad},
		Rule{Op: "Gather", VJP: vjpGather},
	)
}

// cut is one axis of a Slice, resolved: first element, step, count.
type cut struct{ axis, start, step, count int64 }

// cuts resolves starts, ends, axes and steps against the shape.
func (b *Builder) cuts(n *onnx.Node, shape []int) ([]cut, error) {
	starts, _, err := b.ConstInts(n, 1)
	if err != nil {
		return nil, err
	}
	ends, _, err := b.ConstInts(n, 2)
	if err != nil {
		return nil, err
	}
	axes, hasAxes, err := b.ConstInts(n, 3)
	if err != nil {
		return nil, err
	}
	steps, hasSteps, err := b.ConstInts(n, 4)
	if err != nil {
		return nil, err
	}
	if len(starts) != len(ends) || hasAxes && len(axes) != len(starts) || hasSteps && len(steps) != len(starts) {
		return nil, fmt.Errorf("starts %v, ends %v, axes %v and steps %v differ in length", starts, ends, axes, steps)
	}
	var out []cut
	for i := range starts {
		a, step := int64(i), int64(1)
		if hasAxes {
			a = axes[i]
		}
		if hasSteps {
			step = steps[i]
		}
		if a, err = axis(a, len(shape)); err != nil {
			return nil, err
		}
		size := int64(shape[a])
		if size < 0 {
			if starts[i] == 0 && ends[i] >= 1<<31-1 && step == 1 {
				continue
			}
			return nil, fmt.Errorf("it cuts axis %d, whose size is not known", a)
		}
		c, err := resolveCut(starts[i], ends[i], step, size)
		if err != nil {
			return nil, err
		}
		c.axis = a
		out = append(out, c)
	}
	return out, nil
}

// resolveCut follows the specification of Slice: negative positions count
// from the end, and out-of-range ones are clamped.
func resolveCut(start, end, step, size int64) (cut, error) {
	if step == 0 {
		return cut{}, fmt.Errorf("its step is 0")
	}
	// A step beyond the axis takes one element, whatever it is.
	step = min(max(step, -max(size, 1)), max(size, 1))
	if start < 0 {
		start += size
	}
	if end < 0 {
		end += size
	}
	if step > 0 {
		start, end = min(max(start, 0), size), min(max(end, 0), size)
		return cut{start: start, step: step, count: max(0, (end-start+step-1)/step)}, nil
	}
	start, end = min(max(start, 0), size-1), min(max(end, -1), size-1)
	return cut{start: start, step: step, count: max(0, (start-end-step-1)/-step)}, nil
}

// vjpSlice puts dy back among zeros: reversed where the step is negative,
// spread where it is larger than one, then padded.
func vjpSlice(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	cuts, err := b.cuts(n, shape)
	if err != nil {
		return nil, err
	}
	g := d[0]
	rank := len(shape)
	pads := make([]int64, 2*rank)
	current, err := b.Shape(n.Out[0])
	if err != nil {
		return nil, err
	}
	current = slices.Clone(current)
	for _, c := range cuts {
		if c.count == 0 {
			return []Value{b.ZerosLike(n.In[0])}, nil
		}
		first, step := c.start, c.step
		if step < 0 {
			g = b.Op("Slice", g, b.Ints(-1), b.Ints(-1<<62), b.Ints(c.axis), b.Ints(-1))
			first, step = c.start+(c.count-1)*step, -step
		}
		length := c.count
		if step > 1 {
			g = b.interleave(g, current, c.axis, step)
			length = c.count * step
			current[c.axis] = int(length)
		}
		pads[c.axis] = first
		pads[int64(rank)+c.axis] = int64(shape[c.axis]) - first - length
	}
	return []Value{b.pad(g, pads)}, nil
}

// interleave puts step-1 zeros behind each element of one axis.
func (b *Builder) interleave(g Value, shape []int, ax, step int64) Value {
	rank := len(shape)
	pads := make([]int64, 2*(rank+1))
	pads[int64(rank+1)+ax+1] = step - 1
	spaced := b.pad(b.Unsqueeze(g, ax+1), pads)
	dims := make([]int64, rank)
	for i, s := range shape {
		dims[i] = int64(s)
	}
	dims[ax] *= step
	return b.Op("Reshape", spaced, b.Ints(dims...))
}

// pad emits Pad with zeros; negative pads crop.
func (b *Builder) pad(x Value, pads []int64) Value {
	if !slices.ContainsFunc(pads, func(p int64) bool { return p != 0 }) {
		return x
	}
	return b.Op("Pad", x, b.Ints(pads...), b.Scalar(0))
}

// vjpPad: constant padding is undone by cropping, which is negative padding;
// the other modes repeat elements, y = R x axis by axis, so that dx = R^T dy.
func vjpPad(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	begin, end, err := b.pads(n, len(shape))
	if err != nil {
		return nil, err
	}
	mode := n.AttrString("mode", "constant")
	if mode == "constant" {
		back := make([]int64, 0, 2*len(shape))
		for _, p := range append(begin, end...) {
			back = append(back, -p)
		}
		return []Value{b.pad(d[0], back)}, nil
	}
	g := d[0]
	for ax, size := range shape {
		if begin[ax] == 0 && end[ax] == 0 {
			continue
		}
		if size < 1 {
			return nil, fmt.Errorf("it pads axis %d, whose size is not known, in mode %q", ax, mode)
		}
		rows := size + int(begin[ax]+end[ax])
		R, err := newMatrix(rows, size)
		if err != nil {
			return nil, err
		}
		for o := range rows {
			from, err := padSource(mode, o-int(begin[ax]), size)
			if err != nil {
				return nil, err
			}
			R[o*size+from] = 1
		}
		g = b.alongAxis(g, R, rows, size, ax, len(shape))
	}
	return []Value{g}, nil
}

// padSource is the element that place i repeats, of an axis of the given size.
func padSource(mode string, i, size int) (int, error) {
	switch mode {
	case "edge":
		return min(max(i, 0), size-1), nil
	case "wrap":
		return ((i % size) + size) % size, nil
	case "reflect":
		period := max(2*(size-1), 1)
		i = ((i % period) + period) % period
		return min(i, period-i), nil
	}
	return 0, fmt.Errorf("attribute mode is %q, which has no gradient rule", mode)
}

// pads reads begin and end for every axis.
func (b *Builder) pads(n *onnx.Node, rank int) (begin, end []int64, err error) {
	pads, _, err := b.ConstInts(n, 1)
	if err != nil {
		return nil, nil, err
	}
	axes, hasAxes, err := b.ConstInts(n, 3)
	if err != nil {
		return nil, nil, err
	}
	if !hasAxes {
		axes = nil
		for i := range rank {
			axes = append(axes, int64(i))
		}
	}
	if len(pads) != 2*len(axes) {
		return nil, nil, fmt.Errorf("pads %v do not fit axes %v", pads, axes)
	}
	begin, end = make([]int64, rank), make([]int64, rank)
	for i, a := range axes {
		if a, err = axis(a, rank); err != nil {
			return nil, nil, err
		}
		begin[a], end[a] = pads[i], pads[len(axes)+i]
	}
	return begin, end, nil
}

// vjpGather: dx[..., idx, ...] += dy. One constant index is a pad; else the
// rows are scattered with addition.
func vjpGather(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	a, err := axis(n.AttrInt("axis", 0), len(shape))
	if err != nil {
		return nil, err
	}
	rank := int64(len(shape))
	if t := b.Const(n.In[1]); t != nil && t.Len() == 1 && shape[a] > 0 {
		v, err := t.Ints()
		if err != nil {
			return nil, err
		}
		at, err := axis(v[0], shape[a])
		if err != nil {
			return nil, fmt.Errorf("its index: %w", err)
		}
		row := d[0]
		switch more := len(t.Dims) - 1; {
		case more < 0:
			row = b.Unsqueeze(row, a)
		case more > 0:
			axes := make([]int64, more)
			for i := range axes {
				axes[i] = a + int64(i)
			}
			row = b.Op("Squeeze", row, b.Ints(axes...))
		}
		pads := make([]int64, 2*rank)
		pads[a], pads[rank+a] = at, int64(shape[a])-at-1
		return []Value{b.pad(row, pads)}, nil
	}
	// Rows as one axis: [before..., k, after...].
	dims := make([]int64, rank)
	along := make([]int64, rank)
	for i, s := range shape {
		dims[i], along[i] = int64(s), 1
	}
	index, err := b.Shape(n.In[1])
	if err != nil {
		return nil, err
	}
	if len(index) > 0 && slices.Min(index) < 0 {
		return nil, fmt.Errorf("the number of indices depends on the batch")
	}
	dims[a] = int64(product(index))
	along[a] = -1
	rows := b.Op("Reshape", d[0], b.Ints(dims...))
	to := b.Op("Shape", rows)
	at := b.Op("Expand", b.Op("Reshape", Value(n.In[1]), b.Ints(along...)), to)
	return []Value{b.Node("ScatterElements", A{"axis": onnx.Int(a), "reduction": onnx.Str("add")}, b.ZerosLike(n.In[0]), at, rows)}, nil
}

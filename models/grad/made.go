package grad

import (
	"slices"

	"seewhy/models/onnx"
)

// What a rule made, another one may make differently: a CPU keeps values of
// convolutional networks in blocks of channels, and leaves that layout for
// every Slice and every interleaving. The forms of this file and of woven.go
// put those off to where they move less, or do without.

// sliceMade is x[start:end] of the channels of a gradient. Where a convolution
// of this builder made it, and nothing else reads it, the slice is a convolution
// with those filters alone; so it is for sums of such.
func (b *Builder) sliceMade(x Value, axis, start, end int64) Value {
	if axis == 1 && b.phases && b.readOnce(x) {
		if v, ok := b.sliced(x, start, end); ok {
			return v
		}
	}
	return b.slice(x, axis, start, end)
}

func (b *Builder) sliced(x Value, start, end int64) (Value, bool) {
	n := b.by[x]
	switch {
	case n == nil:
		return "", false
	case n.Op == "Add":
		l, ok := b.sliced(Value(n.In[0]), start, end)
		if !ok {
			return "", false
		}
		r, ok := b.sliced(Value(n.In[1]), start, end)
		return b.Add(l, r), ok
	case n.Op != "Conv" || len(n.In) != 2 || n.AttrInt("group", 1) != 1:
		return "", false
	}
	w := floatInit(b.m.Graph, n.In[1])
	if w == nil || w.Len() == 0 {
		return "", false
	}
	row := int64(len(w.Raw)) / w.Dims[0]
	dims := slices.Clone(w.Dims)
	dims[0] = end - start
	part := b.constant(&onnx.Tensor{Type: onnx.Float32, Dims: dims, Raw: w.Raw[start*row : end*row]})
	return b.Node("Conv", n.Attrs, Value(n.In[0]), part), true
}

// readOnce says that a gradient is that of one value alone, which nobody asked for.
func (b *Builder) readOnce(x Value) bool {
	times := 0
	for v, list := range b.grads {
		for _, g := range list {
			if g == x {
				times++
				if b.wanted[v] {
					return false
				}
			}
		}
	}
	return times == 1
}

// A max pool over rectified values hands its gradient to elements that are
// their window's maximum, and the rectifier then stops it where that is not
// positive: which the maximum tells as well. held notes the rectifiers in front
// of a pool whose gradient was stopped there already, on a value as much smaller
// as the pool's stride makes it.
func (b *Builder) heldByPool(n *onnx.Node, d Value) (Value, error) {
	if !b.phases || !b.plain {
		return d, nil
	}
	first, all := b.rectifiersOf(n.In[0])
	if first == nil {
		return d, nil
	}
	at := first.Clone()
	at.Out[0] = n.Out[0]
	r := rules[opKey{"", first.Op}]
	g, err := r.VJP(b, at, []Value{d})
	if err != nil {
		return "", err
	}
	for _, n := range all {
		b.held[n] = true
	}
	return g[0], nil
}

// rectifiersOf lists the rectifiers that alone make a value which is read once:
// one Relu or Clip, or the Relus that a Concat joins.
func (b *Builder) rectifiersOf(v string) (first *onnx.Node, all []*onnx.Node) {
	if b.readers[v] != 1 || b.wanted[v] {
		return nil, nil
	}
	n := b.producers[v]
	if n == nil || n.Domain != "" {
		return nil, nil
	}
	switch n.Op {
	case "Relu":
		return n, []*onnx.Node{n}
	case "Clip":
		if (n.Input(1) == "" || b.Const(n.In[1]) != nil) && (n.Input(2) == "" || b.Const(n.In[2]) != nil) {
			return n, []*onnx.Node{n}
		}
	case "Concat":
		for _, in := range n.In {
			one, part := b.rectifiersOf(in)
			if one == nil || one.Op != "Relu" || b.producers[in] != one {
				return nil, nil
			}
			first, all = one, append(all, part...)
		}
	}
	return first, all
}

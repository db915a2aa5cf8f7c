package grad

import (
	"slices"

	"seewhy/models/onnx"
)

// blockedMaxPool is vjpMaxPool's way, rows of windows first and then their
// elements, without leaving a CPU's blocked layout: comparisons, remainders and
// shifts are depthwise convolutions of one weight each, which take a sum and a
// Relu along. An element is its window's maximum where
// Relu(1 - 2^127 (maximum - element)) is 1. That is exact as long as the
// difference is no denormal number, so for maxima from 2^-102 on, and 0.
//
// The result comes in phases, one for each residue modulo the strides, put side
// by side at the end. Ok is false for geometries that it does not hold for. A
// convolution pads with zeros, which may equal a maximum: so with padding it
// holds where rectifiers before the pool leave no value below 0, and stop what
// comes to a 0 (deadAtZero).
func (b *Builder) blockedMaxPool(n *onnx.Node, w window, channels int, in, out []int, g Value) (dx Value, ok bool) {
	if !b.phases || len(in) != 2 || channels <= 0 || channels%blockedChannels != 0 {
		return "", false
	}
	for i := range in {
		inside := w.begin[i] == 0 && int64(out[i]-1)*w.stride[i]+w.kernel[i] <= int64(in[i])
		if !inside && !(b.plain && b.deadAtZero(n.In[0])) {
			return "", false
		}
		if w.dilation[i] != 1 || w.stride[i] > 4 || w.kernel[i] > 8 || w.kernel[i] < w.stride[i] || w.begin[i] < 0 || w.begin[i] >= w.kernel[i] {
			return "", false
		}
	}
	p := pooled{b, channels}
	each := []int{phaseSize(in[0], w.stride[0]), phaseSize(in[1], w.stride[1])}
	x, y, rows := Value(n.In[0]), Value(n.Out[0]), b.partialMax(n, w, 1)
	byRow := p.toFirst(w, 0, out[0], each[0], y, g, func(offset int64) weighed {
		return weighed{rows, reading(in[0], out[0], w.stride[0], offset-w.begin[0]), asIs, -1}
	})
	var leaves []Value
	for r, part := range byRow {
		row := reading(in[0], each[0], w.stride[0], int64(r))
		maxima := p.node(weighed{rows, row, asIs, 1}, "")
		leaves = append(leaves, p.toFirst(w, 1, out[1], each[1], maxima, part, func(offset int64) weighed {
			return weighed{x, row, reading(in[1], out[1], w.stride[1], offset-w.begin[1]), -1}
		})...)
	}
	if len(leaves) == 1 {
		return b.inside(leaves[0], channels, 2), true
	}
	v := woven{parts: leaves, stride: w.stride, each: each, in: in, channels: channels}
	dx = b.weavePhases(v)
	b.apart[dx] = v
	return dx, true
}

// deadAtZero says that a value is nowhere below 0, and that a gradient comes to
// nothing where it is 0: rectifiers make it, which stop it there, perhaps joined
// or pooled behind them. Whether it arrives there is then all the same, as long
// as nobody asks for it on the way.
func (b *Builder) deadAtZero(v string) bool {
	n := b.producers[v]
	if n == nil || n.Domain != "" || b.wanted[v] || v != n.Out[0] {
		return false
	}
	switch n.Op {
	case "Relu":
		return true
	case "Clip":
		if n.Input(1) == "" || b.Const(n.In[1]) == nil {
			return false
		}
		low, err := b.ConstFloat(n, 1, -1)
		return err == nil && low >= 0
	case "MaxPool", "Identity":
		return b.deadAtZero(n.In[0])
	case "Concat":
		return !slices.ContainsFunc(n.In, func(v string) bool { return !b.deadAtZero(v) })
	}
	return false
}

// phaseSize is the length of the longest phase of an axis.
func phaseSize(in int, stride int64) int { return int((int64(in) + stride - 1) / stride) }

// pooled makes depthwise convolutions of a number of channels.
type pooled struct {
	*Builder
	channels int
}

// along is how a convolution of a single weight reads one axis: the weight lies
// at a place of its kernel that has after more behind it.
type along struct{ at, after, stride, begin, end int64 }

// asIs reads an axis as it is.
var asIs = along{stride: 1}

// weighed is a value, how it is read along both axes, and the weight.
type weighed struct {
	v            Value
	rows, column along
	weight       float32
}

// reading reads count places of an axis of the length in: first, first + stride
// and so on, zeros where they lie outside.
func reading(in, count int, stride, first int64) along {
	a := along{at: max(0, first), stride: stride, begin: max(0, -first)}
	// Of the places behind the last one, the kernel covers what would be one more.
	behind := int64(in) + a.begin - a.at - 1 - int64(count-1)*stride
	a.after, a.end = max(0, behind+1-stride), max(0, -behind)
	return a
}

// node is the convolution of a value, plus what is given; the value itself
// where nothing would change.
func (p pooled) node(t weighed, plus Value) Value {
	v := t.v
	if t.weight != 1 || t.rows != asIs || t.column != asIs {
		h, w := t.rows.at+t.rows.after+1, t.column.at+t.column.after+1
		kernel := make([]float32, h*w)
		kernel[t.rows.at*w+t.column.at] = t.weight
		v = p.Node("Conv", A{
			"kernel_shape": onnx.Ints(h, w), "strides": onnx.Ints(t.rows.stride, t.column.stride), "group": onnx.Int(int64(p.channels)),
			"pads": onnx.Ints(t.rows.begin, t.column.begin, t.rows.end, t.column.end),
		}, v, p.Floats([]int{p.channels, 1, int(h), int(w)}, slices.Repeat(kernel, p.channels)...))
	}
	if plus == "" {
		return v
	}
	return p.Add(v, plus)
}

// isZero is 1 where a value that is not below 0 is 0, and 0 elsewhere. Times
// 2^127, the largest power of two, it may be infinite, which the Relu stops.
// The runtime's convolutions take a Relu along at no cost, while a HardSigmoid
// takes three times as long as the convolution.
func (p pooled) isZero(v Value) Value {
	return p.Op("Relu", p.depthwise(v, p.channels, -0x1p127, 1))
}

// toFirst carries g from windows along an axis to the first of their elements
// that equals the maximum, and returns it by residues of the stride. element
// reads, negated, the elements at an offset of all windows.
func (p pooled) toFirst(w window, axis, out, each int, maxima, g Value, element func(offset int64) weighed) []Value {
	kernel, stride := w.kernel[axis], w.stride[axis]
	residues := make([]Value, stride)
	for t := range kernel {
		part := g
		if t < kernel-1 {
			part = p.Mul(g, p.isZero(p.node(element(t), maxima)))
			g = p.node(weighed{part, asIs, asIs, -1}, g)
		}
		// Window j's element is place j + skip of its residue.
		first := t - w.begin[axis]
		r := ((first % stride) + stride) % stride
		moved := weighed{part, asIs, asIs, 1}
		if at := reading(out, each, 1, (r-first)/stride); axis == 0 {
			moved.rows = at
		} else {
			moved.column = at
		}
		residues[r] = p.node(moved, residues[r])
	}
	return residues
}

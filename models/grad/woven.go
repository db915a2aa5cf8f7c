package grad

import (
	"slices"

	"seewhy/models/onnx"
)

// woven is a gradient that was put together of phases (phases.go), kept apart:
// what works place by place can be done to each phase, and the weaving put off
// until there are fewer channels to weave. In a network of bottlenecks the
// gradient of a strided depthwise convolution passes an activation and a
// convolution of 1 x 1 that leaves a sixth of them. What is not read of both
// forms is dropped when the graph is done.
type woven struct {
	// parts are the phases in row-major order of their residues; "" is zero.
	parts []Value
	// stride has two entries, each the size of a phase, in that of all.
	stride   []int64
	each, in []int
	channels int
}

// keepApart notes the phases of a gradient of two spatial axes whose strides
// divide them.
func (b *Builder) keepApart(dx Value, parts []Value, stride []int64, each, in []int, channels int64) {
	if len(in) != 2 || channels%blockedChannels != 0 {
		return
	}
	for i := range in {
		if int64(each[i])*stride[i] != int64(in[i]) {
			return
		}
	}
	b.apart[dx] = woven{parts: parts, stride: stride, each: each, in: in, channels: int(channels)}
}

// weavePhases puts phases together.
func (b *Builder) weavePhases(w woven) Value {
	if len(w.parts) == 1 && slices.Equal(w.each, w.in) {
		return w.parts[0]
	}
	if v, ok := b.kernelWeave(w); ok {
		return v
	}
	size := []int{w.each[0] * int(w.stride[0]), w.each[1] * int(w.stride[1])}
	rows := make([]Value, w.stride[0])
	any := false
	for r := range rows {
		columns := w.parts[int64(r)*w.stride[1] : int64(r+1)*w.stride[1]]
		for _, v := range columns {
			if v != "" {
				rows[r] = b.zip(columns, 1, w.each, size[1])
				any = true
				break
			}
		}
	}
	if !any {
		return ""
	}
	all := b.zip(rows, 0, []int{w.each[0], size[1]}, size[0])
	if slices.Equal(size, w.in) {
		return b.outside(all, w.channels, 2)
	}
	// Both axes at once: a Slice of the last one is a pass of its own.
	return b.outside(b.Op("Slice", all, b.Ints(0, 0), b.Ints(int64(w.in[0]), int64(w.in[1])), b.Ints(2, 3)), w.channels, 2)
}

// stop applies a rule that holds a gradient back by the activation's output y,
// to the gradient and to its phases.
func (b *Builder) stop(n *onnx.Node, d Value, gate func(y, g Value) (Value, error)) ([]Value, error) {
	if b.held[n] {
		return []Value{d}, nil
	}
	y := Value(n.Out[0])
	g := b.putBack(d)
	out, err := gate(y, g)
	if err != nil {
		return nil, err
	}
	if b.in[g] {
		b.in[out] = true
	}
	if w, ok := b.apart[d]; ok {
		parts := make([]Value, len(w.parts))
		for i, v := range w.parts {
			if v == "" {
				continue
			}
			if parts[i], err = gate(b.pickPhase(y, w, i), v); err != nil {
				return nil, err
			}
		}
		w.parts = parts
		b.apart[out] = w
	}
	return []Value{out}, nil
}

// pickPhase is one phase of a value: every stride-th element from a residue on,
// by a depthwise convolution with a single one (see pick).
func (b *Builder) pickPhase(v Value, w woven, i int) Value {
	row, column := int64(i)/w.stride[1], int64(i)%w.stride[1]
	return pooled{b, w.channels}.node(weighed{
		v, reading(w.in[0], w.each[0], w.stride[0], row), reading(w.in[1], w.each[1], w.stride[1], column), 1,
	}, "")
}

// narrowed is the gradient of a convolution of 1 x 1 that had fewer channels
// before it than behind: phase by phase, woven afterwards. Ok is false where the
// gradient has no phases or nothing is gained.
func (b *Builder) narrowed(d Value, w window, weight []int, flipped Value) (Value, bool) {
	p, ok := b.apart[d]
	if !ok || len(weight) != 4 || weight[2] != 1 || weight[3] != 1 || weight[1] >= weight[0] || w.begin[0]|w.begin[1]|w.end[0]|w.end[1] != 0 {
		return "", false
	}
	parts := make([]Value, len(p.parts))
	for i, v := range p.parts {
		if v != "" {
			parts[i] = b.Node("Conv", A{"kernel_shape": onnx.Ints(1, 1)}, v, flipped)
		}
	}
	p.parts, p.channels = parts, weight[1]
	return b.weavePhases(p), true
}

package grad

import (
	"seewhy/models/fuse"
	"seewhy/models/onnx"
)

// kernelMaxPool leaves the gradient of a pool over two axes to a kernel, which
// finds the first of a window's largest elements again: one pass over the
// pool's input, within a CPU's layout or outside of it.
func (b *Builder) kernelMaxPool(n *onnx.Node, w window, channels int, in, out []int, g Value) (Value, bool) {
	if !b.kernels || len(in) != 2 || channels < fuse.MinChannels {
		return "", false
	}
	var p fuse.Pool
	for i := range in {
		if w.dilation[i] != 1 {
			return "", false
		}
		p.Kernel[i], p.Stride[i], p.Pad[i] = w.kernel[i], w.stride[i], w.begin[i]
	}
	if !p.Fits() {
		return "", false
	}
	dx := Value(fuse.PoolGrad(p, channels, in, out, n.In[0], string(g), b.standIn()))
	return b.inside(dx, channels, 2), true
}

// kernelWeave leaves phases of two axes to a kernel, which puts them together
// within a CPU's layout.
func (b *Builder) kernelWeave(w woven) (Value, bool) {
	if !b.kernels || w.channels < fuse.MinChannels {
		return "", false
	}
	parts := make([]string, len(w.parts))
	for i, v := range w.parts {
		parts[i] = string(v)
	}
	dx, ok := fuse.Weave(parts, w.stride, w.channels, w.each, w.in, int64(b.made), b.standIn())
	return b.inside(Value(dx), w.channels, 2), ok
}

// standIn writes what package fuse wants written.
func (b *Builder) standIn() fuse.Emit {
	b.stood = true
	return fuse.Emit{
		Constant: func(t *onnx.Tensor) string { return string(b.constant(t)) },
		Node: func(op string, attrs map[string]onnx.Attr, in ...string) string {
			values := make([]Value, len(in))
			for i, v := range in {
				values[i] = Value(v)
			}
			return string(b.Node(op, attrs, values...))
		},
	}
}

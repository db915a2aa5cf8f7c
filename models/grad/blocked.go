package grad

import (
	"slices"

	"seewhy/models/onnx"
)

// blockedChannels divides the channels of values that a CPU keeps in blocks.
const blockedChannels = 16

// A CPU keeps the values of convolutional networks in blocks of channels. Sums
// and products stay in that layout where all that they take has it; one value
// outside, such as a mean's gradient or phases put side by side, draws all that
// is added to it or masked behind it out of the layout, down to the first layer.
// A depthwise convolution with ones puts such a value back, at one pass.

// outside notes that a gradient of two spatial axes was made outside the layout.
func (b *Builder) outside(v Value, channels, spatial int) Value {
	if b.phases && v != "" && spatial == 2 && channels > 0 && channels%blockedChannels == 0 {
		b.out[v] = channels
	}
	return v
}

// outsideLike is outside for the gradient of a value.
func (b *Builder) outsideLike(g Value, value string) Value {
	if shape, err := b.Shape(value); err == nil && len(shape) == 4 {
		return b.outside(g, shape[1], 2)
	}
	return g
}

// inside notes that a gradient was made within the layout.
func (b *Builder) inside(v Value, channels, spatial int) Value {
	if b.phases && v != "" && spatial == 2 && channels > 0 && channels%blockedChannels == 0 {
		b.in[v] = true
	}
	return v
}

// putBack is a value noted by outside, within the layout; any other as it is.
func (b *Builder) putBack(v Value) Value {
	channels, ok := b.out[v]
	if !ok {
		return v
	}
	back := b.depthwise(v, channels, 1, 0)
	b.in[back] = true
	return back
}

// depthwise is weight v + bias, as a convolution of each channel.
func (b *Builder) depthwise(v Value, channels int, weight, bias float64) Value {
	in := []Value{v, b.alike([]int{channels, 1, 1, 1}, weight)}
	if bias != 0 {
		in = append(in, b.alike([]int{channels}, bias))
	}
	return b.Node("Conv", A{"kernel_shape": onnx.Ints(1, 1), "group": onnx.Int(int64(channels))}, in...)
}

// alike is a constant of one value.
func (b *Builder) alike(dims []int, v float64) Value {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return b.Floats(dims, slices.Repeat([]float32{float32(v)}, n)...)
}

// sum adds gradients up in their order.
func (b *Builder) sum(list []Value) Value {
	if slices.ContainsFunc(list, func(v Value) bool { return b.in[v] }) {
		list = slices.Clone(list)
		for i, v := range list {
			list[i] = b.putBack(v)
		}
	}
	all := func(has func(v Value) bool) bool {
		return !slices.ContainsFunc(list, func(v Value) bool { return !has(v) })
	}
	in := all(func(v Value) bool { return b.in[v] })
	out := all(func(v Value) bool { return b.out[v] > 0 })
	sum := list[0]
	for _, g := range list[1:] {
		sum = b.Op("Add", sum, g)
	}
	if in {
		b.in[sum] = true
	}
	if out {
		b.out[sum] = b.out[list[0]]
	}
	return sum
}

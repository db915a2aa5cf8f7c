package grad

import (
	"encoding/binary"
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// fewestChannels is from how many channels on a strided convolution's gradient
// is taken apart: below it, a CPU's vectors of channels stay half empty.
const fewestChannels = 16

// byPhases is the gradient of a strided convolution as plain convolutions. The
// places of the input that share a residue modulo the strides see every
// stride-th tap of the kernel only, at stride one: each such phase is a
// convolution with those taps, flipped and transposed, and the phases are put
// side by side. It costs the multiplications of the forward pass. Ok is false
// where the geometry does not allow it.
func (b *Builder) byPhases(dy Value, name string, weight *onnx.Tensor, group int64, w window, in, out []int) (dx Value, ok bool, err error) {
	if weight.Dims[1]*group < fewestChannels || slices.Max(w.stride) > 4 {
		return "", false, nil
	}
	each := make([]int, len(in))
	for i := range in {
		each[i] = int((int64(in[i]) + w.stride[i] - 1) / w.stride[i])
		if w.dilation[i] != 1 {
			return "", false, nil
		}
		for r := range w.stride[i] {
			t := w.tapsAt(i, r, out[i], each[i])
			if t.count > 0 && (t.begin < 0 || t.end < 0) {
				return "", false, nil
			}
		}
	}
	var leaves []Value
	// Two axes may be woven at once.
	channels := int(weight.Dims[1] * group)
	atOnce := b.kernels && len(in) == 2
	var phase func(at []taps) (Value, error)
	phase = func(at []taps) (Value, error) {
		axis := len(at)
		if axis == len(in) {
			if slices.ContainsFunc(at, func(t taps) bool { return t.count == 0 }) {
				leaves = append(leaves, "")
				return "", nil
			}
			v, err := b.phase(dy, name, weight, group, w, at)
			leaves = append(leaves, v)
			return v, err
		}
		parts := make([]Value, w.stride[axis])
		for r := range parts {
			v, err := phase(append(slices.Clone(at), w.tapsAt(axis, int64(r), out[axis], each[axis])))
			if err != nil {
				return "", err
			}
			parts[r] = v
		}
		if !slices.ContainsFunc(parts, func(v Value) bool { return v != "" }) {
			return "", nil
		}
		if atOnce {
			return parts[slices.IndexFunc(parts, func(v Value) bool { return v != "" })], nil
		}
		// The axes behind this one have their full size already.
		now := slices.Concat(each[:axis+1], in[axis+1:])
		return b.zip(parts, axis, now, in[axis]), nil
	}
	dx, err = phase(nil)
	if dx == "" || err != nil {
		return "", false, err
	}
	if atOnce {
		dx = b.weavePhases(woven{parts: leaves, stride: w.stride, each: each, in: in, channels: channels})
	} else {
		b.outside(dx, channels, len(in))
	}
	b.keepApart(dx, leaves, w.stride, each, in, weight.Dims[1]*group)
	return dx, true, nil
}

// taps are the elements of a kernel that a phase sees along an axis: count of
// them from first on, stride apart; with begin and end pads on dy they give the
// phase at its full length.
type taps struct{ first, count, begin, end int64 }

// tapsAt: place s q + r takes tap k0 + s m from window q + c - m, with k0 the
// residue of r + pad, and c = (r + pad - k0) / s.
func (w window) tapsAt(axis int, r int64, out, each int) taps {
	s, k := w.stride[axis], w.kernel[axis]
	t := taps{first: (r + w.begin[axis]) % s}
	if t.first >= k {
		return t
	}
	t.count = (k - t.first + s - 1) / s
	t.begin = t.count - 1 - (r+w.begin[axis]-t.first)/s
	t.end = int64(each-out) - t.begin + t.count - 1
	return t
}

// phase is one convolution of byPhases.
func (b *Builder) phase(dy Value, name string, weight *onnx.Tensor, group int64, w window, at []taps) (Value, error) {
	var begin, end, kernel []int64
	for _, t := range at {
		begin, end, kernel = append(begin, t.begin), append(end, t.end), append(kernel, t.count)
	}
	key := fmt.Sprint("phase:", name, " ", group, at, w.stride)
	v, ok := b.consts[key]
	if !ok {
		taps, err := everyTap(weight, group, w, at)
		if err != nil {
			return "", err
		}
		v = b.constant(taps)
		b.consts[key] = v
	}
	return b.Node("Conv", A{
		"kernel_shape": onnx.Ints(kernel...), "pads": onnx.Ints(slices.Concat(begin, end)...), "group": onnx.Int(group),
	}, dy, v), nil
}

// everyTap picks a phase's taps of W [M, C/g, k...], flipped and transposed
// into [C, M/g, taps...].
func everyTap(weight *onnx.Tensor, group int64, w window, at []taps) (*onnx.Tensor, error) {
	M, Cg := weight.Dims[0], weight.Dims[1]
	if group < 1 || M%group != 0 {
		return nil, fmt.Errorf("group %d does not divide %d filters", group, M)
	}
	Mg := M / group
	// Where each tap lies in a filter, in the order of the new one.
	places := []int64{0}
	dims := []int64{group * Cg, Mg}
	k := int64(1)
	for i, t := range at {
		k *= w.kernel[i]
		var next []int64
		for _, p := range places {
			for m := range t.count {
				next = append(next, p*w.kernel[i]+t.first+w.stride[i]*(t.count-1-m))
			}
		}
		places, dims = next, append(dims, t.count)
	}
	n := int64(len(places))
	raw := make([]byte, 4*group*Cg*Mg*n)
	for g := range group {
		for m := range Mg {
			for c := range Cg {
				src := weight.Raw[4*((g*Mg+m)*Cg+c)*k:]
				dst := raw[4*((g*Cg+c)*Mg+m)*n:]
				for i, p := range places {
					binary.LittleEndian.PutUint32(dst[4*i:], binary.LittleEndian.Uint32(src[4*p:]))
				}
			}
		}
	}
	return &onnx.Tensor{Type: onnx.Float32, Dims: dims, Raw: raw}, nil
}

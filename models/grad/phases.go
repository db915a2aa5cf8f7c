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
	// The phases by their residues, in row-major order; "" is zero.
	leaves := []Value{}
	var visit func(at []taps) error
	visit = func(at []taps) error {
		axis := len(at)
		if axis == len(in) {
			v, err := Value(""), error(nil)
			if !slices.ContainsFunc(at, func(t taps) bool { return t.count == 0 }) {
				v, err = b.phase(dy, name, weight, group, w, at)
			}
			leaves = append(leaves, v)
			return err
		}
		for r := range w.stride[axis] {
			if err := visit(append(slices.Clone(at), w.tapsAt(axis, r, out[axis], each[axis]))); err != nil {
				return err
			}
		}
		return nil
	}
	if err := visit(nil); err != nil {
		return "", false, err
	}
	if !slices.ContainsFunc(leaves, func(v Value) bool { return v != "" }) {
		return "", false, nil
	}
	if len(in) == 2 {
		dx = b.weavePhases(woven{parts: leaves, stride: w.stride, each: each, in: in, channels: int(weight.Dims[1] * group)})
	} else {
		dx = b.together(leaves, 0, w.stride, each, in)
	}
	b.keepApart(dx, leaves, w.stride, each, in, weight.Dims[1]*group)
	return dx, true, nil
}

// together puts phases side by side along an axis and all behind it; "" where
// all of them are zero.
func (b *Builder) together(phases []Value, axis int, stride []int64, each, in []int) Value {
	if axis == len(in) {
		return phases[0]
	}
	any, parts := false, make([]Value, stride[axis])
	for r := range parts {
		per := len(phases) / len(parts)
		parts[r] = b.together(phases[r*per:(r+1)*per], axis+1, stride, each, in)
		any = any || parts[r] != ""
	}
	if !any {
		return ""
	}
	// The axes behind this one have their full size already.
	return b.zip(parts, axis, slices.Concat(each[:axis+1], in[axis+1:]), in[axis])
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

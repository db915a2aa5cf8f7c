package grad

import (
	"encoding/binary"
	"slices"

	"seewhy/models/onnx"
)

// subPixel is the gradient of a strided convolution of few channels, a
// network's first one, as convolutions of stride one. The s x s places of the
// input that belong to one place of the gradient are s² times the channels
// there, which fill a CPU's blocks, and are put where they belong last. A gradient that is known in phases (a max pool's) need not be put
// together before, with all of its channels: each phase of the result takes
// from each phase of the gradient the taps that connect them.
//
// Place s (t u + a) + r of the input takes tap s (t (u - v) + a - p) + r + pad of
// window t v + p, for the convolution's stride s, phases a and p of t, and r < s.
// Ok is false where the geometry does not allow it.
func (b *Builder) subPixel(d Value, weight *onnx.Tensor, w window, in, out []int) (dx Value, ok bool) {
	if len(in) != 2 || !b.phases || weight.Dims[1] >= fewestChannels || slices.Max(w.stride) > 4 || slices.Max(w.dilation) > 1 || slices.Max(w.kernel) > 16 || weight.Dims[0]%blockedChannels != 0 {
		return "", false
	}
	if w.stride[0] != w.stride[1] {
		return "", false
	}
	s, channels := w.stride[0], weight.Dims[1]
	from, apart := b.apart[d]
	if !apart && b.kernels && b.in[d] {
		from, apart = woven{parts: []Value{d}, stride: []int64{1, 1}, each: out, in: out, channels: int(weight.Dims[0])}, true
	}
	if !apart {
		return "", false
	}
	to := woven{stride: from.stride, each: []int{0, 0}, in: []int{0, 0}, channels: int(channels * s * s)}
	for i := range in {
		to.in[i] = phaseSize(in[i], s)
		to.each[i] = phaseSize(to.in[i], from.stride[i])
	}
	for a := range from.stride[0] * from.stride[1] {
		var sum Value
		for p, v := range from.parts {
			if v == "" {
				continue
			}
			rows := w.between(0, a/from.stride[1]-int64(p)/from.stride[1], from, to)
			columns := w.between(1, a%from.stride[1]-int64(p)%from.stride[1], from, to)
			if len(rows.taps) == 0 || len(columns.taps) == 0 {
				continue
			}
			part := b.Node("Conv", A{
				"kernel_shape": onnx.Ints(rows.length, columns.length),
				"pads":         onnx.Ints(rows.begin, columns.begin, rows.end, columns.end),
			}, v, b.constant(gathered(weight, s, rows, columns)))
			if sum == "" {
				sum = part
			} else {
				sum = b.Add(part, sum)
			}
		}
		to.parts = append(to.parts, sum)
	}
	whole := b.weavePhases(to)
	if whole == "" {
		return "", false
	}
	dx = b.placed(whole, s, channels, to.in)
	if int64(in[0])%s|int64(in[1])%s != 0 {
		dx = b.Op("Slice", dx, b.Ints(0, 0), b.Ints(int64(in[0]), int64(in[1])), b.Ints(2, 3))
	}
	return dx, true
}

// placed puts the s x s places apart that each place of v [N, s² C, size] holds,
// its columns' places outermost: what DepthToSpace does one element at a time.
func (b *Builder) placed(v Value, s, channels int64, size []int) Value {
	for axis := 1; axis >= 0; axis-- {
		places := make([]Value, s)
		for r := range s {
			places[r] = b.slice(v, 1, r*s*channels, (r+1)*s*channels)
			if axis == 0 {
				places[r] = b.slice(v, 1, r*channels, (r+1)*channels)
			}
		}
		length := size[axis] * int(s)
		v = b.zip(places, axis, size, length)
		size = slices.Clone(size)
		size[axis] = length
	}
	return v
}

// crossing is one axis of the convolution between two phases: tap is where each
// of its length elements finds its weight, by the place r < s.
type crossing struct {
	length, begin, end int64
	taps               []crossingTap
}

type crossingTap struct{ at, r, k int64 }

// between is the crossing of phases that lie apart by a - p.
func (w window) between(axis int, apart int64, from, to woven) crossing {
	s, t := w.stride[axis], from.stride[axis]
	var c crossing
	// Element j of the kernel reaches back by j places.
	low, high := int64(0), int64(0)
	longer := int64(to.each[axis] - from.each[axis])
	low = min(low, longer)
	reach := (w.kernel[axis]+w.begin[axis])/(s*t) + 2
	for j := -reach; j <= reach; j++ {
		for r := range s {
			if k := s*(t*j+apart) + r + w.begin[axis]; k >= 0 && k < w.kernel[axis] {
				c.taps = append(c.taps, crossingTap{at: j, r: r, k: k})
				low, high = min(low, j), max(high, j)
			}
		}
	}
	c.length, c.begin, c.end = high-low+1, high, longer-low
	for i := range c.taps {
		c.taps[i].at = high - c.taps[i].at
	}
	return c
}

// gathered is the weight of a convolution between two phases: of W [M, C, k, k],
// [s² C, M, rows, columns].
func gathered(weight *onnx.Tensor, s int64, rows, columns crossing) *onnx.Tensor {
	M, C := weight.Dims[0], weight.Dims[1]
	raw := make([]byte, 4*s*s*C*M*rows.length*columns.length)
	for _, y := range rows.taps {
		for _, x := range columns.taps {
			for c := range C {
				for m := range M {
					to := ((((x.r*s+y.r)*C+c)*M+m)*rows.length+y.at)*columns.length + x.at
					from := ((m*C+c)*weight.Dims[2]+y.k)*weight.Dims[3] + x.k
					binary.LittleEndian.PutUint32(raw[4*to:], binary.LittleEndian.Uint32(weight.Raw[4*from:]))
				}
			}
		}
	}
	return &onnx.Tensor{Type: onnx.Float32, Dims: []int64{s * s * C, M, rows.length, columns.length}, Raw: raw}
}

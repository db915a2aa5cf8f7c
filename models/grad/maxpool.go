package grad

import (
	"fmt"
	"math"
	"slices"

	"seewhy/models/onnx"
)

// mostOffsets is the largest kernel, in elements added up over its axes, and
// the largest stride, whose max-pool gradient is written out; larger ones take
// the form by indices.
const mostOffsets = 96

// vjpMaxPool gives each window's gradient to the first of its equal maxima in
// row-major order, as PyTorch does.
//
// The pool is taken apart, axis by axis: with r_0 = x and r_i the maximum over
// the last i axes of the window, r_n = y. The first maximum in row-major order
// lies in the first row whose own maximum is y, and is the first in that row.
// So the gradient goes back from r_n to r_0 one axis at a time, a kernel of
// 3 x 3 costing 3 + 3 comparisons and no indices.
//
// Decision (2026-11): the form with the op's Indices output and a scatter took
// two to three times as long on a CPU and does not run on WebGPU; so did nine
// comparisons a window. docs/gradients.md has the measurements.
func vjpMaxPool(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	in, out, err := b.ends(n)
	if err != nil {
		return nil, err
	}
	w, err := windowOf(n, in, nil)
	if err != nil {
		return nil, err
	}
	offsets := int64(0)
	for i := range in {
		// Each alone, lest a sum overflow.
		if max(w.kernel[i], w.stride[i]) > mostOffsets || w.dilation[i] > math.MaxInt32 {
			offsets = mostOffsets
		}
		offsets += min(w.kernel[i], mostOffsets)
	}
	regular := w.regular(n, in, out)
	g := d[0]
	if regular {
		if g, err = b.heldByPool(n, g); err != nil {
			return nil, err
		}
	}
	if offsets > mostOffsets || !regular {
		return b.maxPoolByIndices(n, g)
	}
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	if dx, ok := b.kernelMaxPool(n, w, shape[1], in, out, g); ok {
		return []Value{dx}, nil
	}
	if dx, ok := b.blockedMaxPool(n, w, shape[1], in, out, g); ok {
		return []Value{dx}, nil
	}
	out = slices.Clone(out)
	// The maxima from the whole window (y) down to the last axis alone.
	maxima := []Value{Value(n.Out[0])}
	for i := 1; i < len(in); i++ {
		maxima = append(maxima, b.partialMax(n, w, i))
	}
	maxima = append(maxima, Value(n.In[0]))
	size := slices.Clone(out)
	for i := range in {
		fine := slices.Clone(size)
		fine[i] = in[i]
		s := slide{axis: i, channels: shape[1], kernel: w.kernel[i], stride: w.stride[i], dilation: w.dilation[i], begin: w.begin[i], from: size, to: fine}
		if g, err = b.backToFirst(s, maxima[i+1], maxima[i], g); err != nil {
			return nil, err
		}
		size = fine
	}
	return []Value{g}, nil
}

// regular says that a pool's windows lie as its attributes tell. The runtime
// has two habits of its own: in ceil_mode its shape inference counts windows
// that start behind the input, which its kernel drops; and automatic padding
// for a stride beyond the kernel's reach starts inside the input.
func (w window) regular(n *onnx.Node, in, out []int) bool {
	for i := range in {
		if int64(out[i]-1)*w.stride[i]-w.begin[i] >= int64(in[i]) {
			return false
		}
		// What the shape inference counts, if it differs from what is there.
		if n.AttrInt("ceil_mode", 0) == 1 && (int64(in[i])+w.begin[i]+w.end[i]-w.span(i)+w.stride[i]-1)/w.stride[i]+1 != int64(out[i]) {
			return false
		}
		if auto := n.AttrString("auto_pad", "NOTSET"); (auto == "SAME_UPPER" || auto == "SAME_LOWER") && w.stride[i] > w.kernel[i] {
			return false
		}
	}
	return true
}

// partialMax is the maximum of n's input over the window's axes from first on.
// The value of a window of one element along all other axes is the input's.
func (b *Builder) partialMax(n *onnx.Node, w window, first int) Value {
	rest := int64(0)
	attrs := A{}
	for k, a := range n.Attrs {
		attrs[k] = a
	}
	kernel, stride, dilation := slices.Clone(w.kernel), slices.Clone(w.stride), slices.Clone(w.dilation)
	begin, end := slices.Clone(w.begin), slices.Clone(w.end)
	for i := range kernel {
		if i < first {
			kernel[i], stride[i], dilation[i], begin[i], end[i] = 1, 1, 1, 0, 0
		} else {
			rest += kernel[i]*stride[i] - 1
		}
	}
	if rest == 0 {
		return Value(n.In[0])
	}
	attrs["kernel_shape"], attrs["strides"], attrs["dilations"] = onnx.Ints(kernel...), onnx.Ints(stride...), onnx.Ints(dilation...)
	if n.AttrString("auto_pad", "NOTSET") == "NOTSET" {
		attrs["pads"] = onnx.Ints(slices.Concat(begin, end)...)
	}
	return b.Node("MaxPool", attrs, Value(n.In[0]))
}

// slide is a window that moves along one spatial axis, between values of the
// spatial sizes to (fine) and from (one element a window).
type slide struct {
	axis, channels                  int
	kernel, stride, dilation, begin int64
	from, to                        []int
}

// first is where the element at an offset of window 0 lies; that of window j
// lies stride j further.
func (s slide) first(offset int64) int64 { return offset*s.dilation - s.begin }

// reaches says whether the element at an offset lies inside for any window.
func (s slide) reaches(offset int64) bool {
	lo := s.first(offset)
	hi := lo + int64(s.from[s.axis]-1)*s.stride
	if hi < 0 || lo >= int64(s.to[s.axis]) {
		return false
	}
	// The first place of the same residue that is not negative.
	p := lo
	if p < 0 {
		p += (-p + s.stride - 1) / s.stride * s.stride
	}
	return p < int64(s.to[s.axis])
}

// backToFirst carries g, the gradient at the maxima m of windows over v, to
// the first element of each window that equals its maximum. What is left after
// all others were looked at belongs to the last, without a comparison.
func (b *Builder) backToFirst(s slide, v, m, g Value) (Value, error) {
	var offsets []int64
	for t := range s.kernel {
		if s.reaches(t) {
			offsets = append(offsets, t)
		}
	}
	if len(offsets) == 1 && s.stride == 1 && s.first(offsets[0]) == 0 && s.from[s.axis] == s.to[s.axis] {
		return g, nil
	}
	if len(offsets) == 0 {
		return "", fmt.Errorf("along axis %d its windows lie wholly in the padding", s.axis)
	}
	ax := int64(s.axis + 2)
	compared := offsets[:len(offsets)-1]
	padded, shift, length := b.reachable(s, compared, v)
	parts := make([]Value, len(offsets))
	for i, t := range compared {
		lo := s.first(t) + shift
		hi := lo + int64(s.from[s.axis]-1)*s.stride + 1
		seen, ok := b.pick(s, v, s.first(t))
		if ok {
			parts[i] = b.Mul(g, b.toFloat(b.Op("Equal", seen, m)))
			g = b.Sub(g, parts[i])
			continue
		}
		seen = padded
		if lo != 0 || hi != length || s.stride != 1 {
			seen = b.Op("Slice", padded, b.Ints(lo), b.Ints(hi), b.Ints(ax), b.Ints(s.stride))
		}
		parts[i] = b.Mul(g, b.toFloat(b.Op("Equal", seen, m)))
		g = b.Sub(g, parts[i])
	}
	parts[len(parts)-1] = g
	return b.weave(s, offsets, parts), nil
}

// pick takes every stride-th element along the last of two axes, from first
// on, by a depthwise convolution with a single one in its kernel: one pass in
// the CPU's blocked layout, where a Slice goes element by element. It is exact
// for finite values. Ok is false where it does not fit or would not pay.
func (b *Builder) pick(s slide, v Value, first int64) (picked Value, ok bool) {
	at := reading(s.to[s.axis], s.from[s.axis], s.stride, first)
	if !b.phases || len(s.to) != 2 || s.axis != 1 || s.stride == 1 || s.channels%blockedChannels != 0 || at.begin != 0 || at.end != 0 || at.at+at.after+1 > 2*s.stride {
		return "", false
	}
	return pooled{b, s.channels}.node(weighed{v, asIs, at, 1}, ""), true
}

// reachable pads v with NaN, which equals nothing, as far as the windows reach
// at the given offsets, and says by how much its start moved and its new length.
func (b *Builder) reachable(s slide, offsets []int64, v Value) (padded Value, shift, length int64) {
	var end int64
	for _, t := range offsets {
		shift = max(shift, -s.first(t))
		end = max(end, s.first(t)+int64(s.from[s.axis]-1)*s.stride+1-int64(s.to[s.axis]))
	}
	return b.padAxis(v, s.axis, len(s.to), shift, end, math.NaN()), shift, shift + int64(s.to[s.axis]) + end
}

// padAxis pads a spatial axis, or crops it where a count is negative.
func (b *Builder) padAxis(v Value, axis, spatial int, begin, end int64, with float64) Value {
	if begin == 0 && end == 0 {
		return v
	}
	pads := make([]int64, 2*(spatial+2))
	pads[axis+2], pads[spatial+4+axis] = begin, end
	if with == 0 {
		return b.Op("Pad", v, b.Ints(pads...))
	}
	return b.Op("Pad", v, b.Ints(pads...), b.Scalar(with))
}

// weave adds up parts that belong at stride j + first(offset), j counting
// their elements along the axis: those of one residue are added, the residues
// put side by side.
func (b *Builder) weave(s slide, offsets []int64, parts []Value) Value {
	fine, count := int64(s.to[s.axis]), int64(s.from[s.axis])
	each := (fine + s.stride - 1) / s.stride
	residues := make([]Value, s.stride)
	for i, t := range offsets {
		r := ((s.first(t) % s.stride) + s.stride) % s.stride
		skip := (s.first(t) - r) / s.stride
		p := b.padAxis(parts[i], s.axis, len(s.to), skip, each-skip-count, 0)
		if residues[r] != "" {
			p = b.Add(residues[r], p)
		}
		residues[r] = p
	}
	if s.stride == 1 {
		return residues[0]
	}
	now := slices.Concat(s.to[:s.axis+1], s.from[s.axis+1:])
	now[s.axis] = int(each)
	return b.zip(residues, s.axis, now, int(fine))
}

// zip puts values of the spatial size now side by side along an axis: element
// i of value r comes to i len(values) + r, as far as length reaches. Those that
// are "" are zero.
func (b *Builder) zip(values []Value, axis int, now []int, length int) Value {
	if len(values) == 1 {
		return b.crop(values[0], axis, now[axis], length)
	}
	values = slices.Clone(values)
	if k := slices.IndexFunc(values, func(v Value) bool { return v != "" }); slices.Contains(values, "") {
		zeros := b.Op("ConstantOfShape", b.Op("Shape", values[k]))
		for r, v := range values {
			if v == "" {
				values[r] = zeros
			}
		}
	}
	ax := int64(axis + 2)
	for r, v := range values {
		values[r] = b.Unsqueeze(v, ax+1)
	}
	all := b.Node("Concat", A{"axis": onnx.Int(ax + 1)}, values...)
	dims := []int64{0, 0}
	for _, d := range now {
		dims = append(dims, int64(d))
	}
	dims[ax] *= int64(len(values))
	return b.crop(b.Op("Reshape", all, b.Ints(dims...)), axis, int(dims[ax]), length)
}

// crop cuts a spatial axis of the size now to a length.
func (b *Builder) crop(v Value, axis, now, length int) Value {
	if now == length {
		return v
	}
	return b.Op("Slice", v, b.Ints(0), b.Ints(int64(length)), b.Ints(int64(axis+2)))
}

// maxPoolByIndices scatters dy to the places of the maxima, adding where
// windows overlap.
func (b *Builder) maxPoolByIndices(n *onnx.Node, dy Value) ([]Value, error) {
	x := Value(n.In[0])
	attrs := A{}
	for k, a := range n.Attrs {
		attrs[k] = a
	}
	// Indices count through the whole flattened input in row-major order.
	attrs["storage_order"] = onnx.Int(0)
	at := b.Nodes("MaxPool", attrs, 2, x)[1]
	flat := b.Ints(-1)
	zeros := b.Op("ConstantOfShape", b.Op("Reshape", b.Op("Size", x), flat))
	sum := b.Node("ScatterElements", A{"axis": onnx.Int(0), "reduction": onnx.Str("add")},
		zeros, b.Op("Reshape", at, flat), b.Op("Reshape", dy, flat))
	dx, err := b.ReshapeLike(sum, n.In[0])
	if err != nil {
		return nil, fmt.Errorf("a kernel of more than %d offsets: %w", mostOffsets, err)
	}
	return []Value{dx}, nil
}

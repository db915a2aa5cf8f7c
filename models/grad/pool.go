package grad

import (
	"math"
	"slices"

	"seewhy/models/onnx"
)

func init() {
	register(
		Rule{Op: "MaxPool", VJP: vjpMaxPool},
		Rule{Op: "AveragePool", VJP: vjpAveragePool},
		// y = mean over space:  dx = dy / (H W), spread
		Rule{Op: "GlobalAveragePool", VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			in, err := b.Spatial(n.In[0])
			if err != nil {
				return nil, err
			}
			return []Value{b.outsideLike(b.spread(b.Scale(d[0], 1/float64(product(in))), in), n.In[0])}, nil
		}},
		// The maxima share the gradient, as PyTorch's amax does.
		Rule{Op: "GlobalMaxPool", VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			in, err := b.Spatial(n.In[0])
			if err != nil {
				return nil, err
			}
			axes := make([]int64, len(in))
			for i := range axes {
				axes[i] = int64(i + 2)
			}
			return []Value{b.shareMaxima(Value(n.In[0]), Value(n.Out[0]), d[0], axes)}, nil
		}},
	)
}

func product(dims []int) int {
	p := 1
	for _, d := range dims {
		p *= d
	}
	return p
}

// spread repeats a [N, C, 1...] value over the given spatial size.
func (b *Builder) spread(x Value, spatial []int) Value {
	dims := []int64{1, 1}
	for _, s := range spatial {
		dims = append(dims, int64(s))
	}
	return b.Op("Expand", x, b.Ints(dims...))
}

// shareMaxima: m = [x = y];  dx = dy m / sum(m) over axes. y and dy keep the axes.
func (b *Builder) shareMaxima(x, y, dy Value, axes []int64) Value {
	m := b.toFloat(b.Op("Equal", x, y))
	return b.Mul(m, b.Div(dy, b.SumAxes(m, true, axes...)))
}

// vjpAveragePool: y = sum over the window / count:  dx = adjoint window sum of dy / count.
func vjpAveragePool(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	in, out, err := b.ends(n)
	if err != nil {
		return nil, err
	}
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	w, err := windowOf(n, in, nil)
	if err != nil {
		return nil, err
	}
	counts := w.counts(in, out, n.AttrInt("count_include_pad", 0) == 1, b.m.Opset() < 19)
	g := b.divideCounts(d[0], counts, out)
	whole := true
	for i := range in {
		whole = whole && out[i] == 1 && w.begin[i] == 0 && int(w.kernel[i]) >= in[i] && w.dilation[i] == 1
	}
	if whole {
		return []Value{b.outsideLike(b.spread(g, in), n.In[0])}, nil
	}
	if x, ok := b.slideSum(g, w, in, out); ok {
		return []Value{x}, nil
	}
	channels := shape[1]
	end, extra := w.transposed(in, out)
	dims := append([]int{channels, 1}, toInts(w.kernel)...)
	kernel := b.Floats(dims, slices.Repeat([]float32{1}, product(dims))...)
	return []Value{b.Node("ConvTranspose", A{
		"kernel_shape": onnx.Ints(w.kernel...), "strides": onnx.Ints(w.stride...), "dilations": onnx.Ints(w.dilation...),
		"pads": onnx.Ints(slices.Concat(w.begin, end)...), "output_padding": onnx.Ints(extra...), "group": onnx.Int(int64(channels)),
	}, g, kernel)}, nil
}

func toInts(v []int64) []int {
	out := make([]int, len(v))
	for i, x := range v {
		out[i] = int(x)
	}
	return out
}

// slideSum is the window sum for stride 1, itself an average pool; ok is
// false where that form does not fit.
func (b *Builder) slideSum(g Value, w window, in, out []int) (Value, bool) {
	n := int64(1)
	pads := make([]int64, 2*len(in))
	for i := range in {
		end := int64(in[i]) - int64(out[i]) + w.begin[i]
		pads[i], pads[len(in)+i] = w.span(i)-1-w.begin[i], end
		n *= w.kernel[i]
		// The runtime wants pads smaller than the kernel.
		if w.stride[i] != 1 || w.dilation[i] != 1 || pads[i] < 0 || end < 0 || pads[i] >= w.kernel[i] || end >= w.kernel[i] {
			return "", false
		}
	}
	mean := b.Node("AveragePool", A{
		"kernel_shape": onnx.Ints(w.kernel...), "pads": onnx.Ints(pads...), "count_include_pad": onnx.Int(1),
	}, g)
	return b.Scale(mean, float64(n)), true
}

// counts gives, per axis and output place, by how many elements an average
// divides; the whole count is the product over axes. Where padding counts and
// ceil_mode lets a window reach past it, runtimes count the overhang too in
// the form before opset 19 (overhang).
func (w window) counts(in, out []int, includePad, overhang bool) [][]float32 {
	all := make([][]float32, len(in))
	for i := range in {
		all[i] = make([]float32, out[i])
		lo, hi := int64(0), int64(in[i])
		if includePad {
			lo, hi = -w.begin[i], int64(in[i])+w.end[i]
			if overhang {
				hi = math.MaxInt64
			}
		}
		for o := range all[i] {
			start := int64(o)*w.stride[i] - w.begin[i]
			for k := range w.kernel[i] {
				if p := start + k*w.dilation[i]; p >= lo && p < hi {
					all[i][o]++
				}
			}
		}
	}
	return all
}

// divideCounts divides g by the product of per-axis counts: a scalar where
// they are all alike, else one small factor an axis.
func (b *Builder) divideCounts(g Value, counts [][]float32, out []int) Value {
	scale := 1.0
	for i, c := range counts {
		if slices.Min(c) == slices.Max(c) {
			scale /= float64(c[0])
			continue
		}
		inv := make([]float32, len(c))
		for j, v := range c {
			inv[j] = 1 / v
		}
		dims := slices.Repeat([]int{1}, 2+len(counts))
		dims[2+i] = len(c)
		g = b.Mul(g, b.Floats(dims, inv...))
	}
	return b.Scale(g, scale)
}

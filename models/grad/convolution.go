package grad

import (
	"fmt"
	"slices"
	"strings"

	"seewhy/models/onnx"
)

func init() {
	register(
		Rule{Op: "Conv", VJP: withWeights(vjpConv)},
		Rule{Op: "ConvTranspose", VJP: withWeights(vjpConvTranspose)},
	)
}

// window is the geometry of a convolution or pool, defaults filled in.
type window struct {
	kernel, stride, dilation []int64
	begin, end               []int64
}

// windowOf reads the geometry of n over spatial input size in. A kernel comes
// from the attribute, or from the weight's shape.
func windowOf(n *onnx.Node, in, weight []int) (window, error) {
	rank := len(in)
	w := window{kernel: n.AttrInts("kernel_shape"), stride: n.AttrInts("strides"), dilation: n.AttrInts("dilations")}
	if w.kernel == nil && len(weight) == rank+2 {
		for _, k := range weight[2:] {
			w.kernel = append(w.kernel, int64(k))
		}
	}
	if w.stride == nil {
		w.stride = slices.Repeat([]int64{1}, rank)
	}
	if w.dilation == nil {
		w.dilation = slices.Repeat([]int64{1}, rank)
	}
	pads := n.AttrInts("pads")
	if pads == nil {
		pads = make([]int64, 2*rank)
	}
	if len(w.kernel) != rank || len(w.stride) != rank || len(w.dilation) != rank || len(pads) != 2*rank {
		return w, fmt.Errorf("kernel %v, strides %v, dilations %v and pads %v do not fit %d spatial dimensions", w.kernel, w.stride, w.dilation, pads, rank)
	}
	w.begin, w.end = slices.Clone(pads[:rank]), slices.Clone(pads[rank:])
	auto := n.AttrString("auto_pad", "NOTSET")
	for i := range rank {
		if w.stride[i] < 1 || w.dilation[i] < 1 || w.kernel[i] < 1 {
			return w, fmt.Errorf("kernel %v, strides %v and dilations %v must be positive", w.kernel, w.stride, w.dilation)
		}
		switch auto {
		case "SAME_UPPER", "SAME_LOWER":
			out := (int64(in[i]) + w.stride[i] - 1) / w.stride[i]
			reach := w.span(i)
			if strings.HasSuffix(n.Op, "Pool") {
				// The runtime's pools pad for the kernel as if it were not dilated.
				reach = w.kernel[i]
			}
			total := (out-1)*w.stride[i] + reach - int64(in[i])
			if (total < -1 || total < 0 && w.span(i) > w.kernel[i]) && (n.Op == "AveragePool" || n.Op == "LpPool") {
				// The runtime's pools then begin behind the first element or end before
				// the last, unlike its convolutions. MaxPool takes the places from the
				// runtime there.
				return w, fmt.Errorf("auto_pad %s with a stride %d of a window of %d over %d elements is not offered", auto, w.stride[i], reach, in[i])
			}
			total = max(0, total)
			w.begin[i] = total / 2
			if auto == "SAME_LOWER" {
				w.begin[i] = total - total/2
			}
			w.end[i] = total - w.begin[i]
		case "VALID":
			w.begin[i], w.end[i] = 0, 0
		}
	}
	return w, nil
}

// span is the reach of the kernel along axis i, dilation included.
func (w window) span(i int) int64 { return w.dilation[i]*(w.kernel[i]-1) + 1 }

func (w window) pads() onnx.Attr { return onnx.Ints(slices.Concat(w.begin, w.end)...) }

// transposed gives the end pads and output padding with which a transposed
// convolution over out returns exactly to in.
func (w window) transposed(in, out []int) (end, extra []int64) {
	for i := range in {
		// (out-1) s + span - begin - end + extra = in
		e := int64(out[i]-1)*w.stride[i] + w.span(i) - w.begin[i] - int64(in[i])
		end, extra = append(end, max(e, 0)), append(extra, max(-e, 0))
	}
	return end, extra
}

// convolved gives the spatial sizes on both sides of a convolution and its
// weight's shape.
func (b *Builder) convolved(n *onnx.Node) (in, out, weight []int, err error) {
	if in, out, err = b.ends(n); err != nil {
		return nil, nil, nil, err
	}
	weight, err = b.Shape(n.In[1])
	return in, out, weight, err
}

// ends gives the spatial sizes of a node's first input and output.
func (b *Builder) ends(n *onnx.Node) (in, out []int, err error) {
	if in, err = b.Spatial(n.In[0]); err != nil {
		return nil, nil, err
	}
	out, err = b.Spatial(n.Out[0])
	return in, out, err
}

// vjpConv: y = conv(x, W):  dx = conv^T(dy, W). With stride 1 and constant
// weights this is a plain convolution with the weights flipped and transposed,
// which runs at the forward's speed.
func vjpConv(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	in, out, weight, err := b.convolved(n)
	if err != nil {
		return nil, err
	}
	w, err := windowOf(n, in, weight)
	if err != nil {
		return nil, err
	}
	group := n.AttrInt("group", 1)
	if c := b.Const(n.In[1]); c != nil && c.Type == onnx.Float32 && slices.Max(w.stride) == 1 {
		begin, end := make([]int64, len(in)), make([]int64, len(in))
		for i := range in {
			begin[i], end[i] = w.span(i)-1-w.begin[i], w.span(i)-1-w.end[i]
		}
		if slices.Min(begin) >= 0 && slices.Min(end) >= 0 {
			back := window{kernel: w.kernel, begin: begin, end: end}
			flipped, err := b.flipped(n.In[1], c, group)
			if err != nil {
				return nil, err
			}
			if group == 1 {
				if dx, ok := b.narrowed(d[0], w, weight, flipped); ok {
					return []Value{dx}, nil
				}
			}
			return []Value{b.inside(b.Node("Conv", A{
				"kernel_shape": onnx.Ints(w.kernel...), "dilations": onnx.Ints(w.dilation...),
				"pads": back.pads(), "group": onnx.Int(group),
			}, d[0], flipped), weight[1]*int(group), len(in))}, nil
		}
	}
	if c := b.Const(n.In[1]); b.phases && c != nil && c.Type == onnx.Float32 {
		if dx, ok, err := b.byPhases(d[0], n.In[1], c, group, w, in, out); ok || err != nil {
			return []Value{dx}, err
		}
		if group == 1 {
			if dx, ok := b.subPixel(d[0], c, w, in, out); ok {
				return []Value{dx}, nil
			}
		}
	}
	end, extra := w.transposed(in, out)
	return []Value{b.Node("ConvTranspose", A{
		"kernel_shape": onnx.Ints(w.kernel...), "strides": onnx.Ints(w.stride...), "dilations": onnx.Ints(w.dilation...),
		"pads": onnx.Ints(slices.Concat(w.begin, end)...), "output_padding": onnx.Ints(extra...), "group": onnx.Int(group),
	}, d[0], Value(n.In[1]))}, nil
}

// flipped turns W [M, C/g, k...] into [C, M/g, k...] with every spatial axis
// reversed, group by group.
func (b *Builder) flipped(name string, w *onnx.Tensor, group int64) (Value, error) {
	key := fmt.Sprint("flip:", name, " ", group)
	if v, ok := b.consts[key]; ok {
		return v, nil
	}
	rank := len(w.Dims) - 2
	every := window{kernel: w.Dims[2:], stride: slices.Repeat([]int64{1}, rank)}
	all := make([]taps, rank)
	for i, k := range every.kernel {
		all[i].count = k
	}
	t, err := everyTap(w, group, every, all)
	if err != nil {
		return "", err
	}
	v := b.constant(t)
	b.consts[key] = v
	return v, nil
}

// vjpConvTranspose: its adjoint is the convolution with the same weights.
func vjpConvTranspose(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	in, out, weight, err := b.convolved(n)
	if err != nil {
		return nil, err
	}
	// The geometry of the adjoint runs from the (larger) output to the input.
	w, err := windowOf(n, out, weight)
	if err != nil {
		return nil, err
	}
	if n.AttrString("auto_pad", "NOTSET") != "NOTSET" || n.AttrInts("output_shape") != nil {
		if err := w.padsFor(n, in, out); err != nil {
			return nil, err
		}
	}
	return []Value{b.Node("Conv", A{
		"kernel_shape": onnx.Ints(w.kernel...), "strides": onnx.Ints(w.stride...), "dilations": onnx.Ints(w.dilation...),
		"pads": w.pads(), "group": onnx.Int(n.AttrInt("group", 1)),
	}, d[0], Value(n.In[1]))}, nil
}

// padsFor fills in the pads of a transposed convolution whose output size is given.
func (w window) padsFor(n *onnx.Node, in, out []int) error {
	extra := n.AttrInts("output_padding")
	for i := range in {
		var e int64
		if i < len(extra) {
			e = extra[i]
		}
		// What lies beyond the reach of the last window is zero, and gets nothing.
		total := max(0, w.stride[i]*int64(in[i]-1)+e+w.span(i)-int64(out[i]))
		if (int64(out[i])+total-w.span(i))/w.stride[i]+1 != int64(in[i]) {
			return fmt.Errorf("output size %v cannot come from %v", out, in)
		}
		w.begin[i], w.end[i] = total/2, total-total/2
		if n.AttrString("auto_pad", "NOTSET") != "SAME_UPPER" {
			w.begin[i], w.end[i] = total-total/2, total/2
		}
	}
	return nil
}

package fuse

import (
	"slices"

	"seewhy/models/onnx"
)

// LayoutDomain is that of the runtime's nodes in the blocked layout of channels.
const LayoutDomain = "com.microsoft.nchwc"

// layoutConv is a depthwise convolution whose kernel is the same number in all
// channels: w x, plus a bias that is the same everywhere, plus a sum, and an
// activation. Gradients in the blocked layout are written so, as no other node
// stays in it.
func (p *plan) layoutConv(n *onnx.Node) op {
	w := p.g.Init[n.Input(1)]
	if w == nil || len(w.Dims) != 4 || w.Dims[1] != 1 || w.Dims[2] != 1 || w.Dims[3] != 1 || n.AttrInt("group", 1) != w.Dims[0] {
		return nil
	}
	ones := func(name string) bool {
		return !slices.ContainsFunc(n.AttrInts(name), func(v int64) bool { return v != 1 })
	}
	if !ones("strides") || !ones("dilations") || slices.ContainsFunc(n.AttrInts("pads"), func(v int64) bool { return v != 0 }) ||
		n.AttrString("auto_pad", "NOTSET") != "NOTSET" {
		return nil
	}
	weight, same := uniform(w)
	if !same {
		return nil
	}
	bias := float32(0)
	if name := n.Input(2); name != "" {
		b := p.g.Init[name]
		if b == nil {
			return nil
		}
		if bias, same = uniform(b); !same {
			return nil
		}
	}
	o := unary(Affine, n.In[0], weight, bias)
	if sum := n.Input(3); sum != "" {
		o = o.with(Add, o.last(), value(sum))
	}
	parameters := n.Attrs["activation_params"].Floats
	switch n.AttrString("activation", "") {
	case "":
		return o
	case "Relu":
		return o.after(Relu, 0, 0)
	case "LeakyRelu":
		if len(parameters) == 1 {
			return o.after(Leaky, parameters[0], 0)
		}
	case "HardSigmoid":
		if len(parameters) == 2 {
			return o.after(HardSigmoid, parameters[0], parameters[1])
		}
	case "Clip":
		if len(parameters) == 2 {
			return o.clip(o.last(), parameters[0], parameters[1])
		}
	case "Sigmoid":
		return o.after(Sigmoid, 0, 0)
	case "Tanh":
		return o.after(Tanh, 0, 0)
	}
	return nil
}

// uniform is the number that all of a tensor's are.
func uniform(t *onnx.Tensor) (float32, bool) {
	if t.Type != onnx.Float32 || len(t.Raw) == 0 {
		return 0, false
	}
	v, err := t.Floats()
	if err != nil || len(v) == 0 || slices.ContainsFunc(v, func(x float32) bool { return x != v[0] }) {
		return 0, false
	}
	return v[0], true
}

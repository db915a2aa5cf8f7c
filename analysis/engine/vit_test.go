package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"seewhy/models/onnx"
)

// vitB16At writes a ViT-B/16 of random weights for pictures of side pixels:
// torchvision's vit_b_16, in the nodes of an exporter.
func vitB16At(t testing.TB, side int) string {
	t.Helper()
	const width, heads, blocks, mlp, patch = 768, 12, 12, 3072, 16
	n := &netWriter{g: &onnx.Graph{Name: "vit_b_16", Init: map[string]*onnx.Tensor{}}, random: rand.New(rand.NewPCG(16, 16))}
	grid := side / patch
	tokens := int64(grid*grid + 1)
	n.weights("patch.weight", math.Sqrt(1.0/(3*patch*patch)), width, 3, patch, patch)
	n.weights("patch.bias", 0.02, width)
	x := n.op("Conv", "patch", map[string]onnx.Attr{
		"kernel_shape": onnx.Ints(patch, patch), "strides": onnx.Ints(patch, patch),
	}, "image", "patch.weight", "patch.bias")
	n.shape("patch.shape", 0, width, -1)
	x = n.op("Transpose", "patch.tokens", map[string]onnx.Attr{"perm": onnx.Ints(0, 2, 1)}, n.op("Reshape", "patch.flat", nil, x, "patch.shape"))
	// The class token, once for each sample: its part of the sum below is 0 elsewhere.
	n.shape("pads", 0, 1, 0, 0, 0, 0)
	n.weights("position", 0.02, 1, tokens, width)
	x = n.op("Add", "embedded", nil, n.op("Pad", "room", nil, x, "pads"), "position")
	for b := range blocks {
		x = n.block(fmt.Sprintf("block%d", b), x, width, heads, mlp)
	}
	x = n.norm("norm", x, width)
	n.g.Init["first"] = onnx.NewInts("first", 0)
	x = n.op("Flatten", "flat", nil, n.op("Gather", "class", map[string]onnx.Attr{"axis": onnx.Int(1)}, x, "first"))
	n.weights("head.weight", 0.02, width, 1000)
	n.weights("head.bias", 0.02, 1000)
	n.op("Gemm", "logits", nil, x, "head.weight", "head.bias")
	return n.write(t, side)
}

func (n *netWriter) shape(name string, dims ...int64) {
	n.g.Init[name] = onnx.NewInts(name, dims...)
}

func (n *netWriter) norm(name, x string, width int64) string {
	one := make([]float32, width)
	for i := range one {
		one[i] = 1
	}
	n.g.Init[name+".scale"] = onnx.NewFloats(name+".scale", []int64{width}, one)
	n.weights(name+".shift", 0.02, width)
	return n.op("LayerNormalization", name, map[string]onnx.Attr{"axis": onnx.Int(-1), "epsilon": onnx.Float(1e-6)}, x, name+".scale", name+".shift")
}

func (n *netWriter) linear(name, x string, in, out int64) string {
	n.weights(name+".weight", math.Sqrt(1/float64(in)), in, out)
	n.weights(name+".bias", 0.02, out)
	return n.op("Add", name, nil, n.op("MatMul", name+".product", nil, x, name+".weight"), name+".bias")
}

// block is attention and an MLP, each behind a norm and beside a shortcut.
func (n *netWriter) block(name, x string, width, heads, mlp int64) string {
	h := n.norm(name+".norm1", x, width)
	n.shape(name+".split", 0, 0, heads, width/heads)
	part := func(what string, perm ...int64) string {
		y := n.op("Reshape", name+"."+what+".heads", nil, n.linear(name+"."+what, h, width, width), name+".split")
		return n.op("Transpose", name+"."+what+".turned", map[string]onnx.Attr{"perm": onnx.Ints(perm...)}, y)
	}
	q, k, v := part("q", 0, 2, 1, 3), part("k", 0, 2, 3, 1), part("v", 0, 2, 1, 3)
	n.g.Init[name+".scale"] = onnx.NewFloats(name+".scale", []int64{}, []float32{float32(1 / math.Sqrt(float64(width/heads)))})
	a := n.op("Mul", name+".scores", nil, n.op("MatMul", name+".qk", nil, q, k), name+".scale")
	a = n.op("Softmax", name+".attention", map[string]onnx.Attr{"axis": onnx.Int(-1)}, a)
	o := n.op("Transpose", name+".back", map[string]onnx.Attr{"perm": onnx.Ints(0, 2, 1, 3)}, n.op("MatMul", name+".mixed", nil, a, v))
	n.shape(name+".join", 0, 0, width)
	o = n.linear(name+".out", n.op("Reshape", name+".joined", nil, o, name+".join"), width, width)
	x = n.op("Add", name+".middle", nil, x, o)
	y := n.linear(name+".mlp1", n.norm(name+".norm2", x, width), width, mlp)
	y = n.linear(name+".mlp2", n.gelu(name+".gelu", y), mlp, width)
	return n.op("Add", name, nil, x, y)
}

// gelu is x (1 + erf(x / sqrt 2)) / 2, as exporters write it.
func (n *netWriter) gelu(name, x string) string {
	number := func(what string, v float64) string {
		n.g.Init[name+what] = onnx.NewFloats(name+what, []int64{}, []float32{float32(v)})
		return name + what
	}
	e := n.op("Erf", name+".erf", nil, n.op("Div", name+".div", nil, x, number(".root", math.Sqrt2)))
	p := n.op("Mul", name+".times", nil, x, n.op("Add", name+".plus", nil, e, number(".one", 1)))
	return n.op("Mul", name, nil, p, number(".half", 0.5))
}

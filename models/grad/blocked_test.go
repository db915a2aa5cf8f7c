package grad_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// What a mean spreads and what phases make are put back into the CPU's blocked
// layout before they are added to a convolution's gradient or masked: the
// gradient stays, and a chain of residual blocks leaves the layout nowhere.
func TestPutBackIntoTheLayout(t *testing.T) {
	lib := library(t)
	r := rand.New(rand.NewPCG(51, 52))
	conv := func(out, in, w string, stride int64) *onnx.Node {
		return op(out, "Conv", grad.A{"strides": onnx.Ints(stride, stride), "pads": onnx.Ints(1, 1, 1, 1)}, in, w)
	}
	block := func(out, in string) []*onnx.Node {
		return []*onnx.Node{
			conv(out+"a", in, "square", 1), op(out+"r", "Relu", nil, out+"a"), conv(out+"b", out+"r", "square", 1),
			op(out+"s", "Add", nil, out+"b", in), op(out, "Relu", nil, out+"s"),
		}
	}
	nodes := slices.Concat([]*onnx.Node{conv("h", "x", "first", 1), op("i", "Relu", nil, "h")},
		block("j", "i"), []*onnx.Node{conv("d", "j", "square", 2), op("e", "Relu", nil, "d")}, block("k", "e"), block("l", "k"),
		[]*onnx.Node{op("y", "GlobalAveragePool", nil, "l")})
	p := small(t, []int{-1, 3, 16, 16}, nodes, whole(r, "first", 32, 3, 3, 3), whole(r, "square", 32, 32, 3, 3))
	x, u := tensor.New(1, 3, 16, 16), tensor.New(1, 32, 1, 1)
	for i := range x.Data {
		x.Data[i] = float32(r.IntN(5) - 2)
	}
	for i := range u.Data {
		u.Data[i] = float32(r.IntN(9) - 4)
	}
	one := p.One()
	grads, progs := allForms(t, lib, one, x, u)
	for i, prog := range progs {
		phases := i > 0
		// Every sum has a convolution on either side, or a sum or mask of such.
		by := map[string]*onnx.Node{}
		for _, n := range prog.Model.Graph.Nodes {
			by[n.Out[0]] = n
		}
		var within func(v string) bool
		within = func(v string) bool {
			n := by[v]
			return n != nil && (n.Op == "Conv" || (n.Op == "Add" || n.Op == "Mul" || n.Op == "Relu" || n.Op == "HardSigmoid") && !slices.ContainsFunc(n.In, func(v string) bool { return !within(v) }))
		}
		outside := 0
		for _, n := range prog.Model.Graph.Nodes {
			if (n.Op == "Add" || n.Op == "Mul") && !slices.ContainsFunc(p.Model.Graph.Nodes, func(f *onnx.Node) bool { return f.Out[0] == n.Out[0] }) && !within(n.Out[0]) {
				outside++
			}
		}
		if phases && outside > 1 { // the mean's factor
			t.Errorf("%d sums and products lie outside the layout", outside)
		}
		if !phases && outside < 4 {
			t.Errorf("without the layout %d sums and products are outside: this test sees nothing", outside)
		}
	}
	// The same products in another order.
	for _, other := range grads[1:] {
		var diff, size float64
		for i, v := range grads[0] {
			diff += math.Pow(float64(v-other[i]), 2)
			size += float64(v) * float64(v)
		}
		if !(math.Sqrt(diff) <= 1e-6*math.Sqrt(size)) || size == 0 {
			t.Errorf("the gradients differ by %.2g of their length", math.Sqrt(diff/size))
		}
	}
}

package grad_test

import (
	"math"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// Without biases nothing is lost: the relevance at the input is the score,
// through joins, gates, products, normalisations, attention and pools.
func TestRelevanceIsConserved(t *testing.T) {
	ints := onnx.Ints
	zero := onnx.NewFloats("zero", []int64{4}, make([]float32, 4))
	ones := onnx.NewFloats("ones", []int64{4}, []float32{1, 2, 3, 0.5})
	weights, square := floats("w", []int64{4, 4, 3, 3}, 1), floats("m", []int64{4, 4}, 2)
	half := scalar("half", 0.5)
	image, tokens := []int{1, 4, 6, 6}, []int{1, 5, 4}
	pad := grad.A{"pads": ints(1, 1, 1, 1)}
	conv := op("c", "Conv", pad, "x", "w")
	pool := op("y", "GlobalAveragePool", nil, "h")
	for name, g := range map[string]struct {
		shape  []int
		nodes  []*onnx.Node
		consts []*onnx.Tensor
	}{
		"residual":     {image, []*onnx.Node{conv, op("r", "Relu", nil, "c"), op("h", "Add", nil, "r", "x"), pool}, []*onnx.Tensor{weights}},
		"difference":   {image, []*onnx.Node{conv, op("h", "Sub", nil, "x", "c"), pool}, []*onnx.Tensor{weights}},
		"concatenated": {image, []*onnx.Node{conv, op("h", "Concat", grad.A{"axis": onnx.Int(1)}, "c", "x"), pool}, []*onnx.Tensor{weights}},
		"gate": {image, []*onnx.Node{
			conv, op("p", "GlobalAveragePool", nil, "c"), op("s", "Sigmoid", nil, "p"), op("h", "Mul", nil, "s", "c"), pool,
		}, []*onnx.Tensor{weights}},
		"gelu written out": {image, []*onnx.Node{
			conv, op("e", "Erf", nil, "c"), op("f", "Add", nil, "e", "half"), op("g", "Mul", nil, "c", "f"), op("h", "Mul", nil, "g", "half"), pool,
		}, []*onnx.Tensor{weights, half}},
		"square":            {image, []*onnx.Node{conv, op("h", "Mul", nil, "c", "x"), pool}, []*onnx.Tensor{weights}},
		"max pool":          {image, []*onnx.Node{conv, op("h", "MaxPool", grad.A{"kernel_shape": ints(3, 3), "strides": ints(2, 2)}, "c"), pool}, []*onnx.Tensor{weights}},
		"layer norm":        {tokens, []*onnx.Node{op("h", "MatMul", nil, "x", "m"), op("y", "LayerNormalization", nil, "h", "ones", "zero")}, []*onnx.Tensor{square, ones, zero}},
		"rms norm":          {tokens, []*onnx.Node{op("h", "MatMul", nil, "x", "m"), op("q", "Mul", nil, "h", "h"), op("v", "ReduceMean", grad.A{"axes": ints(2)}, "q"), op("s", "Sqrt", nil, "v"), op("y", "Div", nil, "h", "s")}, []*onnx.Tensor{square}},
		"batch norm":        {image, []*onnx.Node{conv, op("n", "BatchNormalization", nil, "c", "ones", "zero", "zero", "ones"), op("h", "Relu", nil, "n"), pool}, []*onnx.Tensor{weights, ones, zero}},
		"batch norm before": {image, []*onnx.Node{op("n", "BatchNormalization", nil, "x", "ones", "zero", "zero", "ones"), op("h", "Conv", pad, "n", "w"), pool}, []*onnx.Tensor{weights, ones, zero}},
		"instance norm":     {image, []*onnx.Node{conv, op("i", "InstanceNormalization", nil, "c", "ones", "zero"), op("h", "Relu", nil, "i"), pool}, []*onnx.Tensor{weights, ones, zero}},
		"group norm": {image, []*onnx.Node{conv, op("h", "GroupNormalization", grad.A{"num_groups": onnx.Int(2)}, "c", "two", "none"), op("r", "Relu", nil, "h"), op("y", "GlobalAveragePool", nil, "r")}, []*onnx.Tensor{
			weights, onnx.NewFloats("two", []int64{2}, []float32{1, 2}), onnx.NewFloats("none", []int64{2}, make([]float32, 2)),
		}},
		"attention": {tokens, []*onnx.Node{
			op("k", "MatMul", nil, "x", "m"), op("t", "Transpose", grad.A{"perm": ints(0, 2, 1)}, "k"), op("a", "MatMul", nil, "x", "t"), op("s", "Softmax", nil, "a"), op("y", "MatMul", nil, "s", "x"),
		}, []*onnx.Tensor{square}},
		"weights computed": {tokens, []*onnx.Node{op("a", "Relu", nil, "m"), op("y", "MatMul", nil, "x", "a")}, []*onnx.Tensor{square}},
	} {
		p := small(t, g.shape, g.nodes, g.consts...)
		x, u := normal(3, g.shape...), normal(4, single(p.Facts.Shapes["y"])...)
		prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: "y", Wants: []string{"x"}})
		if err != nil {
			t.Fatal(err)
		}
		y, _ := compile(t, library(t), prog, []string{"x"}, "y")([]tensor.Tensor{x}, u)
		score := 0.0
		for i, v := range y.Data {
			score += float64(v) * float64(u.Data[i])
		}
		for _, id := range []string{"lrp-epsilon", "lrp-epsilon-plus", "lrp-epsilon-plus-flat", "lrp-epsilon-alpha2-beta1"} {
			sum, size := 0.0, 0.0
			for _, v := range back(t, p, grad.Composite{ID: id}, x, u).Data {
				sum, size = sum+float64(v), size+math.Abs(float64(v))
			}
			// The stabiliser takes a millionth of what it divides by, which may be small.
			if math.Abs(sum-score) > 1e-3*max(size, math.Abs(score)) {
				t.Errorf("%s, %s: relevance %g of a score of %g", name, id, sum, score)
			}
		}
	}
}

// Merging batch norms leaves the model's answers as they were, for every layer
// that takes them, and leaves alone what is asked for or read twice.
func TestBatchNormsAreMerged(t *testing.T) {
	positive := onnx.NewFloats("var", []int64{4}, []float32{0.5, 2, 1, 3})
	norm := []*onnx.Tensor{floats("s", []int64{4}, 5), floats("beta", []int64{4}, 6), floats("mu", []int64{4}, 7), positive}
	bn := op("y", "BatchNormalization", nil, "h", "s", "beta", "mu", "var")
	for name, g := range map[string]struct {
		shape  []int
		layer  *onnx.Node
		consts []*onnx.Tensor
	}{
		"conv":       {[]int{1, 2, 5, 5}, op("h", "Conv", grad.A{"group": onnx.Int(2)}, "x", "w"), []*onnx.Tensor{floats("w", []int64{4, 1, 3, 3}, 1)}},
		"conv, bias": {[]int{1, 2, 5, 5}, op("h", "Conv", nil, "x", "w", "b"), []*onnx.Tensor{floats("w", []int64{4, 2, 3, 3}, 1), floats("b", []int64{4}, 2)}},
		"transposed": {[]int{1, 6, 3, 3}, op("h", "ConvTranspose", grad.A{"group": onnx.Int(2), "strides": onnx.Ints(2, 2)}, "x", "w"), []*onnx.Tensor{floats("w", []int64{6, 2, 2, 2}, 1)}},
		"gemm":       {[]int{1, 5}, op("h", "Gemm", nil, "x", "w", "b"), []*onnx.Tensor{floats("w", []int64{5, 4}, 1), floats("b", []int64{4}, 2)}},
		"gemm, B^T":  {[]int{1, 5}, op("h", "Gemm", grad.A{"transB": onnx.Int(1)}, "x", "w"), []*onnx.Tensor{floats("w", []int64{4, 5}, 1)}},
	} {
		p := small(t, g.shape, []*onnx.Node{g.layer, bn}, append(g.consts, norm...)...)
		x, u := normal(3, g.shape...), normal(4, single(p.Facts.Shapes["y"])...)
		answers := map[string][]float32{}
		for _, id := range []string{"", "lrp-epsilon"} {
			prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: "y", Wants: []string{"x"}, Composite: grad.Composite{ID: id}})
			if err != nil {
				t.Fatal(err)
			}
			norms := 0
			for _, n := range prog.Model.Graph.Nodes {
				if n.Op == "BatchNormalization" {
					norms++
				}
			}
			if (id == "") != (norms == 1) {
				t.Errorf("%s, %q: %d batch norms", name, id, norms)
			}
			y, _ := compile(t, library(t), prog, []string{"x"}, "y")([]tensor.Tensor{x}, u)
			answers[id] = y.Data
		}
		same(t, name, answers["lrp-epsilon"], widen(answers[""]), 1e-5)
		prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: "y", Wants: []string{"x", "h"}, Composite: grad.Composite{ID: "lrp-epsilon"}})
		if err != nil || prog.Gradients["h"] == "" {
			t.Errorf("%s: the layer inside is lost (%v)", name, err)
		}
	}
}

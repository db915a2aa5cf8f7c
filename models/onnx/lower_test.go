package onnx_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// lowerCase is one combined operator; x is its first float input.
type lowerCase struct {
	name   string
	opset  int64
	node   *onnx.Node
	shape  []int
	consts []*onnx.Tensor
	// unrun says that the runtime has no kernel of it on a CPU.
	unrun bool
}

func weights(name string, dims ...int64) *onnx.Tensor {
	n := int64(1)
	seed := uint64(len(name))
	for _, d := range dims {
		n *= d
		seed = seed*31 + uint64(d)
	}
	r := rand.New(rand.NewPCG(seed, 3))
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return onnx.NewFloats(name, dims, v)
}

func fused(name string, a attrs, in ...string) *onnx.Node {
	n := op(name, a, in...)
	n.Domain = "com.microsoft"
	return n
}

func lowerCases() []lowerCase {
	tokens := []int{2, 5, 12}
	conv := attrs{"kernel_shape": onnx.Ints(3, 3), "pads": onnx.Ints(1, 1, 1, 1), "activation": onnx.Str("Relu")}
	image := []int{2, 3, 6, 7}
	with := func(a attrs, more attrs) attrs {
		out := attrs{}
		for _, m := range []attrs{a, more} {
			for k, v := range m {
				out[k] = v
			}
		}
		return out
	}
	four := attrs{"num_heads": onnx.Int(4)}
	qkv := func(bias bool) []*onnx.Tensor {
		list := []*onnx.Tensor{weights("key", 2, 7, 12), weights("value", 2, 7, 8)}
		if bias {
			list = append(list, weights("bias", 32))
		}
		return list
	}
	mask := onnx.NewInts("mask", 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 1)
	mask.Dims = []int64{2, 7}
	mask = toInt32(mask)
	square := toInt32(onnx.NewInts("mask", 1, 1, 1, 0, 0, 1, 1, 1, 1, 0))
	square.Dims = []int64{2, 5}
	attention := []*onnx.Tensor{weights("w", 12, 36), weights("b", 36)}
	return []lowerCase{
		{name: "FusedConv", node: fused("FusedConv", conv, "x", "w", "b"), shape: image, consts: []*onnx.Tensor{weights("w", 4, 3, 3, 3), weights("b", 4)}},
		{name: "FusedConv sum", node: fused("FusedConv", conv, "x", "w", "b", "z"), shape: image, consts: []*onnx.Tensor{weights("w", 4, 3, 3, 3), weights("b", 4), weights("z", 2, 4, 6, 7)}},
		{name: "FusedConv clip", node: fused("FusedConv", with(conv, attrs{"activation": onnx.Str("Clip"), "activation_params": floatsAttr(0, 6)}), "x", "w"), shape: image, consts: []*onnx.Tensor{weights("w", 4, 3, 3, 3)}},
		{name: "FusedConv leaky", node: fused("FusedConv", with(conv, attrs{"activation": onnx.Str("LeakyRelu"), "activation_params": floatsAttr(0.1)}), "x", "w"), shape: image, consts: []*onnx.Tensor{weights("w", 4, 3, 3, 3)}},
		{name: "FusedConv hard sigmoid", node: fused("FusedConv", with(conv, attrs{"activation": onnx.Str("HardSigmoid"), "activation_params": floatsAttr(0.3, 0.4)}), "x", "w"), shape: image, consts: []*onnx.Tensor{weights("w", 4, 3, 3, 3)}},
		{name: "FusedGemm", node: fused("FusedGemm", attrs{"activation": onnx.Str("LeakyRelu"), "activation_alpha": onnx.Float(0.2), "transB": onnx.Int(1)}, "x", "w", "b"), shape: []int{3, 4}, consts: []*onnx.Tensor{weights("w", 5, 4), weights("b", 5)}},
		{name: "FusedMatMul", node: fused("FusedMatMul", attrs{"alpha": onnx.Float(0.3), "transA": onnx.Int(1), "transB": onnx.Int(1)}, "x", "w"), shape: []int{2, 4, 3}, consts: []*onnx.Tensor{weights("w", 2, 5, 4)}},
		{name: "FusedMatMul batch", node: fused("FusedMatMul", attrs{"transBatchA": onnx.Int(1)}, "x", "w"), shape: []int{4, 2, 6, 3}, consts: []*onnx.Tensor{weights("w", 2, 6, 3, 5)}},
		{name: "FusedMatMul batch both", node: fused("FusedMatMul", attrs{"transBatchA": onnx.Int(1), "transA": onnx.Int(1), "transBatchB": onnx.Int(1), "transB": onnx.Int(1)}, "x", "w"), shape: []int{4, 2, 6, 3}, consts: []*onnx.Tensor{weights("w", 5, 2, 6, 4)}},
		{name: "Gelu", node: fused("Gelu", nil, "x"), shape: tokens},
		{name: "Gelu 20", opset: 20, node: fused("Gelu", nil, "x"), shape: tokens},
		{name: "BiasGelu", node: fused("BiasGelu", nil, "x", "b"), shape: tokens, consts: []*onnx.Tensor{weights("b", 12)}},
		{name: "FastGelu", node: fused("FastGelu", nil, "x"), shape: tokens},
		{name: "FastGelu bias", opset: 21, node: fused("FastGelu", nil, "x", "b"), shape: tokens, consts: []*onnx.Tensor{weights("b", 12)}},
		{name: "QuickGelu", node: fused("QuickGelu", attrs{"alpha": onnx.Float(1.5)}, "x"), shape: tokens},
		{name: "SkipLayerNormalization", node: outputs(fused("SkipLayerNormalization", attrs{"epsilon": onnx.Float(1e-5)}, "x", "skip", "g", "b", "c"), "y", "", "", "sum"), shape: tokens, consts: []*onnx.Tensor{weights("skip", 2, 5, 12), weights("g", 12), weights("b", 12), weights("c", 12)}},
		{name: "SkipLayerNormalization plain", node: fused("SkipLayerNormalization", nil, "x", "skip", "g"), shape: tokens, consts: []*onnx.Tensor{weights("skip", 2, 5, 12), weights("g", 12)}},
		{name: "SkipSimplifiedLayerNormalization", node: outputs(fused("SkipSimplifiedLayerNormalization", attrs{"epsilon": onnx.Float(1e-5)}, "x", "skip", "g"), "y", "", "", "sum"), shape: tokens, consts: []*onnx.Tensor{weights("skip", 2, 5, 12), weights("g", 12)}},
		{name: "SimplifiedLayerNormalization", node: op("SimplifiedLayerNormalization", attrs{"epsilon": onnx.Float(1e-5), "axis": onnx.Int(-1), "stash_type": onnx.Int(1)}, "x", "g"), shape: tokens, consts: []*onnx.Tensor{weights("g", 12)}},
		{name: "SimplifiedLayerNormalization 23", opset: 23, node: op("SimplifiedLayerNormalization", attrs{"axis": onnx.Int(-1), "stash_type": onnx.Int(1)}, "x", "g"), shape: tokens, consts: []*onnx.Tensor{weights("g", 12)}},
		{name: "MultiHeadAttention", node: fused("MultiHeadAttention", four, "x", "key", "value"), shape: tokens, consts: qkv(false)},
		{name: "MultiHeadAttention bias", node: fused("MultiHeadAttention", with(four, attrs{"scale": onnx.Float(0.7)}), "x", "key", "value", "bias"), shape: tokens, consts: qkv(true)},
		{name: "MultiHeadAttention mask", node: fused("MultiHeadAttention", four, "x", "key", "value", "", "mask", "add"), shape: tokens, consts: append(qkv(false), mask, weights("add", 1, 4, 5, 7))},
		{name: "MultiHeadAttention packed keys", node: fused("MultiHeadAttention", four, "x", "kv"), shape: tokens, consts: []*onnx.Tensor{weights("kv", 2, 7, 4, 2, 3)}, unrun: true},
		{name: "MultiHeadAttention packed", node: fused("MultiHeadAttention", four, "x"), shape: []int{2, 5, 4, 3, 6}, unrun: true},
		{name: "MultiHeadAttention keys of heads", node: fused("MultiHeadAttention", four, "x", "key", "value"), shape: tokens, consts: []*onnx.Tensor{weights("key", 2, 4, 7, 3), weights("value", 2, 4, 7, 3)}},
		{name: "Attention", node: fused("Attention", four, "x", "w", "b"), shape: tokens, consts: attention},
		{name: "Attention mask", node: fused("Attention", four, "x", "w", "b", "mask"), shape: tokens, consts: append(slices.Clone(attention), square)},
		{name: "Attention causal", node: fused("Attention", with(four, attrs{"unidirectional": onnx.Int(1)}), "x", "w", "b"), shape: tokens, consts: attention},
		{name: "Attention sizes", node: fused("Attention", with(four, attrs{"qkv_hidden_sizes": onnx.Ints(8, 8, 20)}), "x", "w", "b"), shape: tokens, consts: attention},
		{name: "Attention added", node: fused("Attention", four, "x", "w", "b", "", "", "add"), shape: tokens, consts: append(slices.Clone(attention), weights("add", 1, 4, 5, 5))},
		{name: "Attention 23, grouped", opset: 23, node: op("Attention", attrs{"q_num_heads": onnx.Int(4), "kv_num_heads": onnx.Int(2), "is_causal": onnx.Int(1)}, "x", "k", "v"), shape: tokens, consts: []*onnx.Tensor{weights("k", 2, 7, 6), weights("v", 2, 7, 10)}},
		{name: "GridSample", opset: 20, node: fused("GridSample", attrs{"mode": onnx.Str("bilinear")}, "x", "g"), shape: image, consts: []*onnx.Tensor{weights("g", 2, 3, 3, 2)}},
		{name: "DeformConv", opset: 19, node: op("DeformConv", nil, "x", "w", "o"), shape: image, consts: []*onnx.Tensor{weights("w", 4, 3, 3, 3), weights("o", 2, 18, 4, 5)}},
		{name: "DeformConv whole", opset: 22, node: op("DeformConv", attrs{"group": onnx.Int(2), "offset_group": onnx.Int(2), "strides": onnx.Ints(2, 1), "dilations": onnx.Ints(1, 2), "pads": onnx.Ints(1, 0, 2, 3), "kernel_shape": onnx.Ints(2, 3)}, "x", "w", "o", "b", "m"), shape: []int{2, 4, 6, 7}, consts: []*onnx.Tensor{weights("w", 6, 2, 2, 3), weights("o", 2, 24, 4, 6), weights("b", 6), weights("m", 2, 12, 4, 6)}},
		{name: "Trilu", node: fused("Trilu", attrs{"upper": onnx.Int(0)}, "x", "k"), shape: tokens, consts: []*onnx.Tensor{alone(onnx.NewInts("k", -1))}},
		{name: "Pad", node: fused("Pad", attrs{"mode": onnx.Str("constant")}, "x", "p", "v"), shape: []int{3, 4}, consts: []*onnx.Tensor{onnx.NewInts("p", 0, 1, 2, -1), weights("v", 1)}},
		{name: "Pad reflect", opset: 19, node: fused("Pad", attrs{"mode": onnx.Str("reflect")}, "x", "p"), shape: []int{3, 4}, consts: []*onnx.Tensor{onnx.NewInts("p", 0, 1, 2, 1)}},
		{name: "ExpandDims", node: fused("ExpandDims", nil, "x", "a"), shape: []int{3, 4}, consts: []*onnx.Tensor{alone(toInt32(onnx.NewInts("a", -1)))}, unrun: true},
		{name: "GatherND", node: fused("GatherND", nil, "x", "i"), shape: []int{3, 4}, consts: []*onnx.Tensor{{Name: "i", Type: onnx.Int32, Dims: []int64{1, 2}, Raw: []byte{1, 0, 0, 0, 2, 0, 0, 0}}}},
		{name: "RotaryEmbedding", node: fused("RotaryEmbedding", nil, "x", "p", "c", "s"), shape: []int{2, 3, 4, 6}, consts: []*onnx.Tensor{onnx.NewInts("p", 1), weights("c", 6, 3), weights("s", 6, 3)}},
		{name: "RotaryEmbedding of tokens", node: fused("RotaryEmbedding", attrs{"interleaved": onnx.Int(1)}, "x", "p", "c", "s"), shape: tokens, consts: []*onnx.Tensor{positions(2, 5), weights("c", 6, 2), weights("s", 6, 2)}},
		{name: "RotaryEmbedding in part", node: fused("RotaryEmbedding", attrs{"num_heads": onnx.Int(2), "rotary_embedding_dim": onnx.Int(4)}, "x", "p", "c", "s"), shape: tokens, consts: []*onnx.Tensor{positions(2, 5), weights("c", 6, 2), weights("s", 6, 2)}},
		{name: "BiasAdd", node: fused("BiasAdd", nil, "x", "b", "z"), shape: tokens, consts: []*onnx.Tensor{weights("b", 12), weights("z", 2, 5, 12)}, unrun: true},
	}
}

// alone is a tensor of one element as a scalar.
func alone(t *onnx.Tensor) *onnx.Tensor {
	t.Dims = nil
	return t
}

// positions are 0 to tokens-1 for each sample.
func positions(samples, tokens int64) *onnx.Tensor {
	var list []int64
	for i := range samples * tokens {
		list = append(list, i%tokens)
	}
	p := onnx.NewInts("p", list...)
	p.Dims = []int64{samples, tokens}
	return p
}

func toInt32(t *onnx.Tensor) *onnx.Tensor {
	raw := make([]byte, 0, len(t.Raw)/2)
	for i := 0; i < len(t.Raw); i += 8 {
		raw = append(raw, t.Raw[i:i+4]...)
	}
	return &onnx.Tensor{Name: t.Name, Type: onnx.Int32, Dims: t.Dims, Raw: raw}
}

// TestLower compares each combined operator, as ONNX Runtime runs it, with
// the standard operators that it is written out in: to 1e-5, since sums are
// taken in another order.
func TestLower(t *testing.T) {
	lib := library(t)
	for _, c := range lowerCases() {
		t.Run(c.name, func(t *testing.T) {
			m := oneNode(max(c.opset, 17), c.node, c.shape, c.consts...)
			m.IR, m.Opsets["com.microsoft"] = 10, 1
			shapes, types := map[string][]int{"x": c.shape}, map[string]onnx.Type{"x": onnx.Float32}
			for _, k := range c.consts {
				shapes[k.Name], types[k.Name] = ints(k.Dims), k.Type
			}
			lowered, changed, err := onnx.Lower(m, shapes, types)
			if err != nil || !changed {
				t.Fatalf("changed %v, error %v", changed, err)
			}
			for _, n := range lowered.Graph.Nodes {
				if n.Domain != "" || n.Op == c.node.Op && n.Domain == c.node.Domain {
					t.Errorf("%s is left", n.Label())
				}
			}
			got := evaluate(t, lib, lowered, c.shape)
			if c.unrun {
				// By the runtime's documentation alone; that the result runs is checked.
				return
			}
			closeTo(t, evaluate(t, lib, m, c.shape), got)
		})
	}
}

func ints(dims []int64) []int {
	out := make([]int, len(dims))
	for i, d := range dims {
		out[i] = int(d)
	}
	return out
}

func closeTo(t *testing.T, want, got map[string]tensor.Tensor) {
	t.Helper()
	for name, w := range want {
		g := got[name]
		if !slices.Equal(w.Shape, g.Shape) {
			t.Errorf("%q has shape %v, want %v", name, g.Shape, w.Shape)
			continue
		}
		for i := range w.Data {
			if diff := math.Abs(float64(w.Data[i] - g.Data[i])); !(diff <= 1e-5*max(1, math.Abs(float64(w.Data[i])))) {
				t.Errorf("%q[%d] = %g, want %g", name, i, g.Data[i], w.Data[i])
				break
			}
		}
	}
}

// What is not served stays as it was, and nothing of what was begun is left.
func TestLowerLeavesWhatItDoesNotServe(t *testing.T) {
	cached := fused("MultiHeadAttention", attrs{"num_heads": onnx.Int(2)}, "x", "k", "v", "", "", "", "p", "q")
	odd := fused("FusedConv", attrs{"activation": onnx.Str("Sine"), "activation_params": floatsAttr(1)}, "x", "w")
	open := op("Attention", attrs{"is_causal": onnx.Int(1)}, "q", "q", "q", "", "p", "p")
	for _, n := range []*onnx.Node{cached, odd, open, fused("Attention", nil, "x", "w"), fused("FusedMatMul", nil, "x", "unknown")} {
		m := oneNode(17, n, []int{2, 3, 4})
		before := fmt.Sprint(m.Graph.Init)
		out, changed, err := onnx.Lower(m, map[string][]int{"x": {2, 3, 4}, "q": {1, 1, 1, 4}, "p": {1, 1, -1, 4}}, nil)
		if err != nil || changed || len(out.Graph.Nodes) != 1 || out.Graph.Nodes[0] != n || fmt.Sprint(out.Graph.Init) != before {
			t.Errorf("%s: changed %v, error %v, nodes %d, constants %v", n.Label(), changed, err, len(out.Graph.Nodes), out.Graph.Init)
		}
	}
}

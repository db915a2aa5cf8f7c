package grad_test

import (
	"fmt"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

func init() {
	for _, ax := range []int64{-1, 1} {
		for _, op := range []string{"Softmax", "LogSoftmax"} {
			addCases(op, vjpCase{name: fmt.Sprint("axis ", ax), node: node(op, grad.A{"axis": onnx.Int(ax)}, "x"), inputs: x(2, 4, 3)})
		}
	}
	for t := range int64(4) {
		a, b := []int{3, 4}, []int{4, 5}
		if t&1 != 0 {
			a = []int{4, 3}
		}
		if t&2 != 0 {
			b = []int{5, 4}
		}
		addCases("Gemm", vjpCase{
			name:   fmt.Sprintf("transA %d transB %d", t&1, t>>1),
			node:   node("Gemm", grad.A{"transA": onnx.Int(t & 1), "transB": onnx.Int(t >> 1), "alpha": onnx.Float(0.7), "beta": onnx.Float(1.3)}, "a", "b", "c"),
			inputs: append(two(a, b), input{name: "c", shape: []int{5}}),
		})
	}
	for _, s := range [][2][]int{{{3, 4}, {4, 5}}, {{2, 3, 4}, {4, 5}}, {{2, 1, 3, 4}, {3, 4, 5}}, {{4}, {4, 5}}, {{2, 3, 4}, {4}}, {{3, 4}, {2, 4, 5}}} {
		addCases("MatMul", vjpCase{name: fmt.Sprint(s), node: node("MatMul", nil, "a", "b"), inputs: two(s[0], s[1])})
	}

	type geometry struct {
		name  string
		in, w []int
		attrs grad.A
	}
	ints := onnx.Ints
	for _, g := range []geometry{
		{"3x3", []int{2, 4, 7, 6}, []int{5, 4, 3, 3}, grad.A{"pads": ints(1, 1, 1, 1)}},
		{"no pad", []int{2, 4, 7, 6}, []int{5, 4, 3, 2}, nil},
		{"asymmetric pads", []int{1, 2, 7, 6}, []int{3, 2, 3, 3}, grad.A{"pads": ints(2, 0, 1, 2)}},
		{"large pads", []int{1, 2, 5, 5}, []int{3, 2, 2, 2}, grad.A{"pads": ints(3, 2, 2, 3)}},
		{"stride 2", []int{2, 4, 8, 7}, []int{6, 4, 3, 3}, grad.A{"pads": ints(1, 1, 1, 1), "strides": ints(2, 2)}},
		{"stride 3 leftover", []int{1, 3, 10, 11}, []int{2, 3, 2, 2}, grad.A{"strides": ints(3, 3)}},
		{"1x1 stride 2", []int{1, 3, 7, 8}, []int{2, 3, 1, 1}, grad.A{"strides": ints(2, 2)}},
		{"dilation", []int{1, 3, 9, 9}, []int{2, 3, 3, 3}, grad.A{"dilations": ints(2, 3), "pads": ints(2, 3, 2, 3)}},
		{"groups", []int{2, 6, 7, 7}, []int{4, 3, 3, 3}, grad.A{"group": onnx.Int(2), "pads": ints(1, 1, 1, 1)}},
		{"groups, stride", []int{2, 6, 7, 7}, []int{4, 3, 3, 3}, grad.A{"group": onnx.Int(2), "strides": ints(2, 2)}},
		{"depthwise", []int{2, 6, 7, 7}, []int{6, 1, 5, 5}, grad.A{"group": onnx.Int(6), "pads": ints(2, 2, 2, 2)}},
		{"depthwise multiplier, stride", []int{1, 3, 8, 8}, []int{6, 1, 3, 3}, grad.A{"group": onnx.Int(3), "strides": ints(2, 2), "pads": ints(1, 1, 1, 1)}},
		{"same upper", []int{1, 3, 8, 7}, []int{2, 3, 4, 3}, grad.A{"auto_pad": onnx.Str("SAME_UPPER"), "strides": ints(2, 2)}},
		{"same lower", []int{1, 3, 8, 7}, []int{2, 3, 4, 4}, grad.A{"auto_pad": onnx.Str("SAME_LOWER")}},
		{"one dimension", []int{2, 3, 9}, []int{4, 3, 3}, grad.A{"pads": ints(1, 1)}},
		{"three dimensions", []int{1, 2, 4, 5, 4}, []int{3, 2, 3, 3, 3}, grad.A{"pads": ints(1, 1, 1, 1, 1, 1)}},
	} {
		dims := make([]int64, len(g.w))
		for i, d := range g.w {
			dims[i] = int64(d)
		}
		addCases("Conv", vjpCase{name: g.name, node: node("Conv", g.attrs, "x", "w", "b"), inputs: x(g.in...), consts: []*onnx.Tensor{floats("w", dims, 3), floats("b", dims[:1], 4)}})
	}
	for _, g := range []geometry{
		{"plain", []int{2, 4, 5, 4}, []int{4, 3, 3, 3}, nil},
		{"stride, pads, output padding", []int{1, 4, 5, 4}, []int{4, 3, 3, 3}, grad.A{"strides": ints(2, 2), "pads": ints(1, 1, 1, 1), "output_padding": ints(1, 1)}},
		{"groups", []int{1, 4, 5, 4}, []int{4, 3, 2, 2}, grad.A{"strides": ints(2, 2), "group": onnx.Int(2)}},
		{"dilation", []int{1, 2, 5, 4}, []int{2, 3, 3, 2}, grad.A{"dilations": ints(2, 2)}},
		{"same upper", []int{1, 2, 5, 4}, []int{2, 3, 3, 3}, grad.A{"strides": ints(2, 2), "auto_pad": onnx.Str("SAME_UPPER")}},
	} {
		dims := make([]int64, len(g.w))
		for i, d := range g.w {
			dims[i] = int64(d)
		}
		addCases("ConvTranspose", vjpCase{name: g.name, node: node("ConvTranspose", g.attrs, "x", "w"), inputs: x(g.in...), consts: []*onnx.Tensor{floats("w", dims, 3)}})
	}

	variance := onnx.NewFloats("var", []int64{3}, []float32{0.5, 2, 1.3})
	addCases("BatchNormalization", vjpCase{
		node: node("BatchNormalization", grad.A{"epsilon": onnx.Float(1e-3)}, "x", "s", "bias", "mean", "var"), inputs: x(2, 3, 4, 5),
		consts: []*onnx.Tensor{floats("s", []int64{3}, 1), floats("bias", []int64{3}, 2), floats("mean", []int64{3}, 3), variance},
	})
	addCases("InstanceNormalization", vjpCase{
		node: node("InstanceNormalization", nil, "x", "s", "bias"), inputs: x(2, 3, 4, 5),
		consts: []*onnx.Tensor{floats("s", []int64{3}, 1), floats("bias", []int64{3}, 2)},
	})
	for _, ax := range []int64{-1, 1} {
		dims := []int64{5}
		if ax == 1 {
			dims = []int64{4, 5}
		}
		addCases("LayerNormalization", vjpCase{
			name: fmt.Sprint("axis ", ax), node: node("LayerNormalization", grad.A{"axis": onnx.Int(ax)}, "x", "s", "bias"), inputs: x(3, 4, 5),
			consts: []*onnx.Tensor{floats("s", dims, 1), floats("bias", dims, 2)},
		})
	}
	for opset, scales := range map[int64]int64{18: 2, 21: 6} {
		addCases("GroupNormalization", vjpCase{
			name: fmt.Sprint("opset ", opset), opset: opset, node: node("GroupNormalization", grad.A{"num_groups": onnx.Int(2)}, "x", "s", "bias"), inputs: x(2, 6, 3, 4),
			consts: []*onnx.Tensor{floats("s", []int64{scales}, 1), floats("bias", []int64{scales}, 2)},
		})
	}
	addCases("RMSNormalization", vjpCase{opset: 23, node: node("RMSNormalization", nil, "x", "s"), inputs: x(3, 4, 5), consts: []*onnx.Tensor{floats("s", []int64{5}, 1)}})
	// ONNX Runtime's CPU kernel takes odd sizes only.
	for _, size := range []int64{5, 3, 1} {
		addCases("LRN", vjpCase{name: fmt.Sprint("size ", size), node: node("LRN", grad.A{"size": onnx.Int(size), "alpha": onnx.Float(0.5), "beta": onnx.Float(0.75), "bias": onnx.Float(1.2)}, "x"), inputs: x(2, 7, 3, 4)})
	}
	for _, p := range []int64{1, 2} {
		addCases("LpNormalization", vjpCase{name: fmt.Sprint("p ", p), node: node("LpNormalization", grad.A{"p": onnx.Int(p), "axis": onnx.Int(1)}, "x"), inputs: []input{{"x", []int{2, 5, 3}, away}}})
	}

	for _, g := range []geometry{
		{"2x2", []int{2, 3, 6, 6}, nil, grad.A{"kernel_shape": ints(2, 2), "strides": ints(2, 2)}},
		{"overlap", []int{2, 3, 7, 7}, nil, grad.A{"kernel_shape": ints(3, 3), "strides": ints(2, 2), "pads": ints(1, 1, 1, 1)}},
		{"stride 1", []int{2, 3, 6, 5}, nil, grad.A{"kernel_shape": ints(3, 3), "pads": ints(1, 1, 1, 1)}},
		{"ceil", []int{1, 3, 8, 8}, nil, grad.A{"kernel_shape": ints(3, 3), "strides": ints(2, 2), "ceil_mode": onnx.Int(1)}},
		{"same upper", []int{1, 2, 7, 8}, nil, grad.A{"kernel_shape": ints(2, 2), "strides": ints(2, 2), "auto_pad": onnx.Str("SAME_UPPER")}},
		{"leftover", []int{1, 2, 8, 9}, nil, grad.A{"kernel_shape": ints(3, 3), "strides": ints(3, 3)}},
		{"whole", []int{2, 3, 5, 4}, nil, grad.A{"kernel_shape": ints(5, 4)}},
		{"one dimension", []int{2, 3, 9}, nil, grad.A{"kernel_shape": ints(3), "strides": ints(2)}},
	} {
		addCases("MaxPool", vjpCase{name: g.name, node: node("MaxPool", g.attrs, "x"), inputs: []input{{"x", g.in, distinct()}}})
		addCases("AveragePool", vjpCase{name: g.name, node: node("AveragePool", g.attrs, "x"), inputs: x(g.in...)})
		with := grad.A{"count_include_pad": onnx.Int(1)}
		for k, a := range g.attrs {
			with[k] = a
		}
		addCases("AveragePool", vjpCase{name: g.name + ", padding counts", node: node("AveragePool", with, "x"), inputs: x(g.in...)})
	}
	addCases("AveragePool", vjpCase{
		name: "ceil, padding counts, opset 19", opset: 19, inputs: x(1, 3, 8, 8),
		node: node("AveragePool", grad.A{"kernel_shape": ints(3, 3), "strides": ints(2, 2), "ceil_mode": onnx.Int(1), "count_include_pad": onnx.Int(1)}, "x"),
	})
	addCases("GlobalAveragePool", vjpCase{node: node("GlobalAveragePool", nil, "x"), inputs: x(2, 3, 4, 5)})
	addCases("GlobalMaxPool", vjpCase{node: node("GlobalMaxPool", nil, "x"), inputs: []input{{"x", []int{2, 3, 4, 5}, distinct()}}})
}

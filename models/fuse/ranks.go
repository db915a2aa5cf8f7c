package fuse

import "seewhy/models/onnx"

// sameRank are the operators whose first output has as many axes as their first input.
var sameRank = set(
	"Neg", "Abs", "Relu", "Sigmoid", "Tanh", "Erf", "Exp", "Log", "Sqrt", "Reciprocal", "HardSigmoid", "HardSwish", "LeakyRelu",
	"Elu", "Selu", "Celu", "Gelu", "Mish", "Swish", "Softplus", "Softsign", "Clip", "Identity", "Cast", "Dropout",
	"Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool",
	"BatchNormalization", "InstanceNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization", "LRN",
	"Softmax", "LogSoftmax", "Transpose", "Concat", "Slice", "Split", "Pad", "Tile", "Resize", "DepthToSpace", "SpaceToDepth",
	"FusedConv", "BiasGelu", "FastGelu", "QuickGelu", "SkipLayerNormalization",
)

// ranks finds how many axes values have, where the nodes tell.
func ranks(g *onnx.Graph) map[string]int {
	r := map[string]int{}
	for name, t := range g.Init {
		r[name] = len(t.Dims)
	}
	for _, in := range g.Inputs {
		if in.Ranked {
			r[in.Name] = len(in.Shape)
		}
	}
	for _, n := range g.Nodes {
		rank, ok := rankOf(g, n, r)
		for _, o := range n.Out {
			if ok && o != "" {
				r[o] = rank
			}
		}
	}
	return r
}

func rankOf(g *onnx.Graph, n *onnx.Node, r map[string]int) (rank int, ok bool) {
	if n.Domain == LayoutDomain {
		return 4, true
	}
	length := func(name string) (int, bool) {
		t := g.Init[name]
		if t == nil || len(t.Dims) != 1 {
			return 0, false
		}
		return int(t.Dims[0]), true
	}
	first, known := r[n.Input(0)]
	switch n.Op {
	case "Add", "Sub", "Mul", "Div", "MatMul", "FusedMatMul":
		second, also := r[n.Input(1)]
		if !known || !also || (n.Op == "MatMul" || n.Op == "FusedMatMul") && min(first, second) < 2 {
			return 0, false
		}
		return max(first, second), true
	case "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin":
		return first, known && n.AttrInt("keepdims", 1) == 1
	case "Gemm":
		return 2, true
	case "Reshape":
		return length(n.Input(1))
	case "Expand":
		to, constant := length(n.Input(1))
		return max(first, to), known && constant
	case "Gather":
		second, also := r[n.Input(1)]
		return first + second - 1, known && also
	case "Squeeze":
		if count, constant := length(n.Input(1)); constant {
			return first - count, known
		}
		return first - len(n.AttrInts("axes")), known && len(n.AttrInts("axes")) > 0
	case "Flatten":
		return 2, true
	case "Where":
		a, one := r[n.Input(1)]
		b, two := r[n.Input(2)]
		return max(first, a, b), known && one && two
	case "Unsqueeze":
		if count, constant := length(n.Input(1)); constant {
			return first + count, known
		}
		return first + len(n.AttrInts("axes")), known && len(n.AttrInts("axes")) > 0
	}
	return first, known && sameRank[n.Op]
}

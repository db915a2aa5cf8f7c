package fuse

import "seewhy/models/onnx"

// likeFirst are the operators whose first output has the type of their first
// input; all outputs of those in likeFirstAll.
var likeFirst = set(
	"Add", "Sub", "Mul", "Div", "Neg", "Abs", "Relu", "Sigmoid", "Tanh", "Erf", "Exp", "Log", "Sqrt", "Reciprocal", "Pow",
	"HardSigmoid", "HardSwish", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "Gelu", "Mish", "Swish", "Softplus", "Softsign", "ThresholdedRelu", "Clip", "Min", "Max", "Sum", "Mean",
	"Floor", "Ceil", "Round", "Sign", "Sin", "Cos",
	"Conv", "ConvTranspose", "Gemm", "MatMul", "Einsum", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool",
	"BatchNormalization", "InstanceNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization", "LpNormalization", "LRN",
	"Softmax", "LogSoftmax", "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceProd", "ReduceSumSquare", "CumSum", "TopK",
	"Identity", "Dropout", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Expand", "Tile", "Concat", "Slice", "Gather", "GatherElements", "GatherND",
	"ScatterND", "ScatterElements", "Pad", "Resize", "Upsample", "DepthToSpace", "SpaceToDepth", "GridSample", "RoiAlign", "Trilu",
	// The runtime's own.
	"FusedConv", "FusedGemm", "FusedMatMul", "TransposeMatMul", "BiasGelu", "FastGelu", "QuickGelu", "BiasSoftmax", "SkipLayerNormalization", "BiasAdd", "BiasSplitGelu",
)

var likeFirstAll = set("Split")

func set(names ...string) map[string]bool {
	out := make(map[string]bool, len(names))
	for _, n := range names {
		out[n] = true
	}
	return out
}

// floatValues finds the values that are float32 for certain: the optimised
// model declares no types within.
func floatValues(g *onnx.Graph) map[string]bool {
	floats := map[string]bool{}
	for name, t := range g.Init {
		floats[name] = t.Type == onnx.Float32
	}
	for _, in := range g.Inputs {
		floats[in.Name] = in.Type == onnx.Float32
	}
	for _, n := range g.Nodes {
		for k, o := range n.Out {
			floats[o] = isFloat(n, k, floats)
		}
	}
	delete(floats, "")
	return floats
}

func isFloat(n *onnx.Node, output int, floats map[string]bool) bool {
	switch n.Domain {
	case LayoutDomain, Domain:
		// Their kernels are of float32 alone.
		return true
	case "", "ai.onnx", "com.microsoft":
	default:
		return false
	}
	switch {
	case n.Op == "Cast":
		return n.AttrInt("to", 0) == int64(onnx.Float32)
	case n.Op == "ConstantOfShape":
		a, ok := n.Attrs["value"]
		return !ok || a.T != nil && a.T.Type == onnx.Float32
	case n.Op == "Where":
		return floats[n.Input(1)]
	case likeFirstAll[n.Op], likeFirst[n.Op] && output == 0:
		return floats[n.Input(0)]
	}
	return false
}

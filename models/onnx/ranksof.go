package onnx

import "slices"

// rankRules tell the rank of a node's outputs where no rule of growth tells a
// shape; known is false where the rank is not known.
var rankRules = map[string]func(*sizes, *Node) (rank int, known bool){
	"Shape": func(*sizes, *Node) (int, bool) { return 1, true },
	"Size":  func(*sizes, *Node) (int, bool) { return 0, true },
	"Reshape": func(s *sizes, n *Node) (int, bool) {
		return s.length(n.Input(1))
	},
	"Expand": func(s *sizes, n *Node) (int, bool) {
		a, known := s.rank(n.Input(0))
		b, too := s.length(n.Input(1))
		return max(a, b), known && too
	},
	"ConstantOfShape": func(s *sizes, n *Node) (int, bool) { return s.length(n.Input(0)) },
	"Flatten":         func(*sizes, *Node) (int, bool) { return 2, true },
	"Gemm":            func(*sizes, *Node) (int, bool) { return 2, true },
	"NonZero":         func(*sizes, *Node) (int, bool) { return 2, true },
	"Range":           func(*sizes, *Node) (int, bool) { return 1, true },
	"RoiAlign":        func(*sizes, *Node) (int, bool) { return 4, true },
	"NonMaxSuppression": func(*sizes, *Node) (int, bool) {
		return 2, true
	},
	"Squeeze": squeezedRank, "Gather": gatheredRank, "MatMul": multipliedRank,
	"ArgMax": func(s *sizes, n *Node) (int, bool) { return s.reducedRank(n, 1) },
	"ArgMin": func(s *sizes, n *Node) (int, bool) { return s.reducedRank(n, 1) },
}

// keepRank are the operators of com.microsoft, in files that a runtime has
// optimised, that give what has the rank of their first operand.
var keepRank = map[string]bool{
	"FusedConv": true, "Gelu": true, "BiasGelu": true, "FastGelu": true, "QuickGelu": true, "SkipLayerNormalization": true,
	"SimplifiedLayerNormalization": true, "SkipSimplifiedLayerNormalization": true, "GroupNorm": true, "SkipGroupNorm": true,
	"NhwcConv": true, "NhwcFusedConv": true, "NhwcMaxPool": true, "QLinearConv": true, "QLinearAveragePool": true, "QLinearGlobalAveragePool": true,
	"QLinearLeakyRelu": true, "QLinearSigmoid": true, "QLinearSoftmax": true,
}

func init() {
	for _, op := range slices.Concat(keepShape, []string{
		"Celu", "Gelu", "Mish", "Swish", "Shrink", "ThresholdedRelu", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Cosh", "Sinh", "Tan",
		"IsNaN", "IsInf", "BitwiseNot", "CastLike", "QuantizeLinear", "DequantizeLinear", "Trilu", "CumProd", "ReverseSequence", "GatherElements",
		"GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool", "DepthToSpace", "SpaceToDepth", "Slice", "Split", "TopK", "Pad", "Tile", "Resize", "Upsample",
		"GroupNormalization", "MeanVarianceNormalization", "RMSNormalization", "LpNormalization", "GridSample", "DeformConv", "Concat",
		"ConvInteger", "QLinearConv", "DynamicQuantizeLinear", "CenterCropPad", "Bernoulli", "RotaryEmbedding", "MaxUnpool",
		"MaxPool", "AveragePool", "LpPool", "Conv", "ConvTranspose",
	}) {
		rankRules[op] = func(s *sizes, n *Node) (int, bool) { return s.rank(n.Input(0)) }
	}
	for _, op := range joinShapes {
		rankRules[op] = func(s *sizes, n *Node) (rank int, known bool) {
			for _, in := range n.In {
				r, known := s.rank(in)
				if !known {
					return 0, false
				}
				rank = max(rank, r)
			}
			return rank, true
		}
	}
	for _, op := range []string{
		"ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare",
	} {
		rankRules[op] = func(s *sizes, n *Node) (int, bool) {
			axes, known := len(n.AttrInts("axes")), true
			if n.Input(1) != "" {
				axes, known = s.length(n.Input(1))
			}
			if !known && n.AttrInt("keepdims", 1) == 0 {
				return 0, false
			}
			return s.reducedRank(n, axes)
		}
	}
}

// reducedRank is the rank of a reduction over so many axes, 0 for all.
func (s *sizes) reducedRank(n *Node, axes int) (int, bool) {
	rank, known := s.rank(n.Input(0))
	switch {
	case n.AttrInt("keepdims", 1) != 0 || axes == 0 && n.AttrInt("noop_with_empty_axes", 0) != 0:
		return rank, known
	case axes == 0:
		return 0, true
	}
	return max(rank-axes, 0), known
}

func squeezedRank(s *sizes, n *Node) (int, bool) {
	rank, known := s.rank(n.Input(0))
	axes := len(n.AttrInts("axes"))
	if axes == 0 {
		k, counted := s.length(n.Input(1))
		axes, known = k, known && counted
	}
	return rank - axes, known && axes > 0 && axes <= rank
}

func gatheredRank(s *sizes, n *Node) (int, bool) {
	data, known := s.rank(n.Input(0))
	indices, too := s.rank(n.Input(1))
	return data - 1 + indices, known && too && data > 0
}

func multipliedRank(s *sizes, n *Node) (int, bool) {
	a, known := s.rank(n.Input(0))
	b, too := s.rank(n.Input(1))
	return max(a, b), known && too && a >= 2 && b >= 2
}

// follow keeps the rank of what a node makes, and the length of what it
// computes of shapes.
func (s *sizes) follow(n *Node) {
	if rule := rankRules[n.Op]; rule != nil {
		if rank, known := rule(s, n); known && rank >= 0 && rank <= maxRank {
			for i, out := range n.Out {
				if out != "" && (i == 0 || n.Op == "Split" || n.Op == "TopK") {
					s.ranked[out] = rank
				}
			}
		}
	}
	if length, known := s.lengthOf(n); known {
		s.lengths[n.Output(0)] = length
	}
}

// length is the number of elements of a vector, where it is known.
func (s *sizes) length(name string) (int, bool) {
	for ; s != nil && name != ""; s = s.outer {
		if n, ok := s.lengths[name]; ok {
			return n, true
		}
		if v, ok := s.sums[name]; ok {
			return len(v), true
		}
		if t := s.tensors[name]; t != nil && len(t.Dims) == 1 {
			return t.Len(), true
		}
	}
	return 0, false
}

// lengthOf follows the vectors that exporters make of shapes.
func (s *sizes) lengthOf(n *Node) (int, bool) {
	switch n.Op {
	case "Shape":
		if _, cut := n.Attrs["start"]; cut {
			return 0, false
		}
		if _, cut := n.Attrs["end"]; cut {
			return 0, false
		}
		return s.rank(n.Input(0))
	case "Cast", "Identity", "Abs", "Neg", "Floor", "Ceil":
		return s.length(n.Input(0))
	case "Unsqueeze":
		rank, known := s.rank(n.Input(0))
		return 1, known && rank == 0
	case "Concat":
		total := 0
		for _, in := range n.In {
			k, known := s.length(in)
			if !known {
				return 0, false
			}
			total += k
		}
		return total, true
	case "Gather":
		rank, known := s.rank(n.Input(0))
		k, counted := s.length(n.Input(1))
		return k, known && rank == 1 && counted
	case "Slice":
		return s.slicedLength(n)
	case "Add", "Sub", "Mul", "Div":
		a, known := s.length(n.Input(0))
		b, too := s.length(n.Input(1))
		if rank, ok := s.rank(n.Input(1)); ok && rank == 0 {
			b, too = 1, true
		}
		return max(a, b), known && too
	}
	return 0, false
}

// slicedLength is that of a vector cut at constant places, forwards.
func (s *sizes) slicedLength(n *Node) (int, bool) {
	length, known := s.length(n.Input(0))
	from, to := s.ints(n.Input(1)), s.ints(n.Input(2))
	if v := n.AttrInts("starts"); v != nil {
		from, to = v, n.AttrInts("ends")
	}
	step := int64(1)
	if n.Input(4) != "" {
		v := s.ints(n.Input(4))
		if len(v) != 1 {
			return 0, false
		}
		step = v[0]
	}
	if !known || len(from) != 1 || len(to) != 1 || step < 1 {
		return 0, false
	}
	at := func(v int64) int64 {
		if v < 0 {
			v += int64(length)
		}
		return min(max(v, 0), int64(length))
	}
	return int((max(at(to[0])-at(from[0]), 0) + step - 1) / step), true
}

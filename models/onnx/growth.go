package onnx

import (
	"math"
	"slices"
)

// growth tells, for the ops through which sizes grow or pass, the smallest
// shape of the first output; nil where that is not known.
var growth = map[string]func(*sizes, *Node) []int64{
	"ConstantOfShape": func(s *sizes, n *Node) []int64 { return s.target(n, 0) },
	"Expand": func(s *sizes, n *Node) []int64 {
		return broadcast(s.shape(n.Input(0)), s.target(n, 1))
	},
	"Tile": tileGrowth, "Pad": padGrowth, "Upsample": resizeGrowth, "Resize": resizeGrowth,
	"Range": rangeGrowth, "OneHot": oneHotGrowth, "RandomNormal": attrGrowth, "RandomUniform": attrGrowth,
	"Concat": concatGrowth, "Gather": gatherGrowth, "MatMul": matmulGrowth, "Gemm": gemmGrowth,
	"Reshape": reshapeGrowth, "Transpose": transposeGrowth, "Unsqueeze": unsqueezeGrowth,
	"Conv": windowGrowth, "MaxPool": windowGrowth, "AveragePool": windowGrowth, "LpPool": windowGrowth,
	"ConvTranspose": transposedGrowth, "CenterCropPad": cropGrowth,
}

// keepShape are the operators that give what has the shape of their first operand.
var keepShape = []string{
	"Identity", "Cast", "Dropout", "Relu", "Sigmoid", "Tanh", "Exp", "Log", "Sqrt", "Neg", "Abs", "Floor", "Ceil", "Round", "Not",
	"Clip", "LeakyRelu", "Elu", "Selu", "HardSigmoid", "HardSwish", "Softplus", "Softsign", "Erf", "Reciprocal", "Sign", "Sin", "Cos",
	"Softmax", "LogSoftmax", "Hardmax", "BatchNormalization", "InstanceNormalization", "LayerNormalization", "LRN",
	"ScatterElements", "ScatterND", "Scatter", "CumSum", "RandomNormalLike", "RandomUniformLike", "EyeLike",
}

// joinShapes are those whose operands are broadcast to one shape.
var joinShapes = []string{
	"Add", "Sub", "Mul", "Div", "Pow", "Mod", "Max", "Min", "Sum", "Mean", "PRelu", "Where", "And", "Or", "Xor",
	"Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "BitShift",
}

func init() {
	for _, op := range keepShape {
		growth[op] = func(s *sizes, n *Node) []int64 { return s.shape(n.Input(0)) }
	}
	for _, op := range joinShapes {
		growth[op] = func(s *sizes, n *Node) []int64 {
			var out []int64
			for _, in := range n.In {
				out = broadcast(out, s.shape(in))
			}
			return out
		}
	}
}

// target is the shape that input i prescribes.
func (s *sizes) target(n *Node, i int) []int64 { return s.ints(n.Input(i)) }

// broadcast joins shapes; one that is unknown does not shrink the other.
func broadcast(a, b []int64) []int64 {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := append([]int64(nil), a...)
	skip := len(a) - len(b)
	for i, d := range b {
		if o := out[skip+i]; o == 0 || d == 0 {
			out[skip+i] = 0
		} else {
			out[skip+i] = max(o, d)
		}
	}
	return out
}

func ones(rank int) []int64 {
	out := make([]int64, rank)
	for i := range out {
		out[i] = 1
	}
	return out
}

func tileGrowth(s *sizes, n *Node) []int64 {
	repeats := s.target(n, 1)
	if repeats == nil {
		return nil
	}
	in := s.shape(n.Input(0))
	if len(in) != len(repeats) {
		in = ones(len(repeats))
	}
	out := make([]int64, len(in))
	for i := range in {
		if repeats[i] < 0 {
			return nil
		}
		out[i] = times(in[i], repeats[i])
	}
	return out
}

func padGrowth(s *sizes, n *Node) []int64 {
	pads := n.AttrInts("pads")
	if pads == nil {
		pads = s.target(n, 1)
	}
	if len(pads) == 0 || len(pads)%2 != 0 {
		return nil
	}
	rank := len(pads) / 2
	in := s.shape(n.Input(0))
	someAxes := n.Input(3) != ""
	if someAxes || len(in) != rank {
		in = ones(rank)
	}
	out := make([]int64, rank)
	for i := range in {
		if min(pads[i], pads[rank+i]) < -maxElements {
			return nil
		}
		out[i] = max(0, plus(plus(in[i], pads[i]), pads[rank+i]))
	}
	return whole(out, someAxes)
}

// whole is a shape that was computed for some axes only: it is no shape of
// the result, unless those alone are too large.
func whole(shape []int64, someAxes bool) []int64 {
	if someAxes && product(shape) <= maxElements {
		return nil
	}
	return shape
}

// cropGrowth: the sizes are those of all axes, or of some.
func cropGrowth(s *sizes, n *Node) []int64 {
	to := s.target(n, 1)
	if slices.ContainsFunc(to, func(d int64) bool { return d < 0 }) {
		return nil
	}
	return whole(to, n.AttrInts("axes") != nil)
}

func resizeGrowth(s *sizes, n *Node) []int64 {
	someAxes := n.AttrInts("axes") != nil
	if to := s.target(n, 3); to != nil && n.Op == "Resize" {
		out := ones(len(to))
		for i, d := range to {
			out[i] = max(d, 1)
		}
		return whole(out, someAxes)
	}
	scales := n.Attrs["scales"].Floats
	for _, i := range []int{1, 2} {
		if len(scales) == 0 {
			scales = s.floats(n.Input(i))
		}
	}
	in := s.shape(n.Input(0))
	if len(scales) == 0 {
		return nil
	}
	if someAxes || len(in) != len(scales) {
		in = ones(len(scales))
	}
	out := make([]int64, len(in))
	for i, f := range scales {
		v := float64(in[i]) * float64(f)
		if !(v >= 0) {
			return nil
		}
		out[i] = int64(min(v, 2*maxElements))
	}
	return whole(out, someAxes)
}

func rangeGrowth(s *sizes, n *Node) []int64 {
	from, to, step := s.scalar(n.Input(0)), s.scalar(n.Input(1)), s.scalar(n.Input(2))
	count := math.Ceil((to - from) / step)
	if math.IsNaN(count) {
		return nil
	}
	return []int64{int64(max(0, min(count, 2*maxElements)))}
}

func oneHotGrowth(s *sizes, n *Node) []int64 {
	in, depth := s.shape(n.Input(0)), s.scalar(n.Input(1))
	if !(depth >= 0) || in == nil {
		return nil
	}
	return append(append([]int64{}, in...), int64(min(depth, maxElements*2)))
}

func attrGrowth(_ *sizes, n *Node) []int64 { return n.AttrInts("shape") }

func concatGrowth(s *sizes, n *Node) []int64 {
	var out []int64
	for _, in := range n.In {
		shape := s.shape(in)
		if shape == nil {
			continue
		}
		axis := n.AttrInt("axis", 1)
		if axis < 0 {
			axis += int64(len(shape))
		}
		if axis < 0 || axis >= int64(len(shape)) || out != nil && len(out) != len(shape) {
			return nil
		}
		if out == nil {
			out = append([]int64{}, shape...)
			continue
		}
		for i := range out {
			if int64(i) == axis {
				out[i] = plus(out[i], shape[i])
			} else {
				out[i] = max(out[i], shape[i])
			}
		}
	}
	return out
}

func gatherGrowth(s *sizes, n *Node) []int64 {
	data, indices := s.shape(n.Input(0)), s.shape(n.Input(1))
	axis := n.AttrInt("axis", 0)
	if axis < 0 {
		axis += int64(len(data))
	}
	if data == nil || indices == nil || axis < 0 || axis >= int64(len(data)) {
		return nil
	}
	out := append([]int64{}, data[:axis]...)
	out = append(out, indices...)
	return append(out, data[axis+1:]...)
}

func matmulGrowth(s *sizes, n *Node) []int64 {
	a, b := s.shape(n.Input(0)), s.shape(n.Input(1))
	if len(a) < 2 || len(b) < 2 {
		return nil
	}
	i, j := len(a)-2, len(b)-2
	return append(broadcast(a[:i], b[:j]), a[i], b[j+1])
}

func gemmGrowth(s *sizes, n *Node) []int64 {
	a, b := s.shape(n.Input(0)), s.shape(n.Input(1))
	if len(a) != 2 || len(b) != 2 {
		return nil
	}
	rows, columns := a[0], b[1]
	if n.AttrInt("transA", 0) != 0 {
		rows = a[1]
	}
	if n.AttrInt("transB", 0) != 0 {
		columns = b[0]
	}
	return []int64{rows, columns}
}

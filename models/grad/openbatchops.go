package grad

import (
	"errors"

	"seewhy/models/onnx"
)

// openers are the ops for which the sample axis needs more than a look at the
// shapes. Each emits the node, changed where needed, and notes the axis.
var openers = map[string]func(*opener, *onnx.Node) error{}

func init() {
	for _, op := range []string{
		"Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean", "Where", "PRelu", "Mod", "And", "Or", "Xor",
		"Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual",
	} {
		openers[op] = (*opener).broadcast
	}
	for _, op := range []string{"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"} {
		openers[op] = (*opener).reduce
	}
	for op, axis := range map[string]int64{"Softmax": -1, "LogSoftmax": -1, "Hardmax": -1, "Split": 0, "TopK": -1, "LpNormalization": -1} {
		openers[op] = func(s *opener, n *onnx.Node) error { return s.along(n, axis) }
	}
	openers["LayerNormalization"] = (*opener).layerNorm
	openers["CumSum"] = (*opener).cumSum
	openers["ArgMax"], openers["ArgMin"] = (*opener).argument, (*opener).argument
	openers["Transpose"] = (*opener).transpose
	openers["Reshape"] = (*opener).reshape
	openers["Flatten"] = (*opener).flatten
	openers["Squeeze"] = (*opener).squeeze
	openers["Unsqueeze"] = (*opener).unsqueeze
	openers["Concat"] = (*opener).concat
	openers["Expand"] = (*opener).expand
	openers["Resize"] = (*opener).resize
	openers["Slice"] = (*opener).slice
	openers["Pad"] = (*opener).pad
	openers["Tile"] = (*opener).tile
	openers["Gather"] = (*opener).gather
	openers["MatMul"] = (*opener).matmul
	openers["Gemm"] = (*opener).gemm
	openers["Einsum"] = (*opener).einsum
	openers["GridSample"] = (*opener).gridSample
	openers["BatchNormalization"] = (*opener).batchNorm
}

// data is the sample axis of input 0, which carries the samples, and its shape.
func (s *opener) data(n *onnx.Node) (axis int, shape []int, err error) {
	a, ok := s.has(n.Input(0))
	if !ok {
		return 0, nil, errors.New("its parameters depend on the sample")
	}
	return a, s.shape(n.In[0]), nil
}

func from(axis int64, rank int) int {
	if axis < 0 {
		axis += int64(rank)
	}
	return int(axis)
}

// aligned lines operands up from the right from the end, as broadcasting does, of
// which skip dimensions at the end are left out. Operands that are the same for
// all samples are repeated where they hold the minor part of the sample axis.
func (s *opener) aligned(n *onnx.Node, skip int) (*onnx.Node, int, error) {
	back, like, minor := -1, "", 1
	for _, v := range n.In {
		a, ok := s.has(v)
		if !ok {
			continue
		}
		r := len(s.shape(v)) - a
		if back >= 0 && r != back || r <= skip {
			return nil, 0, errMixes
		}
		if back < 0 || s.shape(v)[a] > minor {
			back, like, minor = r, v, s.shape(v)[a]
		}
	}
	out := n
	for i, v := range n.In {
		shape := s.shape(v)
		at := len(shape) - back
		if v == "" || at < 0 || shape[at] == 1 && minor == 1 {
			continue
		}
		_, batched := s.has(v)
		switch {
		case shape[at] == minor && batched, shape[at] == 1 && !batched:
		case shape[at] == minor:
			out = with(out, i, s.lifted(v, at, like, s.axis[like], minor))
		default:
			return nil, 0, errMixes
		}
	}
	return out, back, nil
}

func (s *opener) broadcast(n *onnx.Node) error {
	out, back, err := s.aligned(n, 0)
	if err != nil {
		return err
	}
	s.emit(out)
	s.set(n, len(s.shape(n.Out[0]))-back)
	return nil
}

package grad

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

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

// along is for ops that work along one axis, which must not be the samples'.
func (s *opener) along(n *onnx.Node, fallback int64) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	if from(n.AttrInt("axis", fallback), len(in)) == a {
		return errMixes
	}
	s.emit(n)
	return s.alike(n, a, in)
}

func (s *opener) layerNorm(n *onnx.Node) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	if a >= from(n.AttrInt("axis", -1), len(in)) {
		return errMixes
	}
	s.emit(n)
	for _, v := range n.Out {
		if v != "" {
			s.axis[v] = a
		}
	}
	return nil
}

func (s *opener) cumSum(n *onnx.Node) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	axis, ok := s.constant(n, 1)
	if !ok || len(axis) != 1 || from(axis[0], len(in)) == a {
		return errMixes
	}
	s.emit(n)
	s.set(n, a)
	return nil
}

// without is the sample axis after the given axes are gone.
func without(a int, axes []int) int {
	gone := 0
	for _, x := range axes {
		if x < a {
			gone++
		}
	}
	return a - gone
}

func (s *opener) reduce(n *onnx.Node) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	list := n.AttrInts("axes")
	if n.Input(1) != "" {
		var ok bool
		if list, ok = s.constant(n, 1); !ok {
			return errors.New("its axes are computed")
		}
	}
	if len(list) == 0 && n.AttrInt("noop_with_empty_axes", 0) == 0 {
		return errMixes
	}
	return s.reduced(n, a, in, list)
}

func (s *opener) argument(n *onnx.Node) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	return s.reduced(n, a, in, []int64{n.AttrInt("axis", 0)})
}

func (s *opener) reduced(n *onnx.Node, a int, in []int, list []int64) error {
	var axes []int
	for _, x := range list {
		axes = append(axes, from(x, len(in)))
	}
	if slices.Contains(axes, a) {
		return errMixes
	}
	s.emit(n)
	if n.AttrInt("keepdims", 1) == 0 {
		a = without(a, axes)
	}
	s.set(n, a)
	return nil
}

func (s *opener) transpose(n *onnx.Node) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	s.emit(n)
	to := len(in) - 1 - a
	if perm := n.AttrInts("perm"); perm != nil {
		to = slices.Index(perm, int64(a))
	}
	s.set(n, to)
	return nil
}

// reshape writes the target anew: every dimension as it is for one sample, but
// for the one that the samples go into. That is the one before which as many
// elements lie as before the samples; a matrix may hold them within its rows.
func (s *opener) reshape(n *onnx.Node) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	held := max(s.outer[n.In[0]], 1)
	out, before, minor := s.shape(n.Out[0]), product(in[:a])*held, in[a]/held
	to, outer := -1, 0
	if len(out) == 2 && before > 1 && (out[0] == before || out[0] == before*minor) {
		to, outer = 0, before
	}
	for i := range out {
		if to < 0 && product(out[:i]) == before {
			to = i
		}
	}
	if to < 0 {
		return fmt.Errorf("it joins the batch to other dimensions (%v to %v)", in, out)
	}
	target := make([]int64, len(out))
	for i, d := range out {
		target[i] = int64(d)
	}
	target[to] = -1
	c := with(n, 1, s.ints("target", target...))
	delete(c.Attrs, "allowzero")
	s.emit(c)
	s.set(n, to)
	delete(s.outer, n.Out[0])
	if outer > 0 {
		s.outer[n.Out[0]] = outer
	}
	return nil
}

func (s *opener) flatten(n *onnx.Node) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	axis := from(n.AttrInt("axis", 1), len(in))
	switch {
	case s.outer[n.In[0]] > 1:
		return errMixes
	case a < axis && product(in[:a]) == 1:
		s.set(n, 0)
	case a >= axis && product(in[axis:a]) == 1:
		s.set(n, 1)
	default:
		return errMixes
	}
	s.emit(n)
	return nil
}

func (s *opener) squeeze(n *onnx.Node) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	list, ok := s.constant(n, 1)
	if !ok {
		// Without a list all dimensions of 1 go, the batch among them.
		return errors.New("it drops the batch")
	}
	var axes []int
	for _, x := range list {
		axes = append(axes, from(x, len(in)))
	}
	if slices.Contains(axes, a) {
		return errors.New("it drops the batch")
	}
	s.emit(n)
	s.set(n, without(a, axes))
	return nil
}

func (s *opener) unsqueeze(n *onnx.Node) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	list, ok := s.constant(n, 1)
	if !ok {
		return errors.New("its axes are computed")
	}
	fresh := map[int]bool{}
	for _, x := range list {
		fresh[from(x, len(in)+len(list))] = true
	}
	for to := range len(in) + len(list) {
		if fresh[to] {
			continue
		}
		if a == 0 {
			s.emit(n)
			s.set(n, to)
			return nil
		}
		a--
	}
	return errors.New("its axes do not fit")
}

// concat repeats the parts that are the same for all samples.
func (s *opener) concat(n *onnx.Node) error {
	axis, like := -1, ""
	for _, v := range n.In {
		if a, ok := s.has(v); ok {
			if like != "" && a != axis {
				return errMixes
			}
			axis, like = a, v
		}
	}
	if from(n.AttrInt("axis", 0), len(s.shape(like))) == axis {
		return errMixes
	}
	out := n
	for i, v := range n.In {
		if _, ok := s.has(v); !ok {
			out = with(out, i, s.lifted(v, axis, like, axis, s.shape(like)[axis]))
		}
	}
	s.emit(out)
	s.set(n, axis)
	return nil
}

// expand leaves the sample axis to the input: 1 in a target keeps what is there.
func (s *opener) expand(n *onnx.Node) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	target, ok := s.constant(n, 1)
	if !ok {
		return errors.New("its target is computed")
	}
	to := a + len(s.shape(n.Out[0])) - len(in)
	out := n
	if at := to - (len(s.shape(n.Out[0])) - len(target)); at >= 0 && target[at] != 1 {
		if target[at] != int64(in[a]) {
			return errMixes
		}
		target = slices.Clone(target)
		target[at] = 1
		out = with(n, 1, s.ints("target", target...))
	}
	s.emit(out)
	s.set(n, to)
	return nil
}

func (s *opener) resize(n *onnx.Node) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	if a != 0 {
		return errMixes
	}
	out := n
	if sizes, ok := s.constant(n, 3); ok && n.AttrInts("axes") == nil && len(sizes) == len(in) {
		if sizes[0] != int64(in[0]) {
			return errMixes
		}
		joined := s.name("sizes")
		s.emit(&onnx.Node{Name: joined, Op: "Concat", In: []string{s.count(n.In[0], 0), s.ints("rest", sizes[1:]...)}, Out: []string{joined}, Attrs: A{"axis": onnx.Int(0)}})
		out = with(n, 3, joined)
	}
	s.emit(out)
	s.set(n, 0)
	return nil
}

// slice may run along the sample axis only where it takes everything.
func (s *opener) slice(n *onnx.Node) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	starts, ok := s.constant(n, 1)
	ends, ok2 := s.constant(n, 2)
	if !ok || !ok2 || len(starts) != len(ends) {
		return errors.New("its bounds are computed")
	}
	axes, listed := s.constant(n, 3)
	steps, _ := s.constant(n, 4)
	out := n
	for i := range starts {
		axis := i
		if listed && i < len(axes) {
			axis = from(axes[i], len(in))
		}
		if axis != a {
			continue
		}
		if starts[i] != 0 || ends[i] < int64(in[a]) || i < len(steps) && steps[i] != 1 {
			return errMixes
		}
		ends = slices.Clone(ends)
		ends[i] = math.MaxInt64
		out = with(n, 2, s.ints("ends", ends...))
	}
	s.emit(out)
	s.set(n, a)
	return nil
}

func (s *opener) pad(n *onnx.Node) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	if s.shape(n.Out[0])[a] != in[a] {
		return errMixes
	}
	s.emit(n)
	s.set(n, a)
	return nil
}

func (s *opener) tile(n *onnx.Node) error { return s.pad(n) }

func (s *opener) gather(n *onnx.Node) error {
	rank := len(s.shape(n.In[0]))
	axis := from(n.AttrInt("axis", 0), rank)
	a, data := s.has(n.In[0])
	i, index := s.has(n.Input(1))
	switch {
	case data && index || data && a == axis:
		return errMixes
	case index:
		s.set(n, axis+i)
	case a > axis:
		s.set(n, a+len(s.shape(n.In[1]))-1)
	default:
		s.set(n, a)
	}
	s.emit(n)
	return nil
}

// matmul carries the samples in the rows of the left operand, the columns of
// the right, or in the dimensions before.
func (s *opener) matmul(n *onnx.Node) error {
	left, right := s.shape(n.In[0]), s.shape(n.In[1])
	a, onLeft := s.has(n.In[0])
	b, onRight := s.has(n.In[1])
	out := len(s.shape(n.Out[0]))
	switch {
	case onLeft && !onRight && a == len(left)-2 && len(right) == 2:
		s.emit(n)
		s.set(n, out-2)
		return nil
	case onRight && !onLeft && b == len(right)-1 && len(left) == 2:
		s.emit(n)
		s.set(n, out-1)
		return nil
	}
	c, back, err := s.aligned(n, 2)
	if err != nil {
		return err
	}
	s.emit(c)
	s.set(n, out-back)
	return nil
}

func (s *opener) gemm(n *onnx.Node) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	_, b := s.has(n.Input(1))
	if b || a != int(n.AttrInt("transA", 0)) {
		return errMixes
	}
	out := n
	if c := n.Input(2); c != "" {
		shape := s.shape(c)
		_, batched := s.has(c)
		if len(shape) == 2 && shape[0] > 1 && !batched {
			out = with(n, 2, s.lifted(c, 0, n.In[0], a, in[a]))
		}
	}
	s.emit(out)
	s.set(n, 0)
	return nil
}

// einsum follows the letter of the sample axis.
func (s *opener) einsum(n *onnx.Node) error {
	left, right, ok := strings.Cut(strings.ReplaceAll(n.AttrString("equation", ""), " ", ""), "->")
	terms := strings.Split(left, ",")
	if !ok || len(terms) != len(n.In) || strings.Contains(left, ".") {
		return errors.New("its equation is not followed")
	}
	letter, like, minor := byte(0), "", 1
	for i, v := range n.In {
		if a, ok := s.has(v); ok && a < len(terms[i]) {
			if like != "" && terms[i][a] != letter {
				return errMixes
			}
			letter, like, minor = terms[i][a], v, s.shape(v)[a]
		}
	}
	to := strings.IndexByte(right, letter)
	if to < 0 || like == "" {
		return errMixes
	}
	out := n
	for i, v := range n.In {
		at := strings.IndexByte(terms[i], letter)
		if _, ok := s.has(v); !ok && at >= 0 {
			out = with(out, i, s.lifted(v, at, like, s.axis[like], minor))
		}
	}
	s.emit(out)
	s.set(n, to)
	return nil
}

func (s *opener) gridSample(n *onnx.Node) error {
	out, like := n, n.In[0]
	if _, ok := s.has(like); !ok {
		like = n.In[1]
	}
	for i, v := range n.In {
		a, ok := s.has(v)
		if ok && a != 0 {
			return errMixes
		}
		if !ok {
			out = with(out, i, s.lifted(v, 0, like, 0, s.shape(like)[0]))
		}
	}
	s.emit(out)
	s.set(n, 0)
	return nil
}

func (s *opener) batchNorm(n *onnx.Node) error {
	a, in, err := s.data(n)
	if err != nil {
		return err
	}
	if n.AttrInt("training_mode", 0) != 0 {
		return errors.New("it takes its mean and variance from the batch, as while training")
	}
	s.emit(n)
	return s.alike(n, a, in)
}

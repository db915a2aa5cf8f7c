package onnx

import (
	"fmt"
	"math"
	"slices"
)

// A few bytes can ask for any amount of memory: ConstantOfShape of [2^20, 2^20],
// Tile by a million, padding by a billion. checkSizes follows what constants
// prescribe and refuses tensors above 2 GB before a runtime folds or runs
// them. Shapes are lower bounds (an open dimension counts as 1), so that
// nothing is refused that could be smaller; shapes that only a run can tell are
// left to the runtime.

const (
	// maxElements is 2 GB of float32.
	maxElements = maxBytes / 4
	// maxWindow bounds kernels, strides, pads and dilations.
	maxWindow = 1 << 20
	// maxShapeInts is the longest constant that is followed as a shape.
	maxShapeInts = 64
)

// overflow is what times and plus give instead of wrapping around.
const overflow = math.MaxInt64

// times multiplies non-negative numbers.
func times(a, b int64) int64 {
	if a != 0 && b > overflow/a {
		return overflow
	}
	return a * b
}

// plus adds numbers of which the sum does not underflow.
func plus(a, b int64) int64 {
	if a > 0 && b > overflow-a {
		return overflow
	}
	return a + b
}

func checkSizes(m *Model) error {
	for _, v := range m.Graph.Inputs {
		if n := product(atLeast(v)); n > maxElements {
			return fmt.Errorf("input %q is declared with shape %v, above 2 GB", v.Name, v.Dims())
		}
	}
	total := int64(0)
	d := &doubts{}
	if err := newSizes(nil, &total, d).graph(m.Graph); err != nil {
		return err
	}
	m.doubts = d.list
	return nil
}

// sizes holds what is known of the values of one graph.
type sizes struct {
	outer *sizes
	// shapes holds lower bounds; nil or absent is an unknown rank.
	shapes map[string][]int64
	// atLeastRank holds the values of which the rank, too, is a lower bound: a
	// sum has at least the rank of the operand that is known.
	atLeastRank map[string]bool
	// tensors are the constants; sums holds the integers computed from them.
	tensors map[string]*Tensor
	sums    map[string][]int64
	// constant holds the values that no input reaches: a runtime computes
	// them when it loads the model, and folded counts their elements.
	constant map[string]bool
	folded   *int64
	// ranked holds ranks of values whose shape is not known, lengths those of vectors.
	ranked, lengths map[string]int
	// doubts names the nodes that must run apart (see doubt.go).
	doubts *doubts
}

func newSizes(outer *sizes, folded *int64, d *doubts) *sizes {
	return &sizes{
		outer: outer, folded: folded, doubts: d, ranked: map[string]int{}, lengths: map[string]int{}, shapes: map[string][]int64{}, atLeastRank: map[string]bool{}, tensors: map[string]*Tensor{},
		sums: map[string][]int64{}, constant: map[string]bool{},
	}
}

func (s *sizes) shape(name string) []int64 {
	for ; s != nil && name != ""; s = s.outer {
		if v, ok := s.shapes[name]; ok {
			return v
		}
	}
	return nil
}

// rank is that of a value, where it is known and no lower bound.
func (s *sizes) rank(name string) (rank int, known bool) {
	for ; s != nil && name != ""; s = s.outer {
		if s.shapes[name] != nil && !s.atLeastRank[name] {
			return len(s.shapes[name]), true
		}
		if r, ok := s.ranked[name]; ok {
			return r, true
		}
	}
	return 0, false
}

// fixesRank names the ops whose first output has a rank that their attributes
// and constants fix, whatever is known of what they read.
var fixesRank = map[string]bool{
	"Reshape": true, "ConstantOfShape": true, "Tile": true, "Range": true, "Resize": true, "Upsample": true, "Pad": true,
	"Conv": true, "ConvTranspose": true, "RandomNormal": true, "RandomUniform": true,
}

// vague says that the rank of a node's first output is known as a lower bound only.
func (s *sizes) vague(n *Node) bool {
	return !fixesRank[n.Op] && slices.ContainsFunc(n.In, func(name string) bool {
		return name != "" && !s.exact(name)
	})
}

// exact says that a value's shape has the rank that it will have.
func (s *sizes) exact(name string) bool {
	for ; s != nil; s = s.outer {
		if v, ok := s.shapes[name]; ok {
			return v != nil && !s.atLeastRank[name]
		}
	}
	return false
}

// ints is the value of a short integer constant; nil where it is none.
func (s *sizes) ints(name string) []int64 {
	for ; s != nil && name != ""; s = s.outer {
		if v, ok := s.sums[name]; ok {
			return v
		}
		t := s.tensors[name]
		if t == nil {
			continue
		}
		if t.Type != Int64 && t.Type != Int32 || t.Len() > maxShapeInts {
			return nil
		}
		v, err := t.Ints()
		if err != nil {
			return nil
		}
		return v
	}
	return nil
}

// floats is the value of a short constant of any numeric type; nil where it is none.
func (s *sizes) floats(name string) []float32 {
	for ; s != nil && name != ""; s = s.outer {
		if t := s.tensors[name]; t != nil && t.Type != String && t.Len() <= maxShapeInts {
			v, err := t.Floats()
			if err != nil {
				return nil
			}
			return v
		}
	}
	return nil
}

// scalar is a constant's only element; NaN where it is not known.
func (s *sizes) scalar(name string) float64 {
	if v := s.ints(name); len(v) == 1 {
		return float64(v[0])
	}
	if v := s.floats(name); len(v) == 1 {
		return float64(v[0])
	}
	return math.NaN()
}

func (s *sizes) isConstant(name string) bool {
	for ; s != nil; s = s.outer {
		if s.constant[name] {
			return true
		}
	}
	return name == ""
}

func (s *sizes) graph(g *Graph) error {
	for _, v := range g.Inputs {
		s.setShape(v.Name, atLeast(v))
	}
	for name, t := range g.Init {
		s.learn(name, t)
	}
	for _, n := range g.Nodes {
		if err := s.node(n); err != nil {
			return err
		}
		for _, sub := range n.subgraphs() {
			if err := newSizes(s, s.folded, s.doubts).graph(sub); err != nil {
				return fmt.Errorf("%s, in its subgraph %q: %w", n.Label(), sub.Name, err)
			}
		}
	}
	return nil
}

func (s *sizes) learn(name string, t *Tensor) {
	s.constant[name], s.tensors[name] = true, t
	s.setShape(name, append([]int64{}, t.Dims...))
}

// setShape keeps a shape that arithmetic on it cannot overflow: an empty
// tensor may have any other dimension.
func (s *sizes) setShape(name string, shape []int64) {
	if !slices.ContainsFunc(shape, func(d int64) bool { return d > maxElements }) {
		s.shapes[name] = shape
	}
}

func (s *sizes) node(n *Node) error {
	if err := s.divisors(n); err != nil {
		return err
	}
	if n.Domain == microsoft && keepRank[n.Op] {
		if rank, known := s.rank(n.Input(0)); known {
			s.ranked[n.Output(0)] = rank
		}
	}
	if n.Domain != "" || n.Output(0) == "" {
		return nil
	}
	for _, name := range []string{"kernel_shape", "strides", "pads", "dilations", "output_padding", "output_shape"} {
		for _, v := range n.AttrInts(name) {
			if v > maxWindow || v < -maxWindow {
				return fmt.Errorf("%s: %s %v is beyond %d", n.Label(), name, n.AttrInts(name), maxWindow)
			}
		}
	}
	if err := s.ranks(n); err != nil {
		return err
	}
	if err := s.doubt(n); err != nil {
		return err
	}
	out := n.Output(0)
	if n.Op == "Constant" {
		if t, err := constantValue(n); err == nil {
			s.learn(out, t)
		}
		return nil
	}
	s.foldInts(n)
	s.follow(n)
	rule := growth[n.Op]
	if rule == nil {
		return nil
	}
	shape := rule(s, n)
	if shape == nil || len(shape) > maxRank || slices.ContainsFunc(shape, func(d int64) bool { return d < 0 }) {
		return nil
	}
	count := product(shape)
	if count > maxElements {
		return fmt.Errorf("%s would make a tensor of shape %v or more, above 2 GB", n.Label(), shape)
	}
	s.setShape(out, shape)
	s.atLeastRank[out] = s.vague(n)
	if slices.ContainsFunc(n.In, func(v string) bool { return !s.isConstant(v) }) {
		return nil
	}
	s.constant[out] = true
	if *s.folded += count; *s.folded > maxElements {
		return fmt.Errorf("%s: the constants that the model computes when it is loaded are above 2 GB together", n.Label())
	}
	return nil
}

// foldInts follows the arithmetic that exporters do on shapes.
func (s *sizes) foldInts(n *Node) {
	a := s.ints(n.Input(0))
	if a == nil {
		return
	}
	var out []int64
	switch n.Op {
	case "Identity", "Cast", "Squeeze", "Unsqueeze", "Reshape", "Flatten":
		out = a
	case "Concat":
		for _, name := range n.In {
			v := s.ints(name)
			if v == nil || len(out)+len(v) > maxShapeInts {
				return
			}
			out = append(out, v...)
		}
	case "Add", "Mul":
		b := s.ints(n.Input(1))
		if len(a) == 0 || len(b) == 0 || len(a) != len(b) && len(a) != 1 && len(b) != 1 {
			return
		}
		for i := range max(len(a), len(b)) {
			x, y := a[i%len(a)], b[i%len(b)]
			if x < 0 || y < 0 {
				return
			}
			if n.Op == "Add" {
				out = append(out, plus(x, y))
			} else {
				out = append(out, times(x, y))
			}
		}
	}
	if out != nil {
		s.sums[n.Output(0)] = out
	}
}

// atLeast is the smallest shape that a declaration allows; nil without a rank.
// A shape without a type is none: no runtime is told of it.
func atLeast(v Value) []int64 {
	if !v.Ranked || v.Type == Undefined {
		return nil
	}
	out := make([]int64, len(v.Shape))
	for i, d := range v.Shape {
		out[i] = max(d.N, 1)
	}
	return out
}

func product(shape []int64) int64 {
	n := int64(1)
	for _, d := range shape {
		n = times(n, d)
	}
	return n
}

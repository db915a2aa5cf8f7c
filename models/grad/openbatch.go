package grad

import (
	"errors"
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// OpenBatch rewrites a model that was exported for one sample so that it takes
// any number of them. It follows the axis that carries the samples from the
// input through the graph, and changes the constants in which the one sample is
// written down: targets of reshapes, sizes, and tensors of one sample (a class
// token) that are joined to those of every sample.
//
// The error says where samples would mix or where the axis is lost; the model
// then stays one for single samples. The rewriting is a conjecture about what
// the constants mean: a caller checks, by numbers, that a batch gives what its
// samples give one by one. A model that is open comes back as it is.
func OpenBatch(p *Prepared, o Oracle) (*Prepared, error) {
	out, err := opened(p)
	if err != nil || out == p {
		return out, err
	}
	if out.Facts, err = InferFacts(out.Model, o); err != nil {
		return nil, err
	}
	return out, nil
}

// BatchOpens tells in no time what OpenBatch would find in the graph: nil, or
// why samples cannot run together.
func BatchOpens(p *Prepared) error {
	_, err := opened(p)
	return err
}

// opened is p with the graph rewritten, whose facts are still those of one sample.
func opened(p *Prepared) (*Prepared, error) {
	shape := p.Facts.Shapes[p.Input]
	switch {
	case len(shape) == 0:
		return nil, fmt.Errorf("input %q has no batch dimension", p.Input)
	case shape[0] < 0:
		return p, nil
	case shape[0] != 1:
		return nil, fmt.Errorf("input %q is made for exactly %d samples", p.Input, shape[0])
	}
	open := slices.Clone(shape)
	open[0] = -1
	out := *p
	out.Model = WithInputShape(p.Model, p.Input, open)
	g := out.Model.Graph
	s := &opener{g: g, f: p.Facts, axis: map[string]int{p.Input: 0}, outer: map[string]int{}}
	nodes := g.Nodes
	g.Nodes = make([]*onnx.Node, 0, len(nodes))
	for _, n := range nodes {
		if err := s.node(n); err != nil {
			return nil, fmt.Errorf("%s: %w", n.Label(), err)
		}
	}
	// Declared shapes are those of one sample.
	g.Values = map[string]onnx.Value{}
	for i, v := range g.Outputs {
		g.Outputs[i] = onnx.Value{Name: v.Name, Type: v.Type}
	}
	return &out, nil
}

// opener rewrites a graph node by node.
type opener struct {
	g *onnx.Graph
	// f are the facts at one sample.
	f Facts
	// axis is where a value carries the samples: as the major part of that
	// dimension, whose size at one sample is the minor part (windows, heads).
	// A value without an entry is the same for all samples.
	axis map[string]int
	// outer is what else that dimension holds, before the samples: [T, N, C] that
	// was flattened to [T N, C] for a product has T there. No entry is 1.
	outer map[string]int
	made  int
}

var errMixes = errors.New("it mixes what would be different samples")

func (s *opener) shape(v string) []int { return s.f.Shapes[v] }

// has tells the sample axis of a value.
func (s *opener) has(v string) (int, bool) {
	a, ok := s.axis[v]
	return a, ok && v != ""
}

// set notes the axis of the node's first output.
func (s *opener) set(n *onnx.Node, axis int) { s.axis[n.Output(0)] = axis }

func (s *opener) emit(n *onnx.Node) { s.g.Nodes = append(s.g.Nodes, n) }

func (s *opener) name(what string) string {
	s.made++
	return fmt.Sprintf("seewhy.batch.%d.%s", s.made, what)
}

// ints adds a constant.
func (s *opener) ints(what string, v ...int64) string {
	name := s.name(what)
	s.g.Init[name] = onnx.NewInts(name, v...)
	return name
}

// with is the node with input i replaced.
func with(n *onnx.Node, i int, v string) *onnx.Node {
	c := n.Clone()
	c.In[i] = v
	return c
}

// constant reads input i as integers, from its tensor; ok is false where it
// is left out or computed.
func (s *opener) constant(n *onnx.Node, i int) (v []int64, ok bool) {
	t := s.g.Init[n.Input(i)]
	if t == nil {
		return nil, false
	}
	v, err := t.Ints()
	return v, err == nil
}

// count emits the number of samples, times the minor part of the dimension, as
// a vector of one: Shape(v)[axis].
func (s *opener) count(v string, axis int) string {
	out := s.name("count")
	s.emit(&onnx.Node{Name: out, Op: "Shape", In: []string{v}, Out: []string{out}, Attrs: A{"start": onnx.Int(int64(axis)), "end": onnx.Int(int64(axis + 1))}})
	return out
}

// lifted repeats a value that is the same for all samples along an axis, as
// often as like has samples there; minor is the size that one sample takes.
func (s *opener) lifted(v string, axis int, like string, likeAxis, minor int) string {
	n := s.count(like, likeAxis)
	if minor > 1 {
		out := s.name("samples")
		s.emit(&onnx.Node{Name: out, Op: "Div", In: []string{n, s.ints("minor", int64(minor))}, Out: []string{out}})
		n = out
	}
	repeats, out := s.name("repeats"), s.name(v)
	join := &onnx.Node{Name: repeats, Op: "Concat", Out: []string{repeats}, Attrs: A{"axis": onnx.Int(0)}}
	for i := range s.shape(v) {
		if i == axis {
			join.In = append(join.In, n)
		} else {
			join.In = append(join.In, s.ints("once", 1))
		}
	}
	s.emit(join)
	s.emit(&onnx.Node{Name: out, Op: "Tile", In: []string{v, repeats}, Out: []string{out}})
	return out
}

// node rewrites one node and notes where its outputs carry the samples.
func (s *opener) node(n *onnx.Node) error {
	var first string
	for _, v := range onnx.Reads(n) {
		if _, ok := s.has(v); ok {
			first = v
			break
		}
	}
	if first == "" || n.Op == "Shape" || n.Op == "Size" {
		s.emit(n)
		return nil
	}
	for _, v := range onnx.Reads(n) {
		if _, ok := s.has(v); ok && s.outer[v] != s.outer[first] {
			return errMixes
		}
	}
	if outer := s.outer[first]; outer > 0 {
		// Handlers change it where the op does.
		for _, v := range n.Out {
			s.outer[v] = outer
		}
	}
	if n.Domain == "" {
		if f := openers[n.Op]; f != nil {
			return f(s, n)
		}
	}
	s.emit(n)
	return s.alike(n, s.axis[first], s.shape(first))
}

// alike is for ops that work sample by sample and keep the axis, as most do:
// an output has it where its rank and its size there are the input's. Where
// that is wrong, the check by numbers finds it.
func (s *opener) alike(n *onnx.Node, axis int, in []int) error {
	for _, v := range n.Out {
		out := s.shape(v)
		switch {
		case v == "":
		case axis < len(out) && axis < len(in) && out[axis] == in[axis] && (axis == 0 || len(out) == len(in)):
			s.axis[v] = axis
		default:
			return fmt.Errorf("what becomes of the batch in it is not known (%v to %v)", in, out)
		}
	}
	return nil
}

package onnx

import (
	"fmt"
	"slices"
)

// FlattenSequences writes lists of tensors out where their members are known
// from the graph, as they are in what exporters write for splits and joins:
// SequenceConstruct, SequenceEmpty, SequenceInsert, SequenceErase and
// SplitToSequence on one side, SequenceAt, SequenceLength and
// ConcatFromSequence on the other. Others stay as they are. Constants must be
// inlined already; shapes are those of the values (-1: open). changed says
// that a node was rewritten.
func FlattenSequences(m *Model, shapes map[string][]int) (out *Model, changed bool, err error) {
	found := false
	for _, n := range m.Graph.Nodes {
		found = found || n.Domain == "" && sequenceOps[n.Op] != nil
	}
	if !found {
		return m, false, nil
	}
	out = m.Shallow()
	s := &sequences{
		lowerer: &lowerer{g: out.Graph, namer: newNamer(m.Graph), opset: m.Opset(), shapes: shapes},
		members: map[string][]string{},
	}
	nodes := out.Graph.Nodes
	out.Graph.Nodes = make([]*Node, 0, len(nodes))
	for _, n := range nodes {
		s.n = n
		if step := sequenceOps[n.Op]; n.Domain != "" || step == nil || !step(s, n) {
			out.Graph.Nodes = append(out.Graph.Nodes, n)
		} else {
			changed = true
		}
	}
	if !changed {
		return m, false, nil
	}
	if err := s.dropMade(); err != nil {
		return nil, false, err
	}
	return out, true, nil
}

// maxMembers bounds a list that is written out, and maxListed all of them
// together: an insertion copies its list.
const (
	maxMembers = 1 << 10
	maxListed  = 1 << 20
)

type sequences struct {
	*lowerer
	// members holds the tensors of a list.
	members map[string][]string
	listed  int
}

// sequenceOps gives, by operator, what writes it out: false where it cannot.
var sequenceOps map[string]func(*sequences, *Node) bool

func init() {
	sequenceOps = map[string]func(*sequences, *Node) bool{
		"SequenceConstruct": func(s *sequences, n *Node) bool { return s.know(n, n.In) },
		"SequenceEmpty":     func(s *sequences, n *Node) bool { return s.know(n, nil) },
		"SequenceInsert": func(s *sequences, n *Node) bool {
			list, ok := s.members[n.Input(0)]
			at, known := s.position(n.Input(2), len(list), len(list))
			if !ok || !known || at > len(list) {
				return false
			}
			return s.know(n, slices.Insert(slices.Clone(list), at, n.Input(1)))
		},
		"SequenceErase": func(s *sequences, n *Node) bool {
			list, ok := s.members[n.Input(0)]
			at, known := s.position(n.Input(1), len(list), len(list)-1)
			if !ok || !known || at < 0 || at >= len(list) {
				return false
			}
			return s.know(n, slices.Delete(slices.Clone(list), at, at+1))
		},
		"SplitToSequence": (*sequences).split,
		"SequenceAt": func(s *sequences, n *Node) bool {
			list, ok := s.members[n.Input(0)]
			at, known := s.position(n.Input(1), len(list), -1)
			if !ok || !known || at < 0 || at >= len(list) {
				return false
			}
			s.rename(list[at], n.Output(0))
			return true
		},
		"SequenceLength": func(s *sequences, n *Node) bool {
			list, ok := s.members[n.Input(0)]
			if ok {
				t := NewInts(n.Output(0), int64(len(list)))
				t.Dims = nil
				s.g.Init[n.Output(0)] = t
			}
			return ok
		},
		"ConcatFromSequence": (*sequences).concat,
	}
}

// know remembers a list. Its node stays until it is clear that nothing reads it.
func (s *sequences) know(n *Node, members []string) bool {
	if s.fits(len(members)) {
		s.members[n.Output(0)] = members
	}
	return false
}

func (s *sequences) fits(members int) bool {
	s.listed += members
	return members <= maxMembers && s.listed <= maxListed
}

// position is a constant place in a list, counted from its end where it is
// negative; otherwise where it is left out.
func (s *sequences) position(name string, members, otherwise int) (at int, known bool) {
	if name == "" {
		return otherwise, true
	}
	v, known := s.integer(name)
	if v < 0 {
		v += int64(members)
	}
	return int(v), known && v >= 0 && v <= int64(members)
}

func (s *sequences) integer(name string) (int64, bool) {
	t := s.g.Init[name]
	if t == nil || t.Len() != 1 {
		return 0, false
	}
	v, err := t.Ints()
	if err != nil {
		return 0, false
	}
	return v[0], true
}

// split serves sizes that are given one by one, or one size for all of a known axis.
func (s *sequences) split(n *Node) bool {
	sizes := s.parts(n)
	if len(sizes) == 0 || !s.fits(len(sizes)) {
		return false
	}
	part := &Node{Name: s.fresh(s.label(), "Split"), Op: "Split", In: []string{n.Input(0), s.ints(sizes...)}, Attrs: attrs{"axis": Int(n.AttrInt("axis", 0))}}
	for range sizes {
		part.Out = append(part.Out, s.fresh(s.label(), "part"))
	}
	list := part.Out
	if n.Input(1) == "" && n.AttrInt("keepdims", 1) == 0 {
		list = make([]string, len(part.Out))
		s.g.Nodes = append(s.g.Nodes, part)
		for i, v := range part.Out {
			list[i] = s.op("Squeeze", nil, v, s.ints(n.AttrInt("axis", 0)))
		}
	} else {
		s.g.Nodes = append(s.g.Nodes, part)
	}
	s.members[n.Output(0)] = list
	return false
}

func (s *sequences) parts(n *Node) []int64 {
	if t := s.g.Init[n.Input(1)]; t != nil && len(t.Dims) == 1 && t.Len() <= maxMembers {
		sizes, err := t.Ints()
		if err != nil {
			return nil
		}
		return sizes
	}
	each, known := int64(1), true
	if n.Input(1) != "" {
		each, known = s.integer(n.Input(1))
	}
	shape := s.shapes[n.Input(0)]
	axis := n.AttrInt("axis", 0)
	if axis < 0 {
		axis += int64(len(shape))
	}
	if !known || each < 1 || axis < 0 || axis >= int64(len(shape)) || int64(shape[axis]) > each*maxMembers {
		return nil
	}
	var sizes []int64
	for rest := int64(shape[axis]); rest > 0; rest -= each {
		sizes = append(sizes, min(each, rest))
	}
	return sizes
}

// concat joins a known list, along a new axis where it says so.
func (s *sequences) concat(n *Node) bool {
	list, ok := s.members[n.Input(0)]
	if !ok || len(list) == 0 || !s.fits(len(list)) {
		return false
	}
	axis := n.AttrInt("axis", 0)
	in := append([]string{}, list...)
	if n.AttrInt("new_axis", 0) != 0 {
		for i, v := range in {
			in[i] = s.op("Unsqueeze", nil, v, s.ints(axis))
		}
	}
	s.into("Concat", attrs{"axis": Int(axis)}, n.Output(0), in...)
	return true
}

// dropMade removes the nodes that made lists which nothing reads any more.
func (s *sequences) dropMade() error {
	read := map[string]bool{}
	for _, o := range s.g.Outputs {
		read[o.Name] = true
	}
	kept := make([]*Node, 0, len(s.g.Nodes))
	// From the end: what reads a list comes after what makes it.
	for _, n := range slices.Backward(s.g.Nodes) {
		if _, list := s.members[n.Output(0)]; list && !read[n.Output(0)] {
			continue
		}
		kept = append(kept, n)
		for _, v := range uses(n) {
			read[v] = true
		}
	}
	slices.Reverse(kept)
	s.g.Nodes = kept
	if err := checkGraph(s.g, nil); err != nil {
		return fmt.Errorf("with its lists written out: %w", err)
	}
	return nil
}

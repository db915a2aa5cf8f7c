package grad

import (
	"errors"
	"math"
	"slices"

	"seewhy/models/onnx"
)

// Opening the batch of ops that pick, pad or resample places.

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

package grad

import (
	"errors"
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// Opening the batch of ops that arrange dimensions anew.

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

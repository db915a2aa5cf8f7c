package grad

import (
	"errors"
	"strings"

	"seewhy/models/onnx"
)

// Opening the batch of products, which may hold the samples in rows, in columns
// or in the dimensions before.

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

package grad

import (
	"errors"
	"slices"

	"seewhy/models/onnx"
)

// Opening the batch of ops that work along axes: those must not be the samples'.

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

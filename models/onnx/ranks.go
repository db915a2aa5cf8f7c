package onnx

import "fmt"

// ranks refuses windows that do not fit their operands: ONNX Runtime 1.27 aborts
// the process when it infers the shape of such a convolution. What is not known
// here is left to the runtime.
func (s *sizes) ranks(n *Node) error {
	weights := 0
	switch n.Op {
	case "Conv", "ConvTranspose", "ConvInteger":
		weights = 1
	case "QLinearConv":
		weights = 3
	case "MaxPool", "AveragePool", "LpPool":
	case "Einsum":
		return s.einsum(n)
	default:
		return nil
	}
	rank := 0
	for _, i := range []int{0, weights} {
		r, known := s.rank(n.Input(i))
		if !known {
			continue
		}
		if r < 3 || rank > 0 && r != rank {
			first, _ := s.rank(n.Input(0))
			return fmt.Errorf("%s: operands of rank %d and %d have no windows in common", n.Label(), first, r)
		}
		rank = r
	}
	if rank == 0 {
		return nil
	}
	for name, each := range map[string]int{"kernel_shape": 1, "strides": 1, "dilations": 1, "pads": 2} {
		if v := n.AttrInts(name); len(v) > 0 && len(v) != each*(rank-2) {
			return fmt.Errorf("%s: %s %v does not fit operands of rank %d", n.Label(), name, v, rank)
		}
	}
	return nil
}

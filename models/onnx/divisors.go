package onnx

import (
	"fmt"
	"math"
	"slices"
)

// divisors refuses attributes and constants by which ONNX Runtime 1.27 divides
// without looking, which ends the process: strides of 0, no groups, parts of no
// size, and the one integer whose negative no integer is.
func (s *sizes) divisors(n *Node) error {
	for _, name := range []string{"kernel_shape", "strides", "dilations"} {
		if v := n.AttrInts(name); len(v) > 0 && slices.Min(v) < 1 {
			return fmt.Errorf("%s: %s %v must be positive", n.Label(), name, v)
		}
	}
	for _, name := range []string{"group", "offset_group", "num_groups", "blocksize", "num_outputs", "q_num_heads", "kv_num_heads"} {
		if v := n.AttrInt(name, 1); v < 1 {
			return fmt.Errorf("%s: %s %d must be positive", n.Label(), name, v)
		}
	}
	if n.Domain != "" {
		return nil
	}
	switch v := s.ints(n.Input(1)); n.Op {
	case "Split":
		// It counts the parts by one and fills the others.
		if parts := n.AttrInt("num_outputs", int64(len(n.Out))); parts != int64(len(n.Out)) {
			return fmt.Errorf("%s: num_outputs is %d, and it has %d outputs", n.Label(), parts, len(n.Out))
		}
	case "SplitToSequence":
		if len(v) == 1 && v[0] < 1 {
			return fmt.Errorf("%s: its parts have %d elements each; they must have one or more", n.Label(), v[0])
		}
	case "Div", "Mod":
		if slices.Contains(v, -1) && slices.Contains(s.ints(n.Input(0)), math.MinInt64) {
			return fmt.Errorf("%s: it divides %d by -1, whose result no integer holds", n.Label(), math.MinInt64)
		}
	}
	return nil
}

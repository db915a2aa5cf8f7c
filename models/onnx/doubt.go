package onnx

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// ONNX Runtime 1.27 ends its process on some forms of ordinary operators too:
// windows of another rank than what they pass over, scales that are no list. What
// is known of a file here is refused. Where it shows only when the model runs,
// and in no ordinary model, the node is noted: Marshal writes it into the
// model's metadata, and package runtime gives such a model to a process of
// its own.

// ApartKey is the key of the metadata that names the nodes for which a model
// must run in a process of its own.
const ApartKey = "seewhy.apart"

// mostDoubts bounds the nodes that are named.
const mostDoubts = 4

type doubts struct{ list []string }

func (d *doubts) add(n *Node) {
	if len(d.list) < mostDoubts {
		d.list = append(d.list, n.Label())
	}
}

// Apart is the model, noted to run in a process of its own because of the nodes
// with these labels.
func (m *Model) Apart(labels ...string) *Model {
	if len(labels) == 0 || slices.Contains(m.doubts, labels[0]) {
		return m
	}
	out := m.Shallow()
	out.doubts = slices.Concat(m.doubts, labels)
	out.doubts = out.doubts[:min(len(out.doubts), mostDoubts)]
	return out
}

// apart is the metadata of a model that must run apart, empty for others.
func (m *Model) apart() string { return strings.Join(m.doubts, ", ") }

// doubt refuses or notes such nodes.
func (s *sizes) doubt(n *Node) error {
	if err := numbers(n); err != nil {
		return err
	}
	for _, name := range []string{"keepdims", "noop_with_empty_axes"} {
		if v := n.AttrInt(name, 0); v != 0 && v != 1 {
			return fmt.Errorf("%s: %s is %d; it is 0 or 1", n.Label(), name, v)
		}
	}
	// Package grad notes the values without elements that show later.
	if FailsEmpty(n) && slices.ContainsFunc(n.In, func(v string) bool { return slices.Contains(s.shape(v), 0) }) {
		s.doubts.add(n)
	}
	switch n.Op {
	case "Conv", "ConvTranspose", "ConvInteger":
		s.ranksKnown(n, 0, 1)
	case "QLinearConv":
		s.ranksKnown(n, 0, 3)
	case "MaxPool", "AveragePool", "LpPool":
		s.ranksKnown(n, 0)
	case "GatherND":
		return s.batches(n)
	case "Resize":
		return s.lists(n, 1, 2, 3)
	case "Upsample":
		return s.lists(n, 1)
	case "Trilu":
		if n.Input(1) == "" {
			return nil
		}
		v := s.ints(n.Input(1))
		switch {
		case len(v) != 1:
			s.doubts.add(n)
		case v[0] > maxWindow || v[0] < -maxWindow:
			return fmt.Errorf("%s: its diagonal %d is beyond %d", n.Label(), v[0], maxWindow)
		}
	}
	return nil
}

// numbers refuses attributes of one integer that no export has: ONNX Runtime 1.27
// reads beyond a shape for the axis 2^63 - 1 of some operators.
func numbers(n *Node) error {
	if v := n.AttrInt("axis", 0); v < -maxRank || v > maxRank {
		return fmt.Errorf("%s: axis %d is beyond the %d dimensions that a value may have", n.Label(), v, maxRank)
	}
	if n.Op == "Constant" {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(n.Attrs)) {
		if a := n.Attrs[name]; a.Kind == KindInt && (a.I < math.MinInt32 || a.I > math.MaxInt32) {
			return fmt.Errorf("%s: %s %d is beyond 32 bits", n.Label(), name, a.I)
		}
	}
	return nil
}

// batches refuses a GatherND whose operands have fewer dimensions than it takes
// for batches.
func (s *sizes) batches(n *Node) error {
	v := n.AttrInt("batch_dims", 0)
	if v < 0 {
		return fmt.Errorf("%s: batch_dims %d must not be negative", n.Label(), v)
	}
	for i := range 2 {
		rank, known := s.rank(n.Input(i))
		if !known {
			rank = maxRank
		}
		if v > 0 && v >= int64(rank) {
			return fmt.Errorf("%s: batch_dims %d is not below the rank of %q", n.Label(), v, n.Input(i))
		}
	}
	return nil
}

// FailsEmpty says that a runtime may end its process on a node when what it
// reads has no elements.
func FailsEmpty(n *Node) bool {
	if n.Domain != "" {
		return false
	}
	switch n.Op {
	case "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare",
		"LpNormalization", "ScatterND":
		return true
	}
	return false
}

// ranksKnown notes a node that has an operand of unknown rank.
func (s *sizes) ranksKnown(n *Node, operands ...int) {
	for _, i := range operands {
		if _, known := s.rank(n.Input(i)); !known {
			s.doubts.add(n)
			return
		}
	}
}

// lists refuses operands that must be lists and are not, and notes those of
// which nothing is known.
func (s *sizes) lists(n *Node, operands ...int) error {
	for _, i := range operands {
		if n.Input(i) == "" {
			continue
		}
		rank, known := s.rank(n.Input(i))
		if _, counted := s.length(n.Input(i)); counted {
			rank, known = 1, true
		}
		switch {
		case !known:
			s.doubts.add(n)
			return nil
		case rank != 1:
			return fmt.Errorf("%s: its operand %q of rank %d is no list", n.Label(), n.Input(i), rank)
		}
	}
	return nil
}

package onnx_test

import (
	"testing"

	"seewhy/models/onnx"
)

// listed splits x, takes members from both ends, inserts one and joins them.
func listed(split *onnx.Node, consts ...*onnx.Tensor) *onnx.Model {
	at := func(name string, v int64) *onnx.Tensor { return scalarInt(name, v) }
	m := oneNode(13, split, []int{4, 6}, append(consts, at("first", 0), at("last", -1))...)
	split.Out = []string{"list"}
	m.Graph.Nodes = append(m.Graph.Nodes,
		inner("a", "SequenceAt", attrs{}, "list", "first"), inner("b", "SequenceAt", attrs{}, "list", "last"),
		inner("pair", "SequenceConstruct", attrs{}, "b", "a"), inner("more", "SequenceInsert", attrs{}, "pair", "b"),
		inner("joined", "ConcatFromSequence", attrs{"axis": onnx.Int(1)}, "more"),
		inner("stacked", "ConcatFromSequence", attrs{"axis": onnx.Int(0), "new_axis": onnx.Int(1)}, "pair"),
		inner("none", "SequenceEmpty", attrs{}), inner("one", "SequenceInsert", attrs{}, "none", "a"),
		inner("alone", "ConcatFromSequence", attrs{"axis": onnx.Int(0)}, "one"),
		inner("count", "SequenceLength", attrs{}, "more"))
	m.Graph.Outputs = []onnx.Value{{Name: "joined"}, {Name: "stacked"}, {Name: "alone"}, {Name: "count"}}
	return m
}

func TestFlattenSequences(t *testing.T) {
	lib := library(t)
	for name, m := range map[string]*onnx.Model{
		"sizes":   listed(op("SplitToSequence", attrs{"axis": onnx.Int(1)}, "x", "sizes"), onnx.NewInts("sizes", 2, 2, 2)),
		"size":    listed(op("SplitToSequence", attrs{"axis": onnx.Int(-1)}, "x", "size"), scalarInt("size", 2)),
		"each":    listed(op("SplitToSequence", attrs{"axis": onnx.Int(0)}, "x")),
		"squeeze": listed(op("SplitToSequence", attrs{"axis": onnx.Int(0), "keepdims": onnx.Int(0)}, "x")),
	} {
		t.Run(name, func(t *testing.T) {
			if name == "squeeze" {
				// Members of one dimension have no second to be joined along.
				m.Graph.Nodes[5].Attrs["axis"] = onnx.Int(0)
			}
			flat, changed, err := onnx.FlattenSequences(m, map[string][]int{"x": {4, 6}})
			if err != nil || !changed {
				t.Fatalf("changed %v, error %v", changed, err)
			}
			for _, n := range flat.Graph.Nodes {
				switch n.Op {
				case "Split", "Identity", "Concat", "Unsqueeze", "Squeeze":
				default:
					t.Errorf("%s is left", n.Label())
				}
			}
			closeTo(t, evaluate(t, lib, m, []int{4, 6}), evaluate(t, lib, flat, []int{4, 6}))
		})
	}
}

// Insertions and erasures at constant places, from both ends.
func TestListsOfConstantPlaces(t *testing.T) {
	m := oneNode(13, op("SequenceConstruct", nil, "x", "k"), []int{2, 3}, weights("k", 1, 3), weights("w", 3, 3), scalarInt("first", 0), scalarInt("second", -2), scalarInt("last", -1))
	m.Graph.Nodes[0].Out = []string{"list"}
	m.Graph.Nodes = append(
		m.Graph.Nodes,
		inner("l1", "SequenceInsert", attrs{}, "list", "w", "first"), inner("l2", "SequenceInsert", attrs{}, "l1", "k", "second"),
		inner("l3", "SequenceErase", attrs{}, "l2", "second"), inner("l4", "SequenceInsert", attrs{}, "l3", "x"),
		inner("l5", "SequenceErase", attrs{}, "l4"), inner("l6", "SequenceErase", attrs{}, "l2", "first"),
		inner("y1", "ConcatFromSequence", attrs{"axis": onnx.Int(0)}, "l2"), inner("y2", "ConcatFromSequence", attrs{"axis": onnx.Int(0)}, "l5"),
		inner("y3", "ConcatFromSequence", attrs{"axis": onnx.Int(0)}, "l6"), inner("y4", "SequenceAt", attrs{}, "l2", "last"),
	)
	m.Graph.Outputs = []onnx.Value{{Name: "y1"}, {Name: "y2"}, {Name: "y3"}, {Name: "y4"}}
	flat, changed, err := onnx.FlattenSequences(m, map[string][]int{"x": {2, 3}})
	if err != nil || !changed {
		t.Fatalf("changed %v, error %v", changed, err)
	}
	for _, n := range flat.Graph.Nodes {
		if n.Op != "Concat" && n.Op != "Identity" {
			t.Errorf("%s is left", n.Label())
		}
	}
	closeTo(t, evaluate(t, library(t), m, []int{2, 3}), evaluate(t, library(t), flat, []int{2, 3}))
}

// A list whose members only a run tells stays.
func TestListsThatStay(t *testing.T) {
	m := listed(op("SplitToSequence", attrs{"axis": onnx.Int(0)}, "x"))
	m.Graph.Nodes = append(m.Graph.Nodes[:1], inner("joined", "ConcatFromSequence", attrs{"axis": onnx.Int(0)}, "list"))
	m.Graph.Outputs = m.Graph.Outputs[:1]
	out, changed, err := onnx.FlattenSequences(m, map[string][]int{"x": {-1, 6}})
	if err != nil || changed || len(out.Graph.Nodes) != 2 {
		t.Errorf("changed %v, error %v, %d nodes", changed, err, len(out.Graph.Nodes))
	}
}

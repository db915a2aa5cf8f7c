package onnx_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"seewhy/models/onnx"
)

// What ends ONNX Runtime's process is written out, of the same meaning by its
// documentation, or refused.
func TestSettle(t *testing.T) {
	lib := library(t)
	four := attrs{"num_heads": onnx.Int(4)}
	axis := func(v int64) *onnx.Tensor { return alone(toInt32(onnx.NewInts("a", v))) }
	for _, opset := range []int64{11, 17} {
		m := oneNode(opset, fused("ExpandDims", nil, "x", "a"), []int{3, 4}, axis(-1))
		out, err := onnx.Settle(m)
		if err != nil {
			t.Fatal(err)
		}
		if got := evaluate(t, lib, out, []int{3, 4})["y"].Shape; !slices.Equal(got, []int{3, 4, 1}) {
			t.Errorf("opset %d: shape %v", opset, got)
		}
		if m.Graph.Nodes[0].Op != "ExpandDims" {
			t.Error("the model that was given has changed")
		}
	}
	bare := oneNode(17, fused("Attention", four, "x", "w", "", "m"), []int{2, 5, 12}, weights("w", 12, 36))
	mask := toInt32(onnx.NewInts("m", 1, 1, 1, 0, 0, 1, 1, 1, 1, 0))
	mask.Dims = []int64{2, 5}
	bare.Graph.Init["m"], bare.Opsets["com.microsoft"] = mask, 1
	out, err := onnx.Settle(bare)
	if err != nil {
		t.Fatal(err)
	}
	zeros := onnx.NewFloats("b", []int64{36}, make([]float32, 36))
	with := oneNode(17, fused("Attention", four, "x", "w", "b", "m"), []int{2, 5, 12}, weights("w", 12, 36), zeros, mask)
	with.Opsets["com.microsoft"] = 1
	closeTo(t, evaluate(t, lib, with, []int{2, 5, 12}), evaluate(t, lib, out, []int{2, 5, 12}))
	for want, n := range map[string]*onnx.Node{
		`its axis "x" is no constant`: fused("ExpandDims", nil, "x", "x"), `its weight "x" is no constant`: fused("Attention", four, "x", "x"),
	} {
		if _, err := onnx.Settle(oneNode(17, n, []int{3, 4})); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	inBranch := oneNode(17, op("If", attrs{"then_branch": graphAttr(&onnx.Graph{Name: "b", Nodes: []*onnx.Node{fused("ExpandDims", nil, "x", "a")}})}, "c"), []int{3, 4}, axis(0))
	if _, err := onnx.Settle(inBranch); err == nil || !strings.Contains(err.Error(), "would end the process") {
		t.Errorf("in a branch: %v", err)
	}
}

// By what ONNX Runtime divides without looking is refused when a file is read.
func TestDivisors(t *testing.T) {
	least := onnx.NewInts("m", math.MinInt64)
	for want, n := range map[string]*onnx.Node{
		"strides [0 1] must be positive":     op("MaxPool", attrs{"kernel_shape": onnx.Ints(2, 2), "strides": onnx.Ints(0, 1)}, "x"),
		"dilations [1 -1] must be positive":  op("Conv", attrs{"dilations": onnx.Ints(1, -1)}, "x", "w"),
		"kernel_shape [0 2] must be":         fused("FusedConv", attrs{"kernel_shape": onnx.Ints(0, 2)}, "x", "w"),
		"group 0 must be positive":           op("ConvTranspose", attrs{"group": onnx.Int(0)}, "x", "w"),
		"q_num_heads 0 must be positive":     op("Attention", attrs{"q_num_heads": onnx.Int(0), "kv_num_heads": onnx.Int(1)}, "x", "x", "x"),
		"its parts have 0 elements each":     op("SplitToSequence", nil, "x", "none"),
		"it divides -9223372036854775808 by": op("Div", nil, "m", "less"),
		"on this operator of language":       fused("LinearAttention", nil, "x", "x", "x"),
	} {
		data, err := onnx.Marshal(oneNode(17, n, []int{1, 2, 4, 4}, weights("w", 2, 2, 2, 2), scalarInt("none", 0), least, onnx.NewInts("less", -1)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := onnx.Read(data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", n.Op, err, want)
		}
	}
}

// A picture of integers comes as float32: a cast to float32 reads it as it is,
// what reads integers gets them.
func TestFloatInput(t *testing.T) {
	lib := library(t)
	m := oneNode(17, op("Cast", attrs{"to": onnx.Int(int64(onnx.Float32))}, "x"), []int{2, 3})
	m.Graph.Nodes = append(m.Graph.Nodes, inner("twice", "Add", attrs{}, "x", "x"))
	m.Graph.Outputs = append(m.Graph.Outputs, onnx.Value{Name: "twice"})
	if out, changed, err := onnx.FloatInput(m, "x"); err != nil || changed || out != m {
		t.Errorf("a float32 input: changed %v, %v", changed, err)
	}
	m.Graph.Inputs[0].Type = onnx.Uint8
	m.Graph.Nodes[1] = inner("twice", "Max", attrs{}, "x", "x")
	out, changed, err := onnx.FloatInput(m, "x")
	if err != nil || !changed || out.Graph.Inputs[0].Type != onnx.Float32 || m.Graph.Inputs[0].Type != onnx.Uint8 {
		t.Fatalf("changed %v, %v", changed, err)
	}
	got := evaluate(t, lib, out, []int{2, 3})
	if len(got["y"].Data) != 6 || len(got["twice"].Data) != 6 {
		t.Fatalf("%v", got)
	}
	for i, v := range got["y"].Data {
		// The test's inputs are between -3 and 3; integers are cut off.
		if v >= 0 && got["twice"].Data[i] != float32(math.Trunc(float64(v))) {
			t.Errorf("%g is %g as an integer", v, got["twice"].Data[i])
		}
	}
	branch := oneNode(17, op("If", attrs{"then_branch": graphAttr(&onnx.Graph{Name: "b", Nodes: []*onnx.Node{inner("q", "Cast", attrs{"to": onnx.Int(1)}, "x")}, Outputs: []onnx.Value{{Name: "q"}}})}, "c"), []int{2, 3})
	branch.Graph.Inputs[0].Type = onnx.Uint8
	if _, _, err := onnx.FloatInput(branch, "x"); err == nil || !strings.Contains(err.Error(), "a branch of it reads the picture") {
		t.Errorf("in a branch: %v", err)
	}
}

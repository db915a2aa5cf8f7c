package onnx_test

import (
	"strings"
	"testing"

	"seewhy/models/onnx"
)

func only(t ...*onnx.Tensor) []*onnx.Tensor { return t }

// Forms of ordinary operators on which ONNX Runtime 1.27 ends its process are
// refused where the file tells them.
func TestFormsRefused(t *testing.T) {
	weight := floats("w", []int64{1, 3, 1, 1}, 1, 1, 1)
	for name, c := range map[string]struct {
		model *onnx.Model
		want  string
	}{
		"a flag that is neither":       {oneNode(18, op("ReduceMean", attrs{"noop_with_empty_axes": onnx.Int(2)}, "x"), four), `node "n" (ReduceMean): noop_with_empty_axes is 2; it is 0 or 1`},
		"dimensions kept by 8":         {oneNode(17, op("ReduceMax", attrs{"keepdims": onnx.Int(8)}, "x"), four), "keepdims is 8"},
		"a negative batch":             {oneNode(17, op("GatherND", attrs{"batch_dims": onnx.Int(-1)}, "x", "i"), four, shaped("i", 0)), "batch_dims -1 must not be negative"},
		"more batches than dimensions": {oneNode(17, op("GatherND", attrs{"batch_dims": onnx.Int(4)}, "x", "i"), four, shaped("i", 0)), `batch_dims 4 is not below the rank of "x"`},
		"a far axis":                   {oneNode(17, op("LayerNormalization", attrs{"axis": onnx.Int(1<<31 - 1)}, "x", "x"), four), "axis 2147483647 is beyond the 32 dimensions"},
		"a far number":                 {oneNode(17, op("Flatten", attrs{"other": onnx.Int(1 << 31)}, "x"), four), "other 2147483648 is beyond 32 bits"},
		"parts that are not there":     {oneNode(18, outputs(op("Split", attrs{"num_outputs": onnx.Int(2), "axis": onnx.Int(1)}, "x"), "y", "z", "w"), four), "num_outputs is 2, and it has 3 outputs"},
		"a far crop":                   {oneNode(18, op("CenterCropPad", nil, "x", "to"), four, shaped("to", 1, 1, m20, m20)), "above 2 GB"},
		"a far diagonal":               {oneNode(17, op("Trilu", nil, "x", "k"), four, scalarInt("k", 1<<62)), "its diagonal 4611686018427387904 is beyond 1048576"},
		"scales of rank 4":             {oneNode(17, op("Resize", nil, "x", "", "x"), four), `its operand "x" of rank 4 is no list`},
		"windows over what a reduction leaves": {
			joined(17, only(weight), inner("s", "ReduceSum", attrs{"keepdims": onnx.Int(0)}, "x"), inner("c", "Conv", attrs{}, "s", "w")),
			"operands of rank 0 and 0 have no windows",
		},
		"windows over a list": {
			joined(17, only(weight), inner("s", "Shape", attrs{}, "x"), inner("f", "Cast", attrs{"to": onnx.Int(1)}, "s"), inner("c", "ConvTranspose", attrs{}, "f", "w")),
			"operands of rank 1 and 1 have no windows",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := onnx.Read([]byte(marshal(t, c.model))); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// What shows only when a model runs is noted in what Marshal writes, also of
// models that were made of it.
func TestFormsNoted(t *testing.T) {
	note := func(m *onnx.Model) string {
		t.Helper()
		m, err := onnx.Read([]byte(marshal(t, m)))
		if err != nil {
			t.Fatal(err)
		}
		again, err := onnx.Read([]byte(marshal(t, m.Shallow())))
		if err != nil {
			t.Fatal(err)
		}
		return again.Metadata[onnx.ApartKey]
	}
	weight := floats("w", []int64{1, 3, 1, 1}, 1, 1, 1)
	for name, c := range map[string]struct {
		model *onnx.Model
		want  string
	}{
		"windows over the elements that are not 0": {
			joined(17, only(weight), inner("s", "SequenceAt", attrs{}, "q", "zero"), inner("c", "Conv", attrs{}, "s", "w")), `node "c" (Conv)`,
		},
		"a diagonal of the picture's": {
			joined(17, only(scalarInt("zero", 0)), inner("k", "ArgMax", attrs{"keepdims": onnx.Int(0)}, "x"), inner("t", "Trilu", attrs{}, "x", "k")), `node "t" (Trilu)`,
		},
		"scales of no known rank": {
			joined(17, nil, inner("s", "SequenceAt", attrs{}, "q", "zero"), inner("r", "Resize", attrs{}, "x", "", "s")), `node "r" (Resize)`,
		},
		"a sum of nothing": {
			joined(17, only(floats("none", []int64{1, 5, 0}), shaped("axis", 0)), inner("s", "ReduceSum", attrs{}, "none", "axis")), `node "s" (ReduceSum)`,
		},
		"ordinary windows": {joined(17, only(weight), inner("c", "Conv", attrs{}, "x", "w")), ""},
		"scales from the picture's shape": {
			joined(17, only(shaped("axis", 0)), inner("s", "Shape", attrs{}, "x"), inner("f", "Cast", attrs{"to": onnx.Int(1)}, "s"), inner("r", "Resize", attrs{}, "x", "", "f")), "",
		},
		"windows behind a shape put together": {
			joined(17, only(weight, shaped("two", 2), shaped("from", 0), shaped("minus", -1)),
				inner("s", "Shape", attrs{}, "x"), inner("b", "Slice", attrs{}, "s", "from", "two"), inner("d", "Concat", attrs{"axis": onnx.Int(0)}, "b", "minus", "two"),
				inner("m", "Reshape", attrs{}, "x", "d"), inner("p", "MaxPool", attrs{"kernel_shape": onnx.Ints(1, 1)}, "m"), inner("c", "Conv", attrs{}, "p", "w")), "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, n := range c.model.Graph.Nodes {
				if n.Op == "SequenceAt" {
					made := inner("q", "SequenceConstruct", attrs{}, "x")
					c.model.Graph.Nodes = append([]*onnx.Node{made}, c.model.Graph.Nodes...)
					c.model.Graph.Init["zero"] = scalarInt("zero", 0)
					break
				}
			}
			if got := note(c.model); got != c.want {
				t.Errorf("noted %q, want %q", got, c.want)
			}
		})
	}
}

// Names left out at the end are no operands: ONNX Runtime 1.27 ends the process
// on a LayerNormalization with such a bias.
func TestTrailingNames(t *testing.T) {
	norm := op("LayerNormalization", nil, "x", "s", "")
	m, err := onnx.Read([]byte(marshal(t, oneNode(17, norm, four, vector("s", 1, 1, 1, 1, 1)))))
	if err != nil {
		t.Fatal(err)
	}
	if in := m.Graph.Nodes[0].In; len(in) != 2 {
		t.Errorf("it has the operands %q", in)
	}
}

package onnx_test

import (
	"slices"
	"testing"

	"seewhy/models/onnx"
)

// Only a pool whose windows are counted wrongly is rewritten, and with it the
// padding of an axis whose window hangs over.
func TestPlacePools(t *testing.T) {
	for _, c := range []struct {
		name    string
		attrs   attrs
		shape   []int
		pads    []int64
		changed bool
	}{
		{"dropped", attrs{"kernel_shape": onnx.Ints(1, 1), "strides": onnx.Ints(3, 3)}, []int{1, 2, 5, 5}, []int64{0, 0, 0, 0}, true},
		{"padded", attrs{"kernel_shape": onnx.Ints(2, 2), "strides": onnx.Ints(3, 3), "pads": onnx.Ints(1, 1, 1, 1)}, []int{1, 2, 4, 4}, []int64{1, 1, 1, 1}, true},
		{"dropped along one axis, over the edge along the other", attrs{"kernel_shape": onnx.Ints(1, 3), "strides": onnx.Ints(3, 2)}, []int{1, 2, 5, 6}, []int64{0, 0, 0, 1}, true},
		{"over the edge", attrs{"kernel_shape": onnx.Ints(3, 3), "strides": onnx.Ints(2, 2)}, []int{1, 2, 6, 6}, nil, false},
		{"automatic", attrs{"kernel_shape": onnx.Ints(1, 1), "strides": onnx.Ints(3, 3), "auto_pad": onnx.Str("SAME_UPPER")}, []int{1, 2, 5, 5}, nil, true},
		{"automatic and dilated", attrs{"kernel_shape": onnx.Ints(4, 3), "dilations": onnx.Ints(2, 1), "auto_pad": onnx.Str("SAME_LOWER")}, []int{1, 2, 4, 4}, []int64{2, 1, 1, 1}, true},
		{"valid", attrs{"kernel_shape": onnx.Ints(1, 1), "strides": onnx.Ints(3, 3), "auto_pad": onnx.Str("VALID")}, []int{1, 2, 5, 5}, []int64{0, 0, 0, 0}, true},
		{"unknown size", attrs{"kernel_shape": onnx.Ints(1, 1), "strides": onnx.Ints(3, 3)}, []int{1, 2, -1, 5}, nil, false},
		{"no kernel", attrs{"strides": onnx.Ints(3, 3)}, []int{1, 2, 5, 5}, nil, false},
		{"smaller than its window", attrs{"kernel_shape": onnx.Ints(9, 9), "strides": onnx.Ints(3, 3)}, []int{1, 2, 5, 5}, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.attrs["ceil_mode"] = onnx.Int(1)
			m := oneNode(17, op("MaxPool", c.attrs, "x"), c.shape)
			out, changed := onnx.PlacePools(m, map[string][]int{"x": c.shape})
			if changed != c.changed || !changed && out != m {
				t.Fatalf("changed: %v", changed)
			}
			if !changed {
				return
			}
			n := out.Graph.Nodes[0]
			if n.AttrInt("ceil_mode", 0) != 0 || !slices.Equal(n.AttrInts("pads"), c.pads) {
				t.Errorf("ceil_mode %d, pads %v, want %v", n.AttrInt("ceil_mode", 0), n.AttrInts("pads"), c.pads)
			}
			if m.Graph.Nodes[0].AttrInt("ceil_mode", 0) != 1 {
				t.Error("the model that was given has changed")
			}
		})
	}
}

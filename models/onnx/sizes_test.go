package onnx_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"seewhy/models/onnx"
)

func shaped(name string, v ...int64) *onnx.Tensor { return onnx.NewInts(name, v...) }

func scalarInt(name string, v int64) *onnx.Tensor {
	t := onnx.NewInts(name, v)
	t.Dims = nil
	return t
}

// joined reads x and adds what the nodes make, so that all is used.
func joined(opset int64, consts []*onnx.Tensor, nodes ...*onnx.Node) *onnx.Model {
	last := nodes[len(nodes)-1].Out[0]
	nodes = append(nodes, inner("y", "Add", attrs{}, "x", last))
	m := oneNode(opset, nodes[0], four, consts...)
	m.Graph.Nodes = nodes
	m.Graph.Outputs = []onnx.Value{{Name: "y"}}
	return m
}

func doubling(n int, o string) []*onnx.Node {
	var nodes []*onnx.Node
	last := "x"
	for i := range n {
		name := fmt.Sprint("d", i)
		nodes = append(nodes, inner(name, o, attrs{"axis": onnx.Int(1)}, last, last))
		last = name
	}
	return nodes
}

const m20 = 1 << 20

// TestBombs: models of a few hundred bytes that would take all memory.
func TestBombs(t *testing.T) {
	list := func(t ...*onnx.Tensor) []*onnx.Tensor { return t }
	for _, c := range []struct {
		name  string
		model *onnx.Model
		want  string
	}{
		{"ConstantOfShape", joined(13, list(shaped("s", m20, m20)), inner("c", "ConstantOfShape", attrs{}, "s")), `node "c" (ConstantOfShape) would make a tensor of shape [1048576 1048576] or more, above 2 GB`},
		{"ConstantOfShape of a Constant", joined(13, nil, inner("s", "Constant", attrs{"value_ints": onnx.Ints(m20, m20)}), inner("c", "ConstantOfShape", attrs{}, "s")), "would make a tensor of shape [1048576 1048576]"},
		{"ConstantOfShape of computed", joined(13, list(shaped("s", m20), shaped("t", 512)), inner("p", "Mul", attrs{}, "s", "t"), inner("q", "Concat", attrs{"axis": onnx.Int(0)}, "p", "t"), inner("c", "ConstantOfShape", attrs{}, "q")), "would make a tensor of shape [536870912 512]"},
		{"ConstantOfShape of a sum", joined(13, list(shaped("s", math.MaxInt64)), inner("p", "Add", attrs{}, "s", "s"), inner("c", "ConstantOfShape", attrs{}, "p")), "would make a tensor"},
		{"many constants", joined(13, list(shaped("s", 1<<28)), inner("a", "ConstantOfShape", attrs{}, "s"), inner("b", "ConstantOfShape", attrs{}, "s")), `node "b" (ConstantOfShape): the constants that the model computes when it is loaded are above 2 GB together`},
		{"Expand", joined(13, list(shaped("s", m20, m20), vector("v", 1)), inner("c", "Expand", attrs{}, "v", "s")), `node "c" (Expand) would make`},
		{"Expand of an input", joined(13, list(shaped("s", 1<<24, 1, 1, 1, 1)), inner("c", "Expand", attrs{}, "x", "s")), "[16777216 2 3 4 5]"},
		{"Tile", joined(13, list(shaped("s", 1, 1, m20, m20)), inner("c", "Tile", attrs{}, "x", "s")), "[2 3 4194304 5242880]"},
		{"Tile overflow", joined(13, list(shaped("s", 1, 1, math.MaxInt64, math.MaxInt64)), inner("c", "Tile", attrs{}, "x", "s")), "would make"},
		{"Pad", joined(13, list(shaped("s", 0, 0, m20, m20, 0, 0, 0, 0)), inner("c", "Pad", attrs{}, "x", "s")), "[2 3 1048580 1048581]"},
		{"Pad attribute", joined(10, nil, inner("c", "Pad", attrs{"pads": onnx.Ints(0, 0, 1<<20, 1<<20, 0, 0, 0, 0)}, "x")), "[2 3 1048580 1048581]"},
		{"Pad attribute, beyond", joined(10, nil, inner("c", "Pad", attrs{"pads": onnx.Ints(0, 0, 1<<40, 0, 0, 0, 0, 0)}, "x")), "beyond 1048576"},
		{"Pad of some axes", joined(18, list(shaped("s", 1<<31, 0), shaped("a", 3)), inner("c", "Pad", attrs{}, "x", "s", "", "a")), "[2147483649]"},
		{"Resize sizes", joined(13, list(shaped("s", 2, 3, m20, m20)), inner("c", "Resize", attrs{}, "x", "", "", "s")), "[2 3 1048576 1048576]"},
		{"Resize scales", joined(13, list(vector("s", 1, 1, 1e5, 1e5)), inner("c", "Resize", attrs{}, "x", "", "s")), "[2 3 400000 500000]"},
		{"Resize endless", joined(13, list(vector("s", 1, 1, float32(math.Inf(1)), 1)), inner("c", "Resize", attrs{}, "x", "", "s")), "would make"},
		{"Upsample 7", joined(7, nil, inner("c", "Upsample", attrs{"scales": floatsAttr(1, 1, 1e5, 1e5)}, "x")), "would make"},
		{"Upsample 9", joined(9, list(vector("s", 1, 1, 1e5, 1e5)), inner("c", "Upsample", attrs{}, "x", "s")), "would make"},
		{"Range", joined(13, list(scalarInt("a", 0), scalarInt("b", 1<<40), scalarInt("d", 1)), inner("c", "Range", attrs{}, "a", "b", "d")), "Range) would make"},
		{"Range of floats", joined(13, list(floats("a", nil, 0), floats("b", nil, 1), floats("d", nil, 1e-20)), inner("c", "Range", attrs{}, "a", "b", "d")), "would make"},
		{"Range without step", joined(13, list(floats("a", nil, 0), floats("b", nil, 1), floats("d", nil, 0)), inner("c", "Range", attrs{}, "a", "b", "d")), "would make"},
		{"OneHot", joined(13, list(scalarInt("d", 1<<40), shaped("i", 1, 2), vector("v", 0, 1)), inner("c", "OneHot", attrs{}, "i", "d", "v")), "would make"},
		{"RandomNormal", joined(13, nil, inner("c", "RandomNormal", attrs{"shape": onnx.Ints(m20, m20)})), "would make"},
		{"outer product", joined(13, list(floats("a", []int64{1 << 15, 1}, make([]float32, 1<<15)...), floats("b", []int64{1, 1 << 15}, make([]float32, 1<<15)...)), inner("c", "MatMul", attrs{}, "a", "b")), "[32768 32768]"},
		{"outer product by Gemm", joined(13, list(floats("a", []int64{1, 1 << 15}, make([]float32, 1<<15)...)), inner("c", "Gemm", attrs{"transA": onnx.Int(1)}, "a", "a")), "[32768 32768]"},
		{"outer sum", joined(13, list(floats("a", []int64{1 << 15, 1}, make([]float32, 1<<15)...), vector("b", make([]float32, 1<<15)...)), inner("c", "Add", attrs{}, "a", "b")), "[32768 32768]"},
		{"Gather", joined(13, list(floats("a", []int64{1, 1 << 15}, make([]float32, 1<<15)...), shaped("i", make([]int64, 1<<15)...)), inner("c", "Gather", attrs{}, "a", "i")), "[32768 32768]"},
		{"doubling by Concat", joined(13, nil, doubling(40, "Concat")...), `(Concat) would make a tensor`},
		{"Conv with much padding", joined(13, list(floats("w", []int64{1, 3, 1, 1}, 1, 1, 1)), inner("c", "Conv", attrs{"pads": onnx.Ints(m20, m20, m20, m20)}, "x", "w")), "[2 1 2097156 2097157]"},
		{"ConvTranspose with a long stride", joined(13, list(floats("w", []int64{3, 1, 1, 1}, 1, 1, 1)), inner("c", "ConvTranspose", attrs{"strides": onnx.Ints(m20, m20)}, "x", "w")), "[2 1 3145729 4194305]"},
		{"ConvTranspose with an output shape", joined(13, list(floats("w", []int64{3, 1, 1, 1}, 1, 1, 1)), inner("c", "ConvTranspose", attrs{"output_shape": onnx.Ints(m20, m20)}, "x", "w")), "[2 1 1048576 1048576]"},
		{"MaxPool with a giant kernel", joined(13, nil, inner("c", "MaxPool", attrs{"kernel_shape": onnx.Ints(1<<40, 1)}, "x")), `node "c" (MaxPool): kernel_shape [1099511627776 1] is beyond 1048576`},
		{"AveragePool with much padding", joined(13, nil, inner("c", "AveragePool", attrs{"kernel_shape": onnx.Ints(1, 1), "pads": onnx.Ints(m20, m20, m20, m20)}, "x")), "would make"},
		{
			"inside If", joined(13, list(yes, shaped("s", m20, m20)), inner("c", "If", attrs{
				"then_branch": graphAttr(branch("t", inner("t", "ConstantOfShape", attrs{}, "s"))), "else_branch": graphAttr(branch("e", inner("e", "Identity", attrs{}, "x"))),
			}, "yes")), `node "c" (If), in its subgraph "t": node "t" (ConstantOfShape) would make`,
		},
		{"through other ops", joined(13, list(shaped("s", 1<<15, 1), shaped("r", 1, 1<<15), shaped("one", 0)),
			inner("a", "ConstantOfShape", attrs{}, "s"), inner("b", "Relu", attrs{}, "a"), inner("u", "Unsqueeze", attrs{}, "b", "one"),
			inner("v", "Transpose", attrs{"perm": onnx.Ints(0, 2, 1)}, "u"), inner("w", "Reshape", attrs{}, "v", "r"),
			inner("c", "Mul", attrs{}, "w", "a")), "[32768 32768]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := marshal(t, c.model)
			if len(data) > 1<<20 {
				t.Fatalf("a bomb of %d bytes", len(data))
			}
			_, err := onnx.Read([]byte(data))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

// What is large and harmless passes.
func TestNoBombs(t *testing.T) {
	list := func(t ...*onnx.Tensor) []*onnx.Tensor { return t }
	for _, c := range []struct {
		name  string
		model *onnx.Model
	}{
		{"a large constant", joined(13, list(shaped("s", 1<<14, 1<<14)), inner("c", "ConstantOfShape", attrs{}, "s"), inner("m", "ReduceMax", attrs{}, "c"))},
		{"an empty one", joined(13, list(shaped("s", 0, 1<<62)), inner("c", "ConstantOfShape", attrs{}, "s"))},
		{"cropping", joined(13, list(shaped("s", 0, 0, -1<<30, 0, 0, 0, 0, 0)), inner("c", "Pad", attrs{}, "x", "s"))},
		{"slicing to the end", joined(10, list(shaped("s", 0), shaped("e", math.MaxInt64)), inner("c", "Slice", attrs{}, "x", "s", "e"))},
		{"a shape that a run tells", joined(13, nil, inner("s", "Shape", attrs{}, "x"), inner("c", "ConstantOfShape", attrs{}, "s"))},
		{"an open Reshape", joined(13, list(shaped("s", 0, -1, 2)), inner("c", "Reshape", attrs{}, "x", "s"))},
		{"a Range downwards", joined(13, list(scalarInt("a", 5), scalarInt("b", 0), scalarInt("d", -1)), inner("c", "Range", attrs{}, "a", "b", "d"))},
		// As Paddle's exporter writes a group norm and the convolution behind it.
		{"a rank that a run tells", joined(13, list(floats("scale", []int64{3, 1, 1}, 1, 2, 3), floats("w", []int64{1, 3, 1, 1}, 1, 1, 1)),
			inner("s", "Shape", attrs{}, "x"), inner("r", "Reshape", attrs{}, "x", "s"), inner("m", "Mul", attrs{}, "r", "scale"), inner("h", "HardSwish", attrs{}, "m"),
			inner("c", "Conv", attrs{}, "h", "w"))},
		{"doubling a few times", joined(13, nil, doubling(10, "Concat")...)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := onnx.Read([]byte(marshal(t, c.model))); err != nil {
				t.Error(err)
			}
		})
	}
}

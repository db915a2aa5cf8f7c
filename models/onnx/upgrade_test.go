package onnx_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

func library(t testing.TB) *runtime.Library {
	t.Helper()
	path, err := runtime.Find("")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	lib, err := runtime.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

type attrs = map[string]onnx.Attr

// oneNode makes a model of one node that reads "x" (float32, of this shape)
// and constants.
func oneNode(opset int64, n *onnx.Node, shape []int, consts ...*onnx.Tensor) *onnx.Model {
	if n.Attrs == nil {
		n.Attrs = attrs{}
	}
	g := &onnx.Graph{
		Name: "g", Nodes: []*onnx.Node{n}, Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
		Inputs: []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(shape...)}},
	}
	for _, c := range consts {
		g.Init[c.Name] = c
	}
	for _, o := range n.Out {
		if o != "" {
			g.Outputs = append(g.Outputs, onnx.Value{Name: o})
		}
	}
	return &onnx.Model{IR: 6, Opsets: map[string]int64{"": opset}, Graph: g}
}

func op(name string, a attrs, in ...string) *onnx.Node {
	return &onnx.Node{Name: "n", Op: name, In: in, Out: []string{"y"}, Attrs: a}
}

func outputs(n *onnx.Node, names ...string) *onnx.Node {
	n.Out = names
	return n
}

func floats(name string, dims []int64, v ...float32) *onnx.Tensor {
	return onnx.NewFloats(name, dims, v)
}

func vector(name string, v ...float32) *onnx.Tensor {
	return onnx.NewFloats(name, []int64{int64(len(v))}, v)
}

func floatsAttr(v ...float32) onnx.Attr { return onnx.Attr{Kind: onnx.KindFloats, Floats: v} }

func graphAttr(g *onnx.Graph) onnx.Attr { return onnx.Attr{Kind: onnx.KindGraph, G: g} }

// branch is a subgraph that captures "x".
func branch(name string, nodes ...*onnx.Node) *onnx.Graph {
	last := nodes[len(nodes)-1].Out[0]
	return &onnx.Graph{
		Name: name, Nodes: nodes, Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
		Outputs: []onnx.Value{{Name: last, Type: onnx.Float32}},
	}
}

func inner(name, o string, a attrs, in ...string) *onnx.Node {
	return &onnx.Node{Name: name, Op: o, In: in, Out: []string{name}, Attrs: a}
}

var yes = &onnx.Tensor{Name: "yes", Type: onnx.Bool, Raw: []byte{1}}

type upgradeCase struct {
	name string
	// from and to are the opsets at which the form is valid.
	from, to int64
	node     func() *onnx.Node
	shape    []int
	consts   []*onnx.Tensor
}

var four = []int{2, 3, 4, 5}

var upgradeCases = []upgradeCase{
	{"Softmax default axis", 7, 16, func() *onnx.Node { return op("Softmax", nil, "x") }, four, nil},
	{"Softmax axis 0", 7, 12, func() *onnx.Node { return op("Softmax", attrs{"axis": onnx.Int(0)}, "x") }, four, nil},
	{"Softmax axis 2", 7, 16, func() *onnx.Node { return op("Softmax", attrs{"axis": onnx.Int(2)}, "x") }, four, nil},
	{"Softmax axis 3", 7, 16, func() *onnx.Node { return op("Softmax", attrs{"axis": onnx.Int(3)}, "x") }, four, nil},
	{"Softmax axis -1", 11, 16, func() *onnx.Node { return op("Softmax", attrs{"axis": onnx.Int(-1)}, "x") }, four, nil},
	{"Softmax axis -2", 11, 16, func() *onnx.Node { return op("Softmax", attrs{"axis": onnx.Int(-2)}, "x") }, four, nil},
	{"Softmax classifier", 7, 12, func() *onnx.Node { return op("Softmax", nil, "x") }, []int{2, 7, 1, 1}, nil},
	{"LogSoftmax default axis", 7, 16, func() *onnx.Node { return op("LogSoftmax", nil, "x") }, four, nil},
	{"LogSoftmax axis 2", 7, 16, func() *onnx.Node { return op("LogSoftmax", attrs{"axis": onnx.Int(2)}, "x") }, four, nil},
	{"Hardmax default axis", 7, 16, func() *onnx.Node { return op("Hardmax", nil, "x") }, four, nil},
	{"Hardmax axis 3", 7, 16, func() *onnx.Node { return op("Hardmax", attrs{"axis": onnx.Int(3)}, "x") }, four, nil},
	{"Squeeze all", 7, 12, func() *onnx.Node { return op("Squeeze", nil, "x") }, []int{2, 1, 3, 1}, nil},
	{"Squeeze axes", 7, 12, func() *onnx.Node { return op("Squeeze", attrs{"axes": onnx.Ints(3)}, "x") }, []int{2, 1, 3, 1}, nil},
	{"Squeeze negative", 11, 12, func() *onnx.Node { return op("Squeeze", attrs{"axes": onnx.Ints(-1)}, "x") }, []int{2, 1, 3, 1}, nil},
	{"Unsqueeze", 7, 12, func() *onnx.Node { return op("Unsqueeze", attrs{"axes": onnx.Ints(0, 4)}, "x") }, []int{2, 3, 4}, nil},
	{"ReduceSum axes", 7, 12, func() *onnx.Node {
		return op("ReduceSum", attrs{"axes": onnx.Ints(1, 2), "keepdims": onnx.Int(0)}, "x")
	}, four, nil},
	{"ReduceSum all", 7, 16, func() *onnx.Node { return op("ReduceSum", nil, "x") }, four, nil},
	{"Split sizes", 7, 12, func() *onnx.Node {
		return outputs(op("Split", attrs{"axis": onnx.Int(1), "split": onnx.Ints(1, 2)}, "x"), "a", "b")
	}, four, nil},
	{"Split equal", 7, 16, func() *onnx.Node {
		return outputs(op("Split", attrs{"axis": onnx.Int(2)}, "x"), "a", "b")
	}, four, nil},
	{"Slice", 7, 9, func() *onnx.Node {
		return op("Slice", attrs{"axes": onnx.Ints(1, 3), "starts": onnx.Ints(1, -3), "ends": onnx.Ints(9999, -1)}, "x")
	}, four, nil},
	{"Slice without axes", 7, 9, func() *onnx.Node {
		return op("Slice", attrs{"starts": onnx.Ints(0, 1), "ends": onnx.Ints(1, 3)}, "x")
	}, four, nil},
	{"Pad constant", 7, 10, func() *onnx.Node {
		return op("Pad", attrs{"pads": onnx.Ints(0, 0, 1, 2, 0, 0, 3, -1), "value": onnx.Float(1.5)}, "x")
	}, four, nil},
	{"Pad default value", 7, 10, func() *onnx.Node { return op("Pad", attrs{"pads": onnx.Ints(0, 1, 0, 0, 0, 0, 0, 1)}, "x") }, four, nil},
	{"Pad reflect", 7, 10, func() *onnx.Node {
		return op("Pad", attrs{"mode": onnx.Str("reflect"), "pads": onnx.Ints(0, 0, 1, 2, 0, 0, 2, 1)}, "x")
	}, four, nil},
	{"Pad edge", 7, 10, func() *onnx.Node {
		return op("Pad", attrs{"mode": onnx.Str("edge"), "pads": onnx.Ints(0, 0, 1, 2, 0, 0, 2, 1)}, "x")
	}, four, nil},
	{"Clip both", 7, 10, func() *onnx.Node {
		return op("Clip", attrs{"min": onnx.Float(-0.5), "max": onnx.Float(0.25)}, "x")
	}, four, nil},
	{"Clip min", 7, 10, func() *onnx.Node { return op("Clip", attrs{"min": onnx.Float(0)}, "x") }, four, nil},
	{"Clip max", 7, 10, func() *onnx.Node { return op("Clip", attrs{"max": onnx.Float(0)}, "x") }, four, nil},
	{"Clip none", 7, 10, func() *onnx.Node { return op("Clip", nil, "x") }, four, nil},
	{"Dropout", 7, 11, func() *onnx.Node { return op("Dropout", attrs{"ratio": onnx.Float(0.7)}, "x") }, four, nil},
	{"Dropout with mask", 7, 11, func() *onnx.Node { return outputs(op("Dropout", nil, "x"), "y", "mask") }, four, nil},
	{"TopK", 7, 9, func() *onnx.Node {
		return outputs(op("TopK", attrs{"k": onnx.Int(2), "axis": onnx.Int(2)}, "x"), "values", "indices")
	}, four, nil},
	{"TopK 10", 10, 10, func() *onnx.Node { return outputs(op("TopK", nil, "x", "k"), "values", "indices") }, four, []*onnx.Tensor{onnx.NewInts("k", 3)}},
	{"Affine", 7, 9, func() *onnx.Node {
		return op("Affine", attrs{"alpha": onnx.Float(0.5), "beta": onnx.Float(2)}, "x")
	}, four, nil},
	{"Scale", 7, 9, func() *onnx.Node { return op("Scale", attrs{"scale": onnx.Float(0.5)}, "x") }, four, nil},
	{"ScaledTanh", 7, 9, func() *onnx.Node {
		return op("ScaledTanh", attrs{"alpha": onnx.Float(0.5), "beta": onnx.Float(2)}, "x")
	}, four, nil},
	{"ParametricSoftplus", 7, 9, func() *onnx.Node {
		return op("ParametricSoftplus", attrs{"alpha": onnx.Float(0.5), "beta": onnx.Float(2)}, "x")
	}, four, nil},
	{"ImageScaler", 7, 9, func() *onnx.Node {
		return op("ImageScaler", attrs{"bias": floatsAttr(0.1, -2, 3), "scale": onnx.Float(0.5)}, "x")
	}, four, nil},
	{"Crop", 7, 9, func() *onnx.Node { return op("Crop", attrs{"border": onnx.Ints(1, 2, 2, 1)}, "x") }, []int{2, 3, 6, 7}, nil},
	{"Crop to a size", 7, 9, func() *onnx.Node {
		return op("Crop", attrs{"border": onnx.Ints(1, 2, 0, 0), "scale": onnx.Ints(3, 5)}, "x")
	}, []int{2, 3, 6, 7}, nil},
	{"Upsample 7 nearest", 7, 8, func() *onnx.Node { return op("Upsample", attrs{"scales": floatsAttr(1, 1, 2, 2.5)}, "x") }, four, nil},
	{"Upsample 7 linear", 7, 8, func() *onnx.Node {
		return op("Upsample", attrs{"mode": onnx.Str("linear"), "scales": floatsAttr(1, 1, 2, 3)}, "x")
	}, four, nil},
	{"Upsample 9 nearest", 9, 9, func() *onnx.Node { return op("Upsample", attrs{"mode": onnx.Str("nearest")}, "x", "s") }, four, []*onnx.Tensor{vector("s", 1, 1, 1.7, 2)}},
	{"Upsample 9 linear", 9, 9, func() *onnx.Node { return op("Upsample", attrs{"mode": onnx.Str("linear")}, "x", "s") }, four, []*onnx.Tensor{vector("s", 1, 1, 2, 2)}},
	{"Resize 10 nearest up", 10, 10, func() *onnx.Node { return op("Resize", nil, "x", "s") }, four, []*onnx.Tensor{vector("s", 1, 1, 2, 1.5)}},
	{"Resize 10 nearest down", 10, 10, func() *onnx.Node { return op("Resize", nil, "x", "s") }, []int{1, 2, 9, 11}, []*onnx.Tensor{vector("s", 1, 1, 0.4, 0.7)}},
	{"Resize 10 nearest both", 10, 10, func() *onnx.Node { return op("Resize", nil, "x", "s") }, []int{1, 2, 9, 11}, []*onnx.Tensor{vector("s", 1, 1, 0.4, 1.7)}},
	{"Resize 10 linear", 10, 10, func() *onnx.Node { return op("Resize", attrs{"mode": onnx.Str("linear")}, "x", "s") }, four, []*onnx.Tensor{vector("s", 1, 1, 0.6, 2)}},
	{"Resize 11 scales", 11, 16, func() *onnx.Node { return op("Resize", attrs{"mode": onnx.Str("linear")}, "x", "roi", "s") }, four, []*onnx.Tensor{vector("roi"), vector("s", 1, 1, 0.6, 2)}},
	{"Resize 11 sizes", 11, 16, func() *onnx.Node {
		return op("Resize", attrs{"coordinate_transformation_mode": onnx.Str("align_corners"), "mode": onnx.Str("linear")}, "x", "roi", "s", "sizes")
	}, four, []*onnx.Tensor{vector("roi"), vector("s"), onnx.NewInts("sizes", 2, 3, 7, 3)}},
	{"Resize 11 pytorch", 11, 16, func() *onnx.Node {
		return op("Resize", attrs{"coordinate_transformation_mode": onnx.Str("pytorch_half_pixel"), "mode": onnx.Str("cubic"), "cubic_coeff_a": onnx.Float(-0.75)}, "x", "roi", "s")
	}, four, []*onnx.Tensor{vector("roi"), vector("s", 1, 1, 2, 2)}},
	{"BatchNormalization", 7, 13, func() *onnx.Node {
		return op("BatchNormalization", attrs{"epsilon": onnx.Float(1e-3), "momentum": onnx.Float(0.9)}, "x", "g", "b", "m", "v")
	}, four, []*onnx.Tensor{vector("g", 1, 2, 3), vector("b", 0, 1, -1), vector("m", 0.5, 0, 0.1), vector("v", 1, 2, 0.5)}},
	{"Gemm", 7, 16, func() *onnx.Node {
		return op("Gemm", attrs{"alpha": onnx.Float(0.5), "beta": onnx.Float(2), "transB": onnx.Int(1)}, "x", "w", "c")
	}, []int{2, 3}, []*onnx.Tensor{floats("w", []int64{2, 3}, 1, 2, 3, 4, 5, 6), vector("c", 1, -1)}},
	{"Gemm without C", 11, 16, func() *onnx.Node { return op("Gemm", nil, "x", "w") }, []int{2, 3}, []*onnx.Tensor{floats("w", []int64{3, 2}, 1, 2, 3, 4, 5, 6)}},
	{"Scatter", 9, 10, func() *onnx.Node { return op("Scatter", attrs{"axis": onnx.Int(1)}, "x", "i", "u") }, []int{2, 3}, []*onnx.Tensor{
		{Name: "i", Type: onnx.Int64, Dims: []int64{2, 1}, Raw: onnx.NewInts("", 2, 0).Raw}, floats("u", []int64{2, 1}, 7, 8),
	}},
	{"RoiAlign", 10, 15, func() *onnx.Node {
		return op("RoiAlign", attrs{"output_height": onnx.Int(3), "output_width": onnx.Int(2), "sampling_ratio": onnx.Int(2)}, "x", "rois", "batch")
	}, []int{1, 2, 8, 8}, []*onnx.Tensor{floats("rois", []int64{1, 4}, 1, 1, 6, 5), onnx.NewInts("batch", 0)}},
	{"RoiAlign 16", 16, 16, func() *onnx.Node {
		return op("RoiAlign", attrs{"output_height": onnx.Int(3), "output_width": onnx.Int(2), "sampling_ratio": onnx.Int(2)}, "x", "rois", "batch")
	}, []int{1, 2, 8, 8}, []*onnx.Tensor{floats("rois", []int64{1, 4}, 1, 1, 6, 5), onnx.NewInts("batch", 0)}},

	// Ops whose form did not change in meaning: Upgrade leaves them alone,
	// and a newer runtime must agree.
	{"ReduceMean", 7, 16, func() *onnx.Node { return op("ReduceMean", attrs{"axes": onnx.Ints(2, 3)}, "x") }, four, nil},
	{"ReduceMax", 7, 16, func() *onnx.Node {
		return op("ReduceMax", attrs{"axes": onnx.Ints(1), "keepdims": onnx.Int(0)}, "x")
	}, four, nil},
	{"ReduceL2 all", 7, 16, func() *onnx.Node { return op("ReduceL2", attrs{"keepdims": onnx.Int(0)}, "x") }, four, nil},
	{"Flatten", 7, 16, func() *onnx.Node { return op("Flatten", attrs{"axis": onnx.Int(2)}, "x") }, four, nil},
	{"Flatten negative", 11, 16, func() *onnx.Node { return op("Flatten", attrs{"axis": onnx.Int(-2)}, "x") }, four, nil},
	{"Cast", 7, 16, func() *onnx.Node { return op("Cast", attrs{"to": onnx.Int(int64(onnx.Int32))}, "x") }, four, nil},
	{"Gather negative", 11, 16, func() *onnx.Node { return op("Gather", attrs{"axis": onnx.Int(1)}, "x", "i") }, four, []*onnx.Tensor{onnx.NewInts("i", -1, 0)}},
	{"PRelu", 7, 16, func() *onnx.Node { return op("PRelu", nil, "x", "s") }, four, []*onnx.Tensor{floats("s", []int64{3, 1, 1}, 0.1, 0.2, 0.3)}},
	{"Max", 8, 16, func() *onnx.Node { return op("Max", nil, "x", "c") }, four, []*onnx.Tensor{vector("c", 0, 0.1, 0.2, 0.3, -1)}},
	{"Sum", 7, 16, func() *onnx.Node { return op("Sum", nil, "x", "x", "x") }, four, nil},
	{"Mean", 7, 16, func() *onnx.Node { return op("Mean", nil, "x", "x") }, four, nil},
	{"Where", 9, 16, func() *onnx.Node { return op("Where", nil, "yes", "x", "c") }, four, []*onnx.Tensor{yes, vector("c", 3)}},
	{"Greater", 7, 16, func() *onnx.Node { return op("Greater", nil, "x", "c") }, four, []*onnx.Tensor{vector("c", 0.1)}},
	{"Equal", 11, 16, func() *onnx.Node { return op("Equal", nil, "x", "x") }, four, nil},
	{"Expand", 8, 16, func() *onnx.Node { return op("Expand", nil, "x", "s") }, []int{2, 1, 3}, []*onnx.Tensor{onnx.NewInts("s", 2, 4, 3)}},
	{"Tile", 7, 16, func() *onnx.Node { return op("Tile", nil, "x", "s") }, []int{2, 3}, []*onnx.Tensor{onnx.NewInts("s", 2, 3)}},
	{"MaxPool", 7, 16, func() *onnx.Node {
		return op("MaxPool", attrs{"kernel_shape": onnx.Ints(2, 2), "strides": onnx.Ints(2, 2), "auto_pad": onnx.Str("SAME_UPPER")}, "x")
	}, []int{1, 2, 5, 7}, nil},
	{"AveragePool", 7, 16, func() *onnx.Node {
		return op("AveragePool", attrs{"kernel_shape": onnx.Ints(3, 3), "pads": onnx.Ints(1, 1, 1, 1)}, "x")
	}, four, nil},
	{"AveragePool ceil", 10, 16, func() *onnx.Node {
		return op("AveragePool", attrs{"kernel_shape": onnx.Ints(2, 2), "strides": onnx.Ints(2, 2), "ceil_mode": onnx.Int(1), "count_include_pad": onnx.Int(1)}, "x")
	}, []int{1, 2, 5, 7}, nil},
	{"ConvTranspose auto_pad", 7, 16, func() *onnx.Node {
		return op("ConvTranspose", attrs{"strides": onnx.Ints(2, 2), "auto_pad": onnx.Str("SAME_UPPER")}, "x", "w")
	}, []int{1, 1, 3, 3}, []*onnx.Tensor{floats("w", []int64{1, 1, 3, 3}, 1, 2, 3, 4, 5, 6, 7, 8, 9)}},
	{"DepthToSpace", 7, 16, func() *onnx.Node { return op("DepthToSpace", attrs{"blocksize": onnx.Int(2)}, "x") }, []int{1, 8, 2, 3}, nil},
	{"ArgMax", 7, 16, func() *onnx.Node { return op("ArgMax", attrs{"axis": onnx.Int(1)}, "x") }, four, nil},
	{"Reshape zero", 7, 16, func() *onnx.Node { return op("Reshape", nil, "x", "s") }, four, []*onnx.Tensor{onnx.NewInts("s", 0, -1, 5)}},
	{"LRN", 7, 16, func() *onnx.Node { return op("LRN", attrs{"size": onnx.Int(3)}, "x") }, four, nil},
	{"LeakyRelu", 7, 16, func() *onnx.Node { return op("LeakyRelu", nil, "x") }, four, nil},
	{"Elu", 7, 16, func() *onnx.Node { return op("Elu", nil, "x") }, four, nil},
	{"Selu", 7, 16, func() *onnx.Node { return op("Selu", nil, "x") }, four, nil},
	{"InstanceNormalization", 7, 16, func() *onnx.Node { return op("InstanceNormalization", nil, "x", "a", "b") }, four, []*onnx.Tensor{vector("a", 1, 2, 3), vector("b", 0, 1, 2)}},
	{"Transpose", 7, 16, func() *onnx.Node { return op("Transpose", attrs{"perm": onnx.Ints(0, 2, 3, 1)}, "x") }, four, nil},
	{"Pow", 7, 16, func() *onnx.Node { return op("Pow", nil, "x", "c") }, four, []*onnx.Tensor{vector("c", 2)}},
	{"Concat", 7, 16, func() *onnx.Node { return op("Concat", attrs{"axis": onnx.Int(1)}, "x", "x") }, four, nil},
	{"Pad 11 value", 11, 16, func() *onnx.Node { return op("Pad", nil, "x", "p", "v") }, []int{2, 3}, []*onnx.Tensor{onnx.NewInts("p", 1, 0, 0, 2), floats("v", nil, 4)}},

	// Nodes inside subgraphs are raised as well.
	{"If", 7, 12, func() *onnx.Node {
		return op("If", attrs{
			"then_branch": graphAttr(branch("then", inner("s", "Softmax", attrs{"axis": onnx.Int(1)}, "x"), inner("q", "Unsqueeze", attrs{"axes": onnx.Ints(0)}, "s"))),
			"else_branch": graphAttr(branch("else", inner("e", "Unsqueeze", attrs{"axes": onnx.Ints(0)}, "x"))),
		}, "yes")
	}, four, []*onnx.Tensor{yes}},
	{"If in If", 11, 12, func() *onnx.Node {
		deep := inner("d", "If", attrs{
			"then_branch": graphAttr(branch("then2", inner("r", "ReduceSum", attrs{"axes": onnx.Ints(1)}, "x"))),
			"else_branch": graphAttr(branch("else2", inner("i", "Identity", attrs{}, "x"))),
		}, "yes")
		return op("If", attrs{"then_branch": graphAttr(branch("then", deep)), "else_branch": graphAttr(branch("else", inner("e", "Identity", attrs{}, "x")))}, "yes")
	}, four, []*onnx.Tensor{yes}},
	{"Loop", 7, 12, func() *onnx.Node {
		body := &onnx.Graph{
			Name: "body", Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
			Inputs: []onnx.Value{
				{Name: "i", Type: onnx.Int64, Ranked: true},
				{Name: "c", Type: onnx.Bool, Ranked: true},
				{Name: "v", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(four...)},
			},
			Outputs: []onnx.Value{{Name: "c2", Type: onnx.Bool, Ranked: true}, {Name: "v2", Type: onnx.Float32}},
			Nodes: []*onnx.Node{
				inner("c2", "Identity", attrs{}, "c"),
				inner("soft", "Softmax", attrs{"axis": onnx.Int(1)}, "v"),
				inner("v2", "Add", attrs{}, "soft", "x"),
			},
		}
		return op("Loop", attrs{"body": graphAttr(body)}, "trips", "yes", "x")
	}, four, []*onnx.Tensor{yes, {Name: "trips", Type: onnx.Int64, Raw: onnx.NewInts("", 3).Raw}}},
}

// TestUpgradeKeepsTheMeaning runs one node at each old opset and again raised
// to the target, both in ONNX Runtime. Both do the same arithmetic; 1e-6 of
// the value leaves room for another order of summation.
func TestUpgradeKeepsTheMeaning(t *testing.T) {
	lib := library(t)
	for _, c := range upgradeCases {
		t.Run(c.name, func(t *testing.T) {
			for opset := c.from; opset <= c.to; opset++ {
				old := oneNode(opset, c.node(), c.shape, c.consts...)
				want := evaluate(t, lib, old, c.shape)
				shapes := map[string][]int{"x": c.shape}
				for name, v := range want {
					shapes[name] = v.Shape
				}
				for _, known := range []map[string][]int{shapes, nil} {
					before := marshal(t, old)
					raised, err := onnx.Upgrade(old, known)
					if err != nil {
						t.Fatalf("opset %d: %v", opset, err)
					}
					if raised.Opset() != onnx.TargetOpset {
						t.Fatalf("raised to opset %d", raised.Opset())
					}
					if marshal(t, old) != before {
						t.Fatalf("opset %d: Upgrade changed its input", opset)
					}
					compare(t, fmt.Sprintf("opset %d, %d shapes known", opset, len(known)), want, evaluate(t, lib, raised, c.shape))
				}
			}
		})
	}
}

// TestEveryUpgradeStepIsTested keeps the table and the cases together.
func TestEveryUpgradeStepIsTested(t *testing.T) {
	tested := map[string]bool{"Scan": true} // refused: TestUpgradeRefuses
	for _, c := range upgradeCases {
		tested[c.node().Op] = true
	}
	for _, name := range onnx.UpgradedOps() {
		if !tested[name] {
			t.Errorf("%s is rewritten and has no case", name)
		}
	}
}

// TestUpgradeRealModels: whole networks give the same output as before. The
// raised graph may be fused in another way, so the tolerance is that of float32
// sums over a network, 1e-4 of the largest output.
func TestUpgradeRealModels(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic on whole pictures or models: scripts/test.sh runs it without the race detector")
	}
	if testing.Short() {
		t.Skip("runs a dozen networks")
	}
	lib := library(t)
	for _, file := range sharedModels(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if info, err := os.Stat(file); err != nil || info.Size() > 10<<20 {
				t.Skip("large: its ops are in the smaller ones")
			}
			m, err := onnx.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if m.Opset() >= onnx.TargetOpset || len(m.Graph.FreeInputs()) != 1 {
				t.Skipf("opset %d, %d inputs: nothing to raise here", m.Opset(), len(m.Graph.FreeInputs()))
			}
			m, _, err = onnx.ToFloat32(m)
			if err != nil {
				t.Fatal(err)
			}
			if m, err = onnx.InlineConstants(m); err != nil {
				t.Fatal(err)
			}
			raised, err := onnx.Upgrade(m, nil)
			if err != nil {
				t.Fatal(err)
			}
			shape := m.Graph.FreeInputs()[0].Dims()
			for i, d := range shape {
				if d < 0 {
					shape[i] = []int{1, 3, 64, 64}[i]
				}
			}
			want, got := evaluate(t, lib, m, shape), evaluate(t, lib, raised, shape)
			for name, w := range want {
				largest, diff := 0.0, 0.0
				for i := range w.Data {
					largest = max(largest, math.Abs(float64(w.Data[i])))
					diff = max(diff, math.Abs(float64(w.Data[i]-got[name].Data[i])))
				}
				if !slices.Equal(w.Shape, got[name].Shape) || !(diff <= 1e-4*largest) {
					t.Errorf("%q: shape %v and %v, differs by %g of %g", name, w.Shape, got[name].Shape, diff, largest)
				}
			}
		})
	}
}

func marshal(t testing.TB, m *onnx.Model) string {
	t.Helper()
	data, err := onnx.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// evaluate runs a model on the same random picture and gives each output.
func evaluate(t testing.TB, lib *runtime.Library, m *onnx.Model, shape []int) map[string]tensor.Tensor {
	t.Helper()
	var names []string
	for _, o := range m.Graph.Outputs {
		names = append(names, o.Name)
	}
	s, err := lib.NewSession([]byte(marshal(t, m)), []string{m.Graph.FreeInputs()[0].Name}, names, runtime.Options{Device: "cpu"})
	if err != nil {
		t.Fatalf("opset %d: %v", m.Opset(), err)
	}
	defer s.Close()
	x, r := tensor.New(shape...), rand.New(rand.NewPCG(1, 2))
	for i := range x.Data {
		x.Data[i] = float32(r.NormFloat64())
	}
	got, err := s.Run(context.Background(), []tensor.Tensor{x})
	if err != nil {
		t.Fatalf("opset %d: %v", m.Opset(), err)
	}
	out := map[string]tensor.Tensor{}
	for i, name := range names {
		out[name] = got[i]
	}
	return out
}

func compare(t testing.TB, what string, want, got map[string]tensor.Tensor) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		w, g := want[name], got[name]
		if !slices.Equal(w.Shape, g.Shape) {
			t.Errorf("%s: %q has shape %v, want %v", what, name, g.Shape, w.Shape)
			continue
		}
		for i := range w.Data {
			if diff := math.Abs(float64(w.Data[i] - g.Data[i])); !(diff <= 1e-6*max(1, math.Abs(float64(w.Data[i])))) {
				t.Errorf("%s: %q[%d] = %g, want %g", what, name, i, g.Data[i], w.Data[i])
				break
			}
		}
	}
}

func TestUpgradeRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		model *onnx.Model
		want  string
	}{
		{"opset 6", oneNode(6, op("Relu", nil, "x"), four), "the model is of opset 6; gradients are offered from opset 7 on"},
		{"no opset", &onnx.Model{Graph: oneNode(6, op("Relu", nil, "x"), four).Graph}, "declares no version of the standard operators"},
		{"Scan", oneNode(8, op("Scan", nil, "x"), four), `node "n" (Scan): raising opset 8 to 17: its form before opset 9`},
		{"spatial", oneNode(7, op("BatchNormalization", attrs{"spatial": onnx.Int(0)}, "x", "a", "b", "c", "d"), four), "attribute spatial is 0"},
		{"training", oneNode(9, outputs(op("BatchNormalization", nil, "x", "a", "b", "c", "d"), "y", "mean"), four), `"mean" is a value for training`},
		{"softmax axis", oneNode(9, op("Softmax", attrs{"axis": onnx.Int(9)}, "x"), four), "attribute axis is 9 for an input of shape [2 3 4 5]"},
		{"unknown resize", oneNode(10, op("Resize", nil, "x", "x"), four), "whether it grows or shrinks is not known"},
		{"tensorflow resize", oneNode(11, op("Resize", attrs{"coordinate_transformation_mode": onnx.Str("tf_half_pixel_for_nn"), "nearest_mode": onnx.Str("ceil")}, "x", "", "s"), four), "tf_half_pixel_for_nn"},
		{"no input", oneNode(9, op("Softmax", nil), four), "lacks its input or its output"},
		{"no output", oneNode(9, outputs(op("Softmax", nil, "x")), four), "lacks its input or its output"},
		{"slice", oneNode(9, op("Slice", attrs{"starts": onnx.Ints(1)}, "x"), four), "1 starts and 0 ends"},
		{"function", withFunction(12, 12), `function "f", node "s" (Softmax): functions of opset 12 cannot be raised`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := onnx.Upgrade(c.model, map[string][]int{"x": four})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

func withFunction(opset, inside int64) *onnx.Model {
	m := oneNode(opset, &onnx.Node{Name: "n", Op: "f", Domain: "local", In: []string{"x"}, Out: []string{"y"}}, four)
	m.IR, m.Opsets["local"] = 8, 1
	m.Functions = []*onnx.Function{{
		Domain: "local", Name: "f", Inputs: []string{"a"}, Outputs: []string{"s"}, Opsets: map[string]int64{"": inside},
		Nodes: []*onnx.Node{inner("s", "Softmax", attrs{}, "a")},
	}}
	return m
}

func TestUpgradeLeavesAlone(t *testing.T) {
	for _, opset := range []int64{17, 18, 22} {
		m := oneNode(opset, op("Softmax", nil, "x"), four)
		up, err := onnx.Upgrade(m, nil)
		if err != nil {
			t.Fatal(err)
		}
		if up != m {
			t.Errorf("opset %d: the model was rebuilt", opset)
		}
	}
	// Other domains keep their version, and their ops their form.
	m := oneNode(9, &onnx.Node{Name: "n", Op: "Softmax", Domain: "com.example", In: []string{"x"}, Out: []string{"y"}}, four)
	m.Opsets["com.example"] = 3
	up, err := onnx.Upgrade(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	if up.Opsets["com.example"] != 3 || up.Opset() != onnx.TargetOpset || len(up.Graph.Nodes) != 1 || up.Graph.Nodes[0].Domain != "com.example" {
		t.Errorf("opsets %v, nodes %v", up.Opsets, up.Graph.Nodes)
	}
}

// A hostile file may use the names that Upgrade would give.
func TestUpgradeTakesNoNameInUse(t *testing.T) {
	m := oneNode(12, op("Unsqueeze", attrs{"axes": onnx.Ints(0)}, "x"), four, vector("seewhy.up1.y.axes", 5))
	up, err := onnx.Upgrade(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := up.Graph.Init["seewhy.up1.y.axes"].Floats(); !slices.Equal(v, []float32{5}) {
		t.Errorf("the file's constant became %v", v)
	}
	if v, _ := up.Graph.Init[up.Graph.Nodes[0].In[1]].Ints(); !slices.Equal(v, []int64{0}) {
		t.Errorf("axes are %v", v)
	}
}

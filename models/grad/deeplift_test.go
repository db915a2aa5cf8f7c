package grad_test

import (
	"math"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

var lift = grad.Composite{ID: "deeplift"}

// pair is a graph over two samples and two partners; u is the same for both.
func pair(t *testing.T, p *grad.Prepared) (x, y, m, u tensor.Tensor) {
	t.Helper()
	shape := append([]int{4}, p.Facts.Shapes["x"][1:]...)
	x = normal(7, shape...)
	out := append([]int{2}, p.Facts.Shapes["y"][1:]...)
	half := normal(8, out...)
	u = tensor.Tensor{Shape: append([]int{4}, out[1:]...), Data: append(append([]float32{}, half.Data...), half.Data...)}
	prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: "y", Wants: []string{"x"}, Composite: lift})
	if err != nil {
		t.Fatal(err)
	}
	y, g := compile(t, library(t), prog, []string{"x"}, "y")([]tensor.Tensor{x}, u)
	return x, y, g[0], u
}

// The multipliers carry the whole difference of the scores back, through each
// op that a rule takes apart: sum(m Dx) = sum(u Dy) for each pair.
func TestDeepLIFTIsComplete(t *testing.T) {
	ints := onnx.Ints
	one, axes := scalar("one", 1), onnx.NewInts("axes", 2)
	for name, g := range map[string]struct {
		shape  []int
		nodes  []*onnx.Node
		consts []*onnx.Tensor
	}{
		"relu after conv":        {[]int{-1, 3, 5, 5}, []*onnx.Node{op("c", "Conv", nil, "x", "w", "b"), op("y", "Relu", nil, "c")}, []*onnx.Tensor{floats("w", []int64{4, 3, 3, 3}, 1), floats("b", []int64{4}, 2)}},
		"clip":                   {[]int{-1, 9}, []*onnx.Node{op("y", "Clip", nil, "x", "lo", "one")}, []*onnx.Tensor{scalar("lo", 0), one}},
		"max with 0":             {[]int{-1, 9}, []*onnx.Node{op("y", "Max", nil, "x", "lo")}, []*onnx.Tensor{scalar("lo", 0)}},
		"power":                  {[]int{-1, 9}, []*onnx.Node{op("y", "Pow", nil, "x", "p")}, []*onnx.Tensor{scalar("p", 2)}},
		"silu":                   {[]int{-1, 9}, []*onnx.Node{op("s", "Sigmoid", nil, "x"), op("y", "Mul", nil, "x", "s")}, nil},
		"gelu":                   {[]int{-1, 9}, []*onnx.Node{op("e", "Erf", nil, "x"), op("f", "Add", nil, "e", "one"), op("y", "Mul", nil, "x", "f")}, []*onnx.Tensor{one}},
		"gate with broadcasting": {[]int{-1, 4, 3, 3}, []*onnx.Node{op("p", "GlobalAveragePool", nil, "x"), op("s", "HardSigmoid", nil, "p"), op("y", "Mul", nil, "s", "x")}, nil},
		"quotient":               {[]int{-1, 9}, []*onnx.Node{op("e", "Exp", nil, "x"), op("f", "Add", nil, "e", "one"), op("y", "Div", nil, "x", "f")}, []*onnx.Tensor{one}},
		"one over":               {[]int{-1, 9}, []*onnx.Node{op("e", "Exp", nil, "x"), op("y", "Div", nil, "one", "e")}, []*onnx.Tensor{one}},
		"softmax":                {[]int{-1, 4, 6}, []*onnx.Node{op("y", "Softmax", nil, "x")}, nil},
		"softmax across":         {[]int{-1, 4, 6}, []*onnx.Node{op("y", "Softmax", grad.A{"axis": onnx.Int(1)}, "x")}, nil},
		"log softmax":            {[]int{-1, 4, 6}, []*onnx.Node{op("y", "LogSoftmax", nil, "x")}, nil},
		"attention": {[]int{-1, 5, 4}, []*onnx.Node{
			op("k", "Transpose", grad.A{"perm": ints(0, 2, 1)}, "x"), op("a", "MatMul", nil, "x", "k"), op("s", "Softmax", nil, "a"), op("y", "MatMul", nil, "s", "x"),
		}, nil},
		"batch behind": {[]int{-1, 5, 4}, []*onnx.Node{
			op("t", "Transpose", grad.A{"perm": ints(1, 0, 2)}, "x"), op("r", "Relu", nil, "t"), op("y", "Transpose", grad.A{"perm": ints(1, 0, 2)}, "r"),
		}, nil},
		"max pool":          {[]int{-1, 3, 6, 6}, []*onnx.Node{op("y", "MaxPool", grad.A{"kernel_shape": ints(2, 2), "strides": ints(2, 2)}, "x")}, nil},
		"max pool, overlap": {[]int{-1, 3, 7, 7}, []*onnx.Node{op("y", "MaxPool", grad.A{"kernel_shape": ints(3, 3), "strides": ints(2, 2), "pads": ints(1, 1, 1, 1)}, "x")}, nil},
		"global max pool":   {[]int{-1, 3, 6, 6}, []*onnx.Node{op("y", "GlobalMaxPool", nil, "x")}, nil},
		"reduced minimum":   {[]int{-1, 3, 6}, []*onnx.Node{op("y", "ReduceMin", grad.A{"axes": ints(2)}, "x")}, nil},
		"layer norm":        {[]int{-1, 3, 6}, []*onnx.Node{op("y", "LayerNormalization", nil, "x", "w", "b")}, []*onnx.Tensor{floats("w", []int64{6}, 1), floats("b", []int64{6}, 2)}},
		"local responses":   {[]int{-1, 6, 3, 3}, []*onnx.Node{op("y", "LRN", grad.A{"size": onnx.Int(5), "alpha": onnx.Float(2), "beta": onnx.Float(0.6)}, "x")}, nil},
		"group norm":        {[]int{-1, 4, 3, 3}, []*onnx.Node{op("y", "GroupNormalization", grad.A{"num_groups": onnx.Int(2)}, "x", "w", "b")}, []*onnx.Tensor{floats("w", []int64{2}, 1), floats("b", []int64{2}, 2)}},
		"instance norm":     {[]int{-1, 3, 4, 5}, []*onnx.Node{op("y", "InstanceNormalization", nil, "x", "w", "b")}, []*onnx.Tensor{floats("w", []int64{3}, 1), floats("b", []int64{3}, 2)}},
		"layer norm written out": {[]int{-1, 3, 6}, []*onnx.Node{
			op("m", "ReduceMean", grad.A{"axes": ints(2)}, "x"), op("c", "Sub", nil, "x", "m"), op("q", "Mul", nil, "c", "c"), op("v", "ReduceMean", grad.A{"axes": ints(2)}, "q"),
			op("e", "Add", nil, "v", "one"), op("s", "Sqrt", nil, "e"), op("y", "Div", nil, "c", "s"),
		}, []*onnx.Tensor{one, axes}},
	} {
		p := small(t, g.shape, g.nodes, g.consts...)
		x, y, m, u := pair(t, p)
		for i := range 2 {
			var got, want, size float64
			for j, v := range m.Sample(i).Data {
				d := float64(v) * (float64(x.Sample(i).Data[j]) - float64(x.Sample(2 + i).Data[j]))
				got, size = got+d, size+math.Abs(d)
				if math.Abs(float64(v)-float64(m.Sample(2 + i).Data[j])) > 1e-4*max(1, math.Abs(float64(v))) && name != "clip" {
					t.Errorf("%s: the halves' multipliers are %g and %g", name, v, m.Sample(2 + i).Data[j])
				}
			}
			for j, v := range u.Sample(i).Data {
				want += float64(v) * (float64(y.Sample(i).Data[j]) - float64(y.Sample(2 + i).Data[j]))
			}
			// float32 sums of some hundred terms.
			if math.Abs(got-want) > 1e-5*max(size, math.Abs(want)) {
				t.Errorf("%s: the multipliers make %g of a difference of %g (size %g)", name, got, want, size)
			}
		}
	}
}

// A baseline without structure makes a normalisation's deviation next to
// nothing; the multipliers stay of the size of the sample's own.
func TestDeepLIFTAgainstAFlatBaseline(t *testing.T) {
	one, eps := scalar("one", 1), scalar("eps", 1e-6)
	for name, nodes := range map[string][]*onnx.Node{
		"layer norm": {op("y", "LayerNormalization", grad.A{"epsilon": onnx.Float(1e-6)}, "x", "w", "b")},
		"written out": {
			op("m", "ReduceMean", grad.A{"axes": onnx.Ints(1)}, "x"), op("c", "Sub", nil, "x", "m"), op("q", "Mul", nil, "c", "c"), op("v", "ReduceMean", grad.A{"axes": onnx.Ints(1)}, "q"),
			op("e", "Add", nil, "v", "eps"), op("s", "Sqrt", nil, "e"), op("y", "Div", nil, "c", "s"),
		},
	} {
		weights := onnx.NewFloats("w", []int64{8}, []float32{1, 1, 1, 1, 1, 1, 1, 1})
		p := small(t, []int{-1, 8}, nodes, one, eps, weights, onnx.NewFloats("b", []int64{8}, make([]float32, 8)))
		prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: "y", Wants: []string{"x"}, Composite: lift})
		if err != nil {
			t.Fatal(err)
		}
		x, half := normal(3, 2, 8), normal(4, 1, 8)
		clear(x.Data[8:])
		_, g := compile(t, library(t), prog, []string{"x"}, "y")([]tensor.Tensor{x}, half.Repeat(2))
		for _, m := range g[0].Data[:8] {
			if math.Abs(float64(m)) > 10 {
				t.Errorf("%s: a multiplier of %g", name, m)
			}
		}
	}
}

// The rescale rule: the quotient of the differences, and the derivative where
// there is no difference.
func TestRescaleRule(t *testing.T) {
	p := small(t, []int{-1, 3}, []*onnx.Node{op("y", "Tanh", nil, "x")})
	prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: "y", Wants: []string{"x"}, Composite: lift})
	if err != nil {
		t.Fatal(err)
	}
	x := tensor.Tensor{Shape: []int{2, 3}, Data: []float32{1, -2, 0.5, 0.25, 1, 0.5}}
	u := tensor.Tensor{Shape: []int{2, 3}, Data: []float32{1, 2, 3, 1, 2, 3}}
	_, g := compile(t, library(t), prog, []string{"x"}, "y")([]tensor.Tensor{x}, u)
	slope := 1 - math.Tanh(0.5)*math.Tanh(0.5)
	same(t, "tanh", g[0].Data[:3], []float64{(math.Tanh(1) - math.Tanh(0.25)) / 0.75, 2 * (math.Tanh(-2) - math.Tanh(1)) / -3, 3 * slope}, 1e-6)
}

// A model for one picture at a time cannot be compared.
func TestDeepLIFTNeedsABatch(t *testing.T) {
	// The number 1 stands in the graph twice, in a way that no batch fits.
	p := small(t, []int{1, 3}, []*onnx.Node{op("r", "Reshape", nil, "x", "shape"), op("h", "Tanh", nil, "r"), op("y", "ReduceSum", grad.A{"keepdims": onnx.Int(0)}, "h", "axes")},
		onnx.NewInts("shape", 3, 1), onnx.NewInts("axes", 0))
	q := grad.Query{Score: "y", Wants: []string{"x"}, Composite: lift}
	if why, err := grad.Hindrance(p, q); why == "" || err != nil {
		t.Errorf("%q, %v", why, err)
	}
	if _, err := grad.Build(p.Model, p.Facts, q); err == nil {
		t.Error("it is built")
	}
}

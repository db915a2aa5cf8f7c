package grad_test

import (
	"context"
	"math"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

var lift = grad.Composite{ID: "deeplift"}

// compared makes a function that runs samples, what they are compared with and a
// seed, and gives the scores of both and the multipliers.
func compared(t testing.TB, p *grad.Prepared) func(x, partner, u tensor.Tensor) (y, y2, m tensor.Tensor) {
	t.Helper()
	prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: "y", Wants: []string{"x"}, Composite: lift})
	if err != nil {
		t.Fatal(err)
	}
	data, err := onnx.Marshal(prog.Model)
	if err != nil {
		t.Fatal(err)
	}
	s, err := library(t).NewSession(data, []string{"x", grad.TwinName("x"), prog.Seed}, []string{"y", grad.TwinName("y"), prog.Gradients["x"]}, runtime.Options{Device: runtime.CPU})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return func(x, partner, u tensor.Tensor) (y, y2, m tensor.Tensor) {
		out, err := s.Run(context.Background(), []tensor.Tensor{x, partner, u})
		if err != nil {
			t.Fatal(err)
		}
		return out[0], out[1], out[2]
	}
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
		shape := append([]int{2}, p.Facts.Shapes["x"][1:]...)
		x, partner, u := normal(7, shape...), normal(9, shape...), normal(8, append([]int{2}, p.Facts.Shapes["y"][1:]...)...)
		y, y2, m := compared(t, p)(x, partner, u)
		for i := range 2 {
			var got, want, size float64
			for j, v := range m.Sample(i).Data {
				d := float64(v) * (float64(x.Sample(i).Data[j]) - float64(partner.Sample(i).Data[j]))
				got, size = got+d, size+math.Abs(d)
			}
			for j, v := range u.Sample(i).Data {
				want += float64(v) * (float64(y.Sample(i).Data[j]) - float64(y2.Sample(i).Data[j]))
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
		x := normal(3, 1, 8)
		_, _, m := compared(t, p)(x, tensor.New(1, 8), normal(4, 1, 8))
		for _, v := range m.Data {
			if math.Abs(float64(v)) > 10 {
				t.Errorf("%s: a multiplier of %g", name, v)
			}
		}
	}
}

// The rescale rule: the quotient of the differences, and the derivative where
// there is no difference.
func TestRescaleRule(t *testing.T) {
	x := tensor.Tensor{Shape: []int{1, 6}, Data: []float32{1, -2, 0.5, 3, -1, 0}}
	partner := tensor.Tensor{Shape: []int{1, 6}, Data: []float32{0.25, 1, 0.5, 3, -1, 0}}
	u := tensor.Tensor{Shape: []int{1, 6}, Data: []float32{1, 2, 3, 4, 5, 6}}
	slope := func(v float64) float64 { return 1 - math.Tanh(v)*math.Tanh(v) }
	for op, want := range map[string][]float64{
		"Tanh": {(math.Tanh(1) - math.Tanh(0.25)) / 0.75, 2 * (math.Tanh(-2) - math.Tanh(1)) / -3, 3 * slope(0.5), 4 * slope(3), 5 * slope(1), 6},
		"Relu": {1, 2.0 / 3, 3, 4, 0, 0},
	} {
		p := small(t, []int{-1, 6}, []*onnx.Node{{Name: "y", Op: op, In: []string{"x"}, Out: []string{"y"}}})
		_, _, m := compared(t, p)(x, partner, u)
		same(t, op, m.Data, want, 1e-6)
	}
}

// A model for one picture at a time is compared too: its batch is 1 in a way
// that no batch fits, and the two pictures never share one.
func TestDeepLIFTNeedsNoBatch(t *testing.T) {
	p := small(t, []int{1, 3}, []*onnx.Node{op("r", "Reshape", nil, "x", "shape"), op("h", "Tanh", nil, "r"), op("y", "ReduceSum", grad.A{"keepdims": onnx.Int(0)}, "h", "axes")},
		onnx.NewInts("shape", 3, 1), onnx.NewInts("axes", 0))
	if grad.BatchOpens(p) == nil {
		t.Fatal("the model takes batches")
	}
	if why, err := grad.Hindrance(p, grad.Query{Score: "y", Wants: []string{"x"}, Composite: lift}); why != "" || err != nil {
		t.Errorf("%q, %v", why, err)
	}
	x, partner := tensor.Tensor{Shape: []int{1, 3}, Data: []float32{1, -2, 0.5}}, tensor.New(1, 3)
	y, y2, m := compared(t, p)(x, partner, tensor.Tensor{Shape: []int{1}, Data: []float32{2}})
	rise := 2 * (float64(y.Data[0]) - float64(y2.Data[0]))
	for i, v := range m.Data {
		rise -= float64(v) * float64(x.Data[i])
	}
	if math.Abs(rise) > 1e-6 {
		t.Errorf("the gap is %g", rise)
	}
}

// A graph inside a node would have to be rewritten too.
func TestDeepLIFTRefusesGraphsInside(t *testing.T) {
	branch := func(from string) *onnx.Graph {
		return &onnx.Graph{Name: "branch", Nodes: []*onnx.Node{op("b", "Neg", nil, from)}, Outputs: []onnx.Value{{Name: "b"}}}
	}
	p := small(t, []int{-1, 3}, []*onnx.Node{op("y", "Tanh", nil, "x")})
	p.Model.Graph.Nodes = append(p.Model.Graph.Nodes, op("z", "If", grad.A{"then_branch": onnx.Attr{Kind: onnx.KindGraph, G: branch("x")}, "else_branch": onnx.Attr{Kind: onnx.KindGraph, G: branch("y")}}, "yes"))
	q := grad.Query{Score: "y", Wants: []string{"x"}, Composite: lift}
	if why, err := grad.Hindrance(p, q); why == "" || err != nil {
		t.Errorf("%q, %v", why, err)
	}
	if _, err := grad.Build(p.Model, p.Facts, q); err == nil {
		t.Error("it is built")
	}
}

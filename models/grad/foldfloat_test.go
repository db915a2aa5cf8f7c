package grad_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// computedScales resizes 5 x 7 by 1.5, a scale that is computed from constants
// and from x's shape: (1.5 rows) / rows. The ratio of the sizes is another (7 / 5, 10 / 7).
func computedScales() *onnx.Model {
	n := func(op, out string, a grad.A, in ...string) *onnx.Node {
		if a == nil {
			a = grad.A{}
		}
		return &onnx.Node{Name: out, Op: op, In: in, Out: []string{out}, Attrs: a}
	}
	float := grad.A{"to": onnx.Int(int64(onnx.Float32))}
	return &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: &onnx.Graph{
		Name: "scales", Values: map[string]onnx.Value{},
		Init: map[string]*onnx.Tensor{
			"ones": onnx.NewInts("ones", 1, 1), "from": onnx.NewInts("from", 2), "to": onnx.NewInts("to", 4), "half": onnx.NewFloats("half", []int64{1}, []float32{2.25}),
		},
		Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: []onnx.Dim{{N: -1, Param: "N"}, {N: 2}, {N: 5}, {N: 7}}}},
		Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32}},
		Nodes: []*onnx.Node{
			n("Shape", "s", nil, "x"), n("Slice", "t", nil, "s", "from", "to"), n("Cast", "f", float, "t"),
			n("Sqrt", "factor", nil, "half"), n("Mul", "wide", nil, "f", "factor"), n("Div", "last", nil, "wide", "f"),
			n("Cast", "first", float, "ones"), n("Concat", "scales", grad.A{"axis": onnx.Int(0)}, "first", "last"),
			n("Resize", "y", grad.A{"mode": onnx.Str("linear")}, "x", "", "scales"),
		},
	}}
}

func TestComputedScalesAreFolded(t *testing.T) {
	lib := library(t)
	p, err := grad.Prepare(computedScales(), "x", []int{-1, 2, 5, 7}, oracle{lib})
	if err != nil {
		t.Fatal(err)
	}
	k := p.Model.Graph.Init["scales"]
	if k == nil {
		t.Fatal("the scales are no constant")
	}
	if v, _ := k.Floats(); len(v) != 4 || v[0] != 1 || v[2] != 1.5 || v[3] != 1.5 {
		t.Errorf("scales %v", v)
	}
	program, err := grad.Build(p.Model, p.Facts, grad.Query{Score: "y", Wants: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(2, 2))
	draw := func(shape ...int) tensor.Tensor {
		x := tensor.New(shape...)
		for i := range x.Data {
			x.Data[i] = float32(r.NormFloat64())
		}
		return x
	}
	x, v, u := draw(1, 2, 5, 7), draw(1, 2, 5, 7), draw(1, 2, 7, 10)
	run := compile(t, lib, program, []string{"x"}, "y")
	_, g := run([]tensor.Tensor{x}, u)
	along, _ := run([]tensor.Tensor{v}, u)
	// Resizing is linear: <u, f(v)> = <v, VJP(u)>.
	var want, got float64
	for i := range u.Data {
		want += float64(u.Data[i] * along.Data[i])
	}
	for i := range v.Data {
		got += float64(v.Data[i] * g[0].Data[i])
	}
	if math.Abs(got-want) > 1e-4 {
		t.Errorf("<v, VJP(u)> = %g, <u, f(v)> = %g", got, want)
	}
}

// Scales that only a run tells are refused: the ratio of the sizes would give
// another gradient.
func TestScalesOfARunAreRefused(t *testing.T) {
	m := computedScales()
	m.Graph.Inputs = append(m.Graph.Inputs, onnx.Value{Name: "scales", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(4)})
	m.Graph.Nodes = m.Graph.Nodes[len(m.Graph.Nodes)-1:]
	f := grad.Facts{
		Shapes: map[string][]int{"x": {-1, 2, 5, 7}, "y": {-1, 2, 7, 10}, "scales": {4}},
		Types:  map[string]onnx.Type{"x": onnx.Float32, "y": onnx.Float32, "scales": onnx.Float32},
	}
	_, err := grad.Build(m, f, grad.Query{Score: "y", Wants: []string{"x"}})
	if err == nil || !strings.Contains(err.Error(), "are computed while the model runs") {
		t.Errorf("error %v", err)
	}
}

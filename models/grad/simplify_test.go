package grad_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// dressed is y = -relu(x) over the channels from the third on, joined with
// itself, dressed as exporters do: a local function with a branch on a shape,
// a list of parts, and a fused operator of ONNX Runtime.
func dressed() *onnx.Model {
	n := func(op, out string, a grad.A, in ...string) *onnx.Node {
		if a == nil {
			a = grad.A{}
		}
		return &onnx.Node{Name: op + " " + out, Op: op, In: in, Out: []string{out}, Attrs: a}
	}
	branch := func(op string) onnx.Attr {
		return onnx.Attr{Kind: onnx.KindGraph, G: &onnx.Graph{
			Name: op, Nodes: []*onnx.Node{n(op, "z", nil, "a")}, Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
			Outputs: []onnx.Value{{Name: "z", Type: onnx.Float32}},
		}}
	}
	third := func(v int64) onnx.Attr { return onnx.Attr{Kind: onnx.KindTensor, T: intScalar("", v)} }
	f := &onnx.Function{
		Domain: "local", Name: "f", Inputs: []string{"a"}, Outputs: []string{"r"}, Opsets: map[string]int64{"": 18},
		Nodes: []*onnx.Node{
			n("Constant", "one", grad.A{"value": third(1)}), n("Constant", "four", grad.A{"value": third(4)}),
			n("Shape", "s", nil, "a"), n("Gather", "c", nil, "s", "one"), n("Equal", "q", nil, "c", "four"),
			n("If", "r", grad.A{"then_branch": branch("Relu"), "else_branch": branch("Exp")}, "q"),
		},
	}
	call := n("f", "v", nil, "x")
	call.Domain = "local"
	fused := n("FusedMatMul", "y", grad.A{"alpha": onnx.Float(-1), "transB": onnx.Int(1)}, "joined", "eye")
	fused.Domain = "com.microsoft"
	return &onnx.Model{
		IR: 9, Opsets: map[string]int64{"": 18, "local": 1, "com.microsoft": 1}, Functions: []*onnx.Function{f},
		Graph: &onnx.Graph{
			Name: "dressed", Values: map[string]onnx.Value{},
			Init: map[string]*onnx.Tensor{
				"two": intScalar("two", 2), "last": intScalar("last", -1),
				"eye": onnx.NewFloats("eye", []int64{3, 3}, []float32{1, 0, 0, 0, 1, 0, 0, 0, 1}),
			},
			Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: []onnx.Dim{{N: -1, Param: "N"}, {N: 4}, {N: 3}}}},
			Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32}},
			Nodes: []*onnx.Node{
				call,
				n("SplitToSequence", "list", grad.A{"axis": onnx.Int(1)}, "v", "two"), n("SequenceAt", "part", nil, "list", "last"),
				n("SequenceConstruct", "pair", nil, "part", "part"), n("ConcatFromSequence", "joined", grad.A{"axis": onnx.Int(1)}, "pair"),
				fused,
			},
		},
	}
}

func TestDressedModel(t *testing.T) {
	lib := library(t)
	m := dressed()
	p, err := grad.Prepare(m, "x", []int{-1, 4, 3}, oracle{lib})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range p.Model.Graph.Nodes {
		if n.Domain != "" || slices.Contains([]string{"If", "SplitToSequence", "SequenceAt", "ConcatFromSequence", "Equal"}, n.Op) {
			t.Errorf("%s is left", n.Label())
		}
	}
	program, err := grad.Build(p.Model, p.Facts, grad.Query{Score: "y", Wants: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	x, u := tensor.New(2, 4, 3), tensor.New(2, 4, 3)
	for i := range x.Data {
		x.Data[i], u.Data[i] = float32(away(r)), float32(r.NormFloat64())
	}
	y, g := compile(t, lib, program, []string{"x"}, "y")([]tensor.Tensor{x}, u)
	for i := range x.Data {
		sample, channel, at := i/12, i/3%4, i%3
		wantY := -math.Max(0, float64(x.Data[sample*12+(2+channel%2)*3+at]))
		if math.Abs(float64(y.Data[i])-wantY) > 1e-6 {
			t.Errorf("y[%d] = %g, want %g", i, y.Data[i], wantY)
		}
		wantG := 0.0
		if channel >= 2 && x.Data[i] > 0 {
			wantG = -float64(u.Data[sample*12+(channel-2)*3+at] + u.Data[sample*12+channel*3+at])
		}
		if math.Abs(float64(g[0].Data[i])-wantG) > 1e-6 {
			t.Errorf("gradient %d = %g, want %g", i, g[0].Data[i], wantG)
		}
	}
}

// What cannot be written out names its node.
func TestLoopsAreNamed(t *testing.T) {
	m := dressed()
	m.Functions, m.Graph.Nodes = nil, []*onnx.Node{{Name: "the loop", Op: "Loop", In: []string{"two", "", "x"}, Out: []string{"y"}, Attrs: grad.A{}}}
	_, err := grad.Build(m, grad.Facts{}, grad.Query{Score: "y", Wants: []string{"x"}})
	want := `no gradient rule for op Loop at node "the loop" (Loop): layers above it and methods that need no gradient still work`
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

package grad_test

import (
	"math/rand/v2"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// small is a graph with the input "x" of the given shape, and the score "y".
func small(t *testing.T, shape []int, nodes []*onnx.Node, consts ...*onnx.Tensor) *grad.Prepared {
	t.Helper()
	g := &onnx.Graph{
		Name: "small", Nodes: nodes, Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
		Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(shape...)}},
		Outputs: []onnx.Value{{Name: "y"}},
	}
	for _, c := range consts {
		g.Init[c.Name] = c
	}
	opset := int64(onnx.TargetOpset)
	for _, n := range nodes {
		if n.Op == "GroupNormalization" {
			// It came with this one.
			opset = 18
		}
	}
	p, err := grad.Prepare(&onnx.Model{IR: 8, Opsets: map[string]int64{"": opset}, Graph: g}, "x", shape, oracle{library(t)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// op is a node with the given output.
func op(out, name string, attrs grad.A, in ...string) *onnx.Node {
	n := node(name, attrs, in...)
	n.Name, n.Out = out, []string{out}
	return n
}

// back runs a composite on a small graph and gives what arrives at "x".
func back(t *testing.T, p *grad.Prepared, c grad.Composite, x, seed tensor.Tensor) tensor.Tensor {
	t.Helper()
	prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: "y", Wants: []string{"x"}, Composite: c})
	if err != nil {
		t.Fatal(err)
	}
	_, g := compile(t, library(t), prog, []string{"x"}, "y")([]tensor.Tensor{x}, seed)
	return g[0]
}

func normal(seed uint64, shape ...int) tensor.Tensor {
	r := rand.New(rand.NewPCG(seed, 3))
	x := tensor.New(shape...)
	for i := range x.Data {
		x.Data[i] = float32(r.NormFloat64())
	}
	return x
}

// At a ReLU (and what counts as one) guided backpropagation passes what is
// positive where the input is, Deconvnet what is positive. GELU and SiLU keep
// the gradient.
func TestRectifiersUnderGuidedAndDeconvnet(t *testing.T) {
	x, u := normal(1, 2, 40), normal(2, 2, 40)
	slope := onnx.NewFloats("slope", []int64{1}, []float32{0.25})
	rectifiers := []struct {
		node   *onnx.Node
		consts []*onnx.Tensor
		// slope is the derivative of the activation.
		slope func(x float32) float32
	}{
		{op("y", "Relu", nil, "x"), nil, func(x float32) float32 { return step(x > 0) }},
		{op("y", "Clip", nil, "x", "lo", "hi"), []*onnx.Tensor{scalar("lo", 0), scalar("hi", 1)}, func(x float32) float32 { return step(x > 0 && x < 1) }},
		{op("y", "LeakyRelu", grad.A{"alpha": onnx.Float(0.1)}, "x"), nil, func(x float32) float32 { return max(step(x > 0), 0.1) }},
		{op("y", "PRelu", nil, "x", "slope"), []*onnx.Tensor{slope}, func(x float32) float32 { return max(step(x > 0), 0.25) }},
		{op("y", "Max", nil, "zero", "x"), []*onnx.Tensor{scalar("zero", 0)}, func(x float32) float32 { return step(x > 0) }},
	}
	for _, r := range rectifiers {
		p := small(t, []int{2, 40}, []*onnx.Node{r.node}, r.consts...)
		guided := back(t, p, grad.Composite{ID: "guided"}, x, u)
		deconv := back(t, p, grad.Composite{ID: "deconvnet"}, x, u)
		for i, v := range x.Data {
			up := max(u.Data[i], 0)
			if guided.Data[i] != up*r.slope(v) || deconv.Data[i] != up {
				t.Fatalf("%s at %g, %g coming back: guided %g, deconvnet %g", r.node.Op, v, u.Data[i], guided.Data[i], deconv.Data[i])
			}
		}
	}
	soft := small(t, []int{2, 40}, []*onnx.Node{op("g", "Sigmoid", nil, "x"), op("y", "Mul", nil, "x", "g")})
	plain := back(t, soft, grad.Composite{}, x, u)
	for _, id := range []string{"guided", "deconvnet"} {
		c := grad.Composite{ID: id}
		same := back(t, soft, c, x, u)
		for i := range plain.Data {
			if same.Data[i] != plain.Data[i] {
				t.Fatalf("%s changes SiLU", id)
			}
		}
		if why, err := grad.Hindrance(soft, grad.Query{Score: "y", Wants: []string{"x"}, Composite: c}); why == "" || err != nil {
			t.Errorf("%s runs on a model without ReLU: %v", id, err)
		}
	}
}

func step(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

func TestCompositesRefuseWhatTheyDoNotKnow(t *testing.T) {
	p := small(t, []int{1, 4}, []*onnx.Node{op("y", "Relu", nil, "x")})
	for _, c := range []grad.Composite{{ID: "none"}, {ID: "guided", Params: map[string]float64{"a": 1}}, {Params: map[string]float64{"a": 1}}} {
		q := grad.Query{Score: "y", Wants: []string{"x"}, Composite: c}
		if _, err := grad.Build(p.Model, p.Facts, q); err == nil {
			t.Errorf("%v is built", c)
		}
		if _, err := grad.Hindrance(p, q); err == nil {
			t.Errorf("%v is looked at", c)
		}
		if _, _, _, err := grad.Coverage(p.Model.Graph, q); err == nil {
			t.Errorf("%v is counted", c)
		}
	}
	if a, b := (grad.Composite{ID: "lrp", Params: map[string]float64{"b": 1, "a": 2}}), (grad.Composite{ID: "lrp", Params: map[string]float64{"a": 2, "b": 1}}); a.String() != b.String() {
		t.Errorf("%q and %q", a, b)
	}
}

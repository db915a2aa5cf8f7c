package grad_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// oracle answers grad's questions through ONNX Runtime.
type oracle struct{ lib *runtime.Library }

func (o oracle) Infer(model []byte) (map[string]grad.Inferred, error) {
	_, outs, err := o.lib.Describe(model)
	if err != nil {
		return nil, err
	}
	m := map[string]grad.Inferred{}
	for _, v := range outs {
		m[v.Name] = grad.Inferred{Type: onnx.TypeNamed(v.Type), Shape: v.Shape}
	}
	return m, nil
}

func (o oracle) RunShapes(model []byte) ([]int, error) {
	ins, _, err := o.lib.Describe(model)
	if err != nil {
		return nil, err
	}
	var names []string
	var feeds []tensor.Tensor
	for _, v := range ins {
		names, feeds = append(names, v.Name), append(feeds, tensor.New(v.Shape...))
	}
	s, err := o.lib.NewSession(model, names, []string{grad.AnswerName}, runtime.Options{Device: runtime.CPU, DisableOptimization: true})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	got, err := s.Run(context.Background(), feeds)
	if err != nil {
		return nil, err
	}
	out := make([]int, got[0].Len())
	for i, v := range got[0].Data {
		out[i] = grad.ToInt(v)
	}
	return out, nil
}

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

// input is one differentiable input of a case, drawn by draw (normal when nil).
type input struct {
	name  string
	shape []int
	draw  func(r *rand.Rand) float64
}

// vjpCase is one use of an op. The first output is scored.
type vjpCase struct {
	name   string
	node   *onnx.Node
	inputs []input
	// consts are further inputs, by name.
	consts []*onnx.Tensor
	// opset is that of the model, onnx.TargetOpset when 0.
	opset int64
}

// cases by op; each family's test file adds its own.
var cases = map[string][]vjpCase{}

func addCases(op string, list ...vjpCase) { cases[op] = append(cases[op], list...) }

func node(op string, attrs grad.A, in ...string) *onnx.Node {
	if attrs == nil {
		attrs = grad.A{}
	}
	return &onnx.Node{Name: "n", Op: op, In: in, Out: []string{"y"}, Attrs: attrs}
}

func x(shape ...int) []input { return []input{{name: "x", shape: shape}} }

// away draws normals that keep a distance from the kink at zero.
func away(r *rand.Rand) float64 {
	v := r.NormFloat64()
	return v + math.Copysign(0.1, v)
}

func positive(r *rand.Rand) float64 { return 0.5 + r.Float64()*2 }

// distinct makes a draw whose values differ by at least 0.05, for maxima.
func distinct() func(r *rand.Rand) float64 {
	used := map[int]bool{}
	return func(r *rand.Rand) float64 {
		for {
			k := r.IntN(4001) - 2000
			if !used[k] {
				used[k] = true
				return float64(k) * 0.05
			}
		}
	}
}

func TestEveryRuleHasACase(t *testing.T) {
	for _, op := range grad.Ops() {
		if len(cases[op]) == 0 {
			t.Errorf("op %s has a rule and no case", op)
		}
	}
}

// TestVJP compares <v, VJP(u)> with the central difference of <u, f(x + t v)>
// for random u and v. The model runs in float32, so the step is large (1e-2)
// for its noise to be small; smooth ops then agree to 1e-3.
func TestVJP(t *testing.T) {
	lib := library(t)
	for op, list := range cases {
		t.Run(op, func(t *testing.T) {
			for i, c := range list {
				name := c.name
				if name == "" {
					name = fmt.Sprint(i)
				}
				t.Run(name, func(t *testing.T) { checkVJP(t, lib, c) })
			}
		})
	}
}

// built makes a case's model and its backward graph, all inputs wanted.
func (c vjpCase) built(t *testing.T, lib *runtime.Library) (m *onnx.Model, facts grad.Facts, p *grad.Program, wants []string) {
	t.Helper()
	m = &onnx.Model{IR: 8, Opsets: map[string]int64{"": onnx.TargetOpset}, Graph: &onnx.Graph{
		Name: "case", Nodes: []*onnx.Node{c.node.Clone()}, Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
		Outputs: []onnx.Value{{Name: "y"}},
	}}
	if c.opset != 0 {
		m.Opsets[""] = c.opset
	}
	for _, in := range c.inputs {
		// The batch is open, as in real models, where the input's rank allows it.
		m.Graph.Inputs = append(m.Graph.Inputs, onnx.Value{Name: in.name, Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(in.shape...)})
		wants = append(wants, in.name)
	}
	for _, k := range c.consts {
		m.Graph.Init[k.Name] = k
	}
	facts, err := grad.InferFacts(m, oracle{lib})
	if err != nil {
		t.Fatal(err)
	}
	if p, err = grad.Build(m, facts, grad.Query{Score: "y", Wants: wants}); err != nil {
		t.Fatal(err)
	}
	return m, facts, p, wants
}

func checkVJP(t *testing.T, lib *runtime.Library, c vjpCase) {
	t.Helper()
	_, facts, p, wants := c.built(t, lib)
	run := compile(t, lib, p, wants, "y")
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 7))
		xs := make([]tensor.Tensor, len(c.inputs))
		v := make([]tensor.Tensor, len(c.inputs))
		for i, in := range c.inputs {
			xs[i], v[i] = tensor.New(in.shape...), tensor.New(in.shape...)
			draw := in.draw
			if draw == nil {
				draw = (*rand.Rand).NormFloat64
			}
			for j := range xs[i].Data {
				xs[i].Data[j] = float32(draw(r))
				v[i].Data[j] = float32(r.NormFloat64())
			}
		}
		u := tensor.New(facts.Shapes["y"]...)
		for j := range u.Data {
			u.Data[j] = float32(r.NormFloat64())
		}
		y, grads := run(xs, u)
		if !slices.Equal(y.Shape, u.Shape) {
			t.Fatalf("output shape %v, inferred %v", y.Shape, u.Shape)
		}
		var got, size float64
		for i := range grads {
			if !slices.Equal(grads[i].Shape, xs[i].Shape) {
				t.Fatalf("gradient of %s has shape %v, input %v", wants[i], grads[i].Shape, xs[i].Shape)
			}
			for j, g := range grads[i].Data {
				got += float64(g) * float64(v[i].Data[j])
				size += float64(g) * float64(g)
			}
		}
		const h = 1e-2
		at := func(s float64) (dot float64) {
			moved := make([]tensor.Tensor, len(xs))
			for i := range xs {
				moved[i] = xs[i].Clone()
				for j := range moved[i].Data {
					moved[i].Data[j] += float32(s * float64(v[i].Data[j]))
				}
			}
			y, _ := run(moved, u)
			for j := range y.Data {
				dot += float64(y.Data[j]) * float64(u.Data[j])
			}
			return dot
		}
		// Fourth order, so that the large step costs no accuracy.
		want := (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
		const tol = 1e-3
		// Relative to the length of the gradient: along v, which is of unit
		// variance, the expected size of the product is just that.
		if diff := math.Abs(got - want); !(diff <= tol*max(math.Sqrt(size), 1e-3)) {
			t.Errorf("seed %d: <v, VJP(u)> = %.6g, central difference %.6g (|gradient| %.4g)", seed, got, want, math.Sqrt(size))
		}
		if size == 0 {
			t.Errorf("seed %d: the gradient is zero", seed)
		}
	}
}

// compile makes a function that runs a program on inputs and a seed.
func compile(t testing.TB, lib *runtime.Library, p *grad.Program, wants []string, score string) func(xs []tensor.Tensor, u tensor.Tensor) (tensor.Tensor, []tensor.Tensor) {
	t.Helper()
	data, err := onnx.Marshal(p.Model)
	if err != nil {
		t.Fatal(err)
	}
	outputs := []string{score}
	for _, w := range wants {
		outputs = append(outputs, p.Gradients[w])
	}
	var inputs []string
	for _, v := range p.Model.Graph.FreeInputs() {
		if v.Name != p.Seed {
			inputs = append(inputs, v.Name)
		}
	}
	missing := map[string]bool{}
	for _, w := range wants {
		if !slices.Contains(inputs, w) && p.Model.Graph.Producers()[w] == nil {
			missing[w] = true
		}
	}
	s, err := lib.NewSession(data, append(slices.Clone(inputs), p.Seed), outputs, runtime.Options{Device: "cpu", Kernels: p.Kernels})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return func(xs []tensor.Tensor, u tensor.Tensor) (tensor.Tensor, []tensor.Tensor) {
		var feeds []tensor.Tensor
		i := 0
		for _, w := range wants {
			if missing[w] {
				i++
				continue
			}
			feeds = append(feeds, xs[i])
			i++
		}
		got, err := s.Run(context.Background(), append(feeds, u))
		if err != nil {
			t.Fatal(err)
		}
		return got[0], got[1:]
	}
}

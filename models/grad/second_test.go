package grad_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// second runs the second pass: A, G and H A.
func second(t *testing.T, p *grad.Prepared, score, value string, x, seed tensor.Tensor) (A, G, HA tensor.Tensor) {
	t.Helper()
	lib := library(t)
	s, err := grad.BuildSecond(p.Model, p.Facts, score, value, oracle{lib})
	if err != nil {
		t.Fatal(err)
	}
	data, err := onnx.Marshal(s.Model)
	if err != nil {
		t.Fatal(err)
	}
	run, err := lib.NewSession(data, []string{p.Input, s.Seed}, []string{s.Value, s.Gradient, s.Product}, runtime.Options{Device: runtime.CPU})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	out, err := run.Run(context.Background(), []tensor.Tensor{x, seed})
	if err != nil {
		t.Fatal(err)
	}
	return out[0], out[1], out[2]
}

// vectors is a model of x [N, D] -> y, with one constant matrix Q [D, D].
func vectors(t *testing.T, d int, Q []float32, nodes ...*onnx.Node) *grad.Prepared {
	t.Helper()
	m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": onnx.TargetOpset}, Graph: &onnx.Graph{
		Name: "vectors", Nodes: nodes, Values: map[string]onnx.Value{},
		Init: map[string]*onnx.Tensor{
			"Q": onnx.NewFloats("Q", []int64{int64(d), int64(d)}, Q), "axis": onnx.NewInts("axis", 1),
		},
		Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, d)}},
		Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32, Ranked: false}},
	}}
	p, err := grad.Prepare(m, "x", []int{-1, d}, oracle{library(t)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func vectorNode(op string, out string, in ...string) *onnx.Node {
	return &onnx.Node{Name: out, Op: op, In: in, Out: []string{out}, Attrs: grad.A{}}
}

// y = x' Q x has the Hessian Q + Q', for each sample of a batch.
func TestSecondOfAQuadratic(t *testing.T) {
	const d, n = 5, 3
	r := rand.New(rand.NewPCG(3, 3))
	Q := make([]float32, d*d)
	for i := range Q {
		Q[i] = float32(r.NormFloat64())
	}
	sum := vectorNode("ReduceSum", "y", "xQx", "axis")
	sum.Attrs["keepdims"] = onnx.Int(1)
	p := vectors(t, d, Q, vectorNode("MatMul", "xQ", "x", "Q"), vectorNode("Mul", "xQx", "xQ", "x"), sum)
	x, seed := tensor.New(n, d), tensor.New(n, 1)
	for i := range x.Data {
		x.Data[i] = float32(r.NormFloat64())
	}
	for i := range seed.Data {
		seed.Data[i] = float32(i + 1)
	}
	A, _, HA := second(t, p, "y", "x", x, seed)
	if !slices.Equal(A.Data, x.Data) {
		t.Errorf("A is %v", A.Data)
	}
	for s := range n {
		for i := range d {
			want := 0.0
			for j := range d {
				want += float64(Q[i*d+j]+Q[j*d+i]) * float64(x.Data[s*d+j])
			}
			if got := float64(HA.Data[s*d+i]); math.Abs(got-want*float64(s+1)) > 1e-4 {
				t.Errorf("sample %d: (H A)_%d = %g, want %g", s, i, got, want*float64(s+1))
			}
		}
	}
}

// p = softmax(x Q) has dp_c/dz_i dz_j = p_c ((1_ci - p_i)(1_cj - p_j) - p_i (1_ij - p_j)).
func TestSecondOfASoftmax(t *testing.T) {
	const d, c = 4, 2
	r := rand.New(rand.NewPCG(5, 5))
	Q := make([]float32, d*d)
	for i := range Q {
		Q[i] = float32(r.NormFloat64())
	}
	soft := vectorNode("Softmax", "y", "z")
	soft.Attrs["axis"] = onnx.Int(1)
	p := vectors(t, d, Q, vectorNode("MatMul", "z", "x", "Q"), soft)
	x, seed := tensor.New(1, d), tensor.New(1, d)
	for i := range x.Data {
		x.Data[i] = float32(r.NormFloat64())
	}
	seed.Data[c] = 1
	_, _, HA := second(t, p, "y", "x", x, seed)
	z, prob, total := make([]float64, d), make([]float64, d), 0.0
	for i := range d {
		for j := range d {
			z[i] += float64(x.Data[j]) * float64(Q[j*d+i])
		}
		prob[i] = math.Exp(z[i])
		total += prob[i]
	}
	for i := range d {
		prob[i] /= total
	}
	is := func(a, b int) float64 {
		if a == b {
			return 1
		}
		return 0
	}
	// z is linear in x: H = Q Hz Q', and H x = Q Hz z.
	for k := range d {
		want := 0.0
		for i := range d {
			for j := range d {
				hz := prob[c] * ((is(c, i)-prob[i])*(is(c, j)-prob[j]) - prob[i]*(is(i, j)-prob[j]))
				want += float64(Q[k*d+i]) * hz * z[j]
			}
		}
		if got := float64(HA.Data[k]); math.Abs(got-want) > 1e-5 {
			t.Errorf("(H A)_%d = %g, want %g", k, got, want)
		}
	}
}

// A score that is linear behind the value says so.
func TestSecondOfALinearScore(t *testing.T) {
	p := vectors(t, 2, []float32{1, 2, 3, 4}, vectorNode("MatMul", "y", "x", "Q"))
	if _, err := grad.BuildSecond(p.Model, p.Facts, "y", "x", oracle{library(t)}); !errors.Is(err, grad.ErrLinear) {
		t.Errorf("error %v", err)
	}
	if err := grad.SecondCoverage(p.Model, p.Facts, "y", "x"); !errors.Is(err, grad.ErrLinear) {
		t.Errorf("coverage: %v", err)
	}
}

// On networks with smooth activations H x is what G changes by along x, by
// central differences of G in float32, with a step of 1e-2; measured: below 2e-4
// of the length.
func TestSecondIsTheChangeOfTheGradient(t *testing.T) {
	for _, name := range []string{"vit", "convnext", "pvt"} {
		t.Run(name, func(t *testing.T) {
			stem := filepath.Join("testdata/small", name)
			e := readExported(t, stem)
			p, score, _ := prepareExported(t, stem, e)
			x := waves(1, e.Size)
			seed := tensor.New(single(p.Facts.Shapes[score])...)
			seed.Data[0] = 1
			_, _, HA := second(t, p, score, p.Input, x, seed)
			prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: score, Wants: []string{p.Input}})
			if err != nil {
				t.Fatal(err)
			}
			run := compile(t, library(t), prog, []string{p.Input}, score)
			const h = 1e-2
			at := func(by float64) tensor.Tensor {
				moved := x.Clone()
				for i := range moved.Data {
					moved.Data[i] *= float32(1 + by)
				}
				_, g := run([]tensor.Tensor{moved}, seed)
				return g[0]
			}
			up, down := at(h), at(-h)
			want := tensor.New(x.Shape...)
			for i := range want.Data {
				want.Data[i] = (up.Data[i] - down.Data[i]) / (2 * h)
			}
			if r := apart(HA, want); !(r <= 2e-3) {
				t.Errorf("H x differs from the change of G by %.2g of its length", r)
			} else {
				t.Logf("relative difference %.1e", r)
			}
		})
	}
}

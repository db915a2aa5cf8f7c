package method_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// net is a model whose answers are known in closed form:
//
//	A_k = W_k x (per pixel, K channels from C colours),  y = sum_kij V_kij relu(A_kij)
//
// so that dy/dA = V [A > 0] and dy/dx_c = sum_k W_kc V_k [A_k > 0].
type net struct {
	W       [][]float64 // K x C
	V       []float64   // K x H x W
	h, w    int
	layer   string
	queries []method.GradientQuery
}

func newNet(seed uint64) *net {
	r := rand.New(rand.NewPCG(seed, 1))
	n := &net{h: 4, w: 5, layer: "act"}
	for range 6 {
		n.W = append(n.W, []float64{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()})
	}
	for range len(n.W) * n.h * n.w {
		n.V = append(n.V, r.NormFloat64())
	}
	return n
}

func (n *net) input(seed uint64) tensor.Tensor {
	r := rand.New(rand.NewPCG(seed, 2))
	x := tensor.New(1, 3, n.h, n.w)
	for i := range x.Data {
		x.Data[i] = float32(r.NormFloat64())
	}
	return x
}

// act gives A, relu'd, as K x cells.
func (n *net) act(x []float32) []float64 {
	cells := n.h * n.w
	a := make([]float64, len(n.W)*cells)
	for k, w := range n.W {
		for i := range cells {
			for c := range 3 {
				a[k*cells+i] += w[c] * float64(x[c*cells+i])
			}
			a[k*cells+i] = max(a[k*cells+i], 0)
		}
	}
	return a
}

func (n *net) Run(ctx context.Context, x tensor.Tensor, score method.Score) ([]float64, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make([]float64, x.Shape[0])
	for s := range out {
		for i, a := range n.act(x.Sample(s).Data) {
			out[s] += n.V[i] * a
		}
		out[s] *= score.Weights[0]
	}
	return out, nil
}

func (n *net) Gradient(ctx context.Context, x tensor.Tensor, score method.Score, q method.GradientQuery) (method.Gradients, error) {
	n.queries = append(n.queries, q)
	scores, err := n.Run(ctx, x, score)
	if err != nil {
		return method.Gradients{}, err
	}
	g := method.Gradients{Scores: scores, Layers: map[string]method.LayerGradient{}}
	A, G := tensor.New(x.Shape[0], len(n.W), n.h, n.w), tensor.New(x.Shape[0], len(n.W), n.h, n.w)
	dx := tensor.New(x.Shape...)
	for s := range x.Shape[0] {
		a, dA, d := n.derivatives(x.Sample(s).Data)
		for i := range a {
			A.Sample(s).Data[i], G.Sample(s).Data[i] = float32(a[i]), float32(dA[i]*score.Weights[0])
		}
		for i := range d {
			dx.Sample(s).Data[i] = float32(d[i] * score.Weights[0])
		}
	}
	if q.Input {
		g.Input = dx
	}
	for _, l := range q.Layers {
		if a, ok := n.attention(l); ok {
			g.Layers[l] = a
			continue
		}
		if l != n.layer {
			return g, errors.New("no layer " + l)
		}
		g.Layers[l] = method.LayerGradient{A: A, G: G}
	}
	return g, nil
}

// derivatives gives A, dy/dA and dy/dx in float64.
func (n *net) derivatives(x []float32) (a, dA, dx []float64) {
	a = n.act(x)
	cells := n.h * n.w
	dA, dx = make([]float64, len(a)), make([]float64, len(x))
	for at := range a {
		if a[at] > 0 {
			dA[at] = n.V[at]
			for c, w := range n.W[at/cells] {
				dx[c*cells+at%cells] += w * n.V[at]
			}
		}
	}
	return a, dA, dx
}

func (n *net) Activations(ctx context.Context, x tensor.Tensor, layers []string) (map[string]tensor.Tensor, error) {
	out := map[string]tensor.Tensor{}
	for _, l := range layers {
		if a, ok := n.attention(l); ok {
			out[l] = a.A
			continue
		}
		if l != n.layer {
			return nil, errors.New("no layer " + l)
		}
		out[l] = tensor.New(x.Shape[0], len(n.W), n.h, n.w)
		for s := range x.Shape[0] {
			for i, v := range n.act(x.Sample(s).Data) {
				out[l].Sample(s).Data[i] = float32(v)
			}
		}
	}
	return out, ctx.Err()
}

func request(t *testing.T, m method.Method, n *net, given map[string]float64) method.Request {
	t.Helper()
	params, err := m.Resolve(given)
	if err != nil {
		t.Fatal(err)
	}
	return method.Request{
		Input: n.input(5), Layout: "NCHW", Score: method.Score{Value: "y", Weights: map[int]float64{0: 1}},
		Layer: n.layer, Params: params, Seed: 7, Attentions: vitLike(),
		Black: []float64{-2, -2.1, -1.8}, White: []float64{2.2, 2.4, 2.6},
	}
}

func explain(t *testing.T, id string, given map[string]float64) (*net, task.Map) {
	t.Helper()
	m, err := method.ByID(id)
	if err != nil {
		t.Fatal(err)
	}
	n := newNet(3)
	a, err := m.Explain(context.Background(), n, request(t, m, n, given), nil)
	if err != nil {
		t.Fatal(err)
	}
	return n, a.Map
}

func near(t *testing.T, got task.Map, want []float64) {
	t.Helper()
	if len(got.Values) != len(want) || got.Width*got.Height != len(want) {
		t.Fatalf("%d x %d with %d values, want %d", got.Width, got.Height, len(got.Values), len(want))
	}
	for i := range want {
		// The map is float32 of sums of six terms of size one.
		if math.Abs(float64(got.Values[i])-want[i]) > 1e-5 {
			t.Fatalf("cell %d is %g, want %g", i, got.Values[i], want[i])
		}
	}
}

// Every method of the registry keeps its promises: it stops when cancelled,
// gives the same map again, leaves its input alone, reports rising progress,
// and its map is finite and has structure.
func TestEveryMethod(t *testing.T) {
	for _, m := range method.All() {
		t.Run(m.ID, func(t *testing.T) {
			n := newNet(3)
			r := request(t, m, n, nil)
			before := r.Input.Clone()
			last := 0.0
			first, err := m.Explain(context.Background(), n, r, func(done float64, what string) {
				if done < last || done > 1 || what == "" {
					t.Errorf("progress went from %g to %g (%q)", last, done, what)
				}
				last = done
			})
			if err != nil {
				t.Fatal(err)
			}
			again, err := m.Explain(context.Background(), n, r, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(first.Map.Values, again.Map.Values) {
				t.Error("the same request gives another map")
			}
			if !slices.Equal(before.Data, r.Input.Data) {
				t.Error("the input was changed")
			}
			lo, hi := slices.Min(first.Map.Values), slices.Max(first.Map.Values)
			if !(lo < hi) || math.IsInf(float64(lo), 0) || math.IsInf(float64(hi), 0) {
				t.Errorf("values from %g to %g", lo, hi)
			}
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			if _, err := m.Explain(ctx, n, r, nil); !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled: error is %v", err)
			}
			if m.Summary == "" || m.Paper == "" || m.Title == "" {
				t.Error("the table entry lacks words")
			}
			for _, p := range m.Params {
				if p.Help == "" || !(p.Default >= p.Min && p.Default <= p.Max) || len(p.Choices) > 0 && int(p.Max) != len(p.Choices)-1 {
					t.Errorf("parameter %+v", p)
				}
			}
		})
	}
}

func TestParams(t *testing.T) {
	m, _ := method.ByID("saliency")
	if _, err := m.Resolve(map[string]float64{"nothing": 1}); err == nil {
		t.Error("an unknown parameter passes")
	}
	if _, err := m.Resolve(map[string]float64{"channels": math.NaN()}); err == nil {
		t.Error("NaN passes")
	}
	if _, err := m.Resolve(map[string]float64{"channels": 1.5}); err == nil {
		t.Error("half a choice passes")
	}
	p := m.Params[0]
	if v, err := p.Parse("signed"); err != nil || v != 2 || p.Words(v) != "Signed sum" {
		t.Errorf("Parse = %g, %v", v, err)
	}
	if _, err := p.Parse("7"); err == nil {
		t.Error("7 is no choice")
	}
	if _, err := method.ByID("none"); err == nil {
		t.Error("an unknown method is found")
	}
}

func (n *net) Several(ctx context.Context, x tensor.Tensor, score method.Score, queries []method.GradientQuery) (list []method.Gradients, err error) {
	for _, q := range queries {
		g, err := n.Gradient(ctx, x, score, q)
		if err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	return list, nil
}

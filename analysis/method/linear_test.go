package method_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// linear is f(x) = w . x + 3, whose attributions are known: w (x - b) a value.
type linear struct {
	w []float32
	// largest is the largest batch that was asked for; calls counts Gradient.
	largest, calls int
	// cancel, where set, ends the context after the first call.
	cancel context.CancelFunc
}

func newLinear(n int) *linear {
	r := rand.New(rand.NewPCG(9, 9))
	l := &linear{w: make([]float32, n)}
	for i := range l.w {
		l.w[i] = float32(r.NormFloat64())
	}
	return l
}

func (l *linear) Run(ctx context.Context, x tensor.Tensor, _ method.Score) ([]float64, error) {
	out := make([]float64, x.Shape[0])
	for s := range out {
		out[s] = 3
		for i, v := range x.Sample(s).Data {
			out[s] += float64(l.w[i]) * float64(v)
		}
	}
	return out, ctx.Err()
}

func (l *linear) Gradient(ctx context.Context, x tensor.Tensor, score method.Score, _ method.GradientQuery) (method.Gradients, error) {
	scores, err := l.Run(ctx, x, score)
	if err != nil {
		return method.Gradients{}, err
	}
	l.calls++
	l.largest = max(l.largest, x.Shape[0])
	if l.cancel != nil {
		l.cancel()
	}
	g := tensor.New(x.Shape...)
	for s := range x.Shape[0] {
		copy(g.Sample(s).Data, l.w)
	}
	return method.Gradients{Scores: scores, Input: g}, nil
}

func (l *linear) Several(context.Context, tensor.Tensor, method.Score, []method.GradientQuery) ([]method.Gradients, error) {
	panic("a linear model has no layers")
}

func (l *linear) Activations(context.Context, tensor.Tensor, []string) (map[string]tensor.Tensor, error) {
	panic("a linear model has no layers")
}

// ask explains a random picture of 4 x 5 pixels and 2 channels in the given
// layout.
func (l *linear) ask(ctx context.Context, t *testing.T, id, layout string, params map[string]float64) (method.Request, method.Attribution, error) {
	t.Helper()
	m, err := method.ByID(id)
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := m.Resolve(params)
	if err != nil {
		t.Fatal(err)
	}
	x := tensor.New(1, 2, 5, 4)
	if layout == "NHWC" {
		x = tensor.New(1, 5, 4, 2)
	}
	from := rand.New(rand.NewPCG(4, 4))
	for i := range x.Data {
		x.Data[i] = float32(from.NormFloat64())
	}
	r := method.Request{
		Input: x, Layout: layout, Score: method.Score{Value: "y", Weights: map[int]float64{0: 1}}, Params: resolved, Seed: 11,
		Black: []float64{-1.5, -2}, White: []float64{2.5, 1},
	}
	a, err := m.Explain(ctx, l, r, nil)
	return r, a, err
}

// colours is a picture of one colour a channel, in the order of r.Input.
func colours(r method.Request, c ...float64) []float64 {
	b := make([]float64, r.Input.Len())
	for i := range b {
		if r.Layout == "NHWC" {
			b[i] = c[i%2]
		} else {
			b[i] = c[i/20]
		}
	}
	return b
}

// shares is w (x - b), summed over the channels.
func (l *linear) shares(r method.Request, b []float64) []float64 {
	out := make([]float64, 20)
	for i, x := range r.Input.Data {
		cell := i % 20
		if r.Layout == "NHWC" {
			cell = i / 2
		}
		out[cell] += float64(l.w[i]) * (float64(x) - b[i])
	}
	return out
}

// On a linear model every rule, and every number of steps, gives w (x - b) to
// 1e-6: the weights add up to 1, and the baseline is where it should be.
func TestPathMethodsAreExactOnALinearModel(t *testing.T) {
	for _, layout := range []string{"NCHW", "NHWC"} {
		for base, want := range [][]float64{{0, 0}, {-1.5, -2}, {2.5, 1}} {
			for rule := range 5 {
				for _, steps := range []float64{2, 9, 50} {
					l := newLinear(40)
					r, a, err := l.ask(context.Background(), t, "integratedgradients", layout, map[string]float64{"rule": float64(rule), "baseline": float64(base), "steps": steps})
					if err != nil {
						t.Fatal(err)
					}
					exact(t, a, l.shares(r, colours(r, want...)))
					if gap := fact(t, a, method.FactGap); math.Abs(gap) > 1e-5 {
						t.Errorf("gap %g", gap)
					}
					if l.largest > 8 || l.calls != (int(steps)+7)/8 {
						t.Errorf("%g steps in %d calls of up to %d", steps, l.calls, l.largest)
					}
				}
			}
			l := newLinear(40)
			r, a, err := l.ask(context.Background(), t, "gradientshap", layout, map[string]float64{"baseline": float64(base), "noise": 0})
			if err != nil {
				t.Fatal(err)
			}
			exact(t, a, l.shares(r, colours(r, want...)))
		}
		l := newLinear(40)
		r, a, err := l.ask(context.Background(), t, "inputxgradient", layout, nil)
		if err != nil {
			t.Fatal(err)
		}
		exact(t, a, l.shares(r, make([]float64, 40)))
	}
}

func exact(t *testing.T, a method.Attribution, want []float64) {
	t.Helper()
	if !a.Map.Signed || len(a.Map.Values) != len(want) || a.Map.Width != 4 || a.Map.Height != 5 {
		t.Fatalf("map %+v", a.Map)
	}
	for i, w := range want {
		// 1e-6 of values up to about ten, which are float32 in the map.
		if math.Abs(float64(a.Map.Values[i])-w) > 1e-6*max(1, math.Abs(w)) {
			t.Fatalf("cell %d is %g, want %g", i, a.Map.Values[i], w)
		}
	}
}

func fact(t *testing.T, a method.Attribution, id string) float64 {
	t.Helper()
	i := slices.IndexFunc(a.Facts, func(f task.Fact) bool { return f.ID == id })
	if i < 0 {
		t.Fatalf("no fact %s in %v", id, a.Facts)
	}
	return a.Facts[i].Value
}

// A linear model's gradient is w everywhere, whatever the noise.
func TestNoiseMethodsOnALinearModel(t *testing.T) {
	for id, of := range map[string]func(w float64) float64{
		"smoothgrad":  func(w float64) float64 { return w },
		"smoothgrad2": func(w float64) float64 { return w * w },
		"vargrad":     func(float64) float64 { return 0 },
	} {
		l := newLinear(40)
		_, a, err := l.ask(context.Background(), t, id, "NCHW", map[string]float64{"channels": 2, "samples": 19})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range a.Map.Values {
			want := of(float64(l.w[i])) + of(float64(l.w[i+20]))
			if math.Abs(float64(v)-want) > 1e-6*max(1, math.Abs(want)) {
				t.Errorf("%s: cell %d is %g, want %g", id, i, v, want)
			}
		}
		if a.Map.Signed != (id == "smoothgrad") || l.largest > 8 || l.calls != 3 {
			t.Errorf("%s: signed %v, %d calls of up to %d", id, a.Map.Signed, l.calls, l.largest)
		}
	}
}

// A cancelled method makes no further call.
func TestManyPointsStopBetweenChunks(t *testing.T) {
	for _, id := range []string{"integratedgradients", "smoothgrad", "smoothgrad2", "vargrad", "gradientshap"} {
		l := newLinear(40)
		ctx, cancel := context.WithCancel(context.Background())
		l.cancel = cancel
		if _, _, err := l.ask(ctx, t, id, "NCHW", nil); err != context.Canceled || l.calls != 1 {
			t.Errorf("%s: error %v after %d calls", id, err, l.calls)
		}
	}
}

func TestBaselineNeedsTheEnds(t *testing.T) {
	m, _ := method.ByID("integratedgradients")
	for _, base := range []float64{1, 2, 5} {
		l := newLinear(40)
		r, _, err := l.ask(context.Background(), t, "integratedgradients", "NCHW", map[string]float64{"baseline": base})
		if err != nil {
			t.Fatal(err)
		}
		r.Black = nil
		if _, err := m.Explain(context.Background(), l, r, nil); err == nil {
			t.Errorf("baseline %g without black and white", base)
		}
	}
}

package method_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"seewhy/analysis/method"
	"seewhy/models/tensor"
)

// The slow twin: the integral of each value's gradient in closed form. Along
// x t every ReLU of the test's model keeps its side (it has no bias), so that
// from zero the integral is the gradient at x, by any rule that leaves out 0.
func TestIntegratedGradientsFromZero(t *testing.T) {
	for _, rule := range []float64{0, 2, 3} {
		n, m := explain(t, "integratedgradients", map[string]float64{"rule": rule})
		x := n.input(5).Data
		_, _, dx := n.derivatives(x)
		want := make([]float64, n.h*n.w)
		for at, g := range dx {
			want[at%len(want)] += g * float64(x[at])
		}
		near(t, m, want)
	}
}

// From black some ReLUs change sides at t = -A(b) / (A(x) - A(b)), where the
// integrand jumps: with 1000 middle sums the error of each is at most half a
// step, 1/2000 of its jump.
func TestIntegratedGradientsCrossesKinks(t *testing.T) {
	m, _ := method.ByID("integratedgradients")
	n := newNet(3)
	r := request(t, m, n, map[string]float64{"rule": 3, "steps": 1000, "baseline": 1})
	a, err := m.Explain(context.Background(), n, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	cells := n.h * n.w
	want, bound := make([]float64, cells), make([]float64, cells)
	for k, w := range n.W {
		for i := range cells {
			from, to, rise := 0.0, 0.0, 0.0
			for c := range w {
				x := float64(r.Input.Data[c*cells+i])
				from, to = from+w[c]*r.Black[c], to+w[c]*x
				rise += w[c] * (x - r.Black[c])
			}
			// The share of the way on which this unit is on.
			on := 0.0
			switch {
			case from > 0 && to > 0:
				on = 1
			case from <= 0 && to > 0:
				on = to / (to - from)
			case from > 0 && to <= 0:
				on = from / (from - to)
			}
			want[i] += n.V[k*cells+i] * rise * on
			bound[i] += math.Abs(n.V[k*cells+i]*rise) / 2000
		}
	}
	for i := range want {
		if d := math.Abs(float64(a.Map.Values[i]) - want[i]); d > bound[i]+1e-5 {
			t.Errorf("cell %d is %g, want %g within %g", i, a.Map.Values[i], want[i], bound[i])
		}
	}
	sum := 0.0
	for _, v := range a.Map.Values {
		sum += float64(v)
	}
	if math.Abs(sum-fact(t, a, method.FactSum)) > 1e-4 || math.Abs(fact(t, a, method.FactGap)) > 0.01*math.Abs(fact(t, a, method.FactRise)) {
		t.Errorf("facts %v, the map adds up to %g", a.Facts, sum)
	}
}

// Too few steps are noticed: the gap is in the facts, and a note warns.
func TestIntegratedGradientsWarnsOfAGap(t *testing.T) {
	m, _ := method.ByID("integratedgradients")
	n := newNet(3)
	r := request(t, m, n, map[string]float64{"rule": 1, "steps": 2, "baseline": 2})
	a, err := m.Explain(context.Background(), n, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	gap, rise := fact(t, a, method.FactGap), fact(t, a, method.FactRise)
	if math.Abs(gap) < 0.05*math.Abs(rise) {
		t.Fatalf("gap %g of %g: the case is too easy", gap, rise)
	}
	if len(a.Notes) != 1 || !a.Notes[0].Warning || len(a.Notes[0].Args) != 4 {
		t.Errorf("notes %+v", a.Notes)
	}
}

// With a bound on the gap the steps double until it holds, and the map is that
// of the last number of steps.
func TestIntegratedGradientsChoosesItsSteps(t *testing.T) {
	m, _ := method.ByID("integratedgradients")
	n := newNet(3)
	r := request(t, m, n, map[string]float64{"rule": 3, "steps": 3, "baseline": 2, "gap": 0.5})
	last := 0.0
	a, err := m.Explain(context.Background(), n, r, func(done float64, _ string) {
		if done < last || done > 1 {
			t.Errorf("progress went from %g to %g", last, done)
		}
		last = done
	})
	if err != nil {
		t.Fatal(err)
	}
	steps := fact(t, a, method.FactSteps)
	if gap, rise := fact(t, a, method.FactGap), fact(t, a, method.FactRise); math.Abs(gap) > 0.005*math.Abs(rise) || last != 1 {
		t.Errorf("gap %g of %g, progress %g", gap, rise, last)
	}
	if steps < 6 || math.Log2(steps/3) != math.Trunc(math.Log2(steps/3)) {
		t.Errorf("%g steps from 3", steps)
	}
	r.Params["gap"], r.Params["steps"] = 0, steps
	fixed, err := m.Explain(context.Background(), n, r, nil)
	if err != nil || !slices.Equal(fixed.Map.Values, a.Map.Values) {
		t.Errorf("%g fixed steps give another map (%v)", steps, err)
	}
	// One doubling less would not have done.
	r.Params["steps"] = steps / 2
	fewer, err := m.Explain(context.Background(), n, r, nil)
	if err != nil || math.Abs(fact(t, fewer, method.FactGap)) <= 0.005*math.Abs(fact(t, fewer, method.FactRise)) {
		t.Errorf("%g steps were enough (%v)", steps/2, err)
	}
}

// A gap that no number of steps closes ends at the bound.
func TestIntegratedGradientsGivesUp(t *testing.T) {
	l := newLinear(40)
	broken := &lying{l}
	m, _ := method.ByID("integratedgradients")
	r, _, err := l.ask(context.Background(), t, "integratedgradients", "NCHW", map[string]float64{"gap": 1})
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Explain(context.Background(), broken, r, nil)
	if err != nil || fact(t, a, method.FactSteps) != 1000 || !a.Notes[0].Warning {
		t.Errorf("%v: facts %v, notes %v", err, a.Facts, a.Notes)
	}
}

// lying is a model whose scores are twice what its gradients say.
type lying struct{ *linear }

func (l *lying) Run(ctx context.Context, x tensor.Tensor, s method.Score) ([]float64, error) {
	out, err := l.linear.Run(ctx, x, s)
	for i := range out {
		out[i] *= 2
	}
	return out, err
}

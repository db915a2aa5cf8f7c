package method_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/analysis/method"
)

// The slow twin: one sample at a time, from the same generator.
func TestGradientSHAPIsTheExpectation(t *testing.T) {
	n, m := explain(t, "gradientshap", map[string]float64{"samples": 13, "noise": 0.2})
	x := n.input(5).Data
	sigma := 0.2 * (float64(slices.Max(x)) - float64(slices.Min(x)))
	want := make([]float64, n.h*n.w)
	for i := range 13 {
		from := rand.New(rand.NewPCG(7, uint64(i+1)*0x9e3779b97f4a7c15))
		u := from.Float64()
		b, point := make([]float64, len(x)), make([]float32, len(x))
		for j, v := range x {
			b[j] = sigma * from.NormFloat64()
			point[j] = float32(b[j] + u*(float64(v)-b[j]))
		}
		_, _, dx := n.derivatives(point)
		for j, g := range dx {
			want[j%len(want)] += g * (float64(x[j]) - b[j]) / 13
		}
	}
	near(t, m, want)
}

// Methods that draw hang on the seed, by default.
func TestAnotherSeedAnotherMap(t *testing.T) {
	for _, id := range []string{"smoothgrad", "smoothgrad2", "vargrad", "gradientshap"} {
		m, _ := method.ByID(id)
		n := newNet(3)
		r := request(t, m, n, nil)
		first, err := m.Explain(context.Background(), n, r, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Seed++
		second, err := m.Explain(context.Background(), n, r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !m.Seeded || slices.Equal(first.Map.Values, second.Map.Values) {
			t.Errorf("%s: the seed decides nothing", id)
		}
	}
}

// From zero and without noise every point has x's gradient (the model has no
// bias), so that the attributions add up to the score.
func TestGradientSHAPAddsUp(t *testing.T) {
	n, m := explain(t, "gradientshap", map[string]float64{"samples": 20, "noise": 0})
	want, got, scale := 0.0, 0.0, 0.0
	for i, a := range n.act(n.input(5).Data) {
		want += n.V[i] * a
		scale += math.Abs(n.V[i] * a)
	}
	for _, v := range m.Values {
		got += float64(v)
	}
	if math.Abs(got-want) > 1e-5*scale {
		t.Errorf("the map adds up to %g, the score is %g", got, want)
	}
}

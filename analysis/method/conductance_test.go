package method_test

import (
	"math"
	"testing"

	"seewhy/analysis/method"
)

// Through a layer of ReLUs without biases, all activations grow along the way
// as t: conductance is V A, and adds up to the rise.
func TestConductanceIsThePapers(t *testing.T) {
	for rule := range 5 {
		m, err := method.ByID("conductance")
		if err != nil {
			t.Fatal(err)
		}
		n := newNet(3)
		r := request(t, m, n, map[string]float64{"steps": 19, "rule": float64(rule)})
		got, err := m.Explain(t.Context(), n, r, nil)
		if err != nil {
			t.Fatal(err)
		}
		first, last := []float64{0.0034357, 0, 0.05, 0.025, 0}[rule], []float64{1 - 0.0034357, 0.95, 1, 0.975, 1}[rule]
		want := make([]float64, n.h*n.w)
		for at, a := range n.act(r.Input.Data) {
			// At t = 0 the gradient is zero: the first stretch from there is lost.
			begin := first
			if begin == 0 {
				begin = []float64{0, 0.05, 0, 0, 1.0 / 19}[rule]
			}
			want[at%len(want)] += n.V[at] * a * (last - begin)
		}
		for i, w := range want {
			if math.Abs(float64(got.Map.Values[i])-w) > 2e-5*max(1, math.Abs(w)) {
				t.Fatalf("rule %d: cell %d is %g, want %g", rule, i, got.Map.Values[i], w)
			}
		}
		if !got.Map.Signed {
			t.Error("the map has no sign")
		}
	}
}

// The gradient of net is the same all along the way but at its start.
func TestInternalInfluenceIsThePapers(t *testing.T) {
	n, got := explain(t, "internalinfluence", map[string]float64{"steps": 11})
	_, g, _ := n.derivatives(n.input(5).Data)
	want := make([]float64, n.h*n.w)
	for at, v := range g {
		want[at%len(want)] += v
	}
	near(t, got, want)
}

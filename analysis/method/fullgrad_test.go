package method_test

import (
	"math"
	"testing"
)

// The slow twin: every channel's share scaled by itself, one after the other.
// The layer is of the input's size, so that nothing is resized.
func TestFullGradIsTheSumOfShares(t *testing.T) {
	n, m := explain(t, "fullgrad", nil)
	x := n.input(5).Data
	_, g, dx := n.derivatives(x)
	cells := n.h * n.w
	want := make([]float64, cells)
	add := func(of func(i int) float64) {
		low, high := math.Inf(1), math.Inf(-1)
		for i := range cells {
			low, high = min(low, math.Abs(of(i))), max(high, math.Abs(of(i)))
		}
		for i := range cells {
			want[i] += (math.Abs(of(i)) - low) / (high - low + 1e-7)
		}
	}
	for c := range 3 {
		add(func(i int) float64 { return float64(x[c*cells+i]) * dx[c*cells+i] })
	}
	for k, b := range n.Biases()[0].PerChannel {
		add(func(i int) float64 { return b * g[k*cells+i] })
	}
	near(t, m, want)
	if q := n.queries[0]; !q.Input || !q.NoValues || len(q.Layers) != 1 {
		t.Errorf("query %+v", q)
	}
}

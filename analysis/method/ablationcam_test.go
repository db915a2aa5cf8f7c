package method_test

import "testing"

// The model is linear in the layer: switching a channel off takes away
// sum_ij V_kij A_kij, so that w_k is that over y.
func TestAblationCAM(t *testing.T) {
	n, got := explain(t, "ablationcam", nil)
	act := n.act(n.input(5).Data)
	cells := n.h * n.w
	y, worth := 0.0, make([]float64, len(n.W))
	for i, a := range act {
		y += n.V[i] * a
		worth[i/cells] += n.V[i] * a
	}
	want := make([]float64, cells)
	for i, a := range act {
		want[i%cells] += worth[i/cells] / y * a
	}
	near(t, got, want)
}

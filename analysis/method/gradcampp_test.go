package method_test

import "testing"

// The slow twin, with the terms of the paper's eq. 19 one by one.
func TestGradCAMPlusPlusIsThePapers(t *testing.T) {
	n, m := explain(t, "gradcam++", nil)
	a, g, _ := n.derivatives(n.input(5).Data)
	cells := n.h * n.w
	want := make([]float64, cells)
	for k := range n.W {
		total := 0.0
		for i := range cells {
			total += a[k*cells+i]
		}
		weight := 0.0
		for i := range cells {
			G := g[k*cells+i]
			alpha := 0.0
			if G != 0 {
				alpha = G * G / (2*G*G + total*G*G*G + 1e-6)
			}
			weight += max(G, 0) * alpha
		}
		for i := range cells {
			want[i] += weight * a[k*cells+i]
		}
	}
	near(t, m, want)
	if m.Signed || !m.ClampNegative {
		t.Error("the ReLU is not left to the display")
	}
}

package method_test

import (
	"slices"
	"testing"

	"seewhy/analysis/method"
)

// Without noise the means are the picture's own: Grad-CAM++ with another
// epsilon, 1e-8 in place of 1e-6.
func TestSmoothGradCAMPlusPlusWithoutNoise(t *testing.T) {
	n, m := explain(t, "smoothgradcam++", map[string]float64{"deviation": 0, "samples": 11})
	a, g, _ := n.derivatives(n.input(5).Data)
	cells := n.h * n.w
	want := make([]float64, cells)
	for k := range n.W {
		total, weight := 0.0, 0.0
		for i := range cells {
			total += a[k*cells+i]
		}
		for i := range cells {
			if G := g[k*cells+i]; G > 0 {
				weight += G * G * G / (2*G*G + total*G*G*G + 1e-8)
			}
		}
		for i := range cells {
			want[i] += weight * a[k*cells+i]
		}
	}
	near(t, m, want)
	if len(n.queries) != 2 {
		t.Errorf("%d passes for 11 samples", len(n.queries))
	}
}

func TestSmoothGradCAMPlusPlusDrawsFromTheSeed(t *testing.T) {
	m, err := method.ByID("smoothgradcam++")
	if err != nil {
		t.Fatal(err)
	}
	n := newNet(3)
	r := request(t, m, n, nil)
	first, err := m.Explain(t.Context(), n, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Seed++
	second, err := m.Explain(t.Context(), n, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Equal(first.Map.Values, second.Map.Values) {
		t.Error("another seed gives the same map")
	}
}

package method_test

import "testing"

// The layer is of the input's size: the product, cell by cell. The net of the
// tests has no composites, so that guided backpropagation is its gradient.
func TestGuidedGradCAMIsTheProduct(t *testing.T) {
	n, cam := explain(t, "gradcam", nil)
	_, back := explain(t, "guidedbackprop", map[string]float64{"channels": 2})
	want := make([]float64, n.h*n.w)
	for i := range want {
		want[i] = max(float64(cam.Values[i]), 0) * float64(back.Values[i])
	}
	for convention := range 2 {
		got, m := explain(t, "guidedgradcam", map[string]float64{"channels": 2, "convention": float64(convention)})
		near(t, m, want)
		if !m.Signed || got.queries[1].Composite.ID != "guided" {
			t.Errorf("signed %v, queries %+v", m.Signed, got.queries)
		}
	}
}

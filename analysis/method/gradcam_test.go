package method_test

import "testing"

// The slow twin, cell by cell from the paper: w_k = 1/Z sum_ij G,
// L_ij = sum_k w_k A_kij.
func TestGradCAMIsThePapers(t *testing.T) {
	for _, signed := range []float64{0, 1} {
		n, m := explain(t, "gradcam", map[string]float64{"signed": signed})
		a := n.act(n.input(5).Data)
		cells := n.h * n.w
		want := make([]float64, cells)
		for k := range n.W {
			weight := 0.0
			for i := range cells {
				if a[k*cells+i] > 0 {
					weight += n.V[k*cells+i] / float64(cells)
				}
			}
			for i := range cells {
				want[i] += weight * a[k*cells+i]
			}
		}
		near(t, m, want)
		if m.ClampNegative == (signed == 1) || m.Signed != (signed == 1) {
			t.Errorf("signed %g: %v, %v", signed, m.Signed, m.ClampNegative)
		}
	}
}

// One layer is asked for, and nothing below it.
func TestGradCAMAsksForItsLayerOnly(t *testing.T) {
	n, _ := explain(t, "gradcam", nil)
	if q := n.queries[0]; q.Input || len(q.Layers) != 1 || q.Layers[0] != n.layer {
		t.Errorf("query %+v", q)
	}
}

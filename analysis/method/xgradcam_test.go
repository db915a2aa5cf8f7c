package method_test

import "testing"

func TestXGradCAMIsThePapers(t *testing.T) {
	n, m := explain(t, "xgradcam", nil)
	a, g, _ := n.derivatives(n.input(5).Data)
	cells := n.h * n.w
	want := make([]float64, cells)
	for k := range n.W {
		above, below := 0.0, 1e-7
		for i := range cells {
			above += g[k*cells+i] * a[k*cells+i]
			below += a[k*cells+i]
		}
		for i := range cells {
			want[i] += above / below * a[k*cells+i]
		}
	}
	near(t, m, want)
}

// The axiom that gives the method its name: for a layer that the score is
// homogeneous in, the map adds up to the score (here y = sum V A).
func TestXGradCAMConserves(t *testing.T) {
	n, m := explain(t, "xgradcam", nil)
	want, got := 0.0, 0.0
	for i, a := range n.act(n.input(5).Data) {
		want += n.V[i] * a
	}
	for _, v := range m.Values {
		got += float64(v)
	}
	// 1e-7 below a sum of some 5, and float32 values.
	if d := got - want; d > 1e-5 || d < -1e-5 {
		t.Errorf("the map adds up to %g, the score is %g", got, want)
	}
}

package method_test

import "testing"

func TestLayerCAMIsThePapers(t *testing.T) {
	n, m := explain(t, "layercam", nil)
	a, g, _ := n.derivatives(n.input(5).Data)
	want := make([]float64, n.h*n.w)
	for at := range a {
		if g[at] > 0 {
			want[at%len(want)] += g[at] * a[at]
		}
	}
	near(t, m, want)
}

package method_test

import "testing"

// The score of the test's model is sum G A over all places: the map adds up to it.
func TestHiResCAMIsActivationTimesGradient(t *testing.T) {
	n, m := explain(t, "hirescam", nil)
	a, g, _ := n.derivatives(n.input(5).Data)
	want := make([]float64, n.h*n.w)
	for at := range a {
		want[at%len(want)] += a[at] * g[at]
	}
	near(t, m, want)
}

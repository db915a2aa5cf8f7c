package method_test

import (
	"math"
	"slices"
	"testing"
)

func TestSegEigenCAMIsThePrincipalComponent(t *testing.T) {
	n, m := explain(t, "segeigencam", nil)
	a, g, _ := n.derivatives(n.input(5).Data)
	product := make([]float64, len(a))
	for at := range a {
		product[at] = a[at] * math.Abs(g[at])
	}
	want := component(product, n.h*n.w, a)
	if -slices.Min(want) > slices.Max(want) {
		for i := range want {
			want[i] = -want[i]
		}
	}
	near(t, m, want)
}

package method_test

import (
	"math"
	"testing"
)

func TestInputTimesGradientIsTheProduct(t *testing.T) {
	for choice := range 2 {
		n, m := explain(t, "inputxgradient", map[string]float64{"channels": float64(choice)})
		x := n.input(5).Data
		_, _, dx := n.derivatives(x)
		want := make([]float64, n.h*n.w)
		for at, g := range dx {
			v := g * float64(x[at])
			if choice == 1 {
				v = math.Abs(v)
			}
			want[at%len(want)] += v
		}
		near(t, m, want)
		if m.Signed != (choice == 0) {
			t.Errorf("choice %d: signed %v", choice, m.Signed)
		}
	}
}

package method_test

import (
	"math"
	"testing"
)

// The model is linear in the layer: a cell kept alone scores sum_k V_kij A_kij,
// and under the Gaussian its neighbours add their shares.
func TestReciproCAM(t *testing.T) {
	for mask, reach := range []int{0, 1} {
		n, got := explain(t, "reciprocam", map[string]float64{"mask": float64(mask)})
		act := n.act(n.input(5).Data)
		cells := n.h * n.w
		want := make([]float64, cells)
		for i := range want {
			for dy := -reach; dy <= reach; dy++ {
				for dx := -reach; dx <= reach; dx++ {
					x, y := i%n.w+dx, i/n.w+dy
					if x < 0 || y < 0 || x >= n.w || y >= n.h {
						continue
					}
					share := 1.0
					if reach == 1 {
						share = math.Pow(2, -2-math.Abs(float64(dx))-math.Abs(float64(dy)))
					}
					for k := range n.W {
						want[i] += share * n.V[k*cells+y*n.w+x] * act[k*cells+y*n.w+x]
					}
				}
			}
		}
		near(t, got, want)
	}
}

package method_test

import (
	"math"
	"testing"
)

func TestFEMIsThePapers(t *testing.T) {
	for _, k := range []float64{0.5, 2} {
		n, m := explain(t, "fem", map[string]float64{"k": k})
		a := n.act(n.input(5).Data)
		cells := n.h * n.w
		want := make([]float64, cells)
		for c := range n.W {
			mean, square := 0.0, 0.0
			for i := range cells {
				mean += a[c*cells+i] / float64(cells)
				square += a[c*cells+i] * a[c*cells+i] / float64(cells)
			}
			above := 0.0
			for i := range cells {
				if a[c*cells+i] > mean+k*math.Sqrt(square-mean*mean) {
					above++
				}
			}
			for i := range cells {
				want[i] += above / float64(cells) * a[c*cells+i]
			}
		}
		near(t, m, want)
		if len(n.queries) != 0 {
			t.Error("a gradient was asked for")
		}
	}
}

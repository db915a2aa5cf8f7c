package method_test

import (
	"math"
	"slices"
	"testing"

	"seewhy/analysis/method"
	"seewhy/models/tensor"
)

func TestSaliencyClosedForm(t *testing.T) {
	fold := []func(g [3]float64) float64{
		func(g [3]float64) float64 { return max(math.Abs(g[0]), math.Abs(g[1]), math.Abs(g[2])) },
		func(g [3]float64) float64 { return math.Sqrt(g[0]*g[0] + g[1]*g[1] + g[2]*g[2]) },
		func(g [3]float64) float64 { return g[0] + g[1] + g[2] },
	}
	for choice, f := range fold {
		n, m := explain(t, "saliency", map[string]float64{"channels": float64(choice)})
		a := n.act(n.input(5).Data)
		cells := n.h * n.w
		want := make([]float64, cells)
		for i := range cells {
			var g [3]float64
			for k, w := range n.W {
				if a[k*cells+i] > 0 {
					for c := range g {
						g[c] += w[c] * n.V[k*cells+i]
					}
				}
			}
			want[i] = f(g)
		}
		near(t, m, want)
		if m.Signed != (choice == 2) {
			t.Errorf("choice %d: signed %v", choice, m.Signed)
		}
	}
}

func TestOverChannelsReadsBothLayouts(t *testing.T) {
	sum := func(s, v float64) float64 { return s + v }
	nchw, _ := tensor.Of([]float32{1, 2, 3, 4, 10, 20, 30, 40}, 1, 2, 2, 2)
	nhwc, _ := tensor.Of([]float32{1, 10, 2, 20, 3, 30, 4, 40}, 1, 2, 2, 2)
	want := []float32{11, 22, 33, 44}
	if m := method.OverChannels(nchw, "NCHW", sum); !slices.Equal(m.Values, want) {
		t.Errorf("NCHW: %v", m.Values)
	}
	if m := method.OverChannels(nhwc, "NHWC", sum); !slices.Equal(m.Values, want) {
		t.Errorf("NHWC: %v", m.Values)
	}
}

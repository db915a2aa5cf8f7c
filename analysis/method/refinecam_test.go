package method_test

import (
	"math"
	"testing"

	"seewhy/analysis/method"
)

// The product of a map with itself, here of one layer alone and of the same
// layer under two names, is Grad-CAM's as pytorch-grad-cam shows it, squared.
func TestRefineCAMIsTheProduct(t *testing.T) {
	for _, base := range []struct {
		choice float64
		id     string
	}{{0, "gradcam++"}, {1, "gradcam"}, {3, "hirescam"}} {
		_, plain := explain(t, base.id, map[string]float64{"convention": 1})
		m, err := method.ByID("refinecam")
		if err != nil {
			t.Fatal(err)
		}
		for layers := 1; layers <= 2; layers++ {
			n := newNet(3)
			r := request(t, m, n, map[string]float64{"base": base.choice})
			for range layers {
				r.Layers = append(r.Layers, n.layer)
			}
			got, err := m.Explain(t.Context(), n, r, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := make([]float64, len(plain.Values))
			for i, v := range plain.Values {
				want[i] = math.Pow(float64(v), float64(layers))
			}
			near(t, got.Map, want)
			if got.Map.Signed || fact(t, got, method.FactLayers) != float64(layers) {
				t.Errorf("map %v, facts %v", got.Map.Signed, got.Facts)
			}
		}
	}
}

package method_test

import (
	"math"
	"testing"

	"seewhy/analysis/method"
)

// blurTwin is scipy's gaussian_filter with zeros around the picture, summed up
// kernel by kernel, for a channel of 5 x 4 pixels.
func blurTwin(x []float64, sigma float64) []float64 {
	if sigma == 0 {
		return x
	}
	reach := int(4*sigma + 0.5)
	norm := 0.0
	for d := -reach; d <= reach; d++ {
		norm += math.Exp(-float64(d*d) / (2 * sigma * sigma))
	}
	out := make([]float64, len(x))
	for i := range x {
		for j := range x {
			dx, dy := i%4-j%4, i/4-j/4
			if max(dx, -dx) <= reach && max(dy, -dy) <= reach {
				out[i] += x[j] * math.Exp(-float64(dx*dx+dy*dy)/(2*sigma*sigma)) / (norm * norm)
			}
		}
	}
	return out
}

// The slow twin on a linear model: -w sum_i (s_{i+1} - s_i) (x(s_i + 0.01) -
// x(s_i)) / 0.01.
func TestBlurIGIsPAIRs(t *testing.T) {
	const n, largest = 30, 3
	for _, layout := range []string{"NCHW", "NHWC"} {
		l := newLinear(40)
		r, a, err := l.ask(t.Context(), t, "blurig", layout, map[string]float64{"steps": n, "sigma": largest})
		if err != nil {
			t.Fatal(err)
		}
		want, sum := make([]float64, 20), 0.0
		for c := range 2 {
			at := func(i int) int {
				if layout == "NHWC" {
					return 2*i + c
				}
				return 20*c + i
			}
			x := make([]float64, 20)
			for i := range x {
				x[i] = float64(r.Input.Data[at(i)])
			}
			for step := range n {
				s := float64(step) * largest / n
				here, there := blurTwin(x, s), blurTwin(x, s+0.01)
				for i := range x {
					want[i] -= largest / float64(n) * (there[i] - here[i]) / 0.01 * float64(l.w[at(i)])
				}
			}
		}
		for i, w := range want {
			sum += w
			// Differences over 0.01 of pictures that are float32.
			if math.Abs(float64(a.Map.Values[i])-w) > 1e-3 {
				t.Fatalf("%s: pixel %d is %g, want %g", layout, i, a.Map.Values[i], w)
			}
		}
		if got := fact(t, a, method.FactSum); math.Abs(got-sum) > 1e-3 {
			t.Errorf("sum %g, want %g", got, sum)
		}
	}
}

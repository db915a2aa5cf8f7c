package method

import (
	"math"
	"math/rand/v2"
	"testing"

	"seewhy/models/tensor"
)

// Sums over channels and places are those of plain loops, whatever is left over
// of four.
func TestSumsOfChannels(t *testing.T) {
	r := rand.New(rand.NewPCG(61, 62))
	for range 60 {
		x := tensor.New(1, 1+r.IntN(11), 1+r.IntN(4), 1+r.IntN(5))
		for i := range x.Data {
			x.Data[i] = float32(r.NormFloat64())
		}
		cells := x.Shape[2] * x.Shape[3]
		w, sums, over := make([]float64, x.Shape[1]), make([]float64, x.Shape[1]), make([]float64, cells)
		for k := range w {
			w[k] = r.NormFloat64()
		}
		for i, v := range x.Data {
			sums[i/cells] += float64(v)
			over[i%cells] += w[i/cells] * float64(v)
		}
		for k, got := range ChannelSums(x) {
			if math.Abs(got-sums[k]) > 1e-12 {
				t.Errorf("%v: channel %d adds up to %v, want %v", x.Shape, k, got, sums[k])
			}
		}
		for i, got := range WeightedSum(x, w).Values {
			if math.Abs(float64(got)-over[i]) > 1e-6*(1+math.Abs(over[i])) {
				t.Errorf("%v: place %d is %v, want %v", x.Shape, i, got, over[i])
			}
		}
	}
}

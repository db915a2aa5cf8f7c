package method_test

import (
	"math"
	"testing"

	"seewhy/models/tensor"
)

// Score-CAM as the algorithm says it, one channel after another: the layer has
// the picture's size here, so that enlarging leaves it as it is.
func TestScoreCAM(t *testing.T) {
	n, got := explain(t, "scorecam", nil)
	x := n.input(5)
	act := n.act(x.Data)
	cells := n.h * n.w
	var scores []float64
	for k := range n.W {
		a := act[k*cells : (k+1)*cells]
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, v := range a {
			lo, hi = min(lo, v), max(hi, v)
		}
		masked := tensor.New(x.Shape...)
		for i, v := range x.Data {
			masked.Data[i] = float32(float64(v) * (a[i%cells] - lo) / (hi - lo + 1e-8))
		}
		y := 0.0
		for i, a := range n.act(masked.Data) {
			y += n.V[i] * a
		}
		scores = append(scores, y)
	}
	sum := 0.0
	for _, y := range scores {
		sum += math.Exp(y)
	}
	want := make([]float64, cells)
	for k, y := range scores {
		for i := range want {
			want[i] += math.Exp(y) / sum * act[k*cells+i]
		}
	}
	near(t, got, want)
}

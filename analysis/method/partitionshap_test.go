package method_test

import (
	"math"
	"testing"
)

// On a linear model a part's value is its worth, whatever its size: with
// enough evaluations that of each pixel. The values always add up.
func TestPartitionSHAP(t *testing.T) {
	model, w := slopes()
	n := pixelsW * pixelsH
	r, a := model.look(t, "partitionshap", 0, map[string]float64{"samples": 40000, "blur": 0})
	want, got, sum := make([]float64, n), make([]float64, n), 0.0
	for i := range n {
		want[i] = w[i]*float64(r.Input.Data[i]) + w[n+i]*float64(r.Input.Data[n+i])
		got[i] = float64(a.Map.Values[i])
		sum += want[i]
	}
	sameTo(t, "pixels", got, want, 1e-4)

	curved := &black{of: func(x []float32) float64 { return math.Tanh(model.of(x)/10) * 5 }}
	r, a = curved.look(t, "partitionshap", 0, map[string]float64{"samples": 60})
	rise := curved.of(r.Input.Data)
	total, facts := 0.0, map[string]float64{}
	for _, v := range a.Map.Values {
		total += float64(v)
	}
	for _, f := range a.Facts {
		facts[f.ID] = f.Value
	}
	if math.Abs(total-facts["score-rise"]) > 1e-4 || facts["samples"] > 60 || facts["samples"] < 50 {
		t.Errorf("values add up to %g of %g (whole: %g), %g evaluations", total, facts["score-rise"], rise, facts["samples"])
	}
}

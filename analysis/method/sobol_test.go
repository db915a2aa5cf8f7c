package method_test

import (
	"math"
	"testing"
)

// On a model that adds up its cells, each with its own weight, the total index
// of a cell is its share of the variance: within four of the stated errors.
func TestSobolOfASum(t *testing.T) {
	weights := []float64{3, 1, 0, 2}
	r0 := pixels(t, "sobol", 0, nil)
	n := pixelsW * pixelsH
	shown := func(x []float32) []float64 {
		// The first pixel of each quarter stands for its cell.
		var out []float64
		for _, at := range []int{0, pixelsW / 2, n / 2, n/2 + pixelsW/2} {
			out = append(out, float64(x[at])/float64(r0.Input.Data[at]))
		}
		return out
	}
	model := &black{of: func(x []float32) float64 {
		y := 0.0
		for i, u := range shown(x) {
			y += weights[i] * u
		}
		return y
	}}
	_, a := model.look(t, "sobol", 4, map[string]float64{"grid": 2, "design": 800})
	for i, v := range weights {
		want := v * v / 14
		if d := math.Abs(float64(a.Map.Values[i]) - want); d > 4*float64(a.Error.Values[i])+0.06*want {
			t.Errorf("cell %d: index %g, want %g, stated error %g", i, a.Map.Values[i], want, a.Error.Values[i])
		}
	}
	// The slow twin: Jansen's formula from what was asked.
	var base []float64
	fall := make([]float64, 4)
	for k := range 800 * 5 {
		y := model.of(model.asked[k])
		if k%5 == 0 {
			base = append(base, y)
		} else {
			fall[k%5-1] += (base[len(base)-1] - y) * (base[len(base)-1] - y)
		}
	}
	mean, spread := 0.0, 0.0
	for _, y := range base {
		mean += y / 800
	}
	for _, y := range base {
		spread += (y - mean) * (y - mean) / 799
	}
	for i, f := range fall {
		if want := f / (2 * 800 * spread); math.Abs(float64(a.Map.Values[i])-want) > 1e-5 {
			t.Errorf("cell %d: %g, by the formula %g", i, a.Map.Values[i], want)
		}
	}
}

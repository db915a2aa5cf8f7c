package method_test

import "testing"

func TestSmoothGradSquaredIsTheMeanSquare(t *testing.T) {
	n, m := explain(t, "smoothgrad2", map[string]float64{"channels": 1, "samples": 11})
	near(t, m, length(mean(noisy(n, 11, 0.15), func(_ int, g float64) float64 { return g * g })))
}

package method_test

import "testing"

// The slow twin takes the variance in two passes.
func TestVarGradIsTheVariance(t *testing.T) {
	n, m := explain(t, "vargrad", map[string]float64{"channels": 1, "samples": 11})
	gradients := noisy(n, 11, 0.15)
	centre := mean(gradients, func(_ int, g float64) float64 { return g })
	near(t, m, length(mean(gradients, func(at int, g float64) float64 { return (g - centre[at]) * (g - centre[at]) })))
}

package method_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/analysis/task"
)

// noisy is the slow twin of the three methods: each sample by itself, from
// the same generator.
func noisy(n *net, samples int, share float64) (gradients [][]float64) {
	x := n.input(5).Data
	sigma := share * (float64(slices.Max(x)) - float64(slices.Min(x)))
	for i := range samples {
		from := rand.New(rand.NewPCG(7, uint64(i+1)*0x9e3779b97f4a7c15))
		at := make([]float32, len(x))
		for j, v := range x {
			at[j] = float32(float64(v) + sigma*from.NormFloat64())
		}
		_, _, dx := n.derivatives(at)
		gradients = append(gradients, dx)
	}
	return gradients
}

// length folds three channels by their L2 norm.
func length(v []float64) []float64 {
	cells := len(v) / 3
	out := make([]float64, cells)
	for i := range out {
		out[i] = math.Sqrt(v[i]*v[i] + v[cells+i]*v[cells+i] + v[2*cells+i]*v[2*cells+i])
	}
	return out
}

func mean(gradients [][]float64, of func(at int, g float64) float64) []float64 {
	out := make([]float64, len(gradients[0]))
	for _, g := range gradients {
		for at := range out {
			out[at] += of(at, g[at]) / float64(len(gradients))
		}
	}
	return out
}

func TestSmoothGradIsTheMeanGradient(t *testing.T) {
	n, m := explain(t, "smoothgrad", map[string]float64{"channels": 1, "samples": 11, "noise": 0.3})
	near(t, m, length(mean(noisy(n, 11, 0.3), func(_ int, g float64) float64 { return g })))
	n, m = explain(t, "smoothgrad", map[string]float64{"channels": 1})
	near(t, m, length(mean(noisy(n, 25, 0.15), func(_ int, g float64) float64 { return g })))
}

// Without noise it is the plain gradient.
func TestSmoothGradWithoutNoiseIsSaliency(t *testing.T) {
	var maps []task.Map
	for id, params := range map[string]map[string]float64{"smoothgrad": {"noise": 0, "samples": 9}, "saliency": nil} {
		_, m := explain(t, id, params)
		maps = append(maps, m)
	}
	for i, v := range maps[0].Values {
		if math.Abs(float64(v-maps[1].Values[i])) > 1e-6 {
			t.Fatalf("cell %d: %g and %g", i, v, maps[1].Values[i])
		}
	}
}

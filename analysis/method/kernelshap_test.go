package method_test

import (
	"math"
	"math/rand/v2"
	"testing"
)

// game is a model that answers by a table over the segments that are open.
func game(m int) (*black, []float64, func(s []int32)) {
	from := rand.New(rand.NewPCG(12, 3))
	table := make([]float64, 1<<m)
	for i := range table {
		table[i] = 4 * from.NormFloat64()
	}
	var of []int32
	b := &black{}
	b.of = func(x []float32) float64 {
		at := 0
		for i, k := range of {
			if x[i] != 0 {
				at |= 1 << k
			}
		}
		return table[at]
	}
	return b, table, func(s []int32) { of = s }
}

// bruteShapley averages what a player adds over all coalitions without it:
// sum |S|! (m-|S|-1)! / m! (v(S with k) - v(S)).
func bruteShapley(m int, table []float64) []float64 {
	factorial := func(n int) float64 { return math.Gamma(float64(n) + 1) }
	out := make([]float64, m)
	for k := range m {
		for s := range table {
			if s>>k&1 == 1 {
				continue
			}
			size := 0
			for rest := s; rest > 0; rest &= rest - 1 {
				size++
			}
			out[k] += factorial(size) * factorial(m-size-1) / factorial(m) * (table[s|1<<k] - table[s])
		}
	}
	return out
}

// With all coalitions Kernel SHAP has the Shapley values, to 1e-6.
func TestKernelSHAPOfAllIsShapley(t *testing.T) {
	for _, m := range []int{2, 4, 6, 8, 10} {
		model, table, divide := game(m)
		plain, _ := slopes()
		_, first := plain.look(t, "kernelshap", 1, byCells(m, map[string]float64{"samples": 10}))
		if first.Segments.Count != m {
			t.Fatalf("%d segments, asked for %d", first.Segments.Count, m)
		}
		divide(first.Segments.Of)
		_, a := model.look(t, "kernelshap", 1, byCells(m, map[string]float64{"samples": 2000}))
		sameTo(t, "Shapley values", a.Surrogate.Values, bruteShapley(m, table), 1e-6)
		if len(model.asked) != 1<<m-2 {
			t.Errorf("%d segments: %d coalitions asked", m, len(model.asked))
		}
	}
}

// Sampled, the values of a linear model are exact, and whatever the model they
// add up to what they share out.
func TestKernelSHAPSampled(t *testing.T) {
	model, w := slopes()
	r, a := model.look(t, "kernelshap", 9, byCells(24, map[string]float64{"samples": 300}))
	sameTo(t, "values", a.Surrogate.Values, worths(w, r, *a.Segments), 1e-4)

	curved := &black{of: func(x []float32) float64 { return math.Exp(model.of(x) / 20) }}
	_, a = curved.look(t, "kernelshap", 9, byCells(24, map[string]float64{"samples": 300}))
	sum := 0.0
	for _, v := range a.Surrogate.Values {
		sum += v
	}
	if gap := sum - (a.Surrogate.Full - a.Surrogate.Off); math.Abs(gap) > 1e-9 {
		t.Errorf("the values miss the rise by %g", gap)
	}
	// Samples come in pairs that complete each other; sizes follow the kernel,
	// most often one or all but one.
	ends := 0
	for i := 0; i < 300; i += 2 {
		on, rest := open(*a.Segments, curved.asked[i]), open(*a.Segments, curved.asked[i+1])
		size := 0
		for k := range on {
			if on[k] == rest[k] {
				t.Fatalf("samples %d and %d share segment %d", i, i+1, k)
			}
			if on[k] {
				size++
			}
		}
		if size == 1 || size == 23 {
			ends++
		}
	}
	// The probability is 2/23 over 2 H(23)/24: 0.28, of 150 draws.
	if ends < 25 || ends > 60 {
		t.Errorf("%d of 150 pairs leave one segment alone", ends)
	}
}

package method

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The selection is what sorting gives, for values with many ties and infinities.
func TestNthIsTheSorted(t *testing.T) {
	from := rand.New(rand.NewPCG(1, 1))
	for n := 1; n < 200; n += 7 {
		v := make([]float64, n)
		for i := range v {
			v[i] = math.Round(from.NormFloat64() * 4)
			if from.IntN(5) == 0 {
				v[i] = math.Inf(1)
			}
		}
		sorted := slices.Sorted(slices.Values(v))
		for at := range v {
			if got := nth(slices.Clone(v), at); got != sorted[at] {
				t.Fatalf("place %d of %d: %g, want %g", at, n, got, sorted[at])
			}
		}
	}
}

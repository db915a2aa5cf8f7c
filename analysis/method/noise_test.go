package method

import (
	"math"
	"testing"
)

// Samples are independent of one another and of neighbouring seeds, and each
// is standard normal: bounds of four standard errors for 20000 draws.
func TestDrawsAreIndependent(t *testing.T) {
	const n = 20000
	for _, pair := range [][4]uint64{{1, 0, 1, 1}, {1, 0, 2, 0}, {0, 0, 0, 1}, {5, 3, 6, 2}} {
		a, b := draws(pair[0], int(pair[1])), draws(pair[2], int(pair[3]))
		sum, square, product := 0.0, 0.0, 0.0
		for range n {
			x, y := a.NormFloat64(), b.NormFloat64()
			sum, square, product = sum+x, square+x*x, product+x*y
		}
		if e := 4 / math.Sqrt(n); math.Abs(sum/n) > e || math.Abs(square/n-1) > 1.5*e || math.Abs(product/n) > e {
			t.Errorf("%v: mean %g, square %g, product %g", pair, sum/n, square/n, product/n)
		}
	}
}

func TestDeviationIsAShareOfTheRange(t *testing.T) {
	if got := deviation([]float32{-2, 0, 3}, 0.2); math.Abs(got-1) > 1e-9 {
		t.Errorf("%g", got)
	}
}

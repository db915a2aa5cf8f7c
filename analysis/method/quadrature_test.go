package method

import (
	"math"
	"slices"
	"testing"
)

// A rule of n points is exact for polynomials up to its degree: Gauss for
// 2n - 1, the middle and the trapezoid for 1, the sums at the ends for 0.
func TestQuadratureIsExactToItsDegree(t *testing.T) {
	for _, n := range []int{2, 3, 7, 20, 50, 300} {
		for rule, degree := range map[int]int{ruleGauss: 2*n - 1, ruleLeft: 0, ruleRight: 0, ruleMiddle: 1, ruleTrapezoid: 1} {
			points, weights := quadrature(rule, n)
			if !slices.IsSorted(points) || points[0] < 0 || points[n-1] > 1 {
				t.Errorf("rule %d: points from %g to %g", rule, points[0], points[n-1])
			}
			for power := range min(degree, 40) + 1 {
				sum := 0.0
				for i, x := range points {
					sum += weights[i] * math.Pow(x, float64(power))
				}
				if want := 1 / float64(power+1); math.Abs(sum-want) > 1e-12 {
					t.Errorf("rule %d of %d points: x^%d gives %g, want %g", rule, n, power, sum, want)
				}
			}
		}
	}
}

func TestQuadratureKnowsItsPoints(t *testing.T) {
	for rule, want := range map[int][]float64{
		ruleGauss: {0.5 - math.Sqrt(15)/10, 0.5, 0.5 + math.Sqrt(15)/10},
		ruleLeft:  {0, 1. / 3, 2. / 3}, ruleRight: {1. / 3, 2. / 3, 1},
		ruleMiddle: {1. / 6, 0.5, 5. / 6}, ruleTrapezoid: {0, 0.5, 1},
	} {
		points, _ := quadrature(rule, 3)
		for i, x := range points {
			if math.Abs(x-want[i]) > 1e-15 {
				t.Errorf("rule %d: points %v, want %v", rule, points, want)
			}
		}
	}
}

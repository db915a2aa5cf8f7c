package method

import (
	"slices"

	"gonum.org/v1/gonum/integrate/quad"
)

// The rules of integration over [0, 1], in the order of the parameter's choices.
const (
	ruleGauss = iota
	ruleLeft
	ruleRight
	ruleMiddle
	ruleTrapezoid
)

var ruleParam = Param{
	ID: "rule", Title: "Rule", Help: "How the path is sampled. Gauss-Legendre is the most exact for the same number of steps.",
	Max: 4, Step: 1, Choices: []string{"Gauss-Legendre", "Left sums", "Right sums", "Middle sums", "Trapezoid"},
}

// quadrature gives the n points, rising, and weights of a rule on [0, 1]; the weights
// add up to 1. n is at least 1, and 2 for the trapezoid.
//
// Captum's trapezoid has the points i/(n-1) but weights of 1/n, which add up
// to (n-1)/n; here they are 1/(n-1), halved at both ends.
func quadrature(rule, n int) (points, weights []float64) {
	points, weights = make([]float64, n), make([]float64, n)
	if rule == ruleGauss {
		quad.Legendre{}.FixedLocations(points, weights, 0, 1)
		slices.Reverse(points)
		slices.Reverse(weights)
		return points, weights
	}
	width := 1 / float64(n)
	if rule == ruleTrapezoid {
		width = 1 / float64(n-1)
	}
	shift := map[int]float64{ruleRight: 1, ruleMiddle: 0.5}[rule]
	for i := range points {
		points[i], weights[i] = (float64(i)+shift)*width, width
	}
	if rule == ruleTrapezoid {
		weights[0] /= 2
		weights[n-1] /= 2
	}
	return points, weights
}

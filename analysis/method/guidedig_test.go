package method_test

import (
	"math"
	"testing"

	"seewhy/analysis/method"
)

// On a linear model every way from b to x gives w (x - b): all of it is walked,
// whatever goes first.
func TestGuidedIGIsExactOnALinearModel(t *testing.T) {
	for _, given := range []map[string]float64{
		{"steps": 5}, {"steps": 40, "distance": 1, "fraction": 0.1}, {"steps": 10, "distance": 0}, {"steps": 9, "baseline": 1, "distance": 0.3},
	} {
		l := newLinear(40)
		r, a, err := l.ask(t.Context(), t, "guidedig", "NCHW", given)
		if err != nil {
			t.Fatal(err)
		}
		base := make([]float64, 40)
		if given["baseline"] == 1 {
			base = colours(r, -1.5, -2)
		}
		exact(t, a, l.shares(r, base))
		if gap := fact(t, a, method.FactGap); math.Abs(gap) > 1e-5 || l.calls != int(given["steps"]) {
			t.Errorf("%v: gap %g after %d calls", given, gap, l.calls)
		}
	}
}

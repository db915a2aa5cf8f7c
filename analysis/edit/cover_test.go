package edit

import (
	"slices"
	"testing"
)

func TestOverlaps(t *testing.T) {
	for _, c := range []struct {
		a, b     float64
		from, to int
		want     []float64
	}{
		{0.5, 2.25, 0, 4, []float64{0.5, 1, 0.25, 0}},
		{2.25, 0.5, 1, 3, []float64{1, 0.25}},
		{-3, -1, 0, 2, []float64{0, 0}},
		{0, 9, 3, 3, []float64{}},
	} {
		if got := Overlaps(c.a, c.b, c.from, c.to); !slices.Equal(got, c.want) {
			t.Errorf("%v to %v over %d..%d: %v, want %v", c.a, c.b, c.from, c.to, got, c.want)
		}
	}
}

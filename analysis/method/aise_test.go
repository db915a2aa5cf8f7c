package method_test

import (
	"strings"
	"testing"
)

// The map of a model that looks at one pixel has its peak near it.
func TestAISEFindsThePixel(t *testing.T) {
	const at = 5*pixelsW + 9
	model := &black{of: func(x []float32) float64 { return float64(x[at]) }}
	_, a := model.look(t, "aise", 0, map[string]float64{"samples": 60})
	best := 0
	for i, v := range a.Map.Values {
		if v > a.Map.Values[best] {
			best = i
		}
	}
	if dx, dy := best%pixelsW-at%pixelsW, best/pixelsW-at/pixelsW; dx*dx+dy*dy > 2 {
		t.Errorf("the peak is at column %d, row %d; the pixel at 9, 5", best%pixelsW, best/pixelsW)
	}
	if a.Map.Values[best] != 1 {
		t.Errorf("the largest value is %g, want 1", a.Map.Values[best])
	}
	// Two pictures a window, for three widths; the optimiser may ask a few more.
	if facts := a.Facts[len(a.Facts)-1]; facts.Value != 180 {
		t.Errorf("%g windows, want 180", facts.Value)
	}
}

// Where the rest of the picture always answers more than a window does, the
// sums are negative everywhere, and the result says so.
func TestAISETellsOfLostWindows(t *testing.T) {
	all := &black{of: func(x []float32) float64 {
		sum := 0.0
		for _, v := range x {
			sum += float64(v)
		}
		return sum
	}}
	warned := func(from float64) bool {
		_, a := all.look(t, "aise", 0, map[string]float64{"samples": 20, "from": from, "to": from})
		for _, n := range a.Notes {
			if n.Warning && strings.Contains(n.Key, "explain the probability") {
				return true
			}
		}
		return false
	}
	if !warned(0.05) {
		t.Error("narrow windows on a model that counts light lose to the rest, and no note says so")
	}
	if warned(1) {
		t.Error("wide windows hold most of the light, and a note says that they lose")
	}
}

package method_test

import "testing"

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

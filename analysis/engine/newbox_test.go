package engine_test

import (
	"os"
	"testing"
	"time"

	"seewhy/analysis/task"
)

// TestNewBox tells what a map of another box costs, beside one of the same box
// again: SEEWHY_MEASURE=1 go test ./analysis/engine -run TestNewBox -v.
func TestNewBox(t *testing.T) {
	if os.Getenv("SEEWHY_MEASURE") == "" {
		t.Skip("a measurement: set SEEWHY_MEASURE")
	}
	for _, c := range []struct{ model, picture string }{
		{"fastestdet-coco-fp32.onnx", "detect/fastestdet_3.jpg"},
		{"ultraface-RFB-320.onnx", "detect/fastestdet_3.jpg"},
	} {
		e := open(t)
		info, img := opened(t, e, shared+"models/"+c.model, shared+"images/"+c.picture)
		for _, method := range []string{"hirescam", "saliency", "occlusion"} {
			k := task.Task{Model: info.Ref, Image: img, Method: method, Target: auto(), Device: "cpu"}
			if method == "occlusion" {
				k.Params = map[string]float64{"window": 32, "stride": 32}
			}
			explained(t, e, k)
			took := func(at []task.Shape) time.Duration {
				k.At = at
				start := time.Now()
				explained(t, e, k)
				return time.Since(start)
			}
			var first, again []time.Duration
			for i := range 6 {
				x := float64(i) / 8
				at := boxAt(x, x, x+0.3, x+0.3)
				first = append(first, took(at))
				least := took(at)
				for range 4 {
					least = min(least, took(at))
				}
				again = append(again, least)
			}
			t.Logf("%s, %s: another box %v; the same again, at best %v", c.model, method, first, again)
		}
	}
}

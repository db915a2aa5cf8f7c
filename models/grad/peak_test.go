package grad_test

import (
	"testing"

	"seewhy/models/grad"
)

// The estimate sees what recomputing saves: TestRecomputingSavesMemory measures
// the same net.
func TestPeakBytesOfSegments(t *testing.T) {
	p := deepNet(t, library(t), 32)
	const value = 4 * 16 * 112 * 112
	peak := map[int]int64{}
	for _, segments := range []int{0, 2, 4, 6} {
		prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: "score", Wants: []string{"x"}, Segments: segments})
		if err != nil {
			t.Fatal(err)
		}
		peak[segments] = grad.PeakBytes(prog.Model.Graph, prog.Facts)
		t.Logf("%d segments: %.1f values", segments, float64(peak[segments])/value)
	}
	// All 32 ReLUs are kept for their masks, and a handful of values is at work.
	if n := float64(peak[0]) / value; n < 32 || n > 38 {
		t.Errorf("keeping everything takes %.1f values", n)
	}
	if !(peak[2] < peak[0]*3/4) || !(peak[4] < peak[2]) {
		t.Errorf("peaks %v do not fall", peak)
	}
}

// What a norm and a Gelu are written out to belongs to the forward pass: were
// it taken for the way back, a transformer's last third would never be cut.
func TestPeakBytesOfSegmentsOfATransformer(t *testing.T) {
	p, score := peerNet(t, library(t), "vit")
	peak := map[int]int64{}
	for _, segments := range []int{0, 4} {
		prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: score, Wants: []string{p.Input}, Segments: segments})
		if err != nil {
			t.Fatal(err)
		}
		peak[segments] = grad.PeakBytes(prog.Model.Graph, prog.Facts)
	}
	// 0.54, against 0.80 with the boundary where it was before the parts.
	if share := float64(peak[4]) / float64(peak[0]); share > 0.6 {
		t.Errorf("4 segments need %.2f of what keeping everything does", share)
	}
}

package method_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
)

// The channel that was asked for; for 0, the one whose activation times
// gradient adds most to the score of a net in which that is the score.
func TestChannelIsTheLayers(t *testing.T) {
	n := newNet(3)
	a := n.act(n.input(5).Data)
	cells := n.h * n.w
	shares := make([]float64, len(n.W))
	for i, v := range a {
		shares[i/cells] += v * n.V[i]
	}
	best := slices.Index(shares, slices.Max(shares))
	for asked, want := range map[float64]int{0: best, 1: 0, 6: 5} {
		m, err := method.ByID("channel")
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.Explain(context.Background(), n, request(t, m, n, map[string]float64{"channel": asked}), nil)
		if err != nil {
			t.Fatal(err)
		}
		near(t, got.Map, a[want*cells:(want+1)*cells])
		if fact(t, got, method.FactChannel) != float64(want+1) || math.Abs(fact(t, got, method.FactChannelShare)-shares[want]) > 1e-5 {
			t.Errorf("facts %v, want channel %d with %g", got.Facts, want+1, shares[want])
		}
	}
	m, _ := method.ByID("channel")
	if _, err := m.Explain(context.Background(), n, request(t, m, n, map[string]float64{"channel": 7}), nil); err == nil {
		t.Error("channel 7 of 6 is shown")
	}
}

// Concepts add up to the activation as well as may be, lie in order of their
// share, and the one shown is the one asked for, or that of the highest score.
func TestConceptsOfALayer(t *testing.T) {
	n := newNet(3)
	m, err := method.ByID("dff")
	if err != nil {
		t.Fatal(err)
	}
	for shown := range 4 {
		a, err := m.Explain(context.Background(), n, request(t, m, n, map[string]float64{"concepts": 3, "concept": float64(shown)}), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Concepts) != 3 {
			t.Fatalf("%d concepts", len(a.Concepts))
		}
		total, best := 0.0, math.Inf(-1)
		for i, c := range a.Concepts {
			total += c.Share
			if i > 0 && c.Share > a.Concepts[i-1].Share {
				t.Errorf("shares %v", a.Concepts)
			}
			best = max(best, c.Score)
		}
		// Shares are of float64 sums.
		if math.Abs(total-1) > 1e-12 {
			t.Errorf("shares add up to %g", total)
		}
		at := shown - 1
		if shown == 0 {
			at = slices.IndexFunc(a.Concepts, func(c task.Concept) bool { return c.Score == best })
		}
		if at < 0 || !slices.Equal(a.Map.Values, a.Concepts[at].Map.Values) {
			t.Errorf("shown %d is another map", shown)
		}
	}
	if _, err := m.Explain(context.Background(), n, request(t, m, n, map[string]float64{"concepts": 2, "concept": 3}), nil); err == nil {
		t.Error("concept 3 of 2 is shown")
	}
}

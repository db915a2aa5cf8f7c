package grad_test

import (
	"slices"
	"strings"
	"testing"

	"seewhy/models/grad"
)

// What the engine's tests of several passes rest on: names that do not clash,
// and an early score that is refused where it makes no sense.
func TestPassesHaveNamesOfTheirOwn(t *testing.T) {
	var names []string
	for pass := range 12 {
		names = append(names, grad.PassSeed(pass), grad.PassGradient(pass, "x"), grad.PassGradient(pass, "1.x"))
	}
	slices.Sort(names)
	if n := len(slices.Compact(slices.Clone(names))); n != len(names) {
		t.Errorf("%d of %d names are their own: %v", n, len(names), names)
	}
	if grad.PassSeed(0) != grad.SeedName || grad.PassGradient(0, "x") != grad.GradientName("x") {
		t.Error("the first pass has other names than a pass alone")
	}
}

// An early score is read at values of one shape that the score depends on.
func TestEarlyRefuses(t *testing.T) {
	p, score := peerNet(t, library(t), "vit")
	list := grad.Attentions(p, score)
	first, last := list[0].Output, list[len(list)-1].Output
	if q, err := grad.Early(p, score, last, last); err != nil || q != p {
		t.Errorf("a value for itself: %v", err)
	}
	for _, c := range [][3]string{
		{"such values cannot stand for each other", p.Input, last}, {"no such value", "nothing", last}, {"the score does not depend", first, "nothing"},
	} {
		if _, err := grad.Early(p, score, c[1], c[2]); err == nil {
			t.Errorf("%s: no error", c[0])
		}
	}
	q, err := grad.Early(p, score, first, last)
	if err != nil {
		t.Fatal(err)
	}
	early := grad.EarlyName(score, first, last)
	if added := len(q.Model.Graph.Nodes) - len(p.Model.Graph.Nodes); added < 2 || q.Model.Graph.Producers()[early] == nil || p.Facts.Shapes[early] != nil {
		t.Errorf("%d nodes more, and %q", added, early)
	}
	// A pass for it stops at its own block: no gradient of a later one is there.
	_, err = grad.Build(q.Model, q.Facts, grad.Query{Score: early, Wants: []string{list[len(list)-1].Value}})
	if err == nil || !strings.Contains(err.Error(), "does not influence") {
		t.Errorf("the last attention and the first score: %v", err)
	}
	_, err = grad.Build(q.Model, q.Facts, grad.Query{
		Score: score, Wants: []string{p.Input}, Segments: 2, More: []grad.Pass{{Score: early, Wants: []string{list[0].Value}}},
	})
	if err == nil || !strings.Contains(err.Error(), "several passes") {
		t.Errorf("passes in segments: %v", err)
	}
}

package report

import (
	"fmt"
	"testing"

	"seewhy/analysis/task"
)

func TestWords(t *testing.T) {
	s := &subject{}
	if _, p, l, _ := s.words(); p != "probability" || l != "logit" {
		t.Error(p, l)
	}
	s.Model.Output = task.Segmentation
	if h, p, _, f := s.words(); h != "Classes by area" || p != "area" || f != "Share of the area" {
		t.Error(h, p, f)
	}
	s.Result.Task.Like = &task.ImageRef{}
	if _, p, l, _ := s.words(); p != "similarity" || l != "cosine" {
		t.Error(p, l)
	}
}

// TestRegionName: what the engine calls a region is said in the reader's language.
func TestRegionName(t *testing.T) {
	tr := func(key string, args ...any) string { return "<" + fmt.Sprintf(key, args...) + ">" }
	for name, want := range map[string]string{"class 7": "<class 7>", "region": "<region>", "class seven": "class seven", "the bow": "the bow"} {
		if got := RegionName(name, tr); got != want {
			t.Errorf("%q is called %q, want %q", name, got, want)
		}
	}
}

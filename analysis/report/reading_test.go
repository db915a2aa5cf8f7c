package report

import (
	"fmt"
	"testing"

	"seewhy/analysis/task"
)

func TestWords(t *testing.T) {
	s := &subject{}
	if _, p, l, _ := s.words(); p != "probability" || l != "score" {
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
	s.Result.Value = 0.5
	page := testPage(t)
	if got, unit := page.explained(s), page.unit(s); got != "the cosine similarity, 0.5000" || unit != "Relevance, in units of the cosine similarity" {
		t.Errorf("explained: %s; %s", got, unit)
	}
}

// TestRegionName: what the engine calls a region is said in the reader's language.
func TestRegionName(t *testing.T) {
	tr := func(key string, args ...any) string { return "<" + fmt.Sprintf(key, args...) + ">" }
	for name, want := range map[string]string{"class 7": "<class 7>", "region": "<region>", "class seven": "class seven", "the bow": "the bow"} {
		if got := RegionName(name, task.ImageRef{Path: "cat.png"}, tr); got != want {
			t.Errorf("%q is called %q, want %q", name, got, want)
		}
	}
	// What is known of the gallery's pictures has a name in each language.
	for name, want := range map[string]string{"cat": "<cat>", "cat 2": "<cat> 2", "region": "<region>"} {
		if got := RegionName(name, task.ImageRef{Path: "gallery:04-cat"}, tr); got != want {
			t.Errorf("%q is called %q, want %q", name, got, want)
		}
	}
	for _, c := range []struct{ path, want string }{{"builtin:scenes", "<cat>"}, {"scenes.onnx", "cat"}} {
		if got := ClassOf(task.ModelRef{Path: c.path}, "cat", tr); got != c.want {
			t.Errorf("of %s: %q, want %q", c.path, got, c.want)
		}
	}
}

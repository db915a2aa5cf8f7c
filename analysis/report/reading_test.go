package report

import (
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

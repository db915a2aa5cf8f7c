package state

import (
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// Settings of the model change its answers: all are asked for again, and those
// on their way are not taken.
func TestSurveyFollowsTheModelsSettings(t *testing.T) {
	d := opened(t)
	d.send(FilesSorted{Images: []string{"/p/c.png", "/p/d.png"}})
	d.send(FilterSet{Filter: Filter{Class: "cat"}})
	first := must[Survey](d)
	answer := func(s Survey) {
		for _, w := range s.Wanted {
			d.send(StripMade{Labels: []ItemLabelled{{Item: w.Item, Asked: w.Asked, Model: s.Task.Model.SHA256, Top: task.Score{Label: "cat", Probability: .9}}}})
		}
	}
	answer(first)
	known := d.Film.Known
	if known != 4 || d.FilmLen() < 3 {
		t.Fatalf("%d known, %d shown", known, d.FilmLen())
	}
	d.send(PresetPicked{Spec: prep.Spec{Scale: 2}})
	c := must[Configure](d)
	info := model("m")
	info.Preprocess = *c.Choices.Preprocess
	d.send(ModelOpened{Job: c.Job, Info: info})
	again := must[Survey](d)
	if len(again.Wanted) != 4 || again.Task.Preprocess.Scale != 2 {
		t.Errorf("asked again for %d pictures, %+v", len(again.Wanted), again.Task.Preprocess)
	}
	answer(first)
	if d.Film.Known != 0 || d.FilmLen() != 0 {
		t.Errorf("%d older answers are taken, %d shown", d.Film.Known, d.FilmLen())
	}
	answer(again)
	if d.Film.Known != 4 || d.FilmLen() != 4 {
		t.Errorf("%d known, %d shown", d.Film.Known, d.FilmLen())
	}
	d.send(Undone{})
	back := must[Survey](d)
	if len(back.Wanted) < 3 || back.Task.Preprocess.Scale != 0 {
		t.Errorf("after undo asked for %d pictures, %+v", len(back.Wanted), back.Task.Preprocess)
	}
	answer(again)
	if d.Film.Known > 1 {
		t.Errorf("after undo %d older answers are taken", d.Film.Known)
	}
}

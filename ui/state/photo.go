package state

import (
	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/ui/view"
)

func (u *update) photo(m Msg) {
	switch m := m.(type) {
	case PhotoOpened:
		if m.Job == u.Photo.Job {
			u.photoOpened(m)
		}
	case PhotoFailed:
		if m.Job != u.Photo.Job {
			return
		}
		u.clear()
		u.Photo = Photo{Item: m.Item, Err: m.Err}
		u.replace(m.Item, func(it *Item) { it.Err, it.Fault = m.Err, m.Fault })
	case Predicted:
		if f := u.forward(m.Job); f != nil {
			p := m.Prediction
			*f = Forward{Item: m.Item, Prediction: &p, asked: f.asked}
			if (f == &u.Forward || f == &u.Before) && len(f.asked) == 0 && u.askedAt(u.Model.Opened) == nil && len(p.Order) > 0 && p.Order[0] < len(p.Scores) {
				u.label(m.Item, p.Scores[p.Order[0]])
			}
		}
	case PredictFailed:
		if f := u.forward(m.Job); f != nil {
			*f = Forward{Err: m.Err, asked: f.asked}
		}
	}
}

// forward is the slot whose job has that number; nil where none has.
func (u *update) forward(job JobID) *Forward {
	if job == 0 {
		return nil
	}
	if u.Forward.Job == job {
		return &u.Forward
	}
	if u.Before.Job == job {
		return &u.Before
	}
	for i := range u.Panes {
		if u.Panes[i].Forward.Job == job {
			return &u.Panes[i].Forward
		}
		if u.Panes[i].Before.Job == job {
			return &u.Panes[i].Before
		}
	}
	return nil
}

func (u *update) photoOpened(m PhotoOpened) {
	info := m.Info
	other := u.Photo.Info == nil || u.Photo.Info.Ref.SHA256 != info.Ref.SHA256
	u.Photo = Photo{Item: m.Item, Info: &info, Levels: m.Levels}
	selection := u.Marking.Selection
	u.unmark()
	if u.kept == m.Item {
		// Undo has brought it back with its picture.
		u.Marking.Selection = selection
	}
	u.cancel(&u.Edited.job)
	u.Edited = Edited{Levels: m.Edited, asked: m.Edits}
	u.Edited.now = u.edits()
	if m.EditErr != "" {
		u.notEdited(m.EditErr)
	}
	u.replace(m.Item, func(it *Item) { it.Thumb, it.Err, it.Fault = m.Thumb, "", "" })
	u.read(m.Item, info.Ref.SHA256)
	u.trim()
	for i := range u.Panes {
		u.Panes[i].View = view.View{Fit: true}
	}
	u.Pointer = Pointer{}
	saved := u.kept == m.Item
	u.kept = 0
	if other && u.Shown == 1 && !saved {
		// One pane follows the model's own answer; side by side, the classes
		// are a set-up that the person made and are kept.
		u.Panes[0].Class, u.Panes[0].Rather = task.AutoClass, task.AutoClass
	}
	u.clear()
	u.predictAll()
	u.explainAll()
}

// noPhoto empties the stage.
func (u *update) noPhoto() {
	u.cancel(&u.Photo.Job)
	u.cancel(&u.Edited.job)
	u.clear()
	u.unmark()
	u.Current, u.Photo, u.Edited = 0, Photo{}, Edited{}
}

// clear drops what belongs to another photo or model.
func (u *update) clear() {
	u.cancel(&u.Forward.Job)
	u.cancel(&u.Before.Job)
	u.Forward, u.Before = Forward{}, Forward{}
	for i := range u.Panes {
		u.clearPane(i)
	}
}

func (u *update) clearPane(pane int) {
	p := &u.Panes[pane]
	u.emptyPane(pane)
	u.cancel(&p.Forward.Job)
	u.cancel(&p.Before.Job)
	p.Forward, p.Before = Forward{}, Forward{}
}

// task is a pane's question about the photo, as far as both are open.
func (u *update) task(pane int) task.Task { return u.taskOf(u.ModelOf(pane), u.Panes[pane]) }

func (u *update) taskOf(m Opened, p Pane) task.Task {
	t := task.Task{
		Schema: task.Schema,
		Target: task.Target{Kind: p.Kind, Class: p.Class, Param: p.KindParam},
		Method: p.Method,
		Layer:  p.Layer,
		Params: p.Params[p.Method],
		Device: u.Device,
		TF32:   u.TF32,
		Half:   u.Half,
		Size:   askedSize(m, p),
	}
	if info, ok := method(m, p.Method); ok && info.Seeded {
		t.Seed = p.Seed
	}
	if info, ok := method(m, p.Method); ok && info.Joins && len(p.Layers) > 1 {
		t.Layers = p.Layers
	}
	if target.Of(p.Kind).Second {
		t.Target.Rather = p.Rather
	}
	if like := likeOf(m, p); like != nil {
		// There is one score, and no class to choose.
		t.Like, t.Target = like, task.Target{Kind: task.Logit, Class: task.AutoClass}
	}
	if m.Info != nil {
		t.Model, t.Preprocess = m.Info.Ref, m.Info.Preprocess
	}
	if i := u.Photo.Info; i != nil {
		t.Image = i.Ref
		t.At = u.askedAt(m)
		if !p.Original {
			t.Edits = u.Edited.now
		}
	}
	return t
}

func (u *update) open() bool { return u.Model.Info != nil && u.Photo.Info != nil }

// predictAll asks every model that is seen for its answer.
func (u *update) predictAll() {
	u.predict(0)
	for i := 1; i < u.Shown; i++ {
		if u.Panes[i].Own != nil {
			u.predict(i)
		}
	}
}

// predict asks the model of a pane for its answer.
func (u *update) predict(pane int) {
	if !u.open() {
		return
	}
	f, _ := u.answers(pane)
	u.cancel(&f.Job)
	f.Job, f.asked = u.job(), u.Edited.now
	u.do(Predict{Job: f.Job, Item: u.Photo.Item, Task: u.taskOf(u.ModelOf(pane), freshPane())})
	u.predictBefore(pane)
}

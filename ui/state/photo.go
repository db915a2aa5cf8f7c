package state

import (
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
		u.replace(m.Item, func(it *Item) { it.Err = m.Err })
	case Predicted:
		if m.Job != u.Forward.Job {
			return
		}
		p := m.Prediction
		u.Forward = Forward{Item: m.Item, Prediction: &p}
		if len(p.Order) > 0 && p.Order[0] < len(p.Scores) {
			u.label(m.Item, p.Scores[p.Order[0]])
		}
	case PredictFailed:
		if m.Job == u.Forward.Job {
			u.Forward = Forward{Err: m.Err}
		}
	}
}

func (u *update) photoOpened(m PhotoOpened) {
	info := m.Info
	other := u.Photo.Info == nil || u.Photo.Info.Ref.SHA256 != info.Ref.SHA256
	u.Photo = Photo{Item: m.Item, Info: &info, Levels: m.Levels}
	u.replace(m.Item, func(it *Item) { it.Thumb, it.Err = m.Thumb, "" })
	u.trim()
	u.View = view.View{Fit: true}
	if other && u.Shown == 1 {
		// One pane follows the model's own answer; side by side, the classes
		// are a set-up that the person made and are kept.
		u.Panes[0].Class, u.Panes[0].Rather = task.AutoClass, task.AutoClass
	}
	u.clear()
	u.predict()
	u.explainAll()
}

// clear drops what belongs to another photo or model.
func (u *update) clear() {
	u.cancel(&u.Forward.Job)
	u.Forward = Forward{}
	for i := range u.Panes {
		p := &u.Panes[i]
		u.cancel(&p.Job)
		p.Result, p.Overlay, p.Err, p.paint = nil, nil, "", 0
	}
}

// task is a pane's question about the photo, as far as both are open.
func (u *update) task(p Pane) task.Task {
	t := task.Task{
		Schema: task.Schema,
		Target: task.Target{Kind: p.Kind, Class: p.Class},
		Method: p.Method,
		Layer:  p.Layer,
		Device: u.Device,
	}
	if p.Kind == task.Margin {
		t.Target.Rather = p.Rather
	}
	if m := u.Model.Info; m != nil {
		t.Model, t.Preprocess = m.Ref, m.Preprocess
	}
	if i := u.Photo.Info; i != nil {
		t.Image = i.Ref
	}
	return t
}

func (u *update) open() bool { return u.Model.Info != nil && u.Photo.Info != nil }

func (u *update) predict() {
	if !u.open() {
		return
	}
	u.cancel(&u.Forward.Job)
	u.Forward.Job = u.job()
	u.do(Predict{Job: u.Forward.Job, Item: u.Photo.Item, Task: u.task(freshPane())})
}

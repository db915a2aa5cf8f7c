package state

import (
	"cmp"
	"reflect"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
)

// become makes a document the present one and asks for what differs: pictures
// and maps that are still right stay.
func (u *update) become(d State) {
	// What was under way was asked for by a document that is gone.
	u.stopModel()
	u.Model.Err, u.history.wish = "", ""
	was := u.former()
	film := filmOf(d.Items, u.Items)
	copyPart(reflect.ValueOf(&u.State).Elem(), reflect.ValueOf(&d).Elem(), true)
	u.Items = film
	wanted := d.Model.Ref
	if d.Model.Info == nil && was.Model.Info != nil && (wanted == "" || wanted == was.Model.Info.Ref.Path) {
		// It was on its way when the step was done, and has come since.
		u.Model.Opened = was.Model.Opened
	}
	// Edits are followed by what shows the picture, as after a stroke.
	u.Marking.Stroke, u.Edited.now = nil, nil
	u.Edited.now = u.edits()
	for i := range u.Panes {
		// The switches are those of a map; see below.
		u.Panes[i].Switches = was.Panes[i].Switches
	}
	u.modelsBack(was.State)
	away := u.photoBack()
	for i := range u.Panes {
		u.paneBack(was, i, away)
	}
	for i := range u.Panes[:u.Shown] {
		if want, now := d.Panes[i].Switches, u.Panes[i].Switches; !away && u.segmented(i) && !reflect.DeepEqual([2]any{want.On, want.Off}, [2]any{now.On, now.Off}) {
			u.switchTo(i, want.On, want.Off)
		}
	}
	if !away {
		u.deriveAll()
	}
	if id := u.Panes[u.Active].Style.Colormap; id != was.Panes[was.Active].Style.Colormap {
		u.do(Remember{Key: "colormap", Value: id})
	}
	if u.Model.Info == nil {
		u.openModel(cmp.Or(wanted, u.usualModel()), 0)
	}
	u.thumbs()
}

// modelsBack tells the engine what it must remember of models that are back.
func (u *update) modelsBack(was *State) {
	tell := func(now, before Opened) {
		if now.Info == nil || now.Info == before.Info {
			return
		}
		spec := now.Info.Preprocess
		// Its answer is known: it is the document. So no slot waits for it.
		u.do(Configure{Job: u.job(), SHA256: now.Info.Ref.SHA256, Choices: task.Choices{Exactly: true, Preprocess: &spec, Labels: now.Info.Labels, LabelsFrom: now.Info.LabelsFrom}})
	}
	tell(u.Model.Opened, was.Model.Opened)
	for i := 1; i < MaxPanes; i++ {
		if u.Panes[i].Own != nil {
			tell(u.ModelOf(i), was.ModelOf(i))
		}
	}
	if u.Model.Info != was.Model.Info {
		// Settings change answers, so labels under the pictures are made anew.
		u.unlabel()
	}
}

// photoBack shows the picture of the moment; true where it has to be opened.
func (u *update) photoBack() bool {
	it, _ := u.Item(u.Current)
	switch {
	case it == nil:
		u.noPhoto()
		return true
	case u.Photo.Item == it.ID && (u.Photo.Info != nil || u.Photo.Err != ""):
		u.cancel(&u.Photo.Job)
		return false
	}
	// Its classes are those of the document.
	u.kept = it.ID
	u.show(it)
	return true
}

// paneBack asks again for what a pane lacks. Where another picture is on its
// way, all panes are asked when it is there.
func (u *update) paneBack(was *former, i int, away bool) {
	p, before := &u.Panes[i], was.Panes[i]
	otherModel := !equalButEdits(was.models[i], u.taskOf(u.ModelOf(i), freshPane()))
	otherMap := otherModel || p.Show != before.Show || !equalButEdits(was.maps[i], u.task(i))
	if otherModel || p.Own != before.Own {
		u.cancel(&p.Forward.Job)
		u.cancel(&p.Before.Job)
		p.Forward, p.Before = Forward{}, Forward{}
		if i == 0 {
			u.cancel(&u.Forward.Job)
			u.cancel(&u.Before.Job)
			u.Forward, u.Before = Forward{}, Forward{}
		}
		if !away && i < u.Shown && (i == 0 || p.Own != nil) {
			u.predictBack(was, i)
		}
	}
	switch {
	case otherMap:
		u.emptyPane(i)
		if !away && i < u.Shown && !u.mapBack(was, i) {
			u.explain(i)
		}
	case i >= u.Shown:
		u.cancel(&p.Job)
	case !away && p.Show == ShowMap && p.Job == 0 && p.Err == "" && !u.current(i):
		u.explain(i)
	case p.Overlay != nil && (p.Mixed != before.Mixed || !sameLook(p.Style, before.Style) || p.paint == 0 && !p.looksRight()):
		u.paint(i)
	}
}

// equalButEdits compares what is asked, whatever is hidden of the picture.
func equalButEdits(a, b task.Task) bool {
	a.Edits, b.Edits = nil, nil
	return equalTasks(a, b)
}

// former is a state with what its panes asked: the maps and the plain answers.
type former struct {
	*State
	maps, models [MaxPanes]task.Task
	// done says that a pane's map is finished and answers its question.
	done [MaxPanes]bool
}

func (u *update) former() *former {
	was := u.State
	out := &former{State: &was}
	for i := range was.Panes {
		out.done[i] = was.Panes[i].Job == 0 && was.Panes[i].Show == ShowMap && !was.Panes[i].Partial && u.current(i)
		out.maps[i], out.models[i] = u.task(i), u.taskOf(was.ModelOf(i), freshPane())
	}
	return out
}

// mapBack takes over the map of the pane that had asked the same; false where
// none had.
func (u *update) mapBack(was *former, i int) bool {
	p, t := &u.Panes[i], u.task(i)
	for k, had := range was.Panes {
		if p.Show == ShowMap && was.done[k] && equalTasks(was.maps[k], t) {
			p.Result, p.meanError, p.answered, p.Overlay, p.painted = had.Result, had.meanError, p.Question, had.Overlay, had.painted
			p.chase = chase{asked: u.editsOf(i)}
			if !p.looksRight() {
				u.paint(i)
			}
			return true
		}
	}
	return false
}

// predictBack takes over the answer that a model has given in another pane, or
// asks for it.
func (u *update) predictBack(was *former, i int) {
	t := u.taskOf(u.ModelOf(i), freshPane())
	for k := range was.Panes {
		f, b := was.answers(k)
		// A pane off the stage may have an answer to older edits.
		if f.Prediction != nil && f.Job == 0 && same(f.asked, was.Edited.now) && equalTasks(was.models[k], t) {
			after, before := u.answers(i)
			*after, *before = *f, b.known()
			after.asked = u.Edited.now
			return
		}
	}
	u.predict(i)
}

// looksRight says that a pane's overlay is painted in its style.
func (p Pane) looksRight() bool {
	return p.Overlay != nil && sameLook(p.Style, p.Overlay.Style) && p.Mixed == p.Overlay.Mixed
}

// sameLook compares what an overlay is painted with. Its opacity is none of
// that, and what is clipped depends on the map.
func sameLook(a, b heatmap.Style) bool {
	a.Alpha, a.Clip = b.Alpha, b.Clip
	return a == b
}

// switchTo puts the switches of a pane's segments as they were.
func (u *update) switchTo(pane int, on bool, off []int) {
	u.clearSwitches(pane)
	w, r := &u.Panes[pane].Switches, u.Panes[pane].Result
	if !on {
		return
	}
	if n := len(off); n > 0 && off[n-1] >= r.Segments.Count {
		// The map has been made anew, of other segments.
		off = nil
	}
	w.On, w.Off = true, off
	u.outline(pane)
	if len(off) > 0 {
		w.Job = u.job()
		u.do(Switch{Job: w.Job, Task: r.Task, Segments: *r.Segments, Off: off})
	}
}

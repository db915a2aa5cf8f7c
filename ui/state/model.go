package state

import (
	"path/filepath"
	"slices"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

func (u *update) model(m Msg) {
	switch m := m.(type) {
	case ModelPicked:
		u.Model.then, u.restoring = nil, nil
		if m.Pane > 0 && u.has(m.Pane) {
			u.Active = m.Pane
		}
		switch {
		case m.Pane < 0 || m.Pane >= MaxPanes:
		case m.Ref == "":
			u.share(m.Pane)
		default:
			u.openModel(m.Ref, m.Pane)
		}
	case ModelFetched:
		if m.Job == u.Model.Job {
			u.startOpen(u.Model.Ref)
			u.do(ListModels{})
		}
	case ModelOpened:
		if m.Job == u.Model.Job {
			u.modelOpened(m)
		}
	case ModelFailed:
		if m.Job != u.Model.Job {
			return
		}
		u.Model.Job, u.Model.Err, u.Model.saved = 0, m.Err, nil
		if u.Model.Pane == 0 {
			u.Model.then = nil
		}
		u.say(true, i18n.Tell(m.Err))
		if !u.notRestored() {
			u.openLater()
		}
	case PresetPicked:
		spec := m.Spec
		u.configure(m.Pane, func(c *task.Choices) { c.Preprocess = &spec })
	case LabelsPicked:
		if u.Model.Info == nil {
			return
		}
		u.cancel(&u.Model.Job)
		u.Model.Job, u.Model.Pane = u.job(), u.Holder(m.Pane)
		u.do(ReadLabels{Job: u.Model.Job, Path: m.Path})
	case LabelsRead:
		if m.Job != u.Model.Job {
			return
		}
		u.Model.Job = 0
		pane := u.Model.Pane
		if want := u.ModelOf(pane).Info.Classes; len(m.Labels) != want {
			u.say(true, i18n.T("%s holds %d names, but the model has %d classes.", filepath.Base(m.Path), len(m.Labels), want))
			return
		}
		u.configure(pane, func(c *task.Choices) { c.Labels, c.LabelsFrom = m.Labels, filepath.Base(m.Path) })
	}
}

// openModel opens what ref names for a pane, 0 being the window; the model in
// use stays until the new one is there.
func (u *update) openModel(ref string, pane int) {
	if ref == "" || u.Phase != Ready {
		u.options.Model = ref
		return
	}
	u.cancel(&u.Model.Job)
	u.Model.Err, u.Model.saved = "", nil
	u.Model.Ref, u.Model.Title, u.Model.Pane = ref, filepath.Base(ref), pane
	i := slices.IndexFunc(u.Known, func(k task.KnownModel) bool { return k.Ref == ref })
	if i >= 0 {
		u.Model.Title = u.Known[i].Title
	}
	if i >= 0 && !u.Known[i].Here {
		u.Model.Job, u.Model.Fetching = u.job(), true
		u.Model.Work = Work{Done: -1}
		u.do(FetchModel{Job: u.Model.Job, Ref: ref})
		return
	}
	u.startOpen(ref)
}

func (u *update) startOpen(ref string) {
	u.Model.Job, u.Model.Fetching = u.job(), false
	u.Model.Work = Work{Done: -1}
	u.do(OpenModel{Job: u.Model.Job, Ref: ref})
}

// configure changes the choices for the model of a pane.
func (u *update) configure(pane int, change func(*task.Choices)) {
	if pane < 0 || pane >= MaxPanes {
		return
	}
	pane = u.Holder(pane)
	m := u.ModelOf(pane)
	if m.Info == nil {
		return
	}
	u.cancel(&u.Model.Job)
	u.Model.Job, u.Model.Fetching, u.Model.Pane = u.job(), false, pane
	u.Model.Work = Work{Done: -1}
	change(&m.Choices)
	u.keep(pane, m)
	u.do(Configure{Job: u.Model.Job, SHA256: m.Info.Ref.SHA256, Choices: m.Choices})
}

// keep makes m the model of a pane, 0 being the window.
func (u *update) keep(pane int, m Opened) {
	if pane == 0 {
		u.Model.Opened = m
		return
	}
	u.Panes[pane].Own = &m
}

func (u *update) modelOpened(m ModelOpened) {
	info, pane := m.Info, u.Model.Pane
	u.Model.Job, u.Model.Err = 0, ""
	old := u.ModelOf(pane)
	next := Opened{Info: &info, Presets: m.Presets}
	same := old.Info != nil && old.Info.Ref.SHA256 == info.Ref.SHA256
	if same {
		next.Choices = old.Choices
	} else {
		u.do(ListModels{})
	}
	if pane > 0 {
		u.ownOpened(pane, next, same)
		return
	}
	u.Model.Opened = next
	if !same && u.restoring == nil {
		u.found(info.Ref.SHA256)
	}
	for i := range u.Panes {
		p := &u.Panes[i]
		if p.Own != nil && p.Own.Info.Ref.SHA256 == info.Ref.SHA256 {
			p.Own = nil
		}
		if p.Own == nil && !same {
			*p = fitted(*p, next)
		}
	}
	if u.restoring != nil {
		// What was saved stays as it was, whatever its panes have in common.
		u.resume()
	} else if !same {
		u.vary()
	}
	// Settings change answers, so labels under the pictures are made anew.
	u.unlabel()
	u.clear()
	u.predictAll()
	u.explainAll()
	u.thumbs()
	u.openLater()
}

// openLater opens the next model that waits for its turn.
func (u *update) openLater() {
	if len(u.Model.then) == 0 || u.Model.Job != 0 {
		return
	}
	next := u.Model.then[0]
	u.Model.then = u.Model.then[1:]
	u.openModel(next.ref, next.pane)
	u.Model.saved = next.saved
}

// ownOpened gives a pane a model of its own; the window's is no other.
func (u *update) ownOpened(pane int, m Opened, same bool) {
	saved := u.Model.saved
	u.Model.saved = nil
	defer u.openLater()
	if w := u.Model.Info; w != nil && w.Ref.SHA256 == m.Info.Ref.SHA256 {
		u.share(pane)
		return
	}
	p := &u.Panes[pane]
	p.Own = &m
	if !same {
		*p = fitted(*p, m)
	}
	if saved != nil {
		u.resumePane(pane, *saved, m)
		u.notSame(saved.Task.Model, m)
	}
	u.begin(pane)
}

// share gives a pane the window's model back.
func (u *update) share(pane int) {
	if u.Panes[pane].Own == nil {
		return
	}
	if u.Model.Pane == pane {
		u.cancel(&u.Model.Job)
	}
	u.Panes[pane].Own = nil
	if u.Model.Info != nil {
		u.Panes[pane] = fitted(u.Panes[pane], u.Model.Opened)
	}
	u.begin(pane)
}

// begin asks everything of a pane anew.
func (u *update) begin(pane int) {
	u.clearPane(pane)
	if !u.has(pane) {
		return
	}
	if u.Panes[pane].Own != nil {
		u.predict(pane)
	}
	u.explain(pane)
}

// fitted keeps a pane's method where the new model can run it. Layers and
// classes belong to the old model.
func fitted(p Pane, model Opened) Pane {
	p.Layer, p.Layers, p.Class, p.Rather = task.Auto, nil, task.AutoClass, task.AutoClass
	if m, ok := method(model, p.Method); ok && m.Why == "" {
		return p
	}
	if ids := runnable(model); len(ids) > 0 {
		p.Method = ids[0]
	}
	return p
}

// unlabel takes the answers from under the pictures. Those on their way were
// asked for before, and are not taken.
func (u *update) unlabel() {
	u.Film.asked++
	items := slices.Clone(u.Items)
	for i, it := range items {
		if it.LabelModel != "" {
			changed := *it
			changed.Label, changed.LabelModel, changed.Probability = "", "", 0
			items[i] = &changed
		}
	}
	u.Items = items
}

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
		u.openModel(m.Ref)
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
		u.Model.Job, u.Model.Err = 0, m.Err
		u.say(true, m.Err)
	case PresetPicked:
		spec := m.Spec
		u.configure(func(c *task.Choices) { c.Preprocess = &spec })
	case LabelsPicked:
		if u.Model.Info == nil {
			return
		}
		u.cancel(&u.Model.Job)
		u.Model.Job = u.job()
		u.do(ReadLabels{Job: u.Model.Job, Path: m.Path})
	case LabelsRead:
		if m.Job != u.Model.Job {
			return
		}
		u.Model.Job = 0
		if want := u.Model.Info.Classes; len(m.Labels) != want {
			u.say(true, i18n.T("%s holds %d names, but the model has %d classes.", filepath.Base(m.Path), len(m.Labels), want))
			return
		}
		u.configure(func(c *task.Choices) { c.Labels, c.LabelsFrom = m.Labels, filepath.Base(m.Path) })
	}
}

// openModel opens what ref names; the model in use stays until the new one is there.
func (u *update) openModel(ref string) {
	if ref == "" || u.Phase != Ready {
		u.options.Model = ref
		return
	}
	u.cancel(&u.Model.Job)
	u.Model.Err = ""
	u.Model.Ref, u.Model.Title = ref, filepath.Base(ref)
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

func (u *update) configure(change func(*task.Choices)) {
	info := u.Model.Info
	if info == nil {
		return
	}
	u.cancel(&u.Model.Job)
	u.Model.Job, u.Model.Fetching = u.job(), false
	u.Model.Work = Work{Done: -1}
	change(&u.Model.Choices)
	u.do(Configure{Job: u.Model.Job, SHA256: info.Ref.SHA256, Choices: u.Model.Choices})
}

func (u *update) modelOpened(m ModelOpened) {
	info := m.Info
	same := u.Model.Info != nil && u.Model.Info.Ref.SHA256 == info.Ref.SHA256
	u.Model.Job, u.Model.Err = 0, ""
	u.Model.Info, u.Model.Presets = &info, m.Presets
	if !same {
		u.Model.Choices = task.Choices{}
		u.do(ListModels{})
		for i := range u.Panes {
			u.Panes[i] = u.fitted(u.Panes[i])
		}
	}
	// Settings change answers, so labels under the pictures are made anew.
	u.unlabel()
	u.clear()
	u.predict()
	u.explainAll()
	u.thumbs()
}

// fitted keeps a pane's method where the new model can run it. Layers and
// classes belong to the old model.
func (u *update) fitted(p Pane) Pane {
	p.Layer, p.Class, p.Rather = task.Auto, task.AutoClass, task.AutoClass
	if m, ok := u.Method(p.Method); ok && m.Why == "" {
		return p
	}
	for _, m := range u.Model.Info.Methods {
		if m.Why == "" {
			p.Method = m.ID
			return p
		}
	}
	return p
}

func (u *update) unlabel() {
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

package state

import (
	"slices"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// What the demonstration shows: a picture whose watermark misleads the biased
// model and not the honest one.
const (
	biasedModel    = "builtin:seewhy-scenes-biased"
	misleadingItem = "gallery:26-agency-cat-marked"
)

// demonstrate shows one picture to the honest and the biased model side by
// side, each asked by Grad-CAM for its own answer.
func (u *update) demonstrate() {
	known := func(ref string) bool {
		return slices.ContainsFunc(u.Known, func(k task.KnownModel) bool { return k.Ref == ref })
	}
	i := slices.IndexFunc(u.Items, func(it *Item) bool { return it.Ref == misleadingItem })
	if u.Phase != Ready || i < 0 || !known(DefaultModel) || !known(biasedModel) {
		u.say(true, i18n.T("The demonstration needs the built-in models and pictures, which this program lacks."))
		return
	}
	u.Shown, u.Active, u.Solo = 2, 0, false
	for k := range 2 {
		p := &u.Panes[k]
		u.clearPane(k)
		p.Question, p.Show = freshPane().Question, ShowMap
	}
	u.show(u.Items[i])
	u.say(false, i18n.T("One picture, two models: the one at the right has learned that a watermark means a boat."))
	isOpen := func(m Opened, ref string) bool { return m.Info != nil && m.Info.Ref.Path == ref }
	switch {
	case !isOpen(u.Model.Opened, DefaultModel):
		u.openModel(DefaultModel, 0)
		u.Model.then = []later{{pane: 1, ref: biasedModel}}
	case !isOpen(u.ModelOf(1), biasedModel):
		u.openModel(biasedModel, 1)
	}
}

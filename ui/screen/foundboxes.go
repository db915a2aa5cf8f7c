package screen

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// foundBoxes are the boxes that a detector is sure of, to be picked, and whether
// they are drawn over the photo.
type foundBoxes struct {
	*context
	title *widget.Text
	eye   *widget.Button
	list  *widget.Boxes
	root  *fyne.Container
}

func newFoundBoxes(c *context) *foundBoxes {
	f := &foundBoxes{context: c, title: heading(""), list: widget.NewBoxes()}
	f.eye = widget.NewButton("", theme.VisibilityIcon(), widget.Quiet, func() { c.Send(state.RegionsShown{On: c.state.Marks.Hidden}) })
	f.eye.SetTip(c.tips, i18n.T("Outline the boxes on the picture"))
	f.list.OnPicked = func(box int) { c.Send(state.BoxPicked{Pane: c.state.Active, Box: box}) }
	f.root = container.New(widget.Column{Gap: 2}, container.New(headLine{}, f.title, f.eye), f.list)
	f.root.Hide()
	return f
}

// finds says that one of a detector's boxes is what the picture shows.
func finds(s state.State, v answerView) bool {
	return slices.ContainsFunc(v.prediction.Boxes, func(b task.FoundBox) bool { return s.Label(s.Active, b.Class) == v.truth })
}

func (f *foundBoxes) show(s state.State, v answerView) {
	if v.prediction == nil || len(v.prediction.Boxes) == 0 {
		f.root.Hide()
		return
	}
	all := make([]widget.Box, len(v.prediction.Boxes))
	for i, b := range v.prediction.Boxes {
		all[i] = widget.Box{Label: label(s, s.Active, b.Class), Percent: percent(b.Score), Chosen: b.Asked}
	}
	f.title.SetText(upper(i18n.T("Boxes (%d)", len(all))))
	f.eye.SetOn(!v.unmarked)
	f.list.Set(all)
	f.root.Show()
}

package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// tf32Row chooses between float32 and TF32 where the device in use knows both.
type tf32Row struct {
	exact, fast *widget.Button
	root        *fyne.Container
}

func newTF32Row(c *context) *tf32Row {
	r := &tf32Row{
		exact: widget.NewButton("Float32", nil, widget.Normal, func() { c.Send(state.TF32Set{}) }),
		fast:  widget.NewButton("TF32", nil, widget.Normal, func() { c.Send(state.TF32Set{On: true}) }),
	}
	r.root = setting(i18n.T("Precision"), container.New(
		widget.Column{Width: settingWidth, Gap: 4},
		container.NewHBox(r.exact, r.fast),
		widget.NewText(i18n.T("TF32 rounds the factors of products to 10 bits: faster, and right to about 1e-3. A map made so says so.")).Small().Wrapped(3),
	))
	r.root.Hide()
	return r
}

// show returns whether the page has to be arranged anew.
func (r *tf32Row) show(s state.State) bool {
	r.exact.SetOn(!s.TF32)
	r.fast.SetOn(s.TF32)
	hidden := !s.KnowsTF32()
	if r.root.Hidden == hidden {
		return false
	}
	r.root.Hidden = hidden
	return true
}

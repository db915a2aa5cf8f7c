package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// paneCard is the question of a compact pane, with all that its head and foot
// have no room for.
type paneCard struct {
	*pane
	model, method, layer, class *widget.Picker
	settings                    *widget.Button
	says, unit, note            *widget.Text
	column                      *fyne.Container
	pop                         *fynewidget.PopUp
}

func (p *pane) openCard() {
	if p.state.Active != p.index {
		p.Send(state.PaneActivated{Pane: p.index})
	}
	c := &paneCard{
		pane: p, says: widget.NewText("").Small().Colored(look.Text).Wrapped(2),
		unit: widget.NewText("").Small().Wrapped(4), note: widget.NewText("").Small().Wrapped(8),
	}
	c.model = widget.NewPicker(i18n.T("Model"), func() { p.chooseModel(c.model) })
	c.method = widget.NewPicker(i18n.T("Method"), func() { p.chooseMethod(c.method) })
	c.layer = widget.NewPicker(i18n.T("Layer"), func() { p.chooseLayer(c.layer) })
	c.class = widget.NewPicker(i18n.T("Class"), func() { p.chooseClass(c.class) })
	c.settings = widget.NewButton(i18n.T("Settings"), look.Sliders, widget.Normal, func() { p.chooseParams(c.settings) })
	c.column = container.New(widget.Column{Width: formWidth - 12, Gap: 6, Pad: 10}, c.model, c.says, c.method, c.layer, c.class, c.settings, c.unit, c.note)
	p.card = c
	c.show(*p.state)
	c.pop = popUnder(p.summary, c.column, formWidth)
}

// show repeats what the pane's own head and foot, which are hidden, hold.
func (c *paneCard) show(s state.State) {
	if c.pop != nil && !c.pop.Visible() {
		return
	}
	p := c.pane
	c.model.SetValue(p.model.Value())
	c.says.SetText(p.says.Text())
	for _, k := range [][2]*widget.Picker{{c.method, p.method}, {c.layer, p.layer}, {c.class, p.class}} {
		k[0].SetCaption(k[1].Caption())
		k[0].SetValue(k[1].Value())
		k[0].SetDisabled(k[1].Disabled())
	}
	c.settings.SetDisabled(p.settings.Disabled())
	c.unit.SetText("")
	c.note.SetText("")
	if k := s.Panes[p.index]; k.Overlay != nil && (k.Result != nil || k.Derived != nil) {
		words, warning := noteWords(s, k)
		c.unit.SetText(footWords(s, p.index, false))
		c.note.SetText(words)
		c.note.SetColor(look.Muted)
		if warning {
			c.note.SetColor(look.Warning)
		}
	}
	c.column.Refresh()
}

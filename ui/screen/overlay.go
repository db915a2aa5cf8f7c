package screen

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/analysis/heatmap"
	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// overlayForm is how the map is laid over the photo.
type overlayForm struct {
	*context
	modes                           map[heatmap.Mode]*widget.Button
	threshold, percentile, contours *widget.Fader
	thresholdAt, percentileAt       *widget.Text
	contoursAt                      *widget.Text
	smooth, wipe, all, reset        *widget.Button
	column                          *fyne.Container
	pop                             *fynewidget.PopUp
}

// mostContours is what the slider offers: more lines cannot be told apart.
const mostContours = 12

// openOverlay opens the form under its button.
func (s *stage) openOverlay() {
	s.overlay = newOverlayForm(s.context)
	s.overlay.show(*s.state)
	s.overlay.open(s.look)
}

func newOverlayForm(c *context) *overlayForm {
	f := &overlayForm{context: c, modes: map[heatmap.Mode]*widget.Button{}}
	var modes []fyne.CanvasObject
	for _, m := range []struct {
		mode  heatmap.Mode
		title string
	}{{heatmap.Colours, i18n.T("Colours")}, {heatmap.Lines, i18n.T("Lines")}, {heatmap.Mask, i18n.T("Mask")}, {heatmap.Blur, i18n.T("Blur rest")}} {
		b := widget.NewButton(m.title, nil, widget.Normal, func() { c.Send(state.ModePicked{Mode: m.mode}) })
		f.modes[m.mode] = b
		modes = append(modes, b)
	}
	f.threshold = widget.NewFader(func(v float64) { c.Send(state.ThresholdSet{Threshold: v}) })
	f.percentile = widget.NewFader(func(v float64) { c.Send(state.PercentileSet{Percentile: v}) })
	f.contours = widget.NewFader(func(v float64) { c.Send(state.ContoursSet{Contours: int(v*mostContours + .5)}) })
	f.threshold.Notch, f.percentile.Notch, f.contours.Notch = 0.01, 0.01, 1.0/mostContours
	value := func() *widget.Text { return widget.NewText("").Small().Aligned(fyne.TextAlignTrailing).Whole() }
	f.thresholdAt, f.percentileAt, f.contoursAt = value(), value(), value()
	f.smooth = widget.NewButton(i18n.T("Smooth"), nil, widget.Normal, func() {
		c.Send(state.SmoothSet{Smooth: !c.state.Panes[c.state.Active].Style.Smooth})
	})
	f.wipe = widget.NewButton(i18n.T("Before/after line"), nil, widget.Normal, func() { c.Send(state.WipeToggled{}) })
	f.all = widget.NewButton(i18n.T("The same in all panes"), nil, widget.Normal, func() {
		l := c.state.Links
		l.Style = !l.Style
		c.Send(state.LinksSet{Links: l})
	})
	f.reset = widget.NewButton(i18n.T("Reset to defaults"), nil, widget.Normal, func() {
		c.Send(state.ModePicked{})
		c.Send(state.ThresholdSet{})
		c.Send(state.PercentileSet{})
		c.Send(state.ContoursSet{})
		c.Send(state.SmoothSet{Smooth: true})
	})
	line := func(title string, at *widget.Text) fyne.CanvasObject {
		return container.New(ends{}, widget.NewText(title), at)
	}
	f.column = container.New(
		widget.Column{Width: formWidth - 12, Gap: 5, Pad: 10},
		widget.NewText(i18n.T("How the map is shown")).Bold(), container.New(thirds{4}, modes...),
		widget.Spacer(1, 2),
		line(i18n.T("Leave out under"), f.thresholdAt), f.threshold,
		line(i18n.T("Leave out the weakest area"), f.percentileAt), f.percentile,
		line(i18n.T("Contour lines"), f.contoursAt), f.contours,
		widget.Spacer(1, 2),
		container.New(thirds{4}, f.smooth, f.wipe),
		widget.NewText(i18n.T("Not smooth shows the layer's true cells.")).Small().Wrapped(2),
		widget.Spacer(1, 2),
		container.New(thirds{4}, f.all, f.reset),
	)
	return f
}

func (f *overlayForm) open(anchor fyne.CanvasObject) {
	f.pop = popUnder(anchor, f.column, formWidth)
}

func (f *overlayForm) show(s state.State) {
	if f.pop != nil && !f.pop.Visible() {
		return
	}
	style := s.Panes[s.Active].Style
	for mode, b := range f.modes {
		b.SetOn(mode == style.Mode)
	}
	percents := func(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }
	f.threshold.SetValue(style.Threshold)
	f.thresholdAt.SetText(i18n.T("%s of full scale", percents(style.Threshold)))
	f.percentile.SetValue(style.Percentile)
	f.percentileAt.SetText(percents(style.Percentile))
	f.contours.SetValue(float64(style.Contours) / mostContours)
	f.contoursAt.SetText(fmt.Sprint(style.Contours))
	f.smooth.SetOn(style.Smooth)
	f.wipe.SetOn(s.Panes[s.Active].Wipe.On)
	f.all.SetOn(s.Links.Style)
	f.column.Refresh()
}

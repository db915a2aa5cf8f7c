package screen

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// shareForm bounds the probability of the answers that are shown.
type shareForm struct {
	bar           *filterBar
	low, high     *widget.Fader
	lowAt, highAt *widget.Text
	column        *fyne.Container
	pop           *fynewidget.PopUp
}

func newShareForm(b *filterBar) *shareForm {
	f := &shareForm{bar: b}
	at := func() *widget.Text { return widget.NewText("").Small().Aligned(fyne.TextAlignTrailing).Whole() }
	f.lowAt, f.highAt = at(), at()
	// One bound pushes the other along.
	f.low = widget.NewFader(func(v float64) { f.bound(whole(v), max(whole(v), upperOf(b.state.Film.Filter))) })
	f.high = widget.NewFader(func(v float64) { f.bound(min(b.state.Film.Filter.Low, whole(v)), max(whole(v), 0.01)) })
	f.low.Notch, f.high.Notch = 0.01, 0.01
	line := func(title string, at *widget.Text) fyne.CanvasObject {
		return container.New(ends{}, widget.NewText(title), at)
	}
	preset := func(low, high float64) fyne.CanvasObject {
		return widget.NewButton(shareWords(state.Filter{Low: low, High: high}), nil, widget.Normal, func() { f.bound(low, high) })
	}
	f.column = container.New(
		widget.Column{Width: 288, Gap: 5, Pad: 10},
		widget.NewText(i18n.T("Probability of the answer")).Bold(),
		line(i18n.T("At least"), f.lowAt), f.low, line(i18n.T("At most"), f.highAt), f.high,
		widget.Spacer(1, 2),
		container.New(thirds{4}, preset(0, 0.5), preset(0.5, 0.9)),
		container.New(thirds{4}, preset(0.9, 1), preset(0, 1)),
	)
	return f
}

// whole rounds to per cents.
func whole(v float64) float64 { return float64(int(v*100+.5)) / 100 }

func upperOf(f state.Filter) float64 {
	if f.High == 0 {
		return 1
	}
	return f.High
}

func (f *shareForm) bound(low, high float64) {
	if high >= 1 {
		high = 0
	}
	f.bar.set(func(k *state.Filter) { k.Low, k.High = low, high })
}

func (f *shareForm) show(s state.State) {
	if f.pop != nil && !f.pop.Visible() {
		return
	}
	k := s.Film.Filter
	f.low.SetValue(k.Low)
	f.high.SetValue(upperOf(k))
	f.lowAt.SetText(fmt.Sprintf("%.0f %%", 100*k.Low))
	f.highAt.SetText(fmt.Sprintf("%.0f %%", 100*upperOf(k)))
}

// shareWords tell a range of probabilities.
func shareWords(f state.Filter) string {
	high := upperOf(f)
	switch {
	case !f.Bounded():
		return i18n.T("Any confidence")
	case f.Low == 0:
		return fmt.Sprintf("≤ %.0f %%", 100*high)
	case high == 1:
		return fmt.Sprintf("≥ %.0f %%", 100*f.Low)
	}
	return fmt.Sprintf("%.0f – %.0f %%", 100*f.Low, 100*high)
}

// grouped writes a number with its thousands apart.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

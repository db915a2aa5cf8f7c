package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// precisionRow chooses between float32, TF32 and float16 where the device in
// use knows more than the first.
type precisionRow struct {
	exact, fast, half *widget.Button
	rounds, narrow    *widget.Text
	root              *fyne.Container
}

func newPrecisionRow(c *context) *precisionRow {
	choose := func(tf32, half bool) func() {
		return func() { c.Send(state.PrecisionSet{TF32: tf32, Half: half}) }
	}
	r := &precisionRow{
		exact:  widget.NewButton("Float32", nil, widget.Normal, choose(false, false)),
		fast:   widget.NewButton("TF32", nil, widget.Normal, choose(true, false)),
		half:   widget.NewButton("Float16", nil, widget.Normal, choose(false, true)),
		rounds: widget.NewText(i18n.T("TF32 rounds the factors of products to 10 bits: faster, and right to about 1e-3. A map made so says so.")).Small().Wrapped(3),
		narrow: widget.NewText(i18n.T("Float16 is faster still: scores are right to about 1e-3, gradients to a few hundredths. A map made so says so.")).Small().Wrapped(3),
	}
	r.root = setting(i18n.T("Precision"), container.New(
		widget.Column{Width: settingWidth, Gap: 4}, container.NewHBox(r.exact, r.fast, r.half), r.rounds, r.narrow,
	))
	r.root.Hide()
	return r
}

// show returns whether the page has to be arranged anew.
func (r *precisionRow) show(s state.State) bool {
	tf32, half := s.KnowsTF32(), s.KnowsHalf()
	r.half.SetOn(half && s.Half)
	r.fast.SetOn(tf32 && s.TF32 && !(half && s.Half))
	r.exact.SetOn(!(half && s.Half) && !(tf32 && s.TF32))
	changed := false
	set := func(o fyne.CanvasObject, shown bool) {
		if o.Visible() == shown {
			return
		}
		changed = true
		if shown {
			o.Show()
		} else {
			o.Hide()
		}
	}
	set(r.fast, tf32)
	set(r.rounds, tf32)
	set(r.half, half)
	set(r.narrow, half)
	if hidden := !tf32 && !half; r.root.Hidden != hidden {
		r.root.Hidden, changed = hidden, true
	}
	return changed
}

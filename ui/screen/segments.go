package screen

import (
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// segmentCard lies over a pane whose map is made of segments: how the
// strongest add up, and the model's answer with some switched off.
type segmentCard struct {
	*pane
	toggle *widget.Button
	answer *widget.Text
	falls  *widget.Waterfall
	reset  *widget.Button
	card   *fyne.Container
	root   *fyne.Container

	result *task.Result
	last   state.Switches
}

const segmentWidth float32 = 240

func newSegmentCard(p *pane) *segmentCard {
	c := &segmentCard{pane: p, answer: widget.NewText("").Small().Colored(look.Text).Wrapped(3), falls: widget.NewWaterfall()}
	c.toggle = widget.NewButton(i18n.T("Show segments"), nil, widget.Normal, func() { p.Send(state.SegmentsToggled{Pane: p.index}) })
	c.falls.OnPicked = func(id int) { p.Send(state.SegmentSwitched{Pane: p.index, Segment: id}) }
	c.reset = widget.NewButton(i18n.T("Switch all on"), nil, widget.Normal, func() { p.Send(state.SegmentsReset{Pane: p.index}) })
	column := container.New(widget.Column{Width: segmentWidth, Gap: 5, Pad: 7}, c.answer, c.falls, c.reset)
	c.card = container.NewStack(widget.NewSurface(look.Panel, look.RadiusSmall).Outlined(look.Hairline), column)
	c.root = container.New(segmentLayout{}, c.toggle, c.card)
	c.root.Hide()
	return c
}

// show tells whether the card has come or gone or changed its height.
func (c *segmentCard) show(s state.State, k state.Pane) {
	seen := k.Segmented() && !c.compact
	if seen == c.root.Hidden {
		c.root.Hidden = !seen
		c.pane.root.Refresh()
	}
	if !seen {
		c.result = nil
		return
	}
	w := k.Switches
	if k.Result == c.result && w.On == c.last.On && w.Job == c.last.Job && w.Prediction == c.last.Prediction && w.Err == c.last.Err && slices.Equal(w.Off, c.last.Off) {
		return
	}
	c.result, c.last = k.Result, w
	c.toggle.SetOn(w.On)
	c.card.Hidden = !w.On
	c.reset.SetDisabled(len(w.Off) == 0)
	if w.Job == 0 || w.Prediction == nil {
		c.answer.SetText(switchWords(s, c.index))
	}
	c.falls.Set(waterfall(k.Result, w.Off))
	c.root.Refresh()
	c.pane.root.Refresh()
}

// switchWords tell what the model says with segments off.
func switchWords(s state.State, pane int) string {
	k := s.Panes[pane]
	w, target := k.Switches, k.Result.Target
	name := inWords(s.ModelOf(pane).Info, target.Label)
	switch {
	case w.Err != "":
		return i18n.Tell(w.Err)
	case len(w.Off) == 0:
		return i18n.T("Click on segments to switch them off and ask the model again.")
	case w.Prediction == nil:
		return i18n.T("Computing …")
	}
	now := 0.0
	if target.Class < len(w.Prediction.Scores) {
		now = w.Prediction.Scores[target.Class].Probability
	}
	words := i18n.T("With %d off: %s %s → %s", len(w.Off), name, percent(target.Probability), percent(now))
	if o := w.Prediction.Order; len(o) > 0 && o[0] != target.Class {
		words += "; " + i18n.T("now %s", label(s, pane, o[0]))
	}
	return words
}

// fallLines is how many segments the waterfall names; the rest are one line.
const fallLines = 6

// waterfall lists a surrogate's strongest segments. Where their values share
// out the score, each begins where the one before ended; else all begin at
// nothing.
func waterfall(r *task.Result, off []int) []widget.Bar {
	m := r.Surrogate
	if m == nil || len(m.Values) == 0 {
		return nil
	}
	order := make([]int, len(m.Values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := math.Abs(m.Values[a]), math.Abs(m.Values[b]); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	var bars []widget.Bar
	at := 0.0
	if m.Additive {
		at = m.Off
		bars = append(bars, widget.Bar{ID: -1, Label: i18n.T("All off"), Text: short(at), To: at, Sum: true})
	}
	step := func(id int, label string, v float64, isOff bool) {
		from := 0.0
		if m.Additive {
			from = at
		}
		bars = append(bars, widget.Bar{ID: id, Label: label, Text: signed(v), From: from, To: from + v, Off: isOff})
		at += v
	}
	shown := min(fallLines, len(order))
	for _, i := range order[:shown] {
		_, isOff := slices.BinarySearch(off, i)
		step(i, i18n.T("Segment %d", i+1), m.Values[i], isOff)
	}
	if rest := order[shown:]; len(rest) > 0 && m.Additive {
		sum := 0.0
		for _, i := range rest {
			sum += m.Values[i]
		}
		step(-1, i18n.T("%d others", len(rest)), sum, false)
	}
	if m.Additive {
		bars = append(bars, widget.Bar{ID: -1, Label: i18n.T("Picture"), Text: short(m.Full), To: m.Full, Sum: true})
	}
	return bars
}

// signed writes a number with its sign.
func signed(v float64) string {
	if v > 0 {
		return "+" + short(v)
	}
	return short(v)
}

// segmentLayout is a button and a card under it.
type segmentLayout struct{}

func (segmentLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	m := o[0].MinSize()
	put(o[0], 0, 0, m.Width, m.Height)
	if o[1].Visible() {
		put(o[1], 0, m.Height+5, size.Width, o[1].MinSize().Height)
	}
}

func (segmentLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	m := o[0].MinSize()
	if !o[1].Visible() {
		return m
	}
	return fyne.NewSize(segmentWidth, m.Height+5+o[1].MinSize().Height)
}

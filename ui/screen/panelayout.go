package screen

import (
	"fyne.io/fyne/v2"

	"seewhy/ui/widget"
)

// paneLayout stacks a pane: edge, pickers, line, viewport with words and the
// sign of work over it, foot. A pane beside others with little room has a head of one line
// and a colour bar without words.
type paneLayout struct{ *pane }

// paneHead is a pane's pickers, and over them, where panes are compared, its
// model and what that says. Of those that are compared, one may be alone on the
// stage.
type paneHead struct{ who, alone bool }

const (
	pickersHeight float32 = 58
	whoHeight     float32 = 34
	smallHeight   float32 = 30
	smallFoot     float32 = 18
	// Panes smaller than this are compact.
	compactWidth, compactHeight float32 = 350, 430
	narrowWidth                 float32 = 190
)

func (p *pane) headHeight() float32 {
	switch {
	case p.compact:
		return smallHeight
	case p.head.who:
		return pickersHeight + whoHeight
	}
	return pickersHeight
}

func (p *pane) footHeight(width float32) float32 {
	if p.compact {
		return smallFoot
	}
	return p.footer.height(width)
}

// arrange shows the parts that the pane's size has room for.
func (p *pane) arrange() {
	p.pickers.Hidden, p.who.Hidden, p.small.Hidden = p.compact, p.compact || !p.head.who, !p.compact
	p.note.Hidden = p.compact || p.note.Text() == ""
	p.footer.compact = p.compact
	p.colours.SetInline(p.compact)
	p.viewport.SetTight(p.compact)
	p.shares.SetTight(p.compact)
}

func (l paneLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	p := l.pane
	if compact := p.head.who && !p.head.alone && (size.Width < compactWidth || size.Height < compactHeight); compact != p.compact {
		p.compact = compact
		p.arrange()
	}
	if narrow := size.Width < narrowWidth; narrow != p.narrow {
		p.narrow = narrow
		p.solo[1].Hidden, p.close[1].Hidden = narrow, narrow || p.index == 0
	}
	edge := o[0]
	headHeight := p.headHeight()
	below := p.footHeight(size.Width - 24)
	shares := p.shareRoom(size.Width)
	below += shares
	h := max(size.Height-headHeight-1-below, 10)
	put(edge, 0, 0, 1, size.Height)
	put(p.grip, 1, 0, widget.GripWidth, headHeight)
	put(p.small, 11, 2, size.Width-13, smallHeight-4)
	put(p.who, 12, 8, size.Width-20, whoHeight-4)
	put(p.pickers, 12, headHeight-pickersHeight+8, size.Width-20, pickersHeight-16)
	put(p.active, 1, headHeight, size.Width-1, 1)
	put(p.viewport, 1, headHeight+1, size.Width-1, h)
	put(p.bar, 0, headHeight, size.Width, 2)
	w := min(size.Width-40, 440)
	p.putWords((size.Width-w)/2, headHeight, w, h)
	m := p.busy.MinSize()
	like := p.like.put(size.Width, headHeight+11)
	put(p.busy, size.Width-min(m.Width, size.Width-20)-10, headHeight+11+like, min(m.Width, size.Width-20), m.Height)
	p.putEdited(size.Width, headHeight+h)
	m = p.reading.MinSize()
	put(p.reading, 7, headHeight+h-m.Height-5, m.Width, m.Height)
	m = p.parts.root.MinSize()
	put(p.parts.root, 10, headHeight+11, m.Width, min(m.Height, h-14))
	pad := float32(12)
	if p.compact {
		pad = 6
	}
	gap := float32(4)
	if p.compact {
		gap = 2
	}
	put(p.shares, pad, headHeight+1+h+gap, size.Width-2*pad, max(shares-gap, 0))
	put(p.shareTeller, 0, headHeight+1+h, size.Width, shares)
	put(p.foot, pad, headHeight+1+h+shares, size.Width-2*pad, below-shares)
}

func (paneLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(150, 130) }

// smallRow is a picker and two small buttons behind it.
type smallRow struct{}

const smallButton float32 = 26

func (smallRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(o[0], 0, 0, smallButtons(o[1:], size)-2, size.Height)
}

// smallButtons lays out those that are seen at the right end, and tells what
// is left.
func smallButtons(o []fyne.CanvasObject, size fyne.Size) float32 {
	for i := len(o) - 1; i >= 0; i-- {
		if o[i].Visible() {
			size.Width -= smallButton
			put(o[i], size.Width, (size.Height-smallButton)/2, smallButton, smallButton)
		}
	}
	return size.Width
}

func (smallRow) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(120, smallHeight-4) }

// readingChip is words on a small ground.
type readingChip struct{}

func (readingChip) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(o[0], 0, 0, size.Width, size.Height)
	put(o[1], 7, 0, size.Width-14, size.Height)
}

func (readingChip) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[1].MinSize().Width+14, 21)
}

// questionRow shares a row between pickers, with a small button at its end.
// Each gets what its words need; what is over is shared evenly, and what is
// missing is taken from the widest.
type questionRow struct{}

const pickerGap float32 = 6

func (questionRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	last := len(o) - 1
	w := o[last].MinSize().Width
	put(o[last], size.Width-w, 0, w, size.Height)
	wanted := make([]float32, last)
	for i, k := range o[:last] {
		wanted[i] = k.(*widget.Picker).Width()
	}
	x := float32(0)
	for i, width := range shared(wanted, size.Width-w-pickerGap*float32(last)) {
		put(o[i], x, 0, width, size.Height)
		x += width + pickerGap
	}
}

func (questionRow) MinSize(o []fyne.CanvasObject) fyne.Size { return thirds{6}.MinSize(o) }

// shared are widths that fill the room: even where all wants fit into even
// ones, else no more than wanted for those that want little.
func shared(wanted []float32, room float32) []float32 {
	out := make([]float32, len(wanted))
	open := len(wanted)
	for settled := true; settled && open > 0; {
		settled = false
		even := room / float32(open)
		most := float32(0)
		for i, w := range wanted {
			if out[i] == 0 {
				most = max(most, w)
			}
		}
		if most <= even {
			break
		}
		for i, w := range wanted {
			if out[i] == 0 && w < even {
				out[i] = w
				room -= w
				open--
				settled = true
			}
		}
	}
	for i := range out {
		if out[i] == 0 {
			out[i] = max(room/float32(open), 1)
		}
	}
	return out
}

// whoRow is a pane's model at the left, what it says at the right, and two
// small buttons behind that.
type whoRow struct{}

func (whoRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	size.Width = smallButtons(o[2:], size) - 4
	says := min(o[1].MinSize().Width, size.Width*0.5)
	put(o[0], 0, 0, min(o[0].(*widget.Picker).Width(), size.Width-says-8), size.Height)
	put(o[1], size.Width-says-2, 0, says, size.Height)
}

func (whoRow) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(160, o[0].MinSize().Height)
}

// chip is words and buttons on a small ground.
type chip struct{}

func (chip) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(o[0], 0, 0, size.Width, size.Height)
	right := size.Width - 2
	for i := len(o) - 1; i > 1; i-- {
		if o[i].Visible() {
			b := o[i].MinSize()
			right -= b.Width
			put(o[i], right, (size.Height-b.Height)/2, b.Width, b.Height)
		}
	}
	put(o[1], 12, 0, right-14, size.Height)
}

func (chip) MinSize(o []fyne.CanvasObject) fyne.Size {
	w := max(o[1].MinSize().Width, 90) + 26
	for _, b := range o[2:] {
		if b.Visible() {
			w += b.MinSize().Width
		}
	}
	return fyne.NewSize(w, 34)
}

// footer is the colour bar at the left and the value at the right, or under it
// where the pane is narrow, and notes under both where there are any.
type footer struct {
	// notes says that there are any.
	notes   bool
	compact bool
}

const (
	footBar    float32 = 46
	footLine   float32 = 18
	footNarrow float32 = 520
	// A compact foot as wide as this has room for a fact beside the bar.
	footBoth float32 = 310
)

func (f *footer) height(width float32) float32 {
	h := footBar
	if width < footNarrow {
		h += footLine
	}
	if f.notes {
		h += footLine
	}
	return h
}

func (f *footer) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(o[3], 0, 0, size.Width, size.Height)
	if narrow := f.compact && size.Width < footBoth; o[1].Visible() == narrow {
		if narrow {
			o[1].Hide()
		} else {
			o[1].Show()
		}
	}
	if f.compact {
		bar := size.Width
		if o[1].Visible() {
			bar = size.Width * 0.5
			put(o[1], bar+10, 0, size.Width-bar-10, size.Height)
		}
		put(o[0], 0, 0, bar, size.Height)
		return
	}
	h := o[0].MinSize().Height
	y := footBar - 3
	if size.Width < footNarrow {
		put(o[0], 0, 9, size.Width, h)
		put(o[1], 0, y-3, size.Width, footLine)
		y += footLine
	} else {
		bar := min(size.Width*0.5, 320)
		put(o[0], 0, 9, bar, h)
		put(o[1], bar+14, 8, size.Width-bar-14, footLine)
	}
	put(o[2], 0, y-3, size.Width, footLine)
}

func (f *footer) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, footBar) }

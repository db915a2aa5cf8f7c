package screen

import (
	"fyne.io/fyne/v2"

	"seewhy/ui/widget"
)

// paneLayout stacks a pane: edge, pickers, line, viewport with words and the
// sign of work over it, foot.
type paneLayout struct {
	head *paneHead
	foot *footer
}

// paneHead is a pane's pickers, and over them, where panes are compared, its
// model and what that says.
type paneHead struct{ who bool }

const (
	pickersHeight float32 = 58
	whoHeight     float32 = 34
)

func (h paneHead) height() float32 {
	if h.who {
		return pickersHeight + whoHeight
	}
	return pickersHeight
}

func (l paneLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	edge, pickers, line, port, bar, words, busy, foot, who := o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7], o[8]
	headHeight := l.head.height()
	below := l.foot.height(size.Width - 24)
	h := max(size.Height-headHeight-1-below, 10)
	put(edge, 0, 0, 1, size.Height)
	put(who, 8, 8, size.Width-16, whoHeight-4)
	put(pickers, 8, headHeight-pickersHeight+8, size.Width-16, pickersHeight-16)
	put(line, 1, headHeight, size.Width-1, 1)
	put(port, 1, headHeight+1, size.Width-1, h)
	put(bar, 0, headHeight, size.Width, 2)
	w := min(size.Width-40, 440)
	text := words.(interface{ HeightFor(float32) float32 }).HeightFor(w)
	put(words, (size.Width-w)/2, headHeight+(h-text)/2, w, text)
	m := busy.MinSize()
	put(busy, size.Width-m.Width-10, headHeight+11, m.Width, m.Height)
	put(foot, 12, headHeight+1+h, size.Width-24, below)
}

func (paneLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(240, 220) }

// questionRow shares a row between pickers, with a small button at its end.
type questionRow struct{}

func (questionRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	last := len(o) - 1
	w := o[last].MinSize().Width
	put(o[last], size.Width-w, 0, w, size.Height)
	thirds{6}.Layout(o[:last], fyne.NewSize(size.Width-w-6, size.Height))
}

func (questionRow) MinSize(o []fyne.CanvasObject) fyne.Size { return thirds{6}.MinSize(o) }

// whoRow is a pane's model at the left and what it says at the right.
type whoRow struct{}

func (whoRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	says := min(o[1].MinSize().Width, size.Width*0.5)
	put(o[0], 0, 0, min(o[0].(*widget.Picker).Width(), size.Width-says-8), size.Height)
	put(o[1], size.Width-says-2, 0, says, size.Height)
}

func (whoRow) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(160, o[0].MinSize().Height)
}

// chip is words and a button on a small ground.
type chip struct{}

func (chip) Layout(o []fyne.CanvasObject, size fyne.Size) {
	b := o[2].MinSize()
	put(o[0], 0, 0, size.Width, size.Height)
	put(o[1], 12, 0, size.Width-b.Width-14, size.Height)
	put(o[2], size.Width-b.Width-2, (size.Height-b.Height)/2, b.Width, b.Height)
}

func (chip) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(140+o[2].MinSize().Width, 34)
}

// footer is the colour bar at the left and the value at the right, or under it
// where the pane is narrow, and notes under both where there are any.
type footer struct {
	// notes says that there are any.
	notes bool
}

const (
	footBar    float32 = 46
	footLine   float32 = 18
	footNarrow float32 = 520
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

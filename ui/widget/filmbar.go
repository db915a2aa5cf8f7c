package widget

import (
	"time"

	"fyne.io/fyne/v2"
)

// The bar under the frames, and the height of the ground on which it is taken
// hold of.
const (
	scrollHeight float32 = 4
	scrollGround float32 = 11
	scrollLeast  float32 = 28
)

// bar is where the bar lies and how wide it is, with the room that it moves
// in; a width of 0 where all frames are on the screen.
func (f *Filmstrip) bar() (x, width, run float32) {
	room, total := f.Size().Width-2*stripPad, f.total()
	if room <= 0 || total <= room {
		return 0, 0, 0
	}
	width = max(room*room/total, scrollLeast)
	run = room - width
	return stripPad + run*f.offset/(total-room), width, run
}

// scrollBeat is the shortest time between two arrangements while the strip is
// moved: events that pile up behind a slow frame become one.
const scrollBeat = 12 * time.Millisecond

// moved arranges the frames for the present offset, soon.
func (f *Filmstrip) moved() {
	switch wait := scrollBeat - time.Since(f.arranged); {
	case f.waiting:
	case wait <= 0 || f.tips == nil:
		f.arrange(f.Size())
		f.arranged = time.Now()
	default:
		f.waiting = true
		f.tips.after(wait, func() {
			f.waiting = false
			f.arrange(f.Size())
			f.arranged = time.Now()
		})
	}
}

// slide puts the bar's left end at x.
func (f *Filmstrip) slide(x float32) {
	if _, _, run := f.bar(); run > 0 {
		f.offset = (x - stripPad) / run * (f.total() - f.Size().Width + 2*stripPad)
		f.moved()
	}
}

func (f *Filmstrip) overBar(y float32) bool {
	_, w, _ := f.bar()
	return w > 0 && y >= f.Size().Height-scrollGround
}

// Tapped on the bar's ground goes there.
func (f *Filmstrip) Tapped(e *fyne.PointEvent) {
	if f.overBar(e.Position.Y) {
		_, w, _ := f.bar()
		f.slide(e.Position.X - w/2)
	}
}

// Dragged moves along; the bar is taken where it is, or comes under the
// pointer.
func (f *Filmstrip) Dragged(e *fyne.DragEvent) {
	if !f.dragging {
		f.dragging = true
		from := e.Position.SubtractXY(e.Dragged.DX, e.Dragged.DY)
		x, w, _ := f.bar()
		f.onBar, f.grip = f.overBar(from.Y), from.X-x
		if f.grip < 0 || f.grip > w {
			f.grip = w / 2
		}
	}
	if f.onBar {
		f.slide(e.Position.X - f.grip)
		return
	}
	f.offset -= e.Dragged.DX
	f.moved()
}

// DragEnd lets the bar go.
func (f *Filmstrip) DragEnd() { f.dragging, f.onBar = false, false }

// bind makes an object report for a frame.
func (f *Filmstrip) bind(c *cell, i int) {
	report := func(to func(int)) {
		if to != nil {
			to(i)
		}
	}
	c.OnTapped = func() { report(f.OnPicked) }
	c.onHeld = func(held fyne.KeyModifier) {
		switch {
		case held&fyne.KeyModifierShift != 0 && f.OnExtended != nil:
			f.OnExtended(i)
		case held&fyne.KeyModifierShortcutDefault != 0 && f.OnToggled != nil:
			f.OnToggled(i)
		default:
			report(f.OnPicked)
		}
	}
	c.onMenu = func(at fyne.Position) {
		if f.OnMenu != nil {
			f.OnMenu(i, at)
		}
	}
}

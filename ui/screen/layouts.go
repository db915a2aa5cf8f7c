package screen

import (
	"fyne.io/fyne/v2"

	"seewhy/ui/widget"
)

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// relay arranges what is in a container anew, once words in it have changed
// their width or something has come or gone. Refreshing the container would send
// everything in it to the graphics card again, whatever it is.
func relay(c *fyne.Container) {
	c.Layout.Layout(c.Objects, c.Size())
	widget.Repaint(c)
}

// pair lays two controls side by side, the first as wide as it needs.
type pair struct{}

func (pair) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := min(o[0].MinSize().Width, size.Width-70)
	put(o[0], 0, 0, w, size.Height)
	put(o[1], w+6, 0, size.Width-w-6, size.Height)
}

func (pair) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(120, max(o[0].MinSize().Height, o[1].MinSize().Height))
}

// thirds shares a row evenly, or, where one needs more than that and there is
// room for all, what is over.
type thirds struct{ gap float32 }

func (t thirds) Layout(o []fyne.CanvasObject, size fyne.Size) {
	n := float32(len(o))
	room := size.Width - t.gap*(n-1)
	most, all := float32(0), float32(0)
	for _, k := range o {
		w := k.MinSize().Width
		most, all = max(most, w), all+w
	}
	x := float32(0)
	for _, k := range o {
		w := room / n
		if most > w && all <= room {
			w = k.MinSize().Width + (room-all)/n
		}
		put(k, x, 0, w, size.Height)
		x += w + t.gap
	}
}

func (t thirds) MinSize(o []fyne.CanvasObject) fyne.Size {
	var h float32
	for _, k := range o {
		h = max(h, k.MinSize().Height)
	}
	return fyne.NewSize(60*float32(len(o)), h)
}

// workRow is words, a cancel button, and a line of progress under them.
type workRow struct{}

func (workRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := o[1].MinSize().Width
	put(o[0], 0, 0, size.Width-w-6, size.Height-5)
	put(o[1], size.Width-w, 0, w, size.Height-5)
	put(o[2], 0, size.Height-2, size.Width, 2)
}

func (workRow) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(120, o[1].MinSize().Height+5)
}

// seenRow is a small picture on its ground, with words at the right.
type seenRow struct{}

func (seenRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(o[0], 0, 0, seenSide, seenSide)
	put(o[1], 0, 0, seenSide, seenSide)
	put(o[2], seenSide+10, 0, size.Width-seenSide-10, size.Height)
}

func (seenRow) MinSize(o []fyne.CanvasObject) fyne.Size {
	words := o[2].(interface{ HeightFor(float32) float32 })
	return fyne.NewSize(seenSide+40, max(seenSide, words.HeightFor(sideWidth-28-seenSide-10)))
}

// row lays objects out from the left, those from index right on from the right.
// Where it is too narrow for all, it makes do without spares, the first first.
type row struct {
	right  int
	gap    float32
	pad    float32
	height float32
	spares []*spare
}

// spare is an object that a narrow row makes less of: a button with an icon
// loses its words, anything else goes.
type spare struct {
	object fyne.CanvasObject
	given  bool
}

// bare is the object as a button that can do without its words; nil where it
// is none.
func (s *spare) bare() *widget.Button {
	if b, ok := s.object.(*widget.Button); ok && b.Words() > 0 {
		return b
	}
	return nil
}

func (s *spare) saves(gap float32) float32 {
	if b := s.bare(); b != nil {
		return b.Words()
	}
	return s.object.MinSize().Width + gap
}

func (s *spare) give(given bool) {
	if s.given == given {
		return
	}
	s.given = given
	switch b := s.bare(); {
	case b != nil:
		b.SetBare(given)
	case given:
		s.object.Hide()
	default:
		s.object.Show()
	}
}

// width is what the row takes with all its spares.
func (r row) width(o []fyne.CanvasObject) float32 {
	w := 2*r.pad - r.gap
	for _, k := range o {
		if k.Visible() {
			w += k.MinSize().Width + r.gap
		}
	}
	for _, s := range r.spares {
		if s.given {
			w += s.saves(r.gap)
		}
	}
	return w
}

func (r row) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := r.width(o)
	for _, s := range r.spares {
		needed := w > size.Width
		if needed {
			w -= s.saves(r.gap)
		}
		s.give(needed)
	}
	x := r.pad
	for _, k := range o[:r.right] {
		if k.Visible() {
			m := k.MinSize()
			put(k, x, (size.Height-m.Height)/2, m.Width, m.Height)
			x += m.Width + r.gap
		}
	}
	x = size.Width - r.pad
	for i := len(o) - 1; i >= r.right; i-- {
		if k := o[i]; k.Visible() {
			m := k.MinSize()
			x -= m.Width
			put(k, x, (size.Height-m.Height)/2, m.Width, m.Height)
			x -= r.gap
		}
	}
}

func (r row) MinSize(o []fyne.CanvasObject) fyne.Size {
	w := r.width(o)
	for _, s := range r.spares {
		w -= s.saves(r.gap)
	}
	return fyne.NewSize(w, r.height)
}

// sized gives one object a fixed size.
type sized struct{ w, h float32 }

func (s sized) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for _, k := range o {
		put(k, 0, (size.Height-s.h)/2, size.Width, s.h)
	}
}

func (s sized) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(s.w, s.h) }

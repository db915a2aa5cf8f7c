package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// Veil dims the window, but for a hole, and keeps the mouse from what is under
// it. A click on it is reported.
type Veil struct {
	widget.BaseWidget
	hole  fyne.Position
	room  fyne.Size
	sides [4]*canvas.Rectangle
	edge  *canvas.Rectangle
	bare  bool

	// OnTapped reports a click.
	OnTapped func()
}

// NewVeil makes a veil without a hole.
func NewVeil(tapped func()) *Veil {
	v := &Veil{OnTapped: tapped, edge: canvas.NewRectangle(color.Transparent)}
	for i := range v.sides {
		v.sides[i] = canvas.NewRectangle(color.Transparent)
	}
	v.edge.StrokeWidth, v.edge.CornerRadius = 2, look.RadiusSmall
	v.ExtendBaseWidget(v)
	return v
}

// Bare keeps the mouse away without dimming: the ground of a panel that lies on
// another veil.
func (v *Veil) Bare() *Veil {
	v.bare = true
	return v
}

// SetHole leaves a part bright; an empty size leaves none.
func (v *Veil) SetHole(at fyne.Position, size fyne.Size) {
	if v.hole != at || v.room != size {
		v.hole, v.room = at, size
		v.Refresh()
	}
}

// Tapped is Fyne's hook.
func (v *Veil) Tapped(*fyne.PointEvent) {
	if v.OnTapped != nil {
		v.OnTapped()
	}
}

// Scrolled, Dragged, DragEnd, MouseIn, MouseMoved and MouseOut do nothing: what
// is under the veil rests.
func (v *Veil) Scrolled(*fyne.ScrollEvent) {}

// Dragged does nothing.
func (v *Veil) Dragged(*fyne.DragEvent) {}

// DragEnd does nothing.
func (v *Veil) DragEnd() {}

// MouseIn does nothing.
func (v *Veil) MouseIn(*desktop.MouseEvent) {}

// MouseMoved does nothing.
func (v *Veil) MouseMoved(*desktop.MouseEvent) {}

// MouseOut does nothing.
func (v *Veil) MouseOut() {}

// dimmed is the veil's colour, on light and dark alike.
var dimmed = color.NRGBA{A: 0x96}

// CreateRenderer is Fyne's hook.
func (v *Veil) CreateRenderer() fyne.WidgetRenderer {
	arrange := func(size fyne.Size) {
		p, s := v.hole, v.room
		for _, r := range v.sides {
			r.FillColor = dimmed
			r.Hidden = v.bare
		}
		place(v.sides[0], 0, 0, size.Width, max(p.Y, 0))
		place(v.sides[1], 0, p.Y+s.Height, size.Width, max(size.Height-p.Y-s.Height, 0))
		place(v.sides[2], 0, p.Y, max(p.X, 0), s.Height)
		place(v.sides[3], p.X+s.Width, p.Y, max(size.Width-p.X-s.Width, 0), s.Height)
		v.edge.Hidden = s.IsZero()
		v.edge.StrokeColor = look.Color(look.Accent)
		place(v.edge, p.X-1, p.Y-1, s.Width+2, s.Height+2)
	}
	return &drawn{
		objects: []fyne.CanvasObject{v.sides[0], v.sides[1], v.sides[2], v.sides[3], v.edge},
		layout:  arrange,
		min:     func() fyne.Size { return fyne.NewSize(1, 1) },
		refresh: func() {
			arrange(v.Size())
			for _, r := range v.sides {
				r.Refresh()
			}
			v.edge.Refresh()
		},
	}
}

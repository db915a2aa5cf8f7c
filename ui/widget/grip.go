package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// Grip is a few dots by which something is dragged.
type Grip struct {
	widget.BaseWidget
	dots    []*canvas.Rectangle
	hovered bool
	tips    *Tips
	tip     string

	// OnCarried reports where in the window the pointer is while the grip is
	// dragged, outside of the window too; OnLetGo the end of the drag.
	OnCarried func(at fyne.Position)
	OnLetGo   func()
}

// GripWidth is the width of a grip.
const GripWidth float32 = 10

const (
	gripRows         = 4
	gripDot  float32 = 2
	gripStep float32 = 4
)

// NewGrip makes a grip.
func NewGrip() *Grip {
	g := &Grip{}
	for range 2 * gripRows {
		g.dots = append(g.dots, canvas.NewRectangle(look.Color(look.Faint)))
	}
	g.ExtendBaseWidget(g)
	return g
}

// SetTip says what it is for while the mouse rests on it.
func (g *Grip) SetTip(t *Tips, words string) { g.tips, g.tip = t, words }

// Dragged tells where the pointer is.
func (g *Grip) Dragged(e *fyne.DragEvent) {
	if g.tips != nil {
		g.tips.leave()
	}
	if g.OnCarried != nil {
		g.OnCarried(fyne.CurrentApp().Driver().AbsolutePositionForObject(g).Add(e.Position))
	}
}

// DragEnd lets go.
func (g *Grip) DragEnd() {
	if g.OnLetGo != nil {
		g.OnLetGo()
	}
}

// MouseIn shows that it can be taken.
func (g *Grip) MouseIn(*desktop.MouseEvent) {
	g.hover(true)
	if g.tips != nil {
		g.tips.enter(g, g.tip)
	}
}

// MouseMoved does nothing.
func (g *Grip) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends the hover.
func (g *Grip) MouseOut() {
	g.hover(false)
	if g.tips != nil {
		g.tips.leave()
	}
}

// Cursor is a hand.
func (g *Grip) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (g *Grip) hover(on bool) {
	g.hovered = on
	g.Refresh()
}

// CreateRenderer is Fyne's hook.
func (g *Grip) CreateRenderer() fyne.WidgetRenderer {
	d := &drawn{min: func() fyne.Size { return fyne.NewSize(GripWidth, 20) }}
	for _, k := range g.dots {
		d.objects = append(d.objects, k)
	}
	d.layout = func(size fyne.Size) {
		x, y := (size.Width-gripStep-gripDot)/2, (size.Height-(gripRows-1)*gripStep-gripDot)/2
		for i, k := range g.dots {
			place(k, x+float32(i%2)*gripStep, y+float32(i/2)*gripStep, gripDot, gripDot)
		}
	}
	d.refresh = func() {
		name := look.Faint
		if g.hovered {
			name = look.Text
		}
		for _, k := range g.dots {
			k.FillColor = look.Color(name)
			k.Refresh()
		}
	}
	return d
}

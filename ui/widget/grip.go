package widget

import (
	"image"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// Grip is a few dots by which something is dragged.
type Grip struct {
	widget.BaseWidget
	dots    *canvas.Raster
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
	g.dots = canvas.NewRaster(g.picture)
	g.dots.ScaleMode = canvas.ImageScalePixels
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

// picture is the dots, all in one: each alone would be another thing to draw
// in every frame.
func (g *Grip) picture(w, h int) image.Image {
	name := look.Faint
	if g.hovered {
		name = look.Text
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	dot := image.NewUniform(look.Color(name))
	at := func(steps, whole float32, pixels int) int { return int(steps/whole*float32(pixels) + 0.5) }
	const width, height = gripStep + gripDot, (gripRows-1)*gripStep + gripDot
	for i := range 2 * gripRows {
		x, y := float32(i%2)*gripStep, float32(i/2)*gripStep
		r := image.Rect(at(x, width, w), at(y, height, h), at(x+gripDot, width, w), at(y+gripDot, height, h))
		draw.Draw(out, r, dot, image.Point{}, draw.Src)
	}
	return out
}

// CreateRenderer is Fyne's hook.
func (g *Grip) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{g.dots},
		min:     func() fyne.Size { return fyne.NewSize(GripWidth, 20) },
		layout: func(size fyne.Size) {
			const w, h = gripStep + gripDot, (gripRows-1)*gripStep + gripDot
			place(g.dots, (size.Width-w)/2, (size.Height-h)/2, w, h)
		},
		refresh: g.dots.Refresh,
	}
}

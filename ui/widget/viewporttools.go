package widget

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"seewhy/ui/view"
)

// StrokePart is a part of drawing with the mouse.
type StrokePart int

// The parts of a stroke. Places are fractions of the photo, and may lie outside
// of it; at the end there is none.
const (
	StrokeBegin StrokePart = iota
	StrokeOn
	StrokeEnd
)

// drawing is what a viewport knows of the tool in the person's hand.
type drawing struct {
	on bool
	// radius is that of the ring under the pointer, in fractions of the photo's
	// longer side; 0 shows a cross-hair instead.
	radius  float64
	drawing bool
	// Two rings, dark and light, are seen on every photo.
	dark, light *canvas.Circle
}

func (d *drawing) begin(inner *fyne.Container) {
	d.dark, d.light = canvas.NewCircle(color.Transparent), canvas.NewCircle(color.Transparent)
	d.dark.StrokeColor, d.light.StrokeColor = color.NRGBA{A: 150}, color.NRGBA{R: 255, G: 255, B: 255, A: 235}
	d.dark.StrokeWidth, d.light.StrokeWidth = 1, 1.5
	d.dark.Hide()
	d.light.Hide()
	inner.Add(d.dark)
	inner.Add(d.light)
}

// SetTool makes the mouse draw, which OnStroke gets, instead of moving the
// photo. A radius, in fractions of the photo's longer side, is shown as a ring
// around the pointer.
func (v *Viewport) SetTool(on bool, radius float64) {
	if v.tool.on == on && v.tool.radius == radius {
		return
	}
	v.tool.on, v.tool.radius = on, radius
	if !on {
		v.tool.drawing = false
	}
	v.arrangeCross()
	v.paint()
}

// SetMarks lays a premultiplied picture over all of the photo; nil takes it away.
func (v *Viewport) SetMarks(img *image.RGBA) { v.lay(v.marks, img) }

// SetLevels shows another picture in the photo's place, of the same proportions.
func (v *Viewport) SetLevels(levels []image.Image) {
	if len(v.levels) == len(levels) && (len(levels) == 0 || v.levels[0] == levels[0]) {
		return
	}
	v.levels = levels
	v.arrange(v.Size())
}

// arrangeRing puts the ring around the pointer.
func (v *Viewport) arrangeRing(r view.Rect) {
	d := &v.tool
	on := v.crossed && r.W > 0 && d.on && d.radius > 0
	d.dark.Hidden, d.light.Hidden = !on, !on
	if !on {
		return
	}
	x, y := float32(r.X+v.cross.X*r.W), float32(r.Y+v.cross.Y*r.H)
	radius := max(float32(d.radius*max(r.W, r.H)), 1.5)
	place(d.light, x-radius, y-radius, 2*radius, 2*radius)
	radius++
	place(d.dark, x-radius, y-radius, 2*radius, 2*radius)
}

// draw hands a part of a stroke over, and says whether there is one.
func (v *Viewport) draw(part StrokePart, at fyne.Position) bool {
	if !v.tool.drawing {
		return false
	}
	if part == StrokeEnd {
		v.tool.drawing = false
	}
	r := v.view.Place(v.Port())
	if v.OnStroke == nil || r.W <= 0 || r.H <= 0 {
		return true
	}
	v.OnStroke(part, (float64(at.X)-r.X)/r.W, (float64(at.Y)-r.Y)/r.H)
	return true
}

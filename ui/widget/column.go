package widget

import "fyne.io/fyne/v2"

// Column is a layout that stacks objects at full width, with paragraphs as
// high as their words need at that width.
type Column struct {
	// Width is the least width; Gap lies between objects, Pad around them.
	Width, Gap, Pad float32
}

func (c Column) height(o fyne.CanvasObject, width float32) float32 {
	if p, ok := o.(interface{ HeightFor(float32) float32 }); ok {
		return p.HeightFor(width)
	}
	return o.MinSize().Height
}

// Layout is Fyne's hook.
func (c Column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := c.Pad
	width := size.Width - 2*c.Pad
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		h := c.height(o, width)
		if h == 0 {
			o.Resize(fyne.NewSize(width, 0))
			continue
		}
		place(o, c.Pad, y, width, h)
		y += h + c.Gap
	}
}

// MinSize is Fyne's hook.
func (c Column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	h := 2 * c.Pad
	gap := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		if oh := c.height(o, c.Width-2*c.Pad); oh > 0 {
			h += gap + oh
			gap = c.Gap
		}
	}
	return fyne.NewSize(c.Width, h)
}

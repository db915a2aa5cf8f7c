package widget

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// Mark is a number beside a colour bar; At is 0..1 from its low end.
type Mark struct {
	At   float64
	Text string
}

// Colorbar is a strip of colours with numbers under it.
type Colorbar struct {
	widget.BaseWidget
	strip *canvas.Image
	marks []Mark
	texts []*canvas.Text
	ticks []*canvas.Rectangle
	body  *drawn
}

// NewColorbar makes an empty bar.
func NewColorbar() *Colorbar {
	c := &Colorbar{strip: canvas.NewImageFromImage(nil)}
	c.strip.ScaleMode = canvas.ImageScaleFastest
	c.ExtendBaseWidget(c)
	return c
}

// Set shows colours, low end left, and marks in order.
func (c *Colorbar) Set(colours *image.RGBA, marks []Mark) {
	c.strip.Image = colours
	c.marks = marks
	c.Refresh()
}

const stripHeight = 8

// CreateRenderer is Fyne's hook.
func (c *Colorbar) CreateRenderer() fyne.WidgetRenderer {
	c.body = &drawn{
		layout: c.arrange,
		min: func() fyne.Size {
			return fyne.NewSize(120, stripHeight+5+lineHeight(look.SizeSmall, fyne.TextStyle{}))
		},
		refresh: func() {
			c.arrange(c.Size())
			c.strip.Refresh()
			for i := range c.texts {
				c.texts[i].Refresh()
				c.ticks[i].Refresh()
			}
		},
	}
	return c.body
}

func (c *Colorbar) arrange(size fyne.Size) {
	place(c.strip, 0, 0, size.Width, stripHeight)
	c.body.objects = c.body.objects[:0]
	c.texts, c.ticks = c.texts[:0], c.ticks[:0]
	if c.strip.Image == nil {
		return
	}
	c.body.objects = append(c.body.objects, c.strip)
	edge := float32(-1e6)
	for _, m := range c.marks {
		text := canvas.NewText(m.Text, look.Color(look.Muted))
		text.TextSize = look.SizeSmall
		w := text.MinSize().Width
		at := float32(m.At) * size.Width
		x := min(max(at-w/2, 0), size.Width-w)
		if x < edge {
			// Numbers that would touch are left out.
			continue
		}
		edge = x + w + 8
		tick := canvas.NewRectangle(look.Color(look.Muted))
		place(tick, min(max(at, 0), size.Width-1), stripHeight, 1, 4)
		place(text, x, stripHeight+4, w, text.MinSize().Height)
		c.texts, c.ticks = append(c.texts, text), append(c.ticks, tick)
		c.body.objects = append(c.body.objects, tick, text)
	}
}

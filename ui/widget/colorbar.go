package widget

import (
	"image"
	"image/color"

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
	ticks []*plate
	// veil covers the colours of what is left out.
	veil      *plate
	cut       float64
	signed    bool
	inline    bool
	low, high string
	body      *drawn
	// arranged is the size that it was last arranged for.
	arranged fyne.Size
}

// NewColorbar makes an empty bar.
func NewColorbar() *Colorbar {
	c := &Colorbar{strip: canvas.NewImageFromImage(nil), veil: newPlate(color.Transparent)}
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

// SetInline puts the numbers of the ends beside the strip and leaves the rest out.
func (c *Colorbar) SetInline(on bool) {
	if c.inline != on {
		c.inline = on
		c.Refresh()
	}
}

// SetEnds tells the numbers of the strip's ends.
func (c *Colorbar) SetEnds(low, high string) {
	if c.low != low || c.high != high {
		c.low, c.high = low, high
		c.Refresh()
	}
}

// SetCut veils the part of the scale under cut, 0..1; of a signed scale that
// around its middle.
func (c *Colorbar) SetCut(cut float64, signed bool) {
	if c.cut != cut || c.signed != signed {
		c.cut, c.signed = cut, signed
		c.Refresh()
	}
}

const stripHeight = 8

// CreateRenderer is Fyne's hook.
func (c *Colorbar) CreateRenderer() fyne.WidgetRenderer {
	style := func() {
		veil := color.NRGBAModel.Convert(look.Color(look.Panel)).(color.NRGBA)
		veil.A = 205
		c.veil.FillColor = veil
	}
	style()
	c.arranged = fyne.Size{}
	c.body = &drawn{
		// What is new in the window is laid out in the next frame. Marks made
		// anew then would be new again: they would be made in every frame.
		layout: func(size fyne.Size) {
			if size != c.arranged {
				c.arrange(size)
			}
		},
		min: func() fyne.Size {
			return fyne.NewSize(120, stripHeight+5+lineHeight(look.SizeSmall, fyne.TextStyle{}))
		},
		refresh: func() {
			style()
			c.arrange(c.Size())
			c.strip.Refresh()
			c.veil.Refresh()
			for _, t := range c.texts {
				t.Refresh()
			}
			for _, t := range c.ticks {
				t.Refresh()
			}
		},
	}
	return again(c.body, c.Size())
}

func (c *Colorbar) arrange(size fyne.Size) {
	c.arranged = size
	c.body.objects = c.body.objects[:0]
	c.texts, c.ticks = c.texts[:0], c.ticks[:0]
	if c.strip.Image == nil {
		return
	}
	c.body.objects = append(c.body.objects, c.strip, c.veil.Raster)
	if c.inline {
		c.arrangeInline(size)
		return
	}
	c.arrangeStrip(0, 0, size.Width, stripHeight)
	edge := float32(-1e6)
	for _, m := range c.marks {
		text := c.text(m.Text)
		w := text.MinSize().Width
		at := float32(m.At) * size.Width
		x := min(max(at-w/2, 0), size.Width-w)
		if x < edge {
			// Numbers that would touch are left out.
			continue
		}
		edge = x + w + 8
		tick := newPlate(look.Color(look.Muted))
		place(tick.Raster, min(max(at, 0), size.Width-1), stripHeight, 1, 4)
		place(text, x, stripHeight+4, w, text.MinSize().Height)
		c.texts, c.ticks = append(c.texts, text), append(c.ticks, tick)
		c.body.objects = append(c.body.objects, tick.Raster, text)
	}
	if len(c.ticks) < 2 {
		c.arrangeEnds(size)
	}
}

// arrangeEnds puts the ends' numbers under the strip: one number alone is no
// scale.
func (c *Colorbar) arrangeEnds(size fyne.Size) {
	for _, end := range []struct {
		words string
		at    float32
	}{{c.low, 0}, {c.high, 1}} {
		text := c.text(end.words)
		m := text.MinSize()
		place(text, end.at*(size.Width-m.Width), stripHeight+4, m.Width, m.Height)
		free := end.words != ""
		for _, other := range c.texts {
			left, right := other.Position().X, other.Position().X+other.Size().Width
			free = free && (text.Position().X > right+8 || text.Position().X+m.Width+8 < left)
		}
		if free {
			c.texts = append(c.texts, text)
			c.body.objects = append(c.body.objects, text)
		}
	}
}

func (c *Colorbar) text(words string) *canvas.Text {
	text := canvas.NewText(words, look.Color(look.Muted))
	text.TextSize = look.SizeSmall
	return text
}

// arrangeInline lays out the low end's number, the strip and the high end's.
func (c *Colorbar) arrangeInline(size fyne.Size) {
	low, high := c.text(c.low), c.text(c.high)
	left, right := low.MinSize(), high.MinSize()
	place(low, 0, (size.Height-left.Height)/2, left.Width, left.Height)
	place(high, size.Width-right.Width, (size.Height-right.Height)/2, right.Width, right.Height)
	c.arrangeStrip(left.Width+7, (size.Height-6)/2, max(size.Width-left.Width-right.Width-14, 1), 6)
	c.texts = append(c.texts, low, high)
	c.body.objects = append(c.body.objects, low, high)
}

func (c *Colorbar) arrangeStrip(x, y, w, h float32) {
	place(c.strip, x, y, w, h)
	c.veil.Hidden = c.cut <= 0
	if c.signed {
		place(c.veil.Raster, x+w/2*float32(1-c.cut), y, w*float32(c.cut), h)
		return
	}
	place(c.veil.Raster, x, y, w*float32(c.cut), h)
}

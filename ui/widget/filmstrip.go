package widget

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// Frame is a picture in the filmstrip.
type Frame struct {
	Thumb image.Image
	// Title stands under the picture; Faulty marks words about a fault, Doubt
	// an answer that is known to be wrong.
	Title         string
	Faulty, Doubt bool
	// Badge is a word or two over the picture, for what is wrong or special.
	Badge string
	// Good says that the badge praises; else it warns.
	Good bool
	// KeepEnd cuts the front off a title that does not fit.
	KeepEnd bool
}

// Filmstrip shows pictures in a row. Only those on the screen have objects, so
// that ten thousand cost what ten do.
type Filmstrip struct {
	widget.BaseWidget
	count   int
	frame   func(int) Frame
	current int
	offset  float32
	first   int
	last    int
	cells   []*cell
	inner   *fyne.Container
	clip    *container.Clip
	thumb   *canvas.Rectangle

	// OnPicked reports a click; OnVisible which frames are on the screen.
	OnPicked  func(int)
	OnVisible func(first, last int)
}

// NewFilmstrip makes an empty strip.
func NewFilmstrip() *Filmstrip {
	f := &Filmstrip{current: -1, inner: container.NewWithoutLayout(), thumb: canvas.NewRectangle(color.Transparent)}
	f.thumb.CornerRadius = 1.5
	f.clip = container.NewClip(f.inner)
	f.ExtendBaseWidget(f)
	return f
}

// Measures of a frame.
const (
	frameWidth  = 104
	frameGap    = 6
	frameImage  = 70
	frameHeight = frameImage + 22
	stripPad    = 10
)

// Set shows count frames; frame answers for each when it comes to the screen.
// The current one, or -1, is marked and brought into sight where it has changed.
func (f *Filmstrip) Set(count int, frame func(int) Frame, current int) {
	moved := current != f.current
	f.count, f.frame, f.current = count, frame, current
	if moved && current >= 0 {
		f.reveal(current)
	}
	f.arrange(f.Size())
}

func (f *Filmstrip) reveal(i int) {
	left := float32(i) * (frameWidth + frameGap)
	width := f.Size().Width - 2*stripPad
	if width <= 0 {
		return
	}
	if left < f.offset+frameWidth {
		f.offset = left - frameWidth/2
	} else if right := left + frameWidth; right > f.offset+width {
		f.offset = right - width + frameWidth/2
	}
}

func (f *Filmstrip) total() float32 { return float32(f.count)*(frameWidth+frameGap) - frameGap }

func (f *Filmstrip) arrange(size fyne.Size) {
	f.clip.Resize(size)
	if size.Width <= 0 || f.frame == nil {
		return
	}
	width := size.Width - 2*stripPad
	f.offset = min(max(f.offset, 0), max(f.total()-width, 0))
	step := float32(frameWidth + frameGap)
	first := max(int((f.offset-stripPad)/step), 0)
	last := min(int((f.offset+size.Width)/step)+1, f.count)
	for len(f.cells) < last-first {
		c := newCell()
		f.cells = append(f.cells, c)
		f.inner.Add(c)
	}
	for k, c := range f.cells {
		i := first + k
		if i >= last {
			c.Hide()
			continue
		}
		place(c, stripPad+float32(i)*step-f.offset, 6, frameWidth, frameHeight)
		c.OnTapped = func() {
			if f.OnPicked != nil {
				f.OnPicked(i)
			}
		}
		c.set(f.frame(i), i == f.current)
		c.Show()
	}
	f.thumb.Hide()
	if total := f.total(); total > width {
		w := max(width*width/total, 24)
		place(f.thumb, stripPad+(width-w)*f.offset/(total-width), size.Height-5, w, 3)
		f.thumb.Show()
	}
	if first != f.first || last != f.last {
		f.first, f.last = first, last
		if f.OnVisible != nil {
			f.OnVisible(first, last)
		}
	}
	repaint(f)
}

// Scrolled moves along.
func (f *Filmstrip) Scrolled(e *fyne.ScrollEvent) {
	f.offset -= (e.Scrolled.DY + e.Scrolled.DX) * 3
	f.arrange(f.Size())
}

// Dragged moves along.
func (f *Filmstrip) Dragged(e *fyne.DragEvent) {
	f.offset -= e.Dragged.DX
	f.arrange(f.Size())
}

// DragEnd does nothing.
func (f *Filmstrip) DragEnd() {}

// CreateRenderer is Fyne's hook.
func (f *Filmstrip) CreateRenderer() fyne.WidgetRenderer {
	f.thumb.FillColor = look.Color(look.Faint)
	return &drawn{
		objects: []fyne.CanvasObject{f.clip, f.thumb},
		layout:  f.arrange,
		min:     func() fyne.Size { return fyne.NewSize(200, frameHeight+16) },
		refresh: func() {
			f.thumb.FillColor = look.Color(look.Faint)
			f.arrange(f.Size())
			for _, c := range f.cells {
				c.Refresh()
			}
		},
	}
}

type cell struct {
	press
	frame   Frame
	current bool
	ground  *canvas.Rectangle
	image   *canvas.Image
	title   *Text
	badge   *Text
	plate   *canvas.Rectangle
}

func newCell() *cell {
	c := &cell{
		badge: NewText("").Small().Aligned(fyne.TextAlignCenter), plate: canvas.NewRectangle(color.Transparent),
		ground: canvas.NewRectangle(color.Transparent), image: canvas.NewImageFromImage(nil), title: NewText("").Small().Aligned(fyne.TextAlignCenter),
	}
	c.plate.CornerRadius = 4
	c.ground.CornerRadius = 4
	c.image.FillMode = canvas.ImageFillContain
	c.image.ScaleMode = canvas.ImageScaleFastest
	c.image.Hide()
	c.begin(c, look.RadiusSmall)
	return c
}

func (c *cell) set(f Frame, current bool) {
	if c.frame == f && c.current == current {
		return
	}
	changed := c.frame.Thumb != f.Thumb
	c.frame, c.current = f, current
	if changed {
		c.image.Image = f.Thumb
		c.image.Hidden = f.Thumb == nil
		c.image.Refresh()
	}
	c.title.tail = f.KeepEnd
	c.title.SetText(f.Title)
	c.badge.SetText(f.Badge)
	c.plate.Hidden, c.badge.Hidden = f.Badge == "", f.Badge == ""
	c.Refresh()
}

func (c *cell) CreateRenderer() fyne.WidgetRenderer {
	style := func() {
		c.fill, c.edge = "", ""
		c.title.color = look.Muted
		switch {
		case c.frame.Faulty:
			c.title.color = look.Error
		case c.frame.Doubt:
			c.title.color = look.Warning
		case c.current:
			c.title.color = look.Text
		}
		if c.current {
			c.fill, c.edge = look.Tint, look.Accent
		}
		c.badge.color = look.Warning
		if c.frame.Good {
			c.badge.color = look.Accent
		}
		plate := color.NRGBAModel.Convert(look.Color(look.Panel)).(color.NRGBA)
		plate.A = 215
		c.plate.FillColor = plate
		c.ground.FillColor = color.Transparent
		if c.frame.Thumb == nil {
			c.ground.FillColor = look.Color(look.Raised)
		}
		c.paint()
	}
	style()
	return &drawn{
		objects: []fyne.CanvasObject{c.back, c.ground, c.image, c.title, c.plate, c.badge},
		layout: func(size fyne.Size) {
			c.back.Resize(size)
			place(c.ground, 5, 5, size.Width-10, frameImage-7)
			place(c.image, 5, 5, size.Width-10, frameImage-7)
			place(c.plate, 8, frameImage-23, size.Width-16, 18)
			place(c.badge, 10, frameImage-23, size.Width-20, 18)
			place(c.title, 4, frameImage, size.Width-8, size.Height-frameImage-3)
		},
		min: func() fyne.Size { return fyne.NewSize(frameWidth, frameHeight) },
		refresh: func() {
			style()
			c.back.Refresh()
			c.ground.Refresh()
			c.title.Refresh()
			c.plate.Refresh()
			c.badge.Refresh()
		},
	}
}

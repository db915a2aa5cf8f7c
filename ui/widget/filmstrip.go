package widget

import (
	"image"
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
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
	// Noted shows the sign of a note; Selected tints the frame.
	Noted, Selected bool
	// Tip is shown while the mouse rests on the frame.
	Tip string
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
	thumb   *plate
	// dragging says that a drag goes on, onBar that it holds the bar, grip at
	// which distance from the bar's left.
	dragging, onBar bool
	grip            float32
	// arranged is when the frames were put in place last while the strip is
	// moved; waiting says that they soon will be.
	arranged time.Time
	waiting  bool
	tips     *Tips
	// low shows pictures alone, small; turned says that the current one is to be
	// seen again once the strip has its new size.
	low, turned bool

	// OnPicked reports a click, OnExtended one with Shift, OnToggled one with
	// Ctrl; OnMenu a click with the other button, at a place of the window;
	// OnVisible which frames are on the screen.
	OnPicked   func(int)
	OnExtended func(int)
	OnToggled  func(int)
	OnMenu     func(i int, at fyne.Position)
	OnVisible  func(first, last int)
}

// SetTips lets frames tell more while the mouse rests on them.
func (f *Filmstrip) SetTips(t *Tips) { f.tips = t }

// PageLength is how many whole frames are on the screen, at least one.
func (f *Filmstrip) PageLength() int {
	return max(int((f.Size().Width-2*stripPad+frameGap)/f.step()), 1)
}

// Frame is the object of a frame that is on the screen; else nil.
func (f *Filmstrip) Frame(i int) fyne.CanvasObject {
	if i < f.first || i >= f.last {
		return nil
	}
	return f.cells[i%len(f.cells)]
}

// NewFilmstrip makes an empty strip.
func NewFilmstrip() *Filmstrip {
	f := &Filmstrip{current: -1, inner: container.NewWithoutLayout(), thumb: newPlate(color.Transparent)}
	f.thumb.CornerRadius = scrollHeight / 2
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
	lowWidth    = 56
	lowHeight   = 44
)

// SetLow shows pictures alone, small, or with their words, from its next size on.
func (f *Filmstrip) SetLow(low bool) {
	if f.low == low {
		return
	}
	left := f.offset / f.step()
	f.low, f.turned = low, true
	f.offset = left * f.step()
}

// frameSize is how large a frame is, step how far the next one is from it.
func (f *Filmstrip) frameSize() (width, height float32) {
	if f.low {
		return lowWidth, lowHeight
	}
	return frameWidth, frameHeight
}

func (f *Filmstrip) step() float32 {
	w, _ := f.frameSize()
	return w + frameGap
}

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
	frame, _ := f.frameSize()
	left := float32(i) * f.step()
	width := f.Size().Width - 2*stripPad
	if width <= 0 {
		return
	}
	if left < f.offset+frame {
		f.offset = left - frame/2
	} else if right := left + frame; right > f.offset+width {
		f.offset = right - width + frame/2
	}
}

func (f *Filmstrip) total() float32 { return float32(f.count)*f.step() - frameGap }

func (f *Filmstrip) arrange(size fyne.Size) {
	f.clip.Resize(size)
	if size.Width <= 0 || f.frame == nil {
		return
	}
	if f.turned && f.current >= 0 {
		f.reveal(f.current)
	}
	f.turned = false
	width := size.Width - 2*stripPad
	f.offset = min(max(f.offset, 0), max(f.total()-width, 0))
	step := f.step()
	w, h := f.frameSize()
	first := max(int((f.offset-stripPad)/step), 0)
	last := min(int((f.offset+size.Width)/step)+1, f.count)
	for len(f.cells) < last-first {
		c := newCell()
		c.of = f.tips
		f.cells = append(f.cells, c)
		f.inner.Add(c)
	}
	// A frame keeps its object while it is on the screen, so that moving the
	// strip makes no texture but for what is new.
	for _, c := range f.cells {
		c.Hidden = true
	}
	for i := first; i < last; i++ {
		c := f.cells[i%len(f.cells)]
		place(c, stripPad+float32(i)*step-f.offset, 6, w, h)
		f.bind(c, i)
		c.set(f.frame(i), i == f.current)
		c.Hidden = false
	}
	f.thumb.Hide()
	if x, w, _ := f.bar(); w > 0 {
		place(f.thumb.Raster, x, size.Height-scrollHeight-2, w, scrollHeight)
		f.thumb.Show()
	}
	if first != f.first || last != f.last {
		f.first, f.last = first, last
		if f.OnVisible != nil {
			f.OnVisible(first, last)
		}
	}
	Repaint(f)
}

// Scrolled moves along.
func (f *Filmstrip) Scrolled(e *fyne.ScrollEvent) {
	f.offset -= (e.Scrolled.DY + e.Scrolled.DX) * 3
	f.moved()
}

// CreateRenderer is Fyne's hook.
func (f *Filmstrip) CreateRenderer() fyne.WidgetRenderer {
	f.thumb.FillColor = look.Color(theme.ColorNameScrollBar)
	return &drawn{
		objects: []fyne.CanvasObject{f.clip, f.thumb.Raster},
		layout:  f.arrange,
		min: func() fyne.Size {
			_, h := f.frameSize()
			return fyne.NewSize(200, h+16)
		},
		refresh: func() {
			f.thumb.FillColor = look.Color(theme.ColorNameScrollBar)
			f.thumb.Refresh()
			f.arrange(f.Size())
			for _, c := range f.cells {
				c.Refresh()
			}
		},
	}
}

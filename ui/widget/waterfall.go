package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// Bar is a line of a waterfall, from one number to another.
type Bar struct {
	// ID is what a click reports; a negative one takes no clicks.
	ID          int
	Label, Text string
	From, To    float64
	// Off greys it out; Sum marks a total rather than a step.
	Off, Sum bool
}

// Waterfall shows how parts add up: a bar a line, each beginning where the one
// before ended. Steps up have the accent, steps down the colour of errors.
type Waterfall struct {
	widget.BaseWidget
	bars []Bar
	rows []*barRow
	list *fyne.Container
	// OnPicked reports a click on a line.
	OnPicked func(id int)
}

// NewWaterfall makes an empty one.
func NewWaterfall() *Waterfall {
	w := &Waterfall{list: container.NewWithoutLayout()}
	w.ExtendBaseWidget(w)
	return w
}

// Set shows bars from the top down.
func (w *Waterfall) Set(bars []Bar) {
	w.bars = bars
	low, high := 0.0, 0.0
	for i, b := range bars {
		if i == 0 {
			low, high = b.From, b.From
		}
		low, high = min(low, b.From, b.To), max(high, b.From, b.To)
	}
	for len(w.rows) < len(bars) {
		r := newBarRow()
		w.rows = append(w.rows, r)
		w.list.Add(r)
	}
	for i, r := range w.rows {
		if i >= len(bars) {
			r.Hide()
			continue
		}
		b := bars[i]
		r.OnTapped = nil
		if b.ID >= 0 {
			r.OnTapped = func() {
				if w.OnPicked != nil {
					w.OnPicked(b.ID)
				}
			}
		}
		r.set(b, low, high)
		r.Show()
	}
	w.arrange(w.Size())
	Repaint(w)
}

const barHeight float32 = 21

// HeightFor is that of all lines.
func (w *Waterfall) HeightFor(float32) float32 { return barHeight * float32(len(w.bars)) }

func (w *Waterfall) arrange(size fyne.Size) {
	w.list.Resize(size)
	for i, r := range w.rows {
		place(r, 0, float32(i)*barHeight, size.Width, barHeight)
	}
}

// CreateRenderer is Fyne's hook.
func (w *Waterfall) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{w.list},
		layout:  w.arrange,
		min:     func() fyne.Size { return fyne.NewSize(180, w.HeightFor(0)) },
		refresh: func() {
			for _, r := range w.rows {
				r.Refresh()
			}
		},
	}
}

type barRow struct {
	press
	bar         Bar
	low, high   float64
	label, text *Text
	block       *canvas.Rectangle
}

func newBarRow() *barRow {
	r := &barRow{label: NewText("").Small(), text: NewText("").Small().Aligned(fyne.TextAlignTrailing), block: canvas.NewRectangle(color.Transparent)}
	r.block.CornerRadius = 1.5
	r.begin(r, 4)
	return r
}

func (r *barRow) set(b Bar, low, high float64) {
	r.bar, r.low, r.high = b, low, high
	r.label.SetText(b.Label)
	r.text.SetText(b.Text)
	r.Refresh()
}

func (r *barRow) arrange(size fyne.Size) {
	const label, text = 76, 52
	r.back.Resize(size)
	place(r.label, 6, 0, label-6, size.Height)
	place(r.text, size.Width-text-6, 0, text, size.Height)
	span, run := r.high-r.low, size.Width-label-text-14
	if !(span > 0) {
		span = 1
	}
	at := func(v float64) float32 { return label + run*float32((v-r.low)/span) }
	from, to := at(min(r.bar.From, r.bar.To)), at(max(r.bar.From, r.bar.To))
	place(r.block, from, 5, max(to-from, 1.5), size.Height-10)
}

func (r *barRow) CreateRenderer() fyne.WidgetRenderer {
	style := func() {
		name := look.Accent
		switch {
		case r.bar.Off:
			name = look.Faint
		case r.bar.Sum:
			name = look.Muted
		case r.bar.To < r.bar.From:
			name = look.Error
		}
		r.block.FillColor = look.Color(name)
		r.label.color, r.text.color = look.Text, look.Text
		if r.bar.Off {
			r.label.color, r.text.color = look.Faint, look.Faint
		}
		r.paint()
		if r.bar.ID < 0 {
			r.back.FillColor, r.back.StrokeWidth = color.Transparent, 0
		}
	}
	style()
	return &drawn{
		objects: []fyne.CanvasObject{r.back.Raster, r.block, r.label, r.text},
		layout:  r.arrange,
		min:     func() fyne.Size { return fyne.NewSize(180, barHeight) },
		refresh: func() {
			style()
			r.arrange(r.Size())
			r.back.Refresh()
			r.block.Refresh()
			r.label.Refresh()
			r.text.Refresh()
		},
	}
}

package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// Progress is a thin line that fills. It does not move by itself: an endless
// animation would keep a core busy drawing.
type Progress struct {
	widget.BaseWidget
	done float64
	line *canvas.Rectangle
}

// NewProgress makes an empty line.
func NewProgress() *Progress {
	p := &Progress{line: canvas.NewRectangle(color.Transparent)}
	p.ExtendBaseWidget(p)
	return p
}

// Set fills the line to done (0..1); a negative value, work of unknown length,
// shows a short piece.
func (p *Progress) Set(done float64) {
	if p.done != done {
		p.done = done
		p.arrange(p.Size())
		Repaint(p)
	}
}

func (p *Progress) arrange(size fyne.Size) {
	done := p.done
	if done < 0 {
		done = 0.04
	}
	place(p.line, 0, 0, size.Width*float32(min(done, 1)), size.Height)
}

// CreateRenderer is Fyne's hook.
func (p *Progress) CreateRenderer() fyne.WidgetRenderer {
	p.line.FillColor = look.Color(look.Accent)
	return &drawn{
		objects: []fyne.CanvasObject{p.line},
		layout:  p.arrange,
		min:     func() fyne.Size { return fyne.NewSize(10, 2) },
		refresh: func() { p.line.FillColor = look.Color(look.Accent); p.line.Refresh() },
	}
}

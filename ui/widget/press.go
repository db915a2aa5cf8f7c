package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// press is what everything that can be clicked shares: hover, keyboard focus,
// a background, and keys that it does not use handed on to the window.
type press struct {
	widget.BaseWidget
	self     fyne.Widget
	back     *plate
	fill     fyne.ThemeColorName
	edge     fyne.ThemeColorName
	hovered  bool
	focused  bool
	disabled bool
	tips     *Tips
	tip      string
	// OnTapped reports a click, Space or Enter.
	OnTapped func()
}

func (p *press) begin(self fyne.Widget, radius float32) {
	p.self = self
	p.back = newPlate(color.Transparent)
	p.back.CornerRadius = radius
	p.ExtendBaseWidget(self)
}

// SetTip says what the control does, for the layer to show where the mouse rests.
func (p *press) SetTip(t *Tips, words string) { p.tips, p.tip = t, words }

// paint sets the background for the present mood.
func (p *press) paint() {
	p.back.FillColor, p.back.StrokeColor, p.back.StrokeWidth = color.Transparent, color.Transparent, 0
	if p.fill != "" {
		p.back.FillColor = look.Color(p.fill)
	}
	if p.edge != "" {
		p.back.StrokeColor, p.back.StrokeWidth = look.Color(p.edge), 1
	}
	if p.hovered && !p.disabled {
		switch p.fill {
		case look.Accent:
		case "":
			p.back.FillColor = look.Color(look.Hover)
		default:
			p.back.StrokeColor, p.back.StrokeWidth = look.Color(look.Faint), 1
		}
	}
	if p.focused {
		p.back.StrokeColor, p.back.StrokeWidth = look.Color(look.Accent), 1
	}
}

func (p *press) mood() {
	p.paint()
	p.back.Refresh()
}

// Tapped is Fyne's hook.
func (p *press) Tapped(*fyne.PointEvent) {
	if p.tips != nil {
		p.tips.leave()
	}
	if c := canvasOf(p.self); c != nil && c.Focused() != nil && !p.focused {
		c.Unfocus()
	}
	p.fire()
}

func (p *press) fire() {
	if !p.disabled && p.OnTapped != nil {
		p.OnTapped()
	}
}

// MouseIn, MouseMoved and MouseOut are Fyne's hooks.
func (p *press) MouseIn(*desktop.MouseEvent) {
	p.hovered = true
	p.mood()
	if p.tips != nil {
		p.tips.enter(p.self, p.tip)
	}
}

// MouseMoved does nothing.
func (p *press) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends the hover.
func (p *press) MouseOut() {
	p.hovered = false
	p.mood()
	if p.tips != nil {
		p.tips.leave()
	}
}

// FocusGained and FocusLost are Fyne's hooks.
func (p *press) FocusGained() { p.focused = true; p.mood() }

// FocusLost ends the focus.
func (p *press) FocusLost() { p.focused = false; p.mood() }

// TypedRune hands characters on to the window.
func (p *press) TypedRune(r rune) {
	if c := canvasOf(p.self); c != nil && c.OnTypedRune() != nil {
		c.OnTypedRune()(r)
	}
}

// TypedKey presses on Space and Enter and hands other keys on to the window.
func (p *press) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.fire()
		return
	}
	if c := canvasOf(p.self); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
}

// SetDisabled greys it out.
func (p *press) SetDisabled(d bool) {
	if p.disabled != d {
		p.disabled = d
		p.self.Refresh()
	}
}

// Disabled says whether clicks do nothing.
func (p *press) Disabled() bool { return p.disabled }

package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// carryHint lies over the window and says, beside the pointer, what letting go
// of a dragged pane does. It takes no clicks.
type carryHint struct {
	*context
	ground *widget.Surface
	words  *widget.Text
	root   *fyne.Container
}

func newCarryHint(c *context) *carryHint {
	h := &carryHint{context: c, ground: widget.NewSurface(look.Raised, look.RadiusSmall).Outlined(look.Faint), words: widget.NewText("").Whole()}
	h.root = container.NewWithoutLayout(h.ground, h.words)
	h.root.Hide()
	return h
}

func (h *carryHint) content() fyne.CanvasObject { return h.root }

func (h *carryHint) show(s state.State) {
	c := s.Carried
	if c == nil {
		if h.root.Visible() {
			h.root.Hide()
		}
		return
	}
	words, color := i18n.T("Drag out of the window or onto the filmstrip to save this pane"), look.Muted
	if c.Out {
		words, color = i18n.T("Let go to save this pane"), look.Accent
	}
	h.words.SetText(words)
	h.words.SetColor(color)
	// Beside the pointer, as far as the window reaches. A bar of menus may lie
	// over it.
	from := fyne.CurrentApp().Driver().AbsolutePositionForObject(h.root)
	text, room := h.words.MinSize(), h.root.Size()
	w, height := text.Width+20, text.Height+12
	x := max(min(float32(c.X)-from.X+14, room.Width-w-6), 6)
	y := max(min(float32(c.Y)-from.Y+18, room.Height-height-6), 6)
	put(h.ground, x, y, w, height)
	put(h.words, x+10, y+6, text.Width, text.Height)
	if !h.root.Visible() {
		h.root.Show()
	}
}

// newGrip is what a pane is dragged by.
func (p *pane) newGrip() *widget.Grip {
	g := widget.NewGrip()
	g.SetTip(p.tips, i18n.T("Drag out of the window or onto the filmstrip to save this pane"))
	g.OnCarried = func(at fyne.Position) {
		p.Send(state.PaneCarried{Pane: p.index, X: float64(at.X), Y: float64(at.Y), Out: p.outside(at)})
	}
	g.OnLetGo = func() {
		saves := p.state.Carried != nil && p.state.Carried.Out
		p.Send(state.PaneLetGo{})
		if saves {
			p.Ask(AskSavePicture)
		}
	}
	return g
}

// edge is how near to the window's edge counts as past it: from the edge of a
// screen the pointer gets no further.
const edge float32 = 3

// outside says whether a pane that is let go there is to be saved.
func (s *Screen) outside(at fyne.Position) bool {
	driver := fyne.CurrentApp().Driver()
	end := driver.AbsolutePositionForObject(s.root).Add(s.root.Size())
	if at.X < edge || at.Y < edge || at.X > end.X-edge || at.Y > end.Y-edge {
		return true
	}
	film := s.strip.root
	from := driver.AbsolutePositionForObject(film)
	return at.Y >= from.Y && at.Y < from.Y+film.Size().Height
}

package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// tour points at four parts of the window, one after another.
type tour struct {
	*context
	screen             *Screen
	veil               *widget.Veil
	title, text, steps *widget.Text
	back, next         *widget.Button
	row, column, card  *fyne.Container
	root               *fyne.Container
}

const tourWidth float32 = 340

func newTour(c *context, s *Screen) *tour {
	t := &tour{context: c, screen: s, title: widget.NewText("").Bold().Sized(15), text: widget.NewText("").Wrapped(0), steps: widget.NewText("").Small().Whole()}
	t.veil = widget.NewVeil(func() { c.Send(state.TourLeft{}) })
	t.back = widget.NewButton(i18n.T("Back"), nil, widget.Quiet, func() { c.Send(state.TourStepped{By: -1}) })
	t.next = widget.NewButton(i18n.T("Next step"), nil, widget.Primary, func() { c.Send(state.TourStepped{By: 1}) })
	leave := widget.NewButton(i18n.T("Skip"), nil, widget.Quiet, func() { c.Send(state.TourLeft{}) })
	t.row = container.NewBorder(nil, nil, t.steps, container.NewHBox(leave, t.back, t.next))
	t.column = container.New(widget.Column{Width: tourWidth, Gap: 8, Pad: 16}, t.title, t.text, t.row)
	t.card = container.NewStack(widget.NewVeil(nil).Bare(), widget.NewSurface(look.Panel, look.Radius).Outlined(look.Hairline), t.column)
	t.root = container.New(tourLayout{t}, t.veil, t.card)
	t.root.Hide()
	return t
}

func (t *tour) content() fyne.CanvasObject { return t.root }

// tourWords are what each step says.
func tourWords(step int) (title, text string) {
	switch step {
	case 1:
		return i18n.T("Drop a picture"), i18n.T("Drop pictures, folders or an ONNX model anywhere in the window. They line up here; the arrow keys walk through them.")
	case 2:
		return i18n.T("Ask"), i18n.T("Choose how to explain (method), where in the model to look (layer) and which answer to explain (class). The heat map follows at once.")
	case 3:
		return i18n.T("Compare and trust"), i18n.T("Methods disagree. Lay several side by side, see where they agree, and distrust a map that stays the same for another class.")
	}
	return i18n.T("Export"), i18n.T("Save a report: picture, map, numbers, and all that is needed to repeat it, in one PNG.")
}

// target is the part that a step points at.
func (t *tour) target(step int) fyne.CanvasObject {
	switch step {
	case 1:
		return t.screen.strip.content()
	case 2:
		if p := t.screen.stage.panes[0]; p.pickers.Visible() {
			return p.pickers
		}
		return t.screen.stage.grid
	case 3:
		return t.screen.stage.compare
	}
	return t.screen.stage.export
}

func (t *tour) show(s state.State) {
	if on := s.Tour > 0; t.root.Hidden == on {
		t.root.Hidden = !on
		t.root.Refresh()
	}
	if s.Tour == 0 {
		return
	}
	title, text := tourWords(s.Tour)
	t.title.SetText(title)
	t.text.SetText(text)
	t.steps.SetText(i18n.T("Step %d of %d", s.Tour, state.TourSteps))
	t.back.SetDisabled(s.Tour == 1)
	words := i18n.T("Next step")
	if s.Tour == state.TourSteps {
		words = i18n.T("Start")
	}
	t.next.SetText(words)
	relay(t.row)
	relay(t.column)
	relay(t.root)
}

// tourLayout leaves the target bright and puts the card beside it: under it
// where there is room, else over it.
type tourLayout struct{ *tour }

const tourGap float32 = 12

func (l tourLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(l.veil, 0, 0, size.Width, size.Height)
	step := l.state.Tour
	if step == 0 {
		return
	}
	target := l.target(step)
	driver := fyne.CurrentApp().Driver()
	at := driver.AbsolutePositionForObject(target).Subtract(driver.AbsolutePositionForObject(l.root))
	room := target.Size()
	at, room = at.SubtractXY(4, 4), room.AddWidthHeight(8, 8)
	l.veil.SetHole(at, room)
	h := l.card.MinSize().Height
	y := at.Y + room.Height + tourGap
	if y+h > size.Height-8 {
		y = max(at.Y-h-tourGap, 8)
	}
	x := min(max(at.X+room.Width/2-tourWidth/2, 12), max(size.Width-tourWidth-12, 12))
	put(l.card, x, y, min(tourWidth, size.Width-24), h)
}

func (tourLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, 100) }

package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	"seewhy/ui/look"
)

// choiceRow is one line of the list.
type choiceRow struct {
	press
	choice              Choice
	title, detail, note *Text
	dot                 *canvas.Circle
	// open says of a branch that what is under it is shown.
	open  bool
	arrow *canvas.Image
	// ticked says of one with a box that it is ticked; box is its icon, and
	// control that Ctrl was held when the mouse went down.
	ticked, control bool
	box             *canvas.Image
	onTick          func()
}

func newChoiceRow(ch Choice) *choiceRow {
	r := &choiceRow{choice: ch, title: NewText(ch.Title), detail: NewText(ch.Detail).Small().Whole(), note: NewText(ch.Note).Small().Wrapped(2), dot: canvas.NewCircle(color.Transparent)}
	if ch.Why != "" {
		r.disabled = true
		r.title.color = look.Faint
		r.note = NewText(ch.Why).Small().Colored(look.Warning).Wrapped(3)
	}
	if ch.Header {
		r.disabled = true
		r.title.Small().Bold()
		r.note.Wrapped(4)
	}
	r.begin(r, look.RadiusSmall)
	return r
}

const (
	rowPad  = 10
	rowDot  = 5
	rowText = 22

	rowIndent float32 = 14
	boxSide   float32 = 15
)

// MouseDown notes whether Ctrl is held.
func (r *choiceRow) MouseDown(e *desktop.MouseEvent) {
	r.control = e.Modifier&fyne.KeyModifierShortcutDefault != 0
}

// MouseUp does nothing.
func (r *choiceRow) MouseUp(*desktop.MouseEvent) {}

// Tapped is Fyne's hook: the box, or Ctrl, ticks; the rest picks.
func (r *choiceRow) Tapped(e *fyne.PointEvent) {
	onBox := e != nil && e.Position.X < rowText+float32(r.choice.Depth)*rowIndent
	if r.choice.Ticks && (r.control || onBox) {
		r.control = false
		r.onTick()
		return
	}
	r.press.Tapped(e)
}

func (r *choiceRow) heightFor(width float32) float32 {
	switch {
	case r.choice.Header && r.note.Text() == "":
		return 27
	case r.note.Text() == "":
		return 29
	case width == 0:
		// Before the first layout any width will do.
		width = 320
	}
	return 28 + r.note.HeightFor(width-r.noteLeft()-rowPad)
}

// noteLeft is where the note begins: under the title.
func (r *choiceRow) noteLeft() float32 {
	if r.choice.Header {
		return rowPad
	}
	return rowText
}

func (r *choiceRow) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{r.back.Raster, r.dot, r.title, r.detail, r.note}
	if r.choice.Swatch != nil {
		objects = append(objects, r.choice.Swatch)
	}
	if r.choice.Branch {
		r.arrow = canvas.NewImageFromResource(nil)
		objects = append(objects, r.arrow)
	}
	if r.choice.Ticks {
		r.box = canvas.NewImageFromResource(nil)
		objects = append(objects, r.box)
	}
	style := func() {
		if r.box != nil {
			icon, ink := theme.CheckButtonIcon(), look.Faint
			if r.ticked {
				icon, ink = theme.CheckButtonCheckedIcon(), look.Accent
			}
			r.box.Resource = theme.NewColoredResource(icon, ink)
		}
		if r.arrow != nil {
			icon := theme.MenuExpandIcon()
			if r.open {
				icon = theme.MenuDropDownIcon()
			}
			r.arrow.Resource = theme.NewColoredResource(icon, look.Muted)
		}
		r.dot.FillColor = color.Transparent
		if r.choice.Chosen && r.box == nil {
			r.dot.FillColor = look.Color(look.Accent)
		}
		r.paint()
	}
	style()
	return &drawn{
		objects: objects,
		layout: func(size fyne.Size) {
			r.back.Resize(size)
			indent := float32(r.choice.Depth) * rowIndent
			place(r.dot, rowPad-1+indent, 12, rowDot, rowDot)
			x := rowText + indent
			if r.arrow != nil {
				place(r.arrow, x-18, 6, 16, 16)
			}
			if r.box != nil {
				place(r.box, x-17, 7, boxSide, boxSide)
				x += 3
			}
			if r.choice.Header {
				x = rowPad
			}
			if r.choice.Swatch != nil {
				place(r.choice.Swatch, x, 9, 56, 11)
				x += 66
			}
			d := r.detail.MinSize().Width
			if r.choice.Detail == "" {
				d = 0
			}
			d = min(d, (size.Width-x)*0.6)
			place(r.title, x, 5, size.Width-x-rowPad-d-6, 19)
			place(r.detail, size.Width-rowPad-d, 5, d, 19)
			place(r.note, r.noteLeft(), 23, size.Width-r.noteLeft()-rowPad, max(size.Height-26, 0))
		},
		min: func() fyne.Size { return fyne.NewSize(180, r.heightFor(r.Size().Width)) },
		refresh: func() {
			style()
			r.back.Refresh()
			r.dot.Refresh()
			if r.box != nil {
				r.box.Refresh()
			}
			r.title.Refresh()
			r.detail.Refresh()
			r.note.Refresh()
		},
	}
}

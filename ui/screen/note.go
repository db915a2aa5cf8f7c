package screen

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// noteRest is how long the keyboard rests before a note is kept: one that is
// left by a click elsewhere is kept by then.
const noteRest = 300 * time.Millisecond

// EditNote opens the note of the current picture, over its frame.
func (s *Screen) EditNote() { s.strip.editNote() }

// FocusFilter puts the keyboard into the search over pictures.
func (s *Screen) FocusFilter() {
	if s.strip.low {
		s.deps.Send(state.StripFolded{})
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(s.strip.film); c != nil {
		c.Focus(s.strip.bar.search)
	}
}

// PageLength is how many pictures the filmstrip shows at once.
func (s *Screen) PageLength() int { return s.strip.film.PageLength() }

// editNote opens the field over the frame of the current picture.
func (s *strip) editNote() {
	it, _ := s.state.Item(s.state.Current)
	driver := fyne.CurrentApp().Driver()
	canvas := driver.CanvasForObject(s.film)
	if it == nil || canvas == nil {
		return
	}
	id, serial := it.ID, 0
	field := widget.NewNoteField(it.Note)
	keep := func() {
		serial++
		s.Send(state.ItemNoted{Item: id, Note: field.Text})
	}
	field.OnWritten = func(string) {
		serial++
		now := serial
		s.After(noteRest, func() {
			if now == serial {
				keep()
			}
		})
	}
	title := widget.NewText(i18n.T("Note on %s", it.Title())).Bold()
	hint := widget.NewText(i18n.T("Enter keeps it, Shift+Enter begins a line, Esc leaves it as it was")).Small().Wrapped(2)
	column := container.New(widget.Column{Width: noteWidth - 12, Gap: 6, Pad: 8}, title, container.New(tall{84}, field), hint)
	pop := fynewidget.NewPopUp(column, canvas)
	field.OnClosed = func() {
		keep()
		pop.Hide()
	}
	var over fyne.CanvasObject = s.film
	if f := s.film.Frame(s.state.FilmPlace(id)); f != nil {
		over = f
	}
	at, room := driver.AbsolutePositionForObject(over), canvas.Size()
	height := column.MinSize().Height + 10
	showAt(pop, max(min(at.X+(over.Size().Width-noteWidth)/2, room.Width-noteWidth-8), 8), max(at.Y-height-4, 8), noteWidth, height)
	canvas.Focus(field)
}

const noteWidth float32 = 380

// tall gives one object a height.
type tall struct{ height float32 }

func (t tall) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for _, k := range o {
		put(k, 0, 0, size.Width, size.Height)
	}
}

func (t tall) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, t.height) }

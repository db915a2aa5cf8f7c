package ui

import (
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"seewhy/assets/i18n"
)

// folderKey is the preference in which the toolkit's dialog for files keeps the
// folder that it shows; the dialog itself does not tell it.
const folderKey = "fyne:fileDialogLastFolder"

// shownFolder is the folder that the dialog for files shows, where it is one of
// this machine's.
func shownFolder() (path string, ok bool) {
	folder, err := storage.ParseURI(fyne.CurrentApp().Preferences().String(folderKey))
	if err != nil || folder.Scheme() != "file" {
		return "", false
	}
	return folder.Path(), true
}

// takeSaving makes the dialog for saving that has just been shown answer by
// itself. The toolkit's own answer asks in English whether a file is to be
// replaced, asks it of the name without its ending, and empties the file before
// there is anything to write. Where the toolkit builds its dialog otherwise some
// day, its own answer stays.
func takeSaving(w fyne.Window, pop *widget.PopUp, d *dialog.FileDialog, ending string, chosen func(path string)) {
	save, field := saveButton(pop.Content), nameField(pop.Content)
	if save == nil || field == nil {
		return
	}
	theirs, ok := field.Content.(*widget.Entry)
	if !ok {
		return
	}
	own := save.OnTapped
	save.OnTapped = func() {
		folder, ok := shownFolder()
		if !ok {
			own()
			return
		}
		path := withEnding(filepath.Join(folder, theirs.Text), ending)
		done := func() {
			d.Hide()
			chosen(path)
		}
		switch at, err := os.Stat(path); {
		case err != nil:
			// What else is wrong with the place is told when it is written to.
			done()
		case at.IsDir():
			dialog.ShowInformation(i18n.T("This is a folder"), i18n.T("There is a folder called %s. Choose another name.", at.Name()), w)
		default:
			dialog.ShowConfirm(i18n.T("Replace the file?"), i18n.T("There is a file called %s already. What it holds would be lost.", at.Name()), func(yes bool) {
				if yes {
					done()
				}
			}, w)
		}
	}
	name := newNameEntry(theirs, d.Hide)
	field.Content = name
	field.Refresh()
	// The lines of the list have kept what a double click did before.
	pop.Content.Refresh()
	w.Canvas().Focus(name)
}

// withEnding gives a path the ending that it lacks.
func withEnding(path, ending string) string {
	if filepath.Ext(path) == "" {
		path += ending
	}
	return path
}

// nameEntry stands in for the toolkit's field for a file's name: Esc closes the
// dialog, and the name is selected, so that typing replaces it.
type nameEntry struct {
	widget.Entry
	escaped func()
}

func newNameEntry(theirs *widget.Entry, escaped func()) *nameEntry {
	e := &nameEntry{escaped: escaped}
	e.ExtendBaseWidget(e)
	e.PlaceHolder = theirs.PlaceHolder
	e.SetText(theirs.Text)
	e.OnChanged = theirs.SetText
	e.OnSubmitted = theirs.OnSubmitted
	// A click on a file of the list puts its name into theirs.
	changed := theirs.OnChanged
	theirs.OnChanged = func(s string) {
		if changed != nil {
			changed(s)
		}
		if e.Text != s {
			e.SetText(s)
		}
	}
	e.selectName()
	return e
}

// selectName selects the name up to its ending.
func (e *nameEntry) selectName() {
	stem := []rune(strings.TrimSuffix(e.Text, filepath.Ext(e.Text)))
	e.CursorColumn = 0
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	e.KeyDown(&fyne.KeyEvent{Name: "LeftShift"})
	for range stem {
		e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	}
	e.KeyUp(&fyne.KeyEvent{Name: "LeftShift"})
}

// TypedKey is Fyne's hook.
func (e *nameEntry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		e.escaped()
		return
	}
	e.Entry.TypedKey(k)
}

// saveButton is the dialog's button that stands out.
func saveButton(o fyne.CanvasObject) *widget.Button {
	return first(o, func(b *widget.Button) bool { return b.Importance == widget.HighImportance })
}

// nameField is what the field for the file's name scrolls in.
func nameField(o fyne.CanvasObject) *container.Scroll {
	return first(o, func(s *container.Scroll) bool {
		_, ok := s.Content.(*widget.Entry)
		return ok
	})
}

package ui

import (
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"seewhy/assets/i18n"
)

// takeNewFolder makes the button for a new folder, of the dialog that has just
// been shown, answer by itself: the toolkit's own says in English, and without
// the reason, that there is no such folder, and does not go into a new one.
// Where the toolkit builds its dialog otherwise some day, its own answer stays.
func takeNewFolder(w fyne.Window, pop *widget.PopUp, d fileDialog) {
	b := buttonOf(pop.Content, theme.FolderNewIcon())
	if b == nil {
		return
	}
	own := b.OnTapped
	b.OnTapped = func() {
		folder, ok := shownFolder()
		if !ok {
			own()
			return
		}
		name := widget.NewEntry()
		form := dialog.NewForm(i18n.T("New folder"), i18n.T("Create the folder"), i18n.T("Cancel"), []*widget.FormItem{{Text: i18n.T("Name"), Widget: name}}, func(yes bool) {
			if !yes || name.Text == "" {
				return
			}
			path := filepath.Join(folder, name.Text)
			if err := os.MkdirAll(path, 0o750); err != nil {
				dialog.ShowInformation(i18n.T("There is no new folder"), i18n.Tell(err.Error()), w)
				return
			}
			if dir, err := storage.ListerForURI(storage.NewFileURI(path)); err == nil {
				d.SetLocation(dir)
			}
		}, w)
		form.Show()
		w.Canvas().Focus(name)
	}
}

// buttonOf is the button with an icon.
func buttonOf(o fyne.CanvasObject, icon fyne.Resource) *widget.Button {
	return first(o, func(b *widget.Button) bool { return b.Icon != nil && b.Icon.Name() == icon.Name() })
}

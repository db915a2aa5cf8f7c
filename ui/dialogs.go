package ui

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"seewhy/assets/i18n"
	"seewhy/ui/loop"
	"seewhy/ui/screen"
	"seewhy/ui/session"
	"seewhy/ui/state"
)

var dialogSize = fyne.NewSize(860, 600)

// ask opens the dialog for a file and sends what was chosen.
func (w *Window) ask(q screen.Question) {
	s := w.loop.State()
	switch q {
	case screen.AskImages:
		w.open(i18n.T("Open a picture"), loop.ImageTypes(), func(path string) state.Msg { return state.FilesGiven{Paths: []string{path}} })
	case screen.AskLike:
		w.open(i18n.T("Choose the picture to compare with"), loop.ImageTypes(), func(path string) state.Msg { return state.LikePicked{Pane: s.Active, Ref: path} })
	case screen.AskModel:
		w.open(i18n.T("Open a model"), []string{".onnx"}, func(path string) state.Msg { return state.ModelPicked{Ref: path, Pane: s.Holder(s.Active)} })
	case screen.AskLabels:
		w.open(i18n.T("Choose the file with the classes' names"), []string{".txt", ".names", ".json", ".csv"}, func(path string) state.Msg { return state.LabelsPicked{Path: path, Pane: s.Active} })
	case screen.AskFolder:
		d := dialog.NewFolderOpen(func(dir fyne.ListableURI, err error) {
			if w.refused(err) || dir == nil {
				return
			}
			w.lastPath = dir.Path()
			w.loop.Handle(state.FilesGiven{Paths: []string{dir.Path()}})
		}, w.win)
		d.SetTitleText(i18n.T("Open a folder of pictures"))
		w.begin(d)
	case screen.AskExport:
		w.export(s)
	case screen.AskSavePicture:
		w.save(i18n.T("Save the picture as PNG"), exportName(s), ".png", func(path string) state.Msg { return state.PictureSaved{Pane: s.Active, Path: path} })
	case screen.AskProject:
		w.open(i18n.T("Open a project or a report"), []string{session.Extension, ".png"}, func(path string) state.Msg { return state.ProjectPicked{Path: path} })
	case screen.AskSaveProject:
		w.save(i18n.T("Save the project"), i18n.T("Study")+session.Extension, session.Extension, func(path string) state.Msg { return state.ProjectSaved{Path: path} })
	}
}

type fileDialog interface {
	SetLocation(fyne.ListableURI)
	Resize(fyne.Size)
	Show()
	Hide()
}

// begin shows a dialog where the last one ended, with our words and keys. It gives
// what the dialog is drawn in; nil where the toolkit draws it otherwise some day.
func (w *Window) begin(d fileDialog) *widget.PopUp {
	if w.lastPath != "" {
		if dir, err := storage.ListerForURI(storage.NewFileURI(w.lastPath)); err == nil {
			d.SetLocation(dir)
		}
	}
	d.Resize(dialogSize)
	d.Show()
	pop, ok := w.win.Canvas().Overlays().Top().(*widget.PopUp)
	if !ok {
		return nil
	}
	tellPlaces(pop)
	takeNewFolder(w.win, pop, d)
	takeFileKeys(w.win, pop, d)
	return pop
}

func (w *Window) refused(err error) bool {
	if err != nil {
		w.loop.Handle(state.Said{Text: i18n.Tell(err.Error()), Warning: true})
	}
	return err != nil
}

func (w *Window) open(title string, types []string, chosen func(path string) state.Msg) {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if w.refused(err) || r == nil {
			return
		}
		path := r.URI().Path()
		// Only the path is wanted; the engine reads the file itself, within bounds.
		_ = r.Close()
		w.lastPath = filepath.Dir(path)
		w.loop.Handle(chosen(path))
	}, w.win)
	for _, t := range types {
		types = append(types, strings.ToUpper(t))
	}
	d.SetFilter(storage.NewExtensionFileFilter(types))
	d.SetTitleText(title)
	w.begin(d)
}

// save asks for a file to write. Its name gets the ending where it has none.
func (w *Window) save(title, name, ending string, chosen func(path string) state.Msg) {
	give := func(path string) {
		w.lastPath = filepath.Dir(path)
		w.loop.Handle(chosen(path))
	}
	d := dialog.NewFileSave(func(out fyne.URIWriteCloser, err error) {
		if w.refused(err) || out == nil {
			return
		}
		path := out.URI().Path()
		// It is written in one piece when what it holds is ready.
		_ = out.Close()
		give(withEnding(path, ending))
	}, w.win)
	d.SetFileName(name)
	d.SetTitleText(title)
	if pop := w.begin(d); pop != nil {
		takeSaving(w.win, pop, d, ending, give)
	}
}

// export asks where a report goes; where maps are on their way, first whether it
// is to wait for them.
func (w *Window) export(s state.State) {
	into := func(wait bool) {
		w.save(i18n.T("Export a report as PNG"), exportName(s), ".png", func(path string) state.Msg { return state.ExportPicked{Path: path, Wait: wait} })
	}
	unready := s.Unready()
	if len(unready) == 0 {
		into(false)
		return
	}
	var names []string
	for _, i := range unready {
		names = append(names, i18n.T("pane %d (%s)", i+1, s.PaneTitle(i)))
	}
	chooseOf(w.win, i18n.T("Wait for the maps?"), i18n.T("Still being made: %s. Without waiting the report does not have them.", strings.Join(names, i18n.T(", "))), i18n.T("Without them"), i18n.T("Wait"), into)
}

// exportName proposes picture-method-class.png.
func exportName(s state.State) string {
	parts := []string{"seewhy"}
	if s.Photo.Info != nil {
		name := s.Photo.Info.Ref.Name
		parts = []string{strings.TrimSuffix(name, filepath.Ext(name))}
	}
	for _, i := range s.Exportable() {
		r := s.Panes[i].Result
		parts = append(parts, r.Task.Method, r.Target.Label)
	}
	return clean(strings.Join(parts, "-")) + ".png"
}

// clean leaves letters and digits of any script, and dashes.
func clean(name string) string {
	out := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|,;' `, r) || r < ' ' {
			return '-'
		}
		return r
	}, name)
	if runes := []rune(out); len(runes) > 80 {
		out = string(runes[:80])
	}
	return out
}

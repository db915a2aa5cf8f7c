package screen

import (
	"net/url"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"seewhy/assets/i18n"
	"seewhy/models/prep"
	"seewhy/ui/session"
	"seewhy/ui/state"
)

// menu offers what can be done with a frame, or with all that are selected
// where it is one of them.
func (s *strip) menu(i int, at fyne.Position) {
	if i >= s.state.FilmLen() {
		return
	}
	it := s.state.FilmItem(i)
	if !s.state.Selected[it.ID] {
		s.Send(state.ItemPicked{Item: it.ID})
	}
	popMenu(s.film, at, s.items(it))
}

func (s *strip) items(it *state.Item) []*fyne.MenuItem {
	do := func(m state.Msg) func() { return func() { s.Send(m) } }
	remove := i18n.T("Take from the filmstrip")
	if n := len(s.state.Selected); n > 1 {
		remove = i18n.T("Take %s pictures from the filmstrip", grouped(n))
	}
	items := []*fyne.MenuItem{
		fyne.NewMenuItem(i18n.T("Star"), do(state.ItemMarked{Mark: session.Starred})),
		fyne.NewMenuItem(i18n.T("Reject"), do(state.ItemMarked{Mark: session.Rejected})),
		fyne.NewMenuItem(i18n.T("Note…"), s.editNote),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(i18n.T("Select all"), do(state.AllSelected{})),
	}
	if s.state.Photo.Info != nil && state.Likens(s.state.ModelOf(s.state.Active)) {
		items = append(items, fyne.NewMenuItem(i18n.T("Take as the reference picture"), do(state.LikePicked{Pane: s.state.Active, Ref: it.Ref})))
	}
	if !session.Named(it.Ref) {
		items = append(items, fyne.NewMenuItem(i18n.T("Copy the path"), do(state.TextCopied{Text: it.Ref, What: i18n.T("The path is copied.")})))
		items = append(items, fyne.NewMenuItem(i18n.T("Show in folder"), func() { s.showFolder(it.Ref) }))
	}
	if it.Label != "" {
		items = append(items, fyne.NewMenuItem(i18n.T("Only answers of this class"), func() {
			s.bar.set(func(f *state.Filter) { f.Class = it.Label })
		}))
	}
	return append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(remove, do(state.ItemsRemoved{})))
}

// showFolder opens the folder of a file in the desktop's own program.
func (s *strip) showFolder(path string) {
	where, err := folderURL(path)
	if err == nil {
		err = s.Open(where)
	}
	if err != nil {
		s.Send(state.Said{Text: i18n.T("The folder %s cannot be opened: %s", filepath.Dir(path), i18n.Tell(err.Error())), Warning: true})
	}
}

// folderURL is the file:// address of the folder that a file lies in.
func folderURL(path string) (*url.URL, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	dir := filepath.ToSlash(filepath.Dir(path))
	if !strings.HasPrefix(dir, "/") {
		// A drive's letter.
		dir = "/" + dir
	}
	return &url.URL{Scheme: "file", Path: dir}, nil
}

// fault says in a word or two why a picture cannot be shown.
func fault(f prep.Fault) string {
	switch f {
	case prep.Gone:
		return i18n.T("not found")
	case prep.Empty:
		return i18n.T("empty file")
	case prep.Unsupported:
		return i18n.T("not supported")
	case prep.TooLarge:
		return i18n.T("too large")
	case prep.Damaged:
		return i18n.T("damaged")
	}
	return i18n.T("unreadable")
}

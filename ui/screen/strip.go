package screen

import (
	"fyne.io/fyne/v2"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/session"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// strip is the filmstrip of all open pictures.
type strip struct {
	*context
	film *widget.Filmstrip

	items   []*state.Item
	current state.ItemID
	model   *task.ModelInfo
}

func newStrip(c *context) *strip {
	s := &strip{context: c, film: widget.NewFilmstrip()}
	s.film.OnPicked = func(i int) {
		if i < len(s.items) {
			c.Send(state.ItemPicked{Item: s.items[i].ID})
		}
	}
	s.film.OnVisible = func(first, last int) { c.Send(state.ItemsVisible{First: first, Last: last}) }
	return s
}

func (s *strip) content() fyne.CanvasObject { return s.film }

func (s *strip) show(st state.State) {
	s.model = st.Model.Info
	if same(s.items, st.Items) && s.current == st.Current {
		return
	}
	s.items, s.current = st.Items, st.Current
	_, at := st.Item(st.Current)
	s.film.Set(len(s.items), s.frame, at)
}

// same is cheap: what the state holds is replaced, never changed.
func same[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func (s *strip) frame(i int) widget.Frame {
	it := s.items[i]
	f := widget.Frame{Thumb: it.Thumb, Title: inWords(s.model, it.Label), Doubt: it.Truth != "" && it.Label != "" && it.Label != it.Truth && has(s.model, it.Truth)}
	switch it.Mark {
	case session.Starred:
		f.Badge, f.Good = i18n.T("Starred"), true
	case session.Rejected:
		f.Badge = i18n.T("Rejected")
	}
	switch {
	case it.Err != "":
		f.Title, f.Faulty = i18n.T("unreadable"), true
	case it.Label == "":
		// Names of files are no keys; those of the gallery are.
		f.Title = i18n.T(it.Name)
	}
	return f
}

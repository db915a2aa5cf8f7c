package screen

import (
	"maps"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/session"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// strip is the filmstrip of all open pictures, under the bar that filters it.
type strip struct {
	*context
	bar   *filterBar
	film  *widget.Filmstrip
	words *widget.Text
	// fold makes the strip low; open high again.
	fold, open *widget.Button
	root       *fyne.Container

	shown stripView
	low   bool
}

// stripView is what the strip was drawn from.
type stripView struct {
	items    []*state.Item
	filter   state.Filter
	length   int
	current  state.ItemID
	selected map[state.ItemID]bool
	model    *task.ModelInfo
}

func newStrip(c *context) *strip {
	s := &strip{context: c, bar: newFilterBar(c), film: widget.NewFilmstrip(), words: widget.NewText("").Small().Aligned(fyne.TextAlignCenter)}
	s.film.SetTips(c.tips)
	pick := func(do func(state.ItemID) state.Msg) func(int) {
		return func(i int) {
			if i < c.state.FilmLen() {
				c.Send(do(c.state.FilmItem(i).ID))
			}
		}
	}
	s.film.OnPicked = pick(func(id state.ItemID) state.Msg { return state.ItemPicked{Item: id} })
	s.film.OnExtended = pick(func(id state.ItemID) state.Msg { return state.ItemsExtended{Item: id} })
	s.film.OnToggled = pick(func(id state.ItemID) state.Msg { return state.ItemToggled{Item: id} })
	s.film.OnMenu = s.menu
	s.film.OnVisible = func(first, last int) { c.Send(state.ItemsVisible{First: first, Last: last}) }
	s.fold = widget.NewButton("", theme.MenuDropDownIcon(), widget.Quiet, func() { c.Send(state.StripFolded{Low: true}) })
	s.fold.SetTip(c.tips, i18n.T("A low filmstrip"))
	s.open = widget.NewButton("", theme.MenuDropUpIcon(), widget.Quiet, func() { c.Send(state.StripFolded{}) })
	s.open.SetTip(c.tips, i18n.T("The whole filmstrip, with search and filters"))
	s.open.Hide()
	s.root = container.New(stripLayout{s}, s.bar.root, s.film, s.words, s.fold, s.open)
	return s
}

func (s *strip) content() fyne.CanvasObject { return s.root }

func (s *strip) show(st state.State) {
	s.bar.show(st)
	now := stripView{items: st.Items, filter: st.Film.Filter, length: st.FilmLen(), current: st.Current, selected: st.Selected, model: st.Model.Info}
	if s.shown.like(now) {
		return
	}
	s.shown = now
	words := ""
	switch {
	case st.Phase == state.Ready && len(st.Items) == 0:
		words = i18n.T("Drop pictures or a folder here, paste them, or open them with Ctrl+O")
	case len(st.Items) > 0 && st.FilmLen() == 0:
		words = i18n.T("No picture fits the filter")
	}
	s.words.SetText(words)
	s.film.Set(st.FilmLen(), s.frame, st.FilmPlace(st.Current))
}

// like is cheap: what the state holds is replaced, never changed. The order
// follows from items and filter.
func (v stripView) like(o stripView) bool {
	return same(v.items, o.items) && v.filter == o.filter && v.length == o.length && v.current == o.current && v.model == o.model && maps.Equal(v.selected, o.selected)
}

// same is cheap: what the state holds is replaced, never changed.
func same[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func (s *strip) frame(i int) widget.Frame {
	st := s.state
	if i >= st.FilmLen() {
		return widget.Frame{}
	}
	it, info := st.FilmItem(i), st.Model.Info
	f := widget.Frame{
		Thumb: it.Thumb, Title: inWords(info, it.Label), Doubt: doubtful(info, it),
		Noted: it.Note != "", Selected: st.Selected[it.ID], Tip: tipOf(info, it),
	}
	switch it.Mark {
	case session.Starred:
		f.Badge, f.Good = i18n.T("Starred"), true
	case session.Rejected:
		f.Badge = i18n.T("Rejected")
	}
	switch {
	case it.Err != "":
		f.Title, f.Faulty = fault(it.Fault), true
	case it.Label == "":
		f.Title = it.Title()
	}
	return f
}

// doubtful says that an answer is known to be wrong.
func doubtful(m *task.ModelInfo, it *state.Item) bool {
	return it.Truth != "" && it.Label != "" && it.Label != it.Truth && has(m, it.Truth)
}

// tipLength bounds a note in a tip, in runes: the tip is a line.
const tipLength = 90

// tipOf is all that is known of a picture, in a line.
func tipOf(m *task.ModelInfo, it *state.Item) string {
	out := []string{it.Title()}
	switch {
	case it.Err != "":
		out = append(out, i18n.Tell(it.Err))
	case it.Label != "":
		out = append(out, inWords(m, it.Label)+" "+percent(it.Probability))
		if doubtful(m, it) {
			out = append(out, i18n.T("known to be %s", inWords(m, it.Truth)))
		}
	}
	if it.Note != "" {
		note := []rune(strings.Join(strings.Fields(it.Note), " "))
		if len(note) > tipLength {
			note = append(note[:tipLength], '…')
		}
		out = append(out, string(note))
	}
	return strings.Join(out, "  ·  ")
}

// setLow makes the strip low: pictures alone, without the bar that filters them.
func (s *strip) setLow(low bool) {
	if s.low == low {
		return
	}
	s.low = low
	s.bar.root.Hidden, s.fold.Hidden, s.open.Hidden = low, low, !low
	s.film.SetLow(low)
}

// stripLayout puts the bar over the film; a low strip has the film alone.
type stripLayout struct{ *strip }

// foldWidth is the room of the button that folds the strip.
const foldWidth float32 = 36

func (l stripLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	if l.low {
		put(o[1], 0, 0, size.Width-foldWidth, size.Height)
		put(o[2], 20, 0, size.Width-40-foldWidth, size.Height)
		put(o[4], size.Width-foldWidth, (size.Height-30)/2, 30, 30)
		return
	}
	put(o[0], 0, 0, size.Width-foldWidth, filterHeight)
	put(o[1], 0, filterHeight-2, size.Width, size.Height-filterHeight+2)
	put(o[2], 20, filterHeight, size.Width-40, size.Height-filterHeight)
	put(o[3], size.Width-foldWidth, 3, 30, 30)
}

func (l stripLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	if l.low {
		return o[1].MinSize()
	}
	return fyne.NewSize(o[0].MinSize().Width, filterHeight-2+o[1].MinSize().Height)
}

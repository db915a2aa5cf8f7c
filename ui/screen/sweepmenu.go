package screen

import (
	"slices"

	"fyne.io/fyne/v2"

	"seewhy/assets/i18n"
	"seewhy/ui/state"
)

// menu offers what can be done with a layer of the strip.
func (s *sweepStrip) menu(i int, at fyne.Position) {
	if i < len(s.state.Sweep.Maps) {
		popMenu(s.film, at, s.items(i))
	}
}

func (s *sweepStrip) items(i int) []*fyne.MenuItem {
	st, w := s.state, s.state.Sweep
	value := w.Maps[i].Layer.Value
	item := func(title string, off bool, m state.Msg) *fyne.MenuItem {
		return entry(title, off, func() { s.Send(m) })
	}
	out := []*fyne.MenuItem{item(i18n.T("Use this layer"), false, state.LayerPicked{Pane: w.Pane, Value: value})}
	if m, ok := st.Method(w.Pane); ok && m.Joins {
		tick := item(i18n.T("Make the map of this layer too"), false, state.LayerTicked{Pane: w.Pane, Value: value})
		tick.Checked = slices.Contains(ticked(*st, w.Pane), value)
		out = append(out, tick)
	}
	return append(
		out,
		fyne.NewMenuItemSeparator(),
		item(i18n.T("Copy the picture"), st.Photo.Info == nil || st.Panes[w.Pane].Result == nil, state.LayerMapCopied{Value: value}),
		item(i18n.T("Pin as another pane"), st.Shown == state.MaxPanes, state.LayerPinned{Value: value}),
	)
}

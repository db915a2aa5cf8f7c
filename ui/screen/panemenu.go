package screen

import (
	"fyne.io/fyne/v2"

	"seewhy/analysis/heatmap"
	"seewhy/assets/i18n"
	"seewhy/ui/state"
)

// menu opens what can be done with a pane, at a place of the window.
func (p *pane) menu(at fyne.Position) {
	popMenu(p.root, at, p.items())
}

func (p *pane) items() []*fyne.MenuItem {
	s, i := *p.state, p.index
	k := s.Panes[i]
	send := func(m state.Msg) func() { return func() { p.Send(m) } }
	photo, heat := s.Photo.Info != nil, k.Overlay != nil
	items := []*fyne.MenuItem{
		entry(i18n.T("Copy the picture"), !photo, send(state.PictureCopied{Pane: i})),
		entry(i18n.T("Copy the values"), !heat, send(state.ValuesCopied{Pane: i})),
	}
	if r, ok := s.Reading(i); ok {
		value := heatmap.FormatValue(r.Raw)
		items = append(items, entry(i18n.T("Copy the value here: %s", value), false, send(state.TextCopied{Text: value, What: i18n.T("The value is copied.")})))
	}
	original := entry(i18n.T("Show the original"), len(s.Edits()) == 0 && !k.Original, send(state.PaneOriginalSet{Pane: i, Original: !k.Original}))
	original.Checked = k.Original
	solo := entry(i18n.T("This pane alone"), s.Shown < 2, send(state.PaneSoloed{Pane: i}))
	solo.Checked = s.Solo
	return append(
		items,
		entry(i18n.T("Save the picture…"), !photo, func() {
			p.Send(state.PaneActivated{Pane: i})
			p.Ask(AskSavePicture)
		}),
		entry(i18n.T("Export…"), len(s.Exportable()) == 0, func() { p.Ask(AskExport) }),
		fyne.NewMenuItemSeparator(),
		entry(i18n.T("Pin as another pane"), !photo || k.Show != state.ShowMap || s.Shown == state.MaxPanes, func() {
			p.Send(state.PaneActivated{Pane: i})
			p.Send(state.ClassPinned{Class: k.Class})
		}),
		solo,
		original,
		entry(i18n.T("Close the pane"), i == 0, send(state.PaneClosed{Pane: i})),
	)
}

// PaneMenu opens the active pane's menu at its middle, for the keyboard.
func (s *Screen) PaneMenu() {
	p := s.stage.panes[s.state.Active]
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.viewport)
	size := p.viewport.Size()
	p.menu(fyne.NewPos(at.X+size.Width/2-80, at.Y+size.Height/3))
}

// classMenu opens what can be done with a class of the answer.
func (a *answer) classMenu(class int, at fyne.Position) {
	pane, name := a.state.Active, label(*a.state, a.state.Active, class)
	send := func(m state.Msg) func() { return func() { a.Send(m) } }
	popMenu(a.list, at, []*fyne.MenuItem{
		fyne.NewMenuItem(i18n.T("Explain %s", name), send(state.ClassPicked{Pane: pane, Class: class})),
		fyne.NewMenuItem(i18n.T("Pin as another pane"), send(state.ClassPinned{Class: class})),
		fyne.NewMenuItem(i18n.T("Why rather than %s", name), send(state.RatherPicked{Pane: pane, Class: class})),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(i18n.T("Copy the name"), send(state.TextCopied{Text: name, What: i18n.T("The name is copied.")})),
	})
}

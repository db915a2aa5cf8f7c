package screen

import (
	"fmt"
	"strconv"
	"strings"

	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// chooseLayout opens what divides the stage, fills it and joins its panes.
func (s *stage) chooseLayout() {
	st := *s.state
	items := []widget.Choice{{Header: true, Title: i18n.T("Panes")}}
	for _, n := range state.Layouts() {
		title := i18n.T("%d panes", n)
		if n == 1 {
			title = i18n.T("One pane")
		}
		columns, rows := usualGrid(n)
		items = append(items, widget.Choice{ID: "panes:" + strconv.Itoa(n), Title: title, Detail: fmt.Sprintf("%d × %d", columns, rows), Chosen: n == st.Shown && !st.Solo})
	}
	items = append(
		items,
		widget.Choice{Header: true, Title: i18n.T("Fill the stage with")},
		widget.Choice{ID: "methods", Title: i18n.T("Methods"), Note: i18n.T("The same question put to different methods")},
		widget.Choice{ID: "layers", Title: i18n.T("Layers"), Note: i18n.T("From the last natural layer to the first")},
		widget.Choice{ID: "classes", Title: i18n.T("Classes"), Note: i18n.T("The most probable ones")},
		widget.Choice{Header: true, Title: i18n.T("Add a pane")},
		widget.Choice{ID: string(state.ShowDifference), Title: i18n.T("Difference"), Why: full(st)},
		widget.Choice{ID: string(state.ShowAgreement), Title: i18n.T("Agreement"), Why: full(st)},
		widget.Choice{Header: true, Title: i18n.T("Joined")},
		widget.Choice{ID: "link-view", Title: i18n.T("Zoom and pan together"), Detail: "L", Chosen: st.Links.View},
		widget.Choice{ID: "link-style", Title: i18n.T("The same overlay in all panes"), Chosen: st.Links.Style},
	)
	choose(s.compare, 300, items, "", s.compareChosen)
}

func (s *stage) compareChosen(id string) {
	links := s.state.Links
	switch id {
	case "methods":
		s.Send(state.MethodsCompared{})
	case "layers":
		s.Send(state.LayersCompared{})
	case "classes":
		s.Send(state.ClassesCompared{})
	case string(state.ShowDifference), string(state.ShowAgreement):
		s.Send(state.ShowPicked{Pane: s.state.Shown, Show: state.Show(id)})
	case "link-view":
		links.View = !links.View
		s.Send(state.LinksSet{Links: links})
	case "link-style":
		links.Style = !links.Style
		s.Send(state.LinksSet{Links: links})
	default:
		if n, err := strconv.Atoi(strings.TrimPrefix(id, "panes:")); err == nil {
			s.Send(state.LayoutPicked{Panes: n})
		}
	}
}

// full says why no pane can be added; nothing where one can.
func full(s state.State) string {
	if s.Shown == state.MaxPanes {
		return i18n.T("The stage holds %d panes. Close one first.", state.MaxPanes)
	}
	return ""
}

package screen

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

func (p *pane) chooseMethod(anchor fyne.CanvasObject) {
	show := p.state.Panes[p.index].Show
	kind := p.state.Panes[p.index].Kind
	if p.state.LikeOf(p.index) != nil {
		kind = task.Logit
	}
	var items []widget.Choice
	family := ""
	for _, m := range workingFirst(p.state.ModelOf(p.index).Info.Methods) {
		if m.Family != family {
			family = m.Family
			items = append(items, widget.Choice{Header: true, Title: i18n.T(family)})
		}
		items = append(items, widget.Choice{ID: m.ID, Title: i18n.T(m.Title), Note: i18n.T(m.Summary), Why: whyNot(m, kind), Chosen: show == state.ShowMap && m.ID == p.state.Panes[p.index].Method})
	}
	items = append(
		items, widget.Choice{Header: true, Title: i18n.T("Made of other panes")},
		widget.Choice{ID: string(state.ShowDifference), Title: i18n.T("Difference"), Note: i18n.T("One pane's map less another's, each on its own full scale."), Chosen: show == state.ShowDifference},
		widget.Choice{ID: string(state.ShowAgreement), Title: i18n.T("Agreement"), Note: i18n.T("Where all maps put a place at the same rank, and how much they agree."), Chosen: show == state.ShowAgreement},
	)
	choose(anchor, 380, items, i18n.T("Find a method"), func(id string) {
		switch show := state.Show(id); show {
		case state.ShowDifference, state.ShowAgreement:
			p.Send(state.ShowPicked{Pane: p.index, Show: show})
		default:
			p.Send(state.MethodPicked{Pane: p.index, ID: id})
		}
	})
}

// workingFirst puts families of which no method can run on the model behind the
// others.
func workingFirst(methods []task.MethodInfo) []task.MethodInfo {
	works := map[string]bool{}
	for _, m := range methods {
		works[m.Family] = works[m.Family] || m.Why == ""
	}
	out := slices.Clone(methods)
	slices.SortStableFunc(out, func(a, b task.MethodInfo) int {
		switch {
		case works[a.Family] == works[b.Family]:
			return 0
		case works[a.Family]:
			return -1
		}
		return 1
	})
	return out
}

// chooseSource lists the panes whose maps a difference can be made of.
func (p *pane) chooseSource(anchor fyne.CanvasObject, chosen int, picked func(int) state.ShowPicked) {
	var items []widget.Choice
	for i := range p.state.Shown {
		if p.state.Panes[i].Show == state.ShowMap {
			items = append(items, widget.Choice{ID: fmt.Sprint(i), Title: sourceName(*p.state, i), Detail: className(*p.state, i), Chosen: i == chosen})
		}
	}
	choose(anchor, 320, items, "", func(id string) {
		var i int
		if _, err := fmt.Sscan(id, &i); err == nil {
			p.Send(picked(i))
		}
	})
}

// chooseModel lists the models that a pane can ask: the first changes the
// window's, another its own alone.
func (p *pane) chooseModel(anchor fyne.CanvasObject) {
	items := modelChoices(*p.state, p.state.ModelOf(p.index).Info)
	if p.index > 0 {
		items = append([]widget.Choice{{Title: i18n.T("The same as pane 1"), Chosen: p.state.Panes[p.index].Own == nil}}, items...)
	}
	choose(anchor, 380, items, i18n.T("Find a model"), func(ref string) { p.Send(state.ModelPicked{Ref: ref, Pane: p.index}) })
}

func (p *pane) chooseClass(anchor fyne.CanvasObject) {
	k := p.state.Panes[p.index]
	if k.Show == state.ShowDifference {
		p.chooseSource(anchor, k.B, func(i int) state.ShowPicked {
			return state.ShowPicked{Pane: p.index, Show: k.Show, A: k.A, B: i}
		})
		return
	}
	items := append([]widget.Choice{{ID: "-1", Title: i18n.T("Auto: the model's answer"), Chosen: k.Class == task.AutoClass && k.Like == nil}}, classChoices(*p.state, p.index, k.Class)...)
	if state.Likens(p.state.ModelOf(p.index)) {
		items = slices.Insert(items, 1, widget.Choice{ID: likeAsked, Title: i18n.T("Likeness to a picture…"), Chosen: p.state.LikeOf(p.index) != nil})
	}
	choose(anchor, 320, items, i18n.T("Find a class"), func(id string) {
		if id == likeAsked {
			chooseLike(p.context, anchor, p.index)
			return
		}
		var class int
		if _, err := fmt.Sscan(id, &class); err == nil {
			p.Send(state.ClassPicked{Pane: p.index, Class: class})
		}
	})
}

// classChoices lists the classes of a pane's model, most probable first where that is known.
func classChoices(s state.State, pane, chosen int) []widget.Choice {
	var items []widget.Choice
	if f := s.ForwardOf(pane).Prediction; f != nil {
		for _, c := range f.Order {
			items = append(items, widget.Choice{ID: fmt.Sprint(c), Title: label(s, pane, c), Detail: percent(f.Scores[c].Probability), Chosen: c == chosen})
		}
		return items
	}
	for c, l := range s.ModelOf(pane).Info.Labels {
		items = append(items, widget.Choice{ID: fmt.Sprint(c), Title: inWords(s.ModelOf(pane).Info, l), Chosen: c == chosen})
	}
	return items
}

package screen

import (
	"fmt"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// Action is something that the menus do: its title, the keys that do it too,
// and Do.
type Action struct {
	Title, Keys string
	Do          func()
}

// Kinds of what the palette finds, before the colon of a line's ID.
const (
	findAction  = "action"
	findModel   = "model"
	findMethod  = "method"
	findTarget  = "target"
	findLayer   = "layer"
	findClass   = "class"
	findPicture = "picture"
)

// ShowPalette opens the list of everything that can be done or gone to: the
// actions, and the models, methods, targets, layers, classes and pictures of the active
// pane. It is used with the keyboard alone.
func (s *Screen) ShowPalette(canvas fyne.Canvas, actions []Action) {
	list := widget.NewChoices(paletteChoices(s.state, actions), i18n.T("Find an action, a method, a layer, a class, a picture"), func(left int) string { return i18n.T("%d more: type to narrow the list", left) })
	pop := fynewidget.NewPopUp(list, canvas)
	list.OnClosed = pop.Hide
	list.OnPicked = func(id string) {
		pop.Hide()
		if kind, what, _ := strings.Cut(id, ":"); kind == findAction {
			if i, err := strconv.Atoi(what); err == nil && i < len(actions) {
				actions[i].Do()
			}
		} else if m := found(s.state, kind, what); m != nil {
			s.deps.Send(m)
		}
	}
	room := canvas.Size()
	width, height := min(560, room.Width-40), min(520, room.Height-80)
	showAt(pop, (room.Width-width)/2, min(72, (room.Height-height)/2), width, height)
	canvas.Focus(list.Focus())
}

// found is what going to a line of the palette does; nil where it is gone.
func found(s state.State, kind, what string) state.Msg {
	switch kind {
	case findModel:
		return state.ModelPicked{Ref: what, Pane: s.Holder(s.Active)}
	case findMethod:
		return state.MethodPicked{Pane: s.Active, ID: what}
	case findTarget:
		return state.KindPicked{Pane: s.Active, Kind: task.TargetKind(what)}
	case findLayer:
		return state.LayerPicked{Pane: s.Active, Value: what}
	}
	i, err := strconv.Atoi(what)
	switch {
	case err == nil && kind == findClass:
		return state.ClassPicked{Pane: s.Active, Class: i}
	case err == nil && kind == findPicture:
		return state.ItemPicked{Item: state.ItemID(i)}
	}
	return nil
}

// paletteChoices lists what can be found, fewest of a kind first: what is
// beyond the length of the list is what there are thousands of.
func paletteChoices(s state.State, actions []Action) []widget.Choice {
	out := []widget.Choice{{Header: true, Title: i18n.T("Actions")}}
	for i, a := range actions {
		out = append(out, widget.Choice{ID: fmt.Sprint(findAction, ":", i), Title: a.Title, Detail: a.Keys})
	}
	// add takes the choices of a picker over, without their explanations: a
	// list of everything has a line for each.
	add := func(title, kind string, choices []widget.Choice) {
		out = append(out, widget.Choice{Header: true, Title: title})
		for _, c := range choices {
			if !c.Header {
				out = append(out, widget.Choice{ID: kind + ":" + c.ID, Title: c.Title, Detail: c.Detail, Why: c.Why, Chosen: c.Chosen})
			}
		}
	}
	info := s.ModelOf(s.Active).Info
	add(i18n.T("Models"), findModel, modelChoices(s, info))
	if info != nil {
		question := s.Panes[s.Active].Question
		how, _ := s.Method(s.Active)
		var methods, layers []widget.Choice
		for _, m := range info.Methods {
			methods = append(methods, widget.Choice{ID: m.ID, Title: i18n.T(m.Title), Detail: i18n.T(m.Family), Why: whyNot(m, question.Kind), Chosen: m.ID == question.Method})
		}
		for i := len(info.Layers) - 1; i >= 0; i-- {
			if l := info.Layers[i]; l.Mappable() && l.NoGradient == "" {
				layers = append(layers, layerChoice(l, question.Layer))
			}
		}
		add(i18n.T("Methods"), findMethod, methods)
		add(i18n.T("What is explained"), findTarget, targetChoices(info, question.Kind, how))
		add(i18n.T("Layers"), findLayer, layers)
		add(i18n.T("Classes"), findClass, classChoices(s, s.Active, question.Class))
	}
	var pictures []widget.Choice
	for _, it := range s.Items {
		pictures = append(pictures, widget.Choice{ID: strconv.Itoa(int(it.ID)), Title: it.Title(), Detail: inWords(s.Model.Info, it.Label), Chosen: it.ID == s.Current})
	}
	add(i18n.T("Pictures"), findPicture, pictures)
	return out
}

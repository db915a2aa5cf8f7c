package screen

import (
	"fmt"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

func (p *pane) chooseMethod() {
	var items []widget.Choice
	family := ""
	for _, m := range p.state.Model.Info.Methods {
		if m.Family != family {
			family = m.Family
			items = append(items, widget.Choice{Header: true, Title: i18n.T(family)})
		}
		items = append(items, widget.Choice{ID: m.ID, Title: i18n.T(m.Title), Note: i18n.T(m.Summary), Why: m.Why, Chosen: m.ID == p.state.Panes[p.index].Method})
	}
	choose(p.method, 350, items, "", func(id string) { p.Send(state.MethodPicked{Pane: p.index, ID: id}) })
}

func (p *pane) chooseLayer() {
	info, chosen := p.state.Model.Info, p.state.Panes[p.index].Layer
	auto := i18n.T("Auto")
	if info.Natural >= 0 && info.Natural < len(info.Layers) {
		auto = i18n.T("Auto: %s", info.Layers[info.Natural].Name)
	}
	items := []widget.Choice{{ID: task.Auto, Title: auto, Chosen: chosen == task.Auto}}
	for _, natural := range []bool{true, false} {
		title := i18n.T("Ends of blocks, last first")
		if !natural {
			title = i18n.T("All other layers")
		}
		items = append(items, widget.Choice{Header: true, Title: title})
		// The last layers are those that people look at first.
		for i := len(info.Layers) - 1; i >= 0; i-- {
			l := info.Layers[i]
			if l.Candidate != natural {
				continue
			}
			why := l.NoGradient
			if why == "" && l.Kind == "vector" {
				why = i18n.T("A vector: it has no places to make a map of.")
			}
			items = append(items, widget.Choice{ID: l.Value, Title: l.Name, Detail: fmt.Sprintf("%s  %s", l.Op, shape(l.Shape)), Why: why, Chosen: l.Value == chosen})
		}
	}
	choose(p.layer, 400, items, i18n.T("Find a layer"), func(v string) { p.Send(state.LayerPicked{Pane: p.index, Value: v}) })
}

func (p *pane) chooseClass() {
	k := p.state.Panes[p.index]
	items := append([]widget.Choice{{ID: "-1", Title: i18n.T("Auto: the model's answer"), Chosen: k.Class == task.AutoClass}}, classChoices(*p.state, k.Class)...)
	choose(p.class, 320, items, i18n.T("Find a class"), func(id string) {
		var class int
		if _, err := fmt.Sscan(id, &class); err == nil {
			p.Send(state.ClassPicked{Pane: p.index, Class: class})
		}
	})
}

// classChoices lists the classes, most probable first where that is known.
func classChoices(s state.State, chosen int) []widget.Choice {
	var items []widget.Choice
	if f := s.Forward.Prediction; f != nil {
		for _, c := range f.Order {
			items = append(items, widget.Choice{ID: fmt.Sprint(c), Title: s.Label(c), Detail: percent(f.Scores[c].Probability), Chosen: c == chosen})
		}
		return items
	}
	for c, l := range s.Model.Info.Labels {
		items = append(items, widget.Choice{ID: fmt.Sprint(c), Title: l, Chosen: c == chosen})
	}
	return items
}

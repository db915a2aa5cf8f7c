package screen

import (
	"fyne.io/fyne/v2"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// naturalLayers is the line of the layer picker that stands for all of them.
const naturalLayers = "natural"

// layerGraph is the line that opens the graph.
const layerGraph = "graph"

// chooseLayer lists the layers of a pane's model. Where the pane's method makes
// one map of several, each has a box, and the list stays open while they are
// ticked.
func (p *pane) chooseLayer(anchor fyne.CanvasObject) {
	k := p.state.Panes[p.index]
	if k.Show == state.ShowDifference {
		p.chooseSource(anchor, k.A, func(i int) state.ShowPicked {
			return state.ShowPicked{Pane: p.index, Show: k.Show, A: i, B: k.B}
		})
		return
	}
	m, _ := p.state.Method(p.index)
	list := choose(anchor, 400, layerChoices(*p.state, p.index, m.Joins), i18n.T("Find a layer"), func(v string) {
		if v == layerGraph {
			if !p.state.Graph.On {
				p.Send(state.GraphToggled{})
			}
			return
		}
		if v == naturalLayers {
			p.Send(state.NaturalLayersPicked{Pane: p.index})
			return
		}
		p.Send(state.LayerPicked{Pane: p.index, Value: v})
	})
	if list == nil || !m.Joins {
		return
	}
	list.SetTicked(ticked(*p.state, p.index))
	list.OnTicked = func(v string) {
		p.Send(state.LayerTicked{Pane: p.index, Value: v})
		list.SetTicked(ticked(*p.state, p.index))
	}
}

// ticked are the layers that a pane's map is made of, and whether the model
// chose.
func ticked(s state.State, pane int) []string {
	if several := s.Layers(pane); len(several) > 0 {
		return several
	}
	info, k := s.ModelOf(pane).Info, s.Panes[pane]
	if k.Layer == task.Auto && info != nil && info.Natural >= 0 && info.Natural < len(info.Layers) {
		return []string{task.Auto, info.Layers[info.Natural].Value}
	}
	return []string{k.Layer}
}

// layerChoices are the lines of the layer picker: the model's own choice, the
// natural layers, then all as a tree.
func layerChoices(s state.State, pane int, joins bool) []widget.Choice {
	info, k := s.ModelOf(pane).Info, s.Panes[pane]
	chosen := k.Layer
	auto := i18n.T("Auto")
	if info.Natural >= 0 && info.Natural < len(info.Layers) {
		auto = i18n.T("Auto: %s", layerTitle(info.Layers[info.Natural]))
	}
	items := []widget.Choice{{ID: task.Auto, Title: auto, Chosen: chosen == task.Auto}}
	if natural := s.NaturalLayers(pane); joins && len(natural) > 1 {
		items = append(items, widget.Choice{
			ID: naturalLayers, Title: i18n.T("All natural layers together"), Detail: i18n.T("%d layers", len(natural)),
			Note: i18n.T("Boxes tick several layers: one map is made of all of them."),
		})
	}
	items = append(items, widget.Choice{ID: layerGraph, Title: i18n.T("Show in the graph"), Detail: "V"})
	items = append(items, widget.Choice{Header: true, Title: i18n.T("Ends of blocks, last first")})
	// The last layers are those that people look at first.
	for i := len(info.Layers) - 1; i >= 0; i-- {
		if info.Layers[i].Candidate {
			items = append(items, layerChoice(info.Layers[i], chosen))
		}
	}
	items = append(items, widget.Choice{Header: true, Title: i18n.T("All layers, last first")})
	items = append(items, layerTree(info.Layers).lines(0, "", chosen)...)
	for i := range items {
		c := &items[i]
		c.Ticks = joins && !c.Header && !c.Branch && c.Why == "" && c.ID != task.Auto && c.ID != naturalLayers && c.ID != layerGraph
	}
	return items
}

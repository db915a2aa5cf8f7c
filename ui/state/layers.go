package state

import (
	"slices"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// Layers are what makes a pane's map together: more than one, in the order of
// the layer picker, or none where the question is of one layer.
func (s State) Layers(pane int) []string {
	p := s.Panes[pane]
	if m, ok := s.Method(pane); !ok || !m.Joins || len(p.Layers) < 2 {
		return nil
	}
	return p.Layers
}

// layerTicked puts a layer to those that a pane's map is made of, or takes it
// away. What the pane shows already counts as the first.
func (u *update) layerTicked(m LayerTicked) {
	if !u.has(m.Pane) || u.ModelOf(m.Pane).Info == nil {
		return
	}
	info, p := u.ModelOf(m.Pane).Info, u.Panes[m.Pane]
	if !hasLayer(info, m.Value) {
		return
	}
	chosen := slices.Clone(p.Layers)
	switch {
	case len(chosen) > 0:
	case p.Layer != task.Auto:
		chosen = []string{p.Layer}
	case info.Natural >= 0 && info.Natural < len(info.Layers):
		chosen = []string{info.Layers[info.Natural].Value}
	}
	if i := slices.Index(chosen, m.Value); i >= 0 {
		chosen = slices.Delete(chosen, i, i+1)
	} else {
		chosen = append(chosen, m.Value)
	}
	u.joinLayers(m.Pane, chosen)
}

// hasLayer says that a model has a layer of that value.
func hasLayer(info *task.ModelInfo, value string) bool {
	return info != nil && slices.ContainsFunc(info.Layers, func(l task.Layer) bool { return l.Value == value })
}

// naturalLayersPicked makes a pane's map of every natural layer that can serve.
func (u *update) naturalLayersPicked(pane int) {
	if u.has(pane) {
		u.joinLayers(pane, u.NaturalLayers(pane))
	}
}

// NaturalLayers are those of a pane's model at which its map can be made, the
// last first; at most task.MaxLayers.
func (s State) NaturalLayers(pane int) []string {
	all := naturalLayers(s.ModelOf(pane).Info)
	return all[:min(len(all), task.MaxLayers)]
}

// naturalLayers are all of a model's natural layers at which a map can be made,
// the last first.
func naturalLayers(info *task.ModelInfo) []string {
	if info == nil {
		return nil
	}
	var out []string
	for _, l := range slices.Backward(info.Layers) {
		if l.Candidate && l.NoGradient == "" && l.Kind != "vector" {
			out = append(out, l.Value)
		}
	}
	return out
}

// joinLayers asks for the map of some layers together. One alone is a layer
// like any other, and none leaves the choice to the model.
func (u *update) joinLayers(pane int, values []string) {
	if len(values) > task.MaxLayers {
		u.say(true, i18n.T("At most %d layers make one map.", task.MaxLayers))
		return
	}
	info := u.ModelOf(pane).Info
	values = orderedLayers(info, values)
	u.change(pane, func(p *Pane) {
		p.Layer, p.Layers = task.Auto, nil
		if len(values) > 0 {
			p.Layer = values[0]
		}
		if len(values) > 1 {
			p.Layers = values
		}
	})
}

// orderedLayers are those of the values that a model has, the last layer first as
// the picker lists them, and at most task.MaxLayers.
func orderedLayers(info *task.ModelInfo, values []string) []string {
	var out []string
	if info == nil {
		return nil
	}
	for _, l := range slices.Backward(info.Layers) {
		if slices.Contains(values, l.Value) && len(out) < task.MaxLayers {
			out = append(out, l.Value)
		}
	}
	return out
}

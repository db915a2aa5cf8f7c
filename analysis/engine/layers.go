package engine

import (
	"fmt"
	"slices"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
)

// layers resolves the task's layers for a method: those that it names, or
// those that the method lives on, or the one layer. The task then has Layer as
// the first, and Layers where there are more.
func (w *work) layers(how method.Method) ([]string, error) {
	named := w.task.Layers
	w.task.Layers = nil
	if !how.Needs.Layer {
		w.task.Layer = ""
		return nil, nil
	}
	auto := w.task.Layer == "" || w.task.Layer == task.Auto
	if len(named) == 0 && how.Needs.Several && auto {
		named = w.model.stages(how.Needs)
	}
	if len(named) > 1 && !how.Joins {
		return nil, fmt.Errorf("%s explains one layer at a time; %d were chosen", how.Title, len(named))
	}
	if len(named) > task.MaxLayers {
		return nil, fmt.Errorf("%d layers were chosen; at most %d make one map", len(named), task.MaxLayers)
	}
	if len(named) == 0 {
		named = []string{w.task.Layer}
	}
	var list []string
	for _, name := range named {
		w.task.Layer = name
		layer, err := w.layer(how.Needs)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, layer) {
			list = append(list, layer)
		}
	}
	w.task.Layer = list[0]
	if len(list) > 1 {
		w.task.Layers = list
	}
	return list, nil
}

// candidates are the natural layers that a method can run at, in graph order;
// where the graph has none that are natural, the model's one layer.
func (m *model) candidates(n method.Needs) []task.Layer {
	var list []task.Layer
	for i, l := range m.info.Layers {
		if (l.Candidate || i == m.info.Natural) && (l.NoGradient == "" || !n.LayerGradient) {
			list = append(list, l)
		}
	}
	return list
}

// stages are the last candidates of each resolution, the last layer first.
func (m *model) stages(n method.Needs) []string {
	var list []string
	grid := [2]int{}
	for _, l := range slices.Backward(m.candidates(n)) {
		if l.Grid == nil || grid == [2]int{l.Grid.Height, l.Grid.Width} {
			continue
		}
		grid = [2]int{l.Grid.Height, l.Grid.Width}
		list = append(list, l.Value)
	}
	return list
}

package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/grad"
)

// explainable lists the layers, says how much of the graph has gradient
// rules, and which methods can run.
func (m *model) explainable() {
	i := &m.info
	i.Natural, i.Layers = -1, nil
	if m.noScores == nil {
		q := grad.Query{Score: m.scores.Logits, Wants: []string{m.prepared.Input}}
		nodes, covered, missing, err := grad.Coverage(m.prepared.Model.Graph, q)
		if err != nil {
			i.Notes = append(i.Notes, task.Note{Warning: true, Key: "%s", Args: []any{err.Error()}})
		} else {
			i.Coverage = task.Coverage{Nodes: nodes, Covered: covered}
			for _, op := range slices.Sorted(maps.Keys(missing)) {
				i.Coverage.Missing = append(i.Coverage.Missing, task.MissingOp{Op: op, Nodes: missing[op]})
			}
		}
		layers, natural := grad.Layers(m.prepared, m.scores.Logits)
		i.Natural = m.beforeHead(layers, natural)
		m.tokens = newTokens(grad.Attentions(m.prepared, m.scores.Logits))
		i.Attentions = m.tokens.describe()
		for _, l := range layers {
			shown := task.Layer{
				Value: l.Value, Name: l.Name, Op: l.Op, Shape: l.Shape, Kind: l.Kind, Candidate: l.Candidate,
				NoGradient: m.noGradient(l.Value),
			}
			if l.Fold != nil {
				m.tokens.folds[l.Value] = l.Fold
				grid := task.Grid(l.Fold.Grid)
				shown.Grid = &grid
			}
			i.Layers = append(i.Layers, shown)
		}
	}
	i.Methods = nil
	for _, x := range method.All() {
		i.Methods = append(i.Methods, task.MethodInfo{
			ID: x.ID, Title: x.Title, Family: x.Family, Summary: x.Summary, Paper: x.Paper, NeedsLayer: x.Needs.Layer,
			Joins: x.Joins, Sweeps: x.OfLayer != nil, ClassScores: grad.Composite(x.Needs.Composite).HandsDown(),
			Params: x.Params, Presets: x.Presets, Seeded: x.Seeded, Why: m.why(x.Needs),
		})
	}
}

// noGradient names what hinders the gradient at a value; empty where nothing does.
func (m *model) noGradient(value string) string {
	if len(m.info.Coverage.Missing) == 0 && value != m.prepared.Input {
		return ""
	}
	return m.uncovered(grad.Query{Score: m.scores.Logits, Wants: []string{value}})
}

// uncovered names the operators on the way of a query that have no gradient
// rule; empty where all have.
func (m *model) uncovered(q grad.Query) string {
	_, _, missing, err := grad.Coverage(m.prepared.Model.Graph, q)
	if err != nil {
		return err.Error()
	}
	if len(missing) == 0 {
		return ""
	}
	return fmt.Sprintf("no gradient rule for %s", strings.Join(slices.Sorted(maps.Keys(missing)), ", "))
}

// why says what keeps a method from this model; empty where it can run.
func (m *model) why(n method.Needs) string {
	if m.noScores != nil {
		return "The model's output is no list of class scores."
	}
	if n.Layer && m.info.Natural < 0 {
		return "The model has no spatial layer."
	}
	if n.InputGradient {
		if r := m.noGradient(m.prepared.Input); r != "" {
			return r
		}
	}
	if n.Biases && len(grad.Biases(m.prepared, m.scores.Logits)) == 0 {
		return "No layer of the model adds a constant to its channels."
	}
	if n.Composite.ID != "" {
		if r := m.hindrance(n.Composite); r != "" {
			return r
		}
	}
	if n.Attention && len(m.tokens.order) == 0 {
		return "The model has no attention between places of the picture."
	}
	if n.AttentionGradient {
		for _, a := range m.tokens.order {
			if r := m.noGradient(a.Value); r != "" {
				return "No gradient reaches the attention: " + r
			}
		}
	}
	if n.LayerGradient {
		usable := slices.ContainsFunc(m.info.Layers, func(l task.Layer) bool { return l.Mappable() && l.NoGradient == "" })
		if !usable {
			return "No gradient reaches a spatial layer: " + m.info.Layers[m.info.Natural].NoGradient
		}
	}
	if n.Curvature {
		if r := m.uncurved(m.info.Layers[m.info.Natural].Value); r != "" {
			return r
		}
	}
	return ""
}

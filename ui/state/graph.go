package state

import (
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/graph"
)

// GraphView is the picture of the active pane's model, beside the panes.
type GraphView struct {
	On bool
	// Open shows every chain of operations; else blocks are folded.
	Open bool
	Job  JobID
	// Drawing stays while a newer one is made.
	Drawing *graph.Drawing
	Err     string

	asked graphAsked
}

// graphAsked is what a drawing answers.
type graphAsked struct {
	model string
	open  bool
}

type (
	// GraphToggled shows or hides the graph, GraphOpened its blocks.
	GraphToggled struct{}
	GraphOpened  struct{ Open bool }
	// DrawGraph lays a model's graph out.
	DrawGraph struct {
		Job     JobID
		SHA256  string
		Layers  []task.Layer
		Options graph.Options
	}
	// GraphDrawn answers it; Err says in words why there is none.
	GraphDrawn struct {
		Job     JobID
		Drawing *graph.Drawing
		Err     string
	}
)

func (GraphToggled) msg() {}
func (GraphOpened) msg()  {}
func (GraphDrawn) msg()   {}
func (DrawGraph) cmd()    {}

// graph handles the graph of the model.
func (u *update) graph(m Msg) {
	w := &u.Graph
	switch m := m.(type) {
	case GraphToggled:
		if w.On {
			u.cancel(&w.Job)
			*w = GraphView{Open: w.Open}
			return
		}
		if u.ModelOf(u.Active).Info == nil {
			u.say(true, i18n.T("Open a model first: the graph shows its operations."))
			return
		}
		w.On = true
	case GraphOpened:
		w.Open = m.Open
	case GraphDrawn:
		if m.Job == 0 || m.Job != w.Job {
			return
		}
		w.Job, w.Drawing, w.Err = 0, m.Drawing, m.Err
	}
}

// followGraph asks for the drawing that the active pane's model lacks.
func (u *update) followGraph() {
	w, info := &u.Graph, u.ModelOf(u.Active).Info
	if !w.On || info == nil {
		return
	}
	want := graphAsked{info.Ref.SHA256, w.Open}
	if want == w.asked {
		return
	}
	u.cancel(&w.Job)
	w.asked, w.Job, w.Err = want, u.job(), ""
	u.do(DrawGraph{Job: w.Job, SHA256: info.Ref.SHA256, Layers: info.Layers, Options: graph.Options{Blocks: !w.Open}})
}

// ShownLayers are the layers that a pane's map is made at: those of its answer, or
// what it asks for.
func (s State) ShownLayers(pane int) []string {
	p := s.Panes[pane]
	if m, ok := s.Method(pane); !ok || !m.NeedsLayer || p.Show != ShowMap {
		return nil
	}
	if several := s.Layers(pane); len(several) > 0 {
		return several
	}
	if p.Layer != task.Auto {
		return []string{p.Layer}
	}
	if info := s.ModelOf(pane).Info; info != nil && info.Natural >= 0 && info.Natural < len(info.Layers) {
		return []string{info.Layers[info.Natural].Value}
	}
	return nil
}

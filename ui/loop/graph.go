package loop

import (
	"context"

	"seewhy/ui/graph"
	"seewhy/ui/state"
)

// drawGraph lays a model's graph out.
func drawGraph(ctx context.Context, e Engine, c state.DrawGraph) state.Msg {
	g, err := e.Graph(ctx, c.SHA256)
	if err != nil {
		return state.GraphDrawn{Job: c.Job, Err: err.Error()}
	}
	return state.GraphDrawn{Job: c.Job, Drawing: graph.Draw(g, c.Layers, c.Options)}
}

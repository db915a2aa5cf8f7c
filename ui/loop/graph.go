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
	d := graph.Draw(ctx, g, c.Layers, c.Options)
	if d == nil {
		return state.GraphDrawn{Job: c.Job, Err: ctx.Err().Error()}
	}
	return state.GraphDrawn{Job: c.Job, Drawing: d}
}

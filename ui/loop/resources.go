package loop

import (
	"context"

	"seewhy/analysis/task"
	"seewhy/ui/state"
)

// Resources tells and bounds what the engine uses. SetBudget returns at once.
type Resources interface {
	Memory(ctx context.Context, device string) task.Memory
	RunBudget(m task.Memory) int64
	SetBudget(bytes int64)
	Stores(ctx context.Context) []task.Store
	ClearStore(ctx context.Context, id string) error
}

// readResources looks at memory and files.
func readResources(ctx context.Context, e Engine, c state.ReadResources) state.Msg {
	m := e.Memory(ctx, c.Device)
	return state.ResourcesRead{Job: c.Job, Memory: m, Limit: e.RunBudget(m), Stores: e.Stores(ctx)}
}

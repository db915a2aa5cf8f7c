package fake

import (
	"context"
	"fmt"

	"seewhy/analysis/task"
)

// Memory is 8 GB free.
func (e *Engine) Memory(context.Context, string) task.Memory {
	return task.Memory{Free: 8 << 30, Used: 500 << 20}
}

// RunBudget is what was set, else half of what is free.
func (e *Engine) RunBudget(m task.Memory) int64 {
	if b := e.budget.Load(); b > 0 {
		return b
	}
	return m.Free / 2
}

// SetBudget remembers it.
func (e *Engine) SetBudget(bytes int64) { e.budget.Store(bytes) }

// Stores are three, of which the first can be emptied.
func (e *Engine) Stores(context.Context) []task.Store {
	sessions := task.Store{ID: task.StoreSessions, Path: "/home/ann/.cache/seewhy/sessions", Bytes: 312 << 20, Files: 9}
	if e.cleared.Load() {
		sessions.Bytes, sessions.Files = 0, 0
	}
	return []task.Store{sessions, {ID: task.StoreModels, Path: "/home/ann/.local/share/seewhy/models", Bytes: 98 << 20, Files: 2}, {ID: task.StoreChoices, Path: "/home/ann/.config/seewhy/models", Bytes: 4096, Files: 3}}
}

// ClearStore empties the sessions; others cannot be.
func (e *Engine) ClearStore(_ context.Context, id string) error {
	if id != task.StoreSessions {
		return fmt.Errorf("there is no store %q", id)
	}
	e.cleared.Store(true)
	return nil
}

package engine

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"seewhy/analysis/task"
)

// SetBudget bounds the bytes that the values of one run take, from the next run
// on; 0 is half of what is free. How much ran at once under another budget is
// found anew.
func (e *Engine) SetBudget(bytes int64) {
	bytes = max(bytes, 0)
	if e.limit.Swap(bytes) != bytes {
		e.batching.forget()
		e.ladder.forget()
	}
}

// folders are where files are kept, by store.
func (e *Engine) folders() []task.Store {
	var out []task.Store
	for _, s := range []task.Store{
		{ID: task.StoreSessions, Path: e.options.SessionsDir},
		{ID: task.StoreModels, Path: e.options.ModelsDir},
		{ID: task.StoreChoices, Path: e.options.Memory.Dir},
	} {
		if s.Path != "" {
			out = append(out, s)
		}
	}
	return out
}

// maxStored bounds the files of a store that are counted.
const maxStored = 100_000

// Stores lists the folders in which files are kept, with what they hold. One
// that is not there yet holds nothing.
func (e *Engine) Stores(ctx context.Context) []task.Store {
	out := e.folders()
	for i := range out {
		s := &out[i]
		// What cannot be read counts for nothing.
		_ = filepath.WalkDir(s.Path, func(_ string, d fs.DirEntry, err error) error {
			if ctx.Err() != nil || s.Files >= maxStored {
				return filepath.SkipAll
			}
			if err != nil || !d.Type().IsRegular() {
				return nil
			}
			if info, err := d.Info(); err == nil {
				s.Bytes += info.Size()
				s.Files++
			}
			return nil
		})
	}
	return out
}

// ClearStore removes the files of a store. Models that are open stay open, for
// they are in memory or mapped; sessions are built again when needed.
func (e *Engine) ClearStore(ctx context.Context, id string) error {
	for _, s := range e.folders() {
		if s.ID != id {
			continue
		}
		entries, err := os.ReadDir(s.Path)
		if os.IsNotExist(err) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, k := range entries {
			if err := ctx.Err(); err != nil {
				return err
			}
			// Links are removed, never followed; folders are not ours, but for
			// those of models with weights in files of their own.
			if k.IsDir() && id != task.StoreModels {
				continue
			}
			if err := os.RemoveAll(filepath.Join(s.Path, k.Name())); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("there is no store %q", id)
}

package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"seewhy/analysis/engine"
	"seewhy/analysis/task"
	"seewhy/models/library"
)

func TestStoresAreCountedAndCleared(t *testing.T) {
	dir := t.TempDir()
	o := engine.Options{SessionsDir: filepath.Join(dir, "sessions"), ModelsDir: filepath.Join(dir, "models"), Memory: library.Memory{Dir: filepath.Join(dir, "choices")}}
	e, err := engine.New(o)
	if err != nil {
		t.Skip(err)
	}
	defer e.Close()
	for name, bytes := range map[string]int{"sessions/a.session": 700, "sessions/b.session": 300, "models/net.onnx": 50, "choices/x.json": 5, "elsewhere/keep": 9} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, make([]byte, bytes), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// A link to elsewhere must not be followed.
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(dir, "models", "link")); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	want := map[string][2]int64{task.StoreSessions: {1000, 2}, task.StoreModels: {50, 1}, task.StoreChoices: {5, 1}}
	for _, s := range e.Stores(ctx) {
		if w := want[s.ID]; s.Bytes != w[0] || int64(s.Files) != w[1] {
			t.Errorf("%s holds %d bytes in %d files, want %v", s.ID, s.Bytes, s.Files, w)
		}
	}
	for _, id := range []string{task.StoreSessions, task.StoreModels} {
		if err := e.ClearStore(ctx, id); err != nil {
			t.Error(err)
		}
	}
	for _, s := range e.Stores(ctx) {
		if left := s.ID == task.StoreChoices; (s.Files > 0) != left {
			t.Errorf("%s holds %d files", s.ID, s.Files)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "elsewhere", "keep")); err != nil {
		t.Error("what a link points to is gone")
	}
	if e.ClearStore(ctx, "/etc") == nil {
		t.Error("a store that is none is cleared")
	}
}

func TestBudgetIsSetLive(t *testing.T) {
	e := open(t)
	ctx := context.Background()
	memory := e.Memory(ctx, "cpu")
	measured := e.RunBudget(memory)
	e.SetBudget(123 << 20)
	if got := e.RunBudget(memory); got != 123<<20 || measured != memory.Free/2 || measured <= 0 {
		t.Errorf("%d bytes, before that %d", got, measured)
	}
	e.SetBudget(-1)
	if got := e.RunBudget(memory); got != measured {
		t.Errorf("it stays at %d", got)
	}
}

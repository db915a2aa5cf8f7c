package engine_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"seewhy/analysis/engine"
	"seewhy/analysis/task"
)

// A second engine finds the sessions of the first on disk, and answers alike.
func TestSessionsOutliveTheEngine(t *testing.T) {
	open(t)
	dir := filepath.Join(t.TempDir(), "sessions")
	var values [][]float32
	var written []os.FileInfo
	for range 2 {
		e, err := engine.New(engine.Options{Version: "test", SessionsDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		m, err := e.OpenModel(t.Context(), "builtin:seewhy-scenes-honest", nil)
		if err != nil {
			t.Fatal(err)
		}
		i, err := e.OpenImage(t.Context(), "gallery:")
		if err != nil {
			t.Fatal(err)
		}
		r, err := e.Explain(t.Context(), task.Task{Model: m.Ref, Image: i.Ref, Method: "saliency", Target: task.Target{Class: task.AutoClass}, Device: "cpu"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, r.Map.Values)
		e.Close()
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) == 0 {
			t.Fatalf("the folder holds %v, %v", entries, err)
		}
		var now []os.FileInfo
		for _, f := range entries {
			info, err := f.Info()
			if err != nil {
				t.Fatal(err)
			}
			now = append(now, info)
		}
		if written != nil && !os.SameFile(written[0], now[0]) {
			t.Error("the second engine wrote the session again")
		}
		written = now
	}
	if !slices.Equal(values[0], values[1]) {
		t.Error("the session from disk answers otherwise")
	}
}

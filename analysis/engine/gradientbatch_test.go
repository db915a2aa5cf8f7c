package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
	"testing"

	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// A gradient of several samples runs the first alone, the rest in batches that
// the budget holds, and in smaller ones where memory runs out all the same,
// each sample once and in order.
func TestGradientBatches(t *testing.T) {
	for name, c := range map[string]struct {
		budget int64
		// holds is the batch from which the device has not enough memory.
		holds int
		want  []int
	}{
		"a small budget": {1, 100, []int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
		"a large budget": {1 << 50, 100, []int{1, 8, 8, 3}},
		"out of memory":  {1 << 50, 3, []int{1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			e := newTestEngine(t, Options{MemoryBudget: c.budget})
			info, err := e.OpenModel(t.Context(), "builtin:seewhy-scenes-honest", nil)
			if err != nil {
				t.Fatal(err)
			}
			s := &session{e: e, m: e.opened(info.Ref.SHA256), device: runtime.CPU}
			x := tensor.New(20, 1, 1, 2)
			for i := range x.Data {
				x.Data[i] = float32(i)
			}
			var parts []int
			var seen []float32
			run := func(p tensor.Tensor) error {
				if p.Shape[0] >= c.holds {
					return fmt.Errorf("a test: %w", runtime.ErrMemory)
				}
				parts, seen = append(parts, p.Shape[0]), append(seen, p.Data...)
				return nil
			}
			if err := s.gradientBatches("k", x, run); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(parts, c.want) || !slices.Equal(seen, x.Data) {
				t.Errorf("parts %v, want %v; samples %v", parts, c.want, seen)
			}
			broken := errors.New("broken")
			if err := s.gradientBatches("k", x, func(tensor.Tensor) error { return broken }); !errors.Is(err, broken) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// A card is asked for its memory before and after the first sample of the first
// question, and never again.
func TestGradientBatchesAskACardOnce(t *testing.T) {
	if goruntime.GOOS != "linux" {
		t.Skip("the program in nvidia-smi's place is a script")
	}
	folder := t.TempDir()
	asked := filepath.Join(folder, "asked")
	// A sample takes 1,000 MB; half of what is free then holds three.
	script := "#!/bin/sh\necho >>" + asked + "\nif [ $(wc -l <" + asked + ") = 1 ]; then echo 'Card, 9000, 7000'; else echo 'Card, 9000, 6000'; fi\n"
	if err := os.WriteFile(filepath.Join(folder, "nvidia-smi"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	e := newTestEngine(t, Options{})
	info, err := e.OpenModel(t.Context(), "builtin:seewhy-scenes-honest", nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		s := &session{e: e, m: e.opened(info.Ref.SHA256), device: "cuda"}
		var parts []int
		if err := s.gradientBatches("k", tensor.New(9, 1, 1, 2), func(p tensor.Tensor) error {
			parts = append(parts, p.Shape[0])
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if want := []int{1, 3, 3, 2}; !slices.Equal(parts, want) {
			t.Errorf("parts %v, want %v", parts, want)
		}
	}
	text, err := os.ReadFile(asked)
	if n := strings.Count(string(text), "\n"); n != 2 || err != nil {
		t.Errorf("the card was asked %d times, want 2 (%v)", n, err)
	}
}

package engine_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"seewhy/analysis/task"
)

// A cancelled run leaves nothing behind: no goroutine, and no memory beyond
// what a run that ended keeps (sessions and the picture, which are kept for the
// next run). Samples are made ahead of the model on goroutines of their own,
// so that a leak would be one of these or their batches each time.
func TestCancelFrees(t *testing.T) {
	const (
		times = 5
		most  = 512 << 10
	)
	for _, id := range []string{"rise", "lime"} {
		t.Run(id, func(t *testing.T) {
			e, job := asked(t, id, map[string]float64{"samples": 30})
			if _, err := e.ExplainLive(context.Background(), job, task.Live{}); err != nil {
				t.Fatal(err)
			}
			job.Params = map[string]float64{"samples": 100000}
			if id == "lime" {
				job.Params["samples"] = 20000
			}
			cancelled := func() {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				var once sync.Once
				_, err := e.ExplainLive(ctx, job, task.Live{Progress: func(done float64, _ string) {
					if done > 0.001 {
						once.Do(cancel)
					}
				}})
				if !errors.Is(err, context.Canceled) {
					t.Fatalf("cancelled: %v", err)
				}
			}
			cancelled()
			goroutines, bytes := settled(-1)
			for range times {
				cancelled()
			}
			after, grown := settled(goroutines)
			t.Logf("goroutines %d, then %d; heap %d KB, then %d KB", goroutines, after, bytes>>10, grown>>10)
			if after > goroutines {
				stacks := make([]byte, 1<<16)
				t.Errorf("%d goroutines after %d cancelled runs, %d before:\n%s", after, times, goroutines, stacks[:runtime.Stack(stacks, true)])
			}
			if grown > bytes+most {
				t.Errorf("the heap is %d KB after %d cancelled runs, %d KB before", grown>>10, times, bytes>>10)
			}
		})
	}
}

// settled counts goroutines and the bytes that are held, once there are no more
// goroutines than to or, where that is negative, as many at ten looks in a row.
// It waits for long only where they do not end.
func settled(to int) (goroutines int, held uint64) {
	same, last := 0, -1
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		n := runtime.NumGoroutine()
		if same++; n != last {
			same, last = 0, n
		}
		if n <= to || to < 0 && same == 10 {
			break
		}
	}
	// Twice: pools give up what they hold at the second.
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return runtime.NumGoroutine(), m.HeapAlloc
}

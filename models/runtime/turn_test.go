package runtime

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	ort "github.com/yalue/onnxruntime_go"
)

// counting is a session that notices calls at the same time.
type counting struct{ now, most *atomic.Int32 }

func (c counting) call() error {
	n := c.now.Add(1)
	for m := c.most.Load(); n > m && !c.most.CompareAndSwap(m, n); m = c.most.Load() {
	}
	time.Sleep(10 * time.Millisecond)
	c.now.Add(-1)
	return nil
}

func (c counting) RunWithOptions([]ort.Value, []ort.Value, *ort.RunOptions) error { return c.call() }

func (c counting) Destroy() error { return c.call() }

// Sessions on WebGPU run, and are freed, one at a time; on CUDA together.
func TestOneAtATime(t *testing.T) {
	library(t)
	for device, want := range map[string]bool{"webgpu": true, "cuda": false} {
		synctest.Test(t, func(t *testing.T) {
			var q quarantine
			var all turns
			c := counting{new(atomic.Int32), new(atomic.Int32)}
			var group sync.WaitGroup
			var sessions []*Session
			for range 4 {
				s := newSession(nil, nil, 0, device, c, &q)
				s.turn = all.on(device)
				sessions = append(sessions, s)
				group.Go(func() {
					for range 3 {
						if _, err := s.Run(t.Context(), nil); err != nil {
							t.Error(err)
						}
					}
					if err := s.Close(); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			for _, s := range sessions {
				<-s.freed
			}
			if alone := c.most.Load() == 1; alone != want {
				t.Errorf("%s: %d calls at once", device, c.most.Load())
			}
		})
	}
}

// Whoever waits for a device leaves at the end of its context at once, and
// when the device is found to hang.
func TestWaitingForADevice(t *testing.T) {
	library(t)
	synctest.Test(t, func(t *testing.T) {
		var q quarantine
		turn := make(turn, 1)
		first, h := hangingSession("webgpu", &q)
		second, _ := hangingSession("webgpu", &q)
		first.turn, second.turn = turn, turn
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _, _ = first.Run(ctx, nil) }()
		synctest.Wait()
		short, stop := context.WithTimeout(t.Context(), 30*time.Millisecond)
		defer stop()
		begin := time.Now()
		if _, err := second.Run(short, nil); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != 30*time.Millisecond {
			t.Errorf("waiting ended with %v after %v", err, time.Since(begin))
		}
		time.Sleep(2 * hangsAfter)
		if err := q.check("webgpu"); err != nil {
			t.Errorf("waiting counts as hanging: %v", err)
		}
		waiting := make(chan error, 1)
		go func() {
			_, err := second.Run(t.Context(), nil)
			waiting <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-waiting; !errors.Is(err, ErrHung) {
			t.Errorf("waiting for a device that hangs ended with %v", err)
		}
		if err := second.Close(); err != nil {
			t.Error(err)
		}
		close(h.letGo)
		<-second.freed
		if err := first.Close(); err != nil {
			t.Error(err)
		}
		<-first.freed
	})
}

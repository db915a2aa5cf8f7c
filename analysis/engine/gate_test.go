package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"seewhy/models/runtime"
)

// Builds that would not fit into memory together wait for each other, and one
// that fits nowhere is built alone.
func TestBuildsAreBoundedByMemory(t *testing.T) {
	for _, c := range []struct {
		bytes, room int64
		most        int32
	}{{100, 250, 2}, {100, 199, 1}, {100, 10, 1}, {1, 1 << 40, 3}} {
		synctest.Test(t, func(t *testing.T) {
			g := newGate(func() int64 { return c.room })
			g.most = 3
			s := newSessions(g, c.bytes)
			var now, most atomic.Int32
			var all sync.WaitGroup
			for i := range 6 {
				all.Go(func() {
					err := s.with(t.Context(), fmt.Sprint(i), func() (*runtime.Session, error) {
						n := now.Add(1)
						for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
						}
						time.Sleep(time.Second)
						now.Add(-1)
						return nil, nil
					}, func(*runtime.Session) error { return nil })
					if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if most.Load() != c.most {
				t.Errorf("%d bytes each in %d: %d builds at once, want %d", c.bytes, c.room, most.Load(), c.most)
			}
		})
	}
}

// A build that waits at the gate and that nobody wants any more is not begun,
// and does not hinder the next that asks for the same.
func TestUnwantedBuildsAreNotBegun(t *testing.T) {
	s := newSessions(newGate(func() int64 { return 0 }), 1)
	inside, goOn := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- s.with(t.Context(), "first", func() (*runtime.Session, error) {
			close(inside)
			<-goOn
			return nil, nil
		}, func(*runtime.Session) error { return nil })
	}()
	<-inside
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	err := s.with(ctx, "second", func() (*runtime.Session, error) {
		t.Error("built for nobody")
		return nil, nil
	}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for {
		s.mutex.Lock()
		_, waits := s.entries["second"]
		s.mutex.Unlock()
		if !waits {
			break
		}
		time.Sleep(time.Millisecond)
	}
	close(goOn)
	if err := <-done; err != nil {
		t.Error(err)
	}
	built := false
	err = s.with(t.Context(), "second", func() (*runtime.Session, error) {
		built = true
		return nil, nil
	}, func(*runtime.Session) error { return nil })
	if err != nil || !built {
		t.Errorf("asked again: %v, built %v", err, built)
	}
}

package engine

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/runtime"
)

// unbounded sessions are built as many at once as are asked for.
func unbounded() *sessions {
	g := newGate(func() int64 { return 1 << 40 })
	g.most = 1 << 10
	return newSessions(g, 1)
}

// A build goes on when whoever asked gives up. Where it fails then, the next
// caller tries again instead of hearing of the failure of before.
func TestFailureThatNobodyWaitedForIsNotKept(t *testing.T) {
	s := unbounded()
	ctx, cancel := context.WithCancel(t.Context())
	goOn, ended := make(chan struct{}), make(chan struct{})
	err := s.with(ctx, "k", func() (*runtime.Session, error) {
		defer close(ended)
		cancel()
		<-goOn
		return nil, errors.New("of before")
	}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	close(goOn)
	<-ended
	s.mutex.Lock()
	e := s.entries["k"]
	s.mutex.Unlock()
	if e != nil {
		<-e.ready
	}
	used := false
	err = s.with(t.Context(), "k", func() (*runtime.Session, error) { return nil, nil }, func(*runtime.Session) error {
		used = true
		return nil
	})
	if err != nil || !used {
		t.Errorf("the second build: %v, used %v", err, used)
	}
}

// A device that computed a session wrongly is not asked for it again, neither
// does that keep another session from being built; what failed otherwise is.
func TestWrongValuesAreRemembered(t *testing.T) {
	for _, c := range []struct {
		fails  error
		builds int
	}{
		{fmt.Errorf("%w: webgpu computes \"y\" wrongly", errWrong), 1},
		{fmt.Errorf("%w: webgpu: %w", runtime.ErrDevice, runtime.ErrMemory), 2},
	} {
		s, builds := unbounded(), 0
		for range 2 {
			err := s.with(t.Context(), "k", func() (*runtime.Session, error) {
				builds++
				return nil, c.fails
			}, nil)
			if !errors.Is(err, runtime.ErrDevice) || err.Error() != c.fails.Error() {
				t.Errorf("error %v, want %v", err, c.fails)
			}
		}
		if builds != c.builds {
			t.Errorf("%v: built %d times, want %d", c.fails, builds, c.builds)
		}
		err := s.with(t.Context(), "other", func() (*runtime.Session, error) { return nil, nil }, func(*runtime.Session) error { return nil })
		if err != nil {
			t.Errorf("another session: %v", err)
		}
	}
}

// Builds that were given up leave no more sessions than are kept, and a closed
// cache builds none.
func TestGivenUpBuildsMakeRoom(t *testing.T) {
	s := unbounded()
	goOn := make(chan struct{})
	var waiting []*entry
	for i := range 3 * keptSessions {
		key := fmt.Sprint(i)
		ctx, cancel := context.WithCancel(t.Context())
		_ = s.with(ctx, key, func() (*runtime.Session, error) {
			cancel()
			<-goOn
			return nil, nil
		}, func(*runtime.Session) error { return nil })
		s.mutex.Lock()
		waiting = append(waiting, s.entries[key])
		s.mutex.Unlock()
	}
	close(goOn)
	for _, e := range waiting {
		<-e.ready
	}
	s.mutex.Lock()
	left := len(s.entries)
	s.mutex.Unlock()
	if left > keptSessions {
		t.Errorf("%d sessions are kept, %d at most were expected", left, keptSessions)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.with(gone, "unwanted", func() (*runtime.Session, error) {
		t.Error("built for nobody")
		return nil, nil
	}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("after its context: %v", err)
	}
	s.close()
	err = s.with(t.Context(), "late", func() (*runtime.Session, error) {
		t.Error("built after the end")
		return nil, nil
	}, nil)
	if !errors.Is(err, runtime.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

// What was learnt about a session of one model says nothing of another's, be
// all names and shapes alike.
func TestKeysTellModelsApart(t *testing.T) {
	e := newTestEngine(t, Options{})
	var keys []string
	for _, name := range []string{"builtin:seewhy-scenes-honest", "builtin:seewhy-scenes-biased"} {
		info, err := e.OpenModel(t.Context(), name, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := &session{e: e, m: e.opened(info.Ref.SHA256), device: runtime.CPU}
		keys = append(keys, s.key("gradient", "logits"))
	}
	if keys[0] == keys[1] {
		t.Errorf("two models share the key %q", keys[0])
	}
}

// A picture that a task names by its path alone is told from another by what
// it holds.
func TestPicturesWithoutAHashAreToldApart(t *testing.T) {
	e := newTestEngine(t, Options{})
	info, err := e.OpenModel(t.Context(), "builtin:seewhy-scenes-honest", nil)
	if err != nil {
		t.Fatal(err)
	}
	answers := map[float64]bool{}
	for _, g := range e.Gallery()[:2] {
		r, err := e.Explain(t.Context(), task.Task{
			Model: info.Ref, Image: task.ImageRef{Path: g.Ref}, Method: "gradcam", Target: task.Target{Class: 0}, Device: runtime.CPU,
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Task.Image.SHA256 == "" || r.Task.Image.Width == 0 {
			t.Errorf("the result's task names the picture %+v", r.Task.Image)
		}
		answers[r.Value] = true
	}
	if len(answers) != 2 {
		t.Errorf("two pictures have the answers %v", answers)
	}
}

// Kernels add up in another order in batches of another size, so a gradient's
// batch is part of the result's task, and that task gives the same bits where
// there is more or less memory.
func TestGradientsRepeatInTheirBatch(t *testing.T) {
	gradient := func(budget int64, batch int) ([]float32, int) {
		e := newTestEngine(t, Options{MemoryBudget: budget})
		p := openPeer(t, e, "swin")
		p.on.setBatch(batch)
		got, err := p.on.Gradient(t.Context(), p.x.Repeat(12), p.score, method.GradientQuery{Input: true})
		if err != nil {
			t.Fatal(err)
		}
		return got.Input.Data, p.on.batchSize()
	}
	want, found := gradient(1<<40, 0)
	if found != maxBatch {
		t.Errorf("with much memory, batches of %d", found)
	}
	// Enough for one sample uncut, not for so many.
	got, batch := gradient(400<<10, found)
	if batch != found {
		t.Errorf("asked for batches of %d, got %d", found, batch)
	}
	if _, one := gradient(1<<40, 1); one != 1 {
		t.Errorf("asked for single samples, got %d", one)
	}
	for i := range want {
		if want[i] != got[i] {
			t.Fatalf("element %d is %g, then %g", i, want[i], got[i])
		}
	}
}

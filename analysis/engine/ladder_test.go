package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/grad"
	"seewhy/models/runtime"
)

func TestLadderClimbsUntilItFits(t *testing.T) {
	s := &session{e: &Engine{ladder: newLadder()}}
	short := fmt.Errorf("running: %w", runtime.ErrMemory)
	var tried []int
	err := s.within("a", func() int { return 0 }, func(segments int) error {
		tried = append(tried, segments)
		if segments < 8 {
			return short
		}
		return nil
	})
	if err != nil || !slices.Equal(tried, []int{0, 2, 4, 8}) {
		t.Errorf("tried %v, %v", tried, err)
	}
	// The next time starts where it fitted.
	tried = nil
	s.within("a", func() int { t.Error("planned again"); return 0 }, func(segments int) error {
		tried = append(tried, segments)
		return nil
	})
	if !slices.Equal(tried, []int{8}) {
		t.Errorf("then tried %v", tried)
	}
	err = s.within("b", func() int { return 4 }, func(int) error { return short })
	if !errors.Is(err, runtime.ErrMemory) || !strings.Contains(err.Error(), "layer nearer to the output") {
		t.Errorf("on the last rung: %v", err)
	}
	other := errors.New("something else")
	if err := s.within("c", func() int { return 0 }, func(int) error { return other }); err != other {
		t.Errorf("another error: %v", err)
	}
}

// A small budget forces each rung: a batch of fewer samples, then segments.
// The gradient stays the same, to float32's rounding.
func TestSmallBudgetsGiveTheSameGradient(t *testing.T) {
	gradient := func(budget int64) (method.Gradients, *session) {
		e := newTestEngine(t, Options{MemoryBudget: budget})
		p := openPeer(t, e, "vit")
		got, err := p.on.Gradient(context.Background(), p.x.Repeat(3), p.score, method.GradientQuery{Input: true})
		if err != nil {
			t.Fatal(err)
		}
		return got, p.on
	}
	want, on := gradient(1 << 30)
	prepared := on.m.prepared
	peak := map[int]int64{}
	for _, segments := range []int{0, 2, 4} {
		p, err := grad.Build(prepared.Model, prepared.Facts, grad.Query{
			Score: on.m.scores.Logits, Wants: []string{prepared.Input}, Segments: segments,
		})
		if err != nil {
			t.Fatal(err)
		}
		peak[segments] = grad.PeakBytes(p.Model.Graph, p.Facts)
	}
	rungs := map[int]bool{}
	// Where one sample has to be cut, two are never run at once.
	alone := func(on *session) {
		on.e.batching.mutex.Lock()
		defer on.e.batching.mutex.Unlock()
		for key := range on.e.batching.found {
			if strings.HasSuffix(key, "segments") {
				t.Errorf("a batch was sought for %q", key)
			}
		}
	}
	for _, budget := range []int64{2 * peak[0], peak[2], peak[4], 1} {
		got, on := gradient(budget)
		alone(on)
		on.e.ladder.mutex.Lock()
		for _, segments := range on.e.ladder.rungs {
			rungs[segments] = true
			t.Logf("%d of %d bytes: %d segments", budget, peak[0], segments)
		}
		on.e.ladder.mutex.Unlock()
		var length, apart float64
		for i, w := range want.Input.Data {
			length += float64(w) * float64(w)
			apart += math.Pow(float64(w)-float64(got.Input.Data[i]), 2)
		}
		if !(math.Sqrt(apart) <= 1e-5*math.Sqrt(length)) {
			t.Errorf("with %d bytes the gradient is off by %.3g of its length", budget, math.Sqrt(apart/length))
		}
	}
	if !rungs[0] || !rungs[mostSegments] || len(rungs) < 4 {
		t.Errorf("the budgets led to the rungs %v only", rungs)
	}
}

// Pairs come back in the order that they were asked in, whether memory lets
// four of them run together or, cut into segments, one.
func TestSmallBudgetsKeepPairsInOrder(t *testing.T) {
	gradient := func(budget int64) []float32 {
		e := newTestEngine(t, Options{MemoryBudget: budget})
		p := openPeer(t, e, "resnet")
		x := p.x.Repeat(12)
		size := x.Len() / 12
		for i := range x.Data {
			x.Data[i] *= 1 - 0.07*float32(i/size)
		}
		got, err := p.on.Gradient(t.Context(), x, p.score, method.GradientQuery{Input: true, Composite: method.Composite{ID: "deeplift"}})
		if err != nil {
			t.Fatal(err)
		}
		return got.Input.Data
	}
	want, got := gradient(1<<40), gradient(1)
	var length, apart float64
	for i, w := range want {
		length += float64(w) * float64(w)
		apart += math.Pow(float64(w)-float64(got[i]), 2)
	}
	// The rounding of float32; two pairs in each other's place differ by a tenth.
	if !(math.Sqrt(apart) <= 1e-5*math.Sqrt(length)) || len(want) != len(got) {
		t.Errorf("off by %.3g of the length", math.Sqrt(apart/length))
	}
}

// What fitted into another budget is forgotten with it, and only then.
func TestBudgetCountsForWhatRanBefore(t *testing.T) {
	// So many that gradients come in batches.
	e := newTestEngine(t, Options{MemoryBudget: 1 << 32, Threads: 2 * fewThreads})
	info, err := e.OpenModel(t.Context(), peersDir+"resnet.onnx", nil)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method string, params map[string]float64) int {
		r, err := e.Explain(t.Context(), task.Task{
			Model: info.Ref, Image: task.ImageRef{Path: e.Gallery()[0].Ref}, Device: "cpu", Method: method, Params: params, Target: task.Target{Class: 3},
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r.Task.Batch
	}
	both := func() (rise, gradients int, rungs map[int]bool) {
		rise, gradients = ask("rise", map[string]float64{"samples": 128}), ask("integratedgradients", map[string]float64{"steps": 9})
		rungs = map[int]bool{}
		for _, n := range e.ladder.rungs {
			rungs[n] = true
		}
		return rise, gradients, rungs
	}
	if _, gradients, rungs := both(); gradients < 2 || !rungs[0] || len(rungs) != 1 {
		t.Fatalf("with plenty: %d gradients at once, rungs %v", gradients, rungs)
	}
	for key := range e.batching.found {
		e.batching.put(key, 4)
	}
	e.SetBudget(1 << 32)
	if rise := ask("rise", map[string]float64{"samples": 128}); rise != 4 {
		t.Errorf("the same budget: a batch of %d, want the 4 that were found", rise)
	}
	e.SetBudget(1)
	if rise, _, rungs := both(); rise != 1 || !rungs[mostSegments] || rungs[0] {
		t.Errorf("with a byte: a batch of %d, rungs %v", rise, rungs)
	}
}

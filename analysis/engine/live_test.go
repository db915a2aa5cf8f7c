package engine_test

import (
	"context"
	"errors"
	"image"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"seewhy/analysis/task"
)

// asked is a task for a method on the built-in model and the gallery's first picture.
func asked(t *testing.T, id string, params map[string]float64) (e interface {
	ExplainLive(context.Context, task.Task, task.Live) (task.Result, error)
	Toggle(context.Context, task.Task, task.Segments, []int) (task.Prediction, error)
}, job task.Task,
) {
	t.Helper()
	engine := open(t)
	info, err := engine.OpenModel(context.Background(), "builtin:seewhy-scenes-honest", nil)
	if err != nil {
		t.Fatal(err)
	}
	img, err := engine.OpenImage(context.Background(), "gallery:")
	if err != nil {
		t.Fatal(err)
	}
	return engine, task.Task{
		Model: info.Ref, Image: img.Ref, Method: id, Params: params, Seed: 7, Target: task.Target{Class: task.AutoClass}, Device: "cpu",
	}
}

// A long method shows what it has within a second, keeps it when told to, and
// the task of what was kept gives the same map again, bit for bit.
func TestLive(t *testing.T) {
	e, job := asked(t, "rise", map[string]float64{"samples": 100000})
	var guard sync.Mutex
	var shown []task.Result
	keep, stopped := make(chan struct{}), false
	start := time.Now()
	var first time.Duration
	kept, err := e.ExplainLive(context.Background(), job, task.Live{
		Keep: keep,
		Partial: func(r task.Result) {
			guard.Lock()
			defer guard.Unlock()
			if shown = append(shown, r); len(shown) == 1 {
				first = time.Since(start)
			}
			// A few masks tell little of their own error: go on until it has fallen.
			if len(shown) >= 3 && !stopped {
				stopped = mean(r.Error.Values) < 0.7*mean(shown[0].Error.Values)
				if stopped {
					close(keep)
				}
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	guard.Lock()
	defer guard.Unlock()
	t.Logf("first estimate after %v, %g masks kept, batches of %d", first, kept.Task.Params["samples"], kept.Task.Batch)
	if len(shown) < 3 || kept.Error == nil || kept.Task.Params["samples"] >= 100000 || kept.Task.Batch < 1 {
		t.Fatalf("%d estimates; %v kept in batches of %d", len(shown), kept.Task.Params, kept.Task.Batch)
	}
	if a, b := mean(shown[0].Error.Values), mean(kept.Error.Values); !(b < 0.8*a) {
		t.Errorf("the error went from %g to %g", a, b)
	}
	again, err := e.ExplainLive(context.Background(), kept.Task, task.Live{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(again.Map.Values, kept.Map.Values) {
		t.Error("the kept task gives another map")
	}
}

func mean(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x)
	}
	return sum / float64(len(v))
}

// The same masks, segments and coalitions whatever the batch: maps agree to
// 1e-5 of their largest value.
func TestBatchesDecideNothing(t *testing.T) {
	for id, params := range map[string]map[string]float64{
		"rise": {"samples": 60}, "lime": {"samples": 60}, "kernelshap": {"samples": 200}, "sobol": {"design": 4, "grid": 4}, "reciprocam": nil,
	} {
		e, job := asked(t, id, params)
		var first task.Result
		for i, batch := range []int{1, 7, 16} {
			job.Batch = batch
			r, err := e.ExplainLive(context.Background(), job, task.Live{})
			if err != nil {
				t.Fatalf("%s: %v", id, err)
			}
			if r.Task.Batch != batch {
				t.Errorf("%s: asked for batches of %d, the result says %d", id, batch, r.Task.Batch)
			}
			if i == 0 {
				first = r
				continue
			}
			if r.Segments != nil && !slices.Equal(r.Segments.Of, first.Segments.Of) {
				t.Errorf("%s: other segments in batches of %d", id, batch)
			}
			largest, furthest := 0.0, 0.0
			for k, v := range r.Map.Values {
				largest = max(largest, math.Abs(float64(v)))
				furthest = max(furthest, math.Abs(float64(v)-float64(first.Map.Values[k])))
			}
			if furthest > 1e-5*largest {
				t.Errorf("%s: batches of %d differ by %.2g of the map's largest value", id, batch, furthest/largest)
			}
		}
	}
}

// Cancelling comes back within 100 ms of the batch in flight.
func TestCancelLive(t *testing.T) {
	e, job := asked(t, "rise", map[string]float64{"samples": 100000})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var once sync.Once
	var at time.Time
	_, err := e.ExplainLive(ctx, job, task.Live{Progress: func(done float64, _ string) {
		if done > 0.001 {
			once.Do(func() { at = time.Now(); cancel() })
		}
	}})
	if took := time.Since(at); !errors.Is(err, context.Canceled) || took > 100*time.Millisecond {
		t.Errorf("cancelled: %v after %v", err, took)
	}
}

// Switching all segments off and on again leads to what LIME measured.
func TestToggle(t *testing.T) {
	e, job := asked(t, "lime", map[string]float64{"samples": 30})
	r, err := e.ExplainLive(context.Background(), job, task.Live{})
	if err != nil {
		t.Fatal(err)
	}
	all := make([]int, r.Segments.Count)
	for i := range all {
		all[i] = i
	}
	for _, c := range []struct {
		off  []int
		want float64
	}{{nil, r.Surrogate.Full}, {all, r.Surrogate.Off}} {
		p, err := e.Toggle(context.Background(), r.Task, *r.Segments, c.off)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Scores[r.Task.Target.Class].Logit; math.Abs(got-c.want) > 1e-4*(1+math.Abs(c.want)) {
			t.Errorf("%d segments off: the logit is %g, LIME has %g", len(c.off), got, c.want)
		}
		if p.Seen.Bounds() != (image.Rectangle{Max: image.Pt(r.Segments.Width, r.Segments.Height)}) {
			t.Errorf("the picture is %v", p.Seen.Bounds())
		}
	}
	if _, err := e.Toggle(context.Background(), r.Task, *r.Segments, []int{len(all)}); err == nil {
		t.Error("a segment that is not there is switched off")
	}
	wrong := *r.Segments
	wrong.Count = 1 << 30
	if _, err := e.Toggle(context.Background(), r.Task, wrong, nil); err == nil {
		t.Error("segments that are not whole pass")
	}
	wrong = task.Segments{Width: 1, Height: 1, Of: []int32{0}, Count: 1}
	if _, err := e.Toggle(context.Background(), r.Task, wrong, nil); err == nil {
		t.Error("segments of another size pass")
	}
}

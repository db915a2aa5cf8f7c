package engine

import (
	"context"
	"math"
	"slices"
	"testing"
	"time"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// benched is a model with a picture of smooth noise, on the CPU.
type benched struct {
	on    *session
	info  task.ModelInfo
	x     tensor.Tensor
	score method.Score
}

func openBench(b *testing.B, path string) benched {
	b.Helper()
	e := newTestEngine(b, Options{})
	info, err := e.OpenModel(context.Background(), path, nil)
	if err != nil {
		b.Fatal(err)
	}
	m := e.opened(info.Ref.SHA256)
	x := tensor.New(1, 3, info.InputSize.Height, info.InputSize.Width)
	for i := range x.Data {
		x.Data[i] = float32(math.Sin(0.01*float64(i)) + 0.3*math.Sin(1.7*float64(i)))
	}
	return benched{
		on: &session{e: e, m: m, device: runtime.CPU}, info: info, x: x,
		score: method.Score{Value: m.scores.Logits, Weights: map[int]float64{1: 1}},
	}
}

func (s benched) forward(b *testing.B) {
	if _, err := s.on.Run(context.Background(), s.x, s.score); err != nil {
		b.Fatal(err)
	}
}

// turns times its functions in turn, until the benchmark has had enough, and
// returns the median of each.
func turns(b *testing.B, functions ...func()) []time.Duration {
	times := make([][]time.Duration, len(functions))
	for _, f := range functions {
		f()
	}
	for b.Loop() {
		for i, f := range functions {
			start := time.Now()
			f()
			times[i] = append(times[i], time.Since(start))
		}
	}
	out := make([]time.Duration, len(functions))
	for i, t := range times {
		out[i] = medianOf(t)
	}
	b.ReportMetric(0, "ns/op")
	return out
}

func medianOf(t []time.Duration) time.Duration {
	slices.Sort(t)
	return t[len(t)/2]
}

// BenchmarkAllLayers is Grad-CAM at every candidate layer of a ResNet-50 from
// one backward pass, maps and all, over a plain forward pass of the same
// session's model; the bound is 3. A sweep does it for two classes at once.
func BenchmarkAllLayers(b *testing.B) {
	s := openBench(b, resnet50(b))
	how, err := method.ByID("gradcam")
	if err != nil {
		b.Fatal(err)
	}
	layers := s.on.m.candidates(how.Needs)
	request := method.Request{Input: s.x, Layout: "NCHW", Score: s.score, Params: method.Params{}}
	run := func(other int) func() {
		return func() {
			sw := &sweep{w: &work{model: s.on.m, x: s.x, on: s.on}, how: how, score: s.score, request: request, other: other}
			sw.against = method.Score{Value: s.score.Value, Weights: map[int]float64{2: 1}}
			maps, err := sw.pass(context.Background(), layers)
			if err != nil || len(maps) != len(layers) {
				b.Fatalf("%d maps, %v", len(maps), err)
			}
		}
	}
	t := turns(b, func() { s.forward(b) }, run(-1), run(2))
	b.ReportMetric(float64(len(layers)), "layers")
	b.ReportMetric(float64(t[0].Microseconds())/1000, "forward-ms")
	b.ReportMetric(float64(t[1])/float64(t[0]), "x-forward")
	b.ReportMetric(float64(t[2])/float64(t[0]), "x-forward-two-classes")
}

// BenchmarkIntegratedGradients is IG of 50 steps over 50 samples' shares of one
// batched forward and backward pass; the bound is 1, and what it takes more is
// the two ends of the path.
func BenchmarkIntegratedGradients(b *testing.B) {
	s := openBench(b, resnet50(b))
	how, err := method.ByID("integratedgradients")
	if err != nil {
		b.Fatal(err)
	}
	params, err := how.Resolve(nil)
	if err != nil {
		b.Fatal(err)
	}
	batch := s.x.Repeat(maxBatch)
	t := turns(b, func() {
		if _, err := s.on.Gradient(context.Background(), batch, s.score, method.GradientQuery{Input: true}); err != nil {
			b.Fatal(err)
		}
	}, func() {
		r := method.Request{Input: s.x, Layout: "NCHW", Score: s.score, Params: params}
		if _, err := how.Explain(context.Background(), s.on, r, nil); err != nil {
			b.Fatal(err)
		}
	})
	b.ReportMetric(float64(t[0].Microseconds())/1000/maxBatch, "sample-ms")
	b.ReportMetric(float64(t[1].Microseconds())/1000, "IG-50-ms")
	b.ReportMetric(float64(t[1])/(50*float64(t[0])/maxBatch), "x-50-samples")
}

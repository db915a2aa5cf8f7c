package method_test

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// black is a model of pixels alone: any function of one sample. It remembers
// what it was asked.
type black struct {
	method.Session
	of    func(x []float32) float64
	guard sync.Mutex
	asked map[int][]float32
}

func (b *black) Run(ctx context.Context, x tensor.Tensor, _ method.Score) ([]float64, error) {
	var out []float64
	for i := range x.Shape[0] {
		out = append(out, b.of(x.Sample(i).Data))
	}
	return out, ctx.Err()
}

func (b *black) Stream(ctx context.Context, n int, fill func(i int, dst []float32) error, score method.Score, each func(i int, value float64)) error {
	size := b.size()
	return streamed(ctx, size, n, func(i int, dst []float32) error {
		// What was there before must not matter.
		for at := range dst {
			dst[at] = float32(math.NaN())
		}
		err := fill(i, dst)
		b.guard.Lock()
		defer b.guard.Unlock()
		if b.asked == nil {
			b.asked = map[int][]float32{}
		}
		b.asked[i] = append([]float32(nil), dst...)
		return err
	}, func(ctx context.Context, x tensor.Tensor) ([]float64, error) { return b.Run(ctx, x, score) }, each)
}

// The pictures of these tests have 12 x 8 pixels of 2 channels.
const pixelsW, pixelsH = 12, 8

func (b *black) size() int { return 2 * pixelsW * pixelsH }

// look explains the model with a method; every colour of the picture is
// between 1 and 2, so that a covered pixel (0) is told from an open one.
func (b *black) look(t *testing.T, id string, seed uint64, given map[string]float64) (method.Request, method.Attribution) {
	t.Helper()
	r := pixels(t, id, seed, given)
	m, err := method.ByID(id)
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Explain(context.Background(), b, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r, a
}

func pixels(t testing.TB, id string, seed uint64, given map[string]float64) method.Request {
	t.Helper()
	m, err := method.ByID(id)
	if err != nil {
		t.Fatal(err)
	}
	params, err := m.Resolve(given)
	if err != nil {
		t.Fatal(err)
	}
	x := tensor.New(1, 2, pixelsH, pixelsW)
	from := rand.New(rand.NewPCG(8, 8))
	for i := range x.Data {
		x.Data[i] = 1 + from.Float32()
	}
	return method.Request{Input: x, Layout: "NCHW", Score: method.Score{Value: "y", Weights: map[int]float64{0: 1}}, Params: params, Seed: seed}
}

// slopes is a linear model of pixels with its weights.
func slopes() (*black, []float64) {
	from := rand.New(rand.NewPCG(6, 6))
	w := make([]float64, 2*pixelsW*pixelsH)
	for i := range w {
		w[i] = from.NormFloat64()
	}
	return &black{of: func(x []float32) float64 {
		y := 3.0
		for i, v := range x {
			y += w[i] * float64(v)
		}
		return y
	}}, w
}

// worths is what each segment of a linear model is worth against zero.
func worths(w []float64, r method.Request, s task.Segments) []float64 {
	out := make([]float64, s.Count)
	for i, v := range r.Input.Data {
		out[s.Of[i%len(s.Of)]] += w[i] * float64(v)
	}
	return out
}

// byCells are parameters that divide the picture into a grid of n, off at zero.
func byCells(n int, more map[string]float64) map[string]float64 {
	p := map[string]float64{"segmentation": 3, "segments": float64(n), "off": 1}
	for k, v := range more {
		p[k] = v
	}
	return p
}

// open says which segments a sample shows.
func open(s task.Segments, x []float32) []bool {
	on := make([]bool, s.Count)
	for i, k := range s.Of {
		if x[i] != 0 {
			on[k] = true
		}
	}
	return on
}

func sameTo(t *testing.T, what string, got, want []float64, by float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > by {
			t.Fatalf("%s: value %d is %g, want %g", what, i, got[i], want[i])
		}
	}
}

// A segment that is off shows its own mean colour, or the baseline.
func TestOff(t *testing.T) {
	model, _ := slopes()
	r, a := model.look(t, "lime", 1, map[string]float64{"segmentation": 3, "segments": 6, "samples": 30})
	s := *a.Segments
	means := make([][2]float64, s.Count)
	sizes := make([]float64, s.Count)
	for i, k := range s.Of {
		sizes[k]++
		means[k][0] += float64(r.Input.Data[i])
		means[k][1] += float64(r.Input.Data[len(s.Of)+i])
	}
	for _, x := range model.asked {
		for i, v := range x {
			k := s.Of[i%len(s.Of)]
			mean := float32(means[k][i/len(s.Of)] / sizes[k])
			if v != r.Input.Data[i] && math.Abs(float64(v-mean)) > 1e-6 {
				t.Fatalf("value %d is %g, neither the picture's %g nor the mean %g", i, v, r.Input.Data[i], mean)
			}
		}
	}
}

// One seed decides what is asked; another asks otherwise. A run that is
// stopped says how to repeat it, and the repetition is the same map.
func TestKeepRepeats(t *testing.T) {
	model, _ := slopes()
	for id, given := range map[string]map[string]float64{
		"rise": {"samples": 300, "cells": 3}, "lime": byCells(6, map[string]float64{"samples": 300}),
		"kernelshap": byCells(12, map[string]float64{"samples": 300}), "hsic": {"samples": 200, "grid": 4},
		"partitionshap": {"samples": 200, "blur": 0},
	} {
		m, err := method.ByID(id)
		if err != nil {
			t.Fatal(err)
		}
		r := pixels(t, id, 5, given)
		keep := make(chan struct{})
		r.Keep = keep
		var once sync.Once
		kept, err := m.Explain(context.Background(), model, r, func(done float64, _ string) {
			if done > 0.4 {
				once.Do(func() { close(keep) })
			}
		})
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		n := kept.Params["samples"]
		if n < 0.3*given["samples"] || n > 0.6*given["samples"] {
			t.Errorf("%s: stopped at %g of %g", id, n, given["samples"])
			continue
		}
		r.Keep = nil
		r.Params["samples"] = n
		again, err := m.Explain(context.Background(), model, r, nil)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		for i, v := range kept.Map.Values {
			if v != again.Map.Values[i] {
				t.Fatalf("%s: the repetition differs in cell %d: %g and %g", id, i, v, again.Map.Values[i])
			}
		}
	}
}

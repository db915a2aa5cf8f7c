package engine

import (
	"context"
	"fmt"
	"math"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// GradientNorms tells for every natural layer that a gradient reaches, in graph
// order, how long the gradient of the task's score is there: where it fades or
// bursts on its way to the input. The task's method and layer play no part.
// Where a device that was chosen automatically fails, the CPU does it.
func (e *Engine) GradientNorms(ctx context.Context, t task.Task, p task.Progress) ([]task.LayerNorm, error) {
	return quietly(ctx, e, t, ofNorms, func(t task.Task) ([]task.LayerNorm, error) { return e.gradientNorms(ctx, t, p) })
}

func (e *Engine) gradientNorms(ctx context.Context, t task.Task, p task.Progress) ([]task.LayerNorm, error) {
	w, err := e.ready(ctx, t)
	if err != nil {
		return nil, err
	}
	needs := method.Needs{Layer: true, LayerGradient: true}
	if why := w.model.why(needs); why != "" {
		return nil, fmt.Errorf("%s has no gradients by layer: %s", w.model.info.Ref.Name, why)
	}
	score, err := w.target()
	if err != nil {
		return nil, err
	}
	return w.on.norms(ctx, w.x, score, w.model.candidates(needs), p)
}

// norms measures the gradient of score at layers for the one sample x.
func (s *session) norms(ctx context.Context, x tensor.Tensor, score method.Score, layers []task.Layer, p task.Progress) ([]task.LayerNorm, error) {
	var out []task.LayerNorm
	for group := range groups(layers) {
		p.Report(float64(len(out))/float64(len(layers)), "Forward and backward pass")
		q := method.GradientQuery{}
		for _, l := range group {
			q.Layers = append(q.Layers, l.Value)
		}
		got, err := s.Gradient(ctx, x, score, q)
		if err != nil {
			return nil, err
		}
		for _, l := range group {
			at := got.Layers[l.Value]
			out = append(out, task.LayerNorm{
				Layer: l, Gradient: norm(at.G.Data), RMS: rootMeanSquare(at.G.Data), Activation: rootMeanSquare(at.A.Data),
			})
		}
	}
	p.Report(1, "Done")
	return out, nil
}

func rootMeanSquare(values []float32) float64 {
	return norm(values) / math.Sqrt(float64(max(len(values), 1)))
}

// norm is the length of a vector, summed in float64.
func norm(values []float32) float64 {
	sum := 0.0
	for _, v := range values {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}

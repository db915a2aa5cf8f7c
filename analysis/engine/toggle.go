package engine

import (
	"context"
	"fmt"
	"image"

	"seewhy/analysis/method"
	"seewhy/analysis/segment"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// Toggle asks the model about the task's picture with some of its segments
// switched off, as the task's method switches them (its parameter "off"; the
// segment's mean colour where it has none). The prediction's Seen shows that
// picture. Where a device that was chosen automatically fails, the CPU does it.
func (e *Engine) Toggle(ctx context.Context, t task.Task, segments task.Segments, off []int) (task.Prediction, error) {
	return quietly(ctx, e, t, ofToggled, func(t task.Task) (task.Prediction, error) { return e.toggle(ctx, t, segments, off) })
}

func (e *Engine) toggle(ctx context.Context, t task.Task, segments task.Segments, off []int) (task.Prediction, error) {
	l := segment.Labels{Width: segments.Width, Height: segments.Height, Of: segments.Of, Count: segments.Count}
	if err := l.Check(); err != nil {
		return task.Prediction{}, fmt.Errorf("the segments: %w", err)
	}
	w, err := e.ready(ctx, t)
	if err != nil {
		return task.Prediction{}, err
	}
	black, white := ends(w.task.Preprocess)
	x, err := method.SwitchedOff(method.Request{
		Input: w.x, Layout: string(w.model.info.Layout), Params: t.Params, Seed: t.Seed, Black: black, White: white,
	}, segments, off)
	if err != nil {
		return task.Prediction{}, err
	}
	rows, _, err := w.on.scores(ctx, x, w.model.scores.Logits)
	if err != nil {
		return task.Prediction{}, err
	}
	w.logits, w.probs = w.model.probabilities(w.model.scores.Row(rows[0]))
	if err := w.count(ctx, x); err != nil {
		return task.Prediction{}, err
	}
	p := task.Prediction{Order: w.order(), Region: w.region, Seen: prep.Unapply(x, w.task.Preprocess, w.model.info.Layout)}
	for c := range w.logits {
		p.Scores = append(p.Scores, w.score(c))
	}
	return p, nil
}

// Outlined is what the model sees of the task's picture, with the borders of
// segments drawn on it.
func (e *Engine) Outlined(ctx context.Context, t task.Task, segments task.Segments) (*image.RGBA, error) {
	w, err := e.readyAnywhere(ctx, t)
	if err != nil {
		return nil, err
	}
	return segment.Outline(w.seen(), segment.Labels{Width: segments.Width, Height: segments.Height, Of: segments.Of, Count: segments.Count}), nil
}

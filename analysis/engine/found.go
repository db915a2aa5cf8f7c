package engine

import (
	"context"
	"fmt"
	"slices"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
	"seewhy/models/grad"
	"seewhy/models/prep"
)

// doubtful is the score under which a detector's box is none that it believes in.
const doubtful = 0.1

// frame is a picture's size, and where on it a model's input lies.
type frame struct {
	size prep.Size
	at   prep.Region
}

// onInput is a box of the picture, in fractions of it, in fractions of the input.
func (f frame) onInput(b grad.Box) grad.Box {
	x, y := float64(f.size.Width), float64(f.size.Height)
	wide, high := f.at.X1-f.at.X0, f.at.Y1-f.at.Y0
	return grad.Box{X0: (b.X0*x - f.at.X0) / wide, Y0: (b.Y0*y - f.at.Y0) / high, X1: (b.X1*x - f.at.X0) / wide, Y1: (b.Y1*y - f.at.Y0) / high}
}

// shape is what of a box of the input lies on it, in fractions of the picture.
func (f frame) shape(b grad.Box) task.Shape {
	b = b.Clipped()
	x, y := float64(f.size.Width), float64(f.size.Height)
	wide, high := f.at.X1-f.at.X0, f.at.Y1-f.at.Y0
	return task.Shape{Kind: task.Box, Points: []task.Point{
		{X: (f.at.X0 + b.X0*wide) / x, Y: (f.at.Y0 + b.Y0*high) / y},
		{X: (f.at.X0 + b.X1*wide) / x, Y: (f.at.Y0 + b.Y1*high) / y},
	}}
}

// list keeps the boxes that the detector is sure of, and the one that was picked.
func (w *work) list(boxes grad.Detections, picked grad.Found, f frame) {
	all := boxes.Confident()
	if !slices.ContainsFunc(all, func(o grad.Found) bool { return o.Anchor == picked.Anchor }) {
		all = append(all, picked)
	}
	for _, o := range all {
		shape := f.shape(o.Box)
		if edit.CheckShape(shape) == nil {
			w.found = append(w.found, task.FoundBox{Class: o.Class, Label: w.model.label(o.Class), Score: o.Score, Shape: shape, Asked: o.Anchor == picked.Anchor})
		}
	}
}

// noteBox says which box the scores are of, and where that is one in which the
// detector does not believe.
func (w *work) noteBox(found grad.Found, shape task.Shape, asked bool, size prep.Size) {
	label, p := w.model.label(found.Class), shape.Points
	place := fmt.Sprintf("%.0f, %.0f – %.0f, %.0f", p[0].X*float64(size.Width), p[0].Y*float64(size.Height), p[1].X*float64(size.Width), p[1].Y*float64(size.Height))
	if found.Score < doubtful {
		w.notes = append(w.notes, task.Note{
			Warning: true, Key: "The detector does not believe in this box: its best score is %s (%s). Another one may suit better what was asked for.", Args: []any{percent(found.Score), label},
		})
	}
	if !asked {
		w.notes = append(w.notes, task.Note{Key: "A detector: these are the scores of its most confident box, %s (%s) at %s px.", Args: []any{label, percent(found.Score), place}})
		return
	}
	w.notes = append(w.notes, task.Note{
		Key:  "A detector: these are the scores of its box nearest to the one asked for (IoU %s), %s (%s) at %s px.",
		Args: []any{fmt.Sprintf("%.2f", found.Overlap), label, percent(found.Score), place},
	})
}

// Boxes are those that a detector is sure of on a task's picture, best first; a
// task with one's shape as At explains it.
func (e *Engine) Boxes(ctx context.Context, t task.Task) ([]task.FoundBox, error) {
	t.At, t.Edits = nil, nil
	p, err := e.Predict(ctx, t)
	if err == nil && len(p.Boxes) == 0 {
		return nil, fmt.Errorf("%s is no detector: it finds no boxes", t.Model.Name)
	}
	return p.Boxes, err
}

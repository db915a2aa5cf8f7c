package engine

import (
	"context"
	"errors"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/prep"
	"seewhy/models/runtime"
)

// The last rungs of the ladder are not ours to take: a lower resolution and
// another method give another answer. They are offered, and taken when asked for.

const (
	// sizeStep is what input sizes are multiples of: networks halve five times.
	sizeStep = 32
	// leastSize is the smallest side that is offered.
	leastSize = 64
)

// tooLarge turns a failure for want of memory into one that says what needs
// less; others stay as they are.
func (e *Engine) tooLarge(ctx context.Context, t task.Task, err error) error {
	if !errors.Is(err, runtime.ErrMemory) || ctx.Err() != nil {
		return err
	}
	out := &task.TooLarge{Err: err}
	m, openErr := e.model(ctx, t.Model)
	how, methodErr := method.ByID(t.Method)
	if openErr != nil || methodErr != nil {
		return out
	}
	size := t.Size
	if size == (prep.Size{}) {
		size = m.info.InputSize
	}
	for _, s := range smaller(size) {
		// A model may say that it takes any size and be wrong.
		if form, err := e.sized(ctx, m, s); err == nil && form.why(how.Needs) == "" {
			out.Lighter = append(out.Lighter, task.Lighter{Size: s})
		}
	}
	passes := how.Needs.Passes()
	for _, l := range method.Lighter(how) {
		// One of each need.
		if p := l.Needs.Passes(); p < passes && m.why(l.Needs) == "" {
			passes = p
			out.Lighter = append(out.Lighter, task.Lighter{Method: l.ID, Title: l.Title})
		}
	}
	return out
}

// smaller are the sizes to offer below one: three quarters of it and a half.
func smaller(size prep.Size) []prep.Size {
	var list []prep.Size
	for _, quarters := range []int{3, 2} {
		side := func(n int) int { return n * quarters / 4 / sizeStep * sizeStep }
		s := prep.Size{Width: side(size.Width), Height: side(size.Height)}
		if min(s.Width, s.Height) >= leastSize && (len(list) == 0 || list[0] != s) {
			list = append(list, s)
		}
	}
	return list
}

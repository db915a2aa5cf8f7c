package engine

import (
	"context"
	"errors"

	"seewhy/analysis/task"
	"seewhy/models/runtime"
)

// mayFallBack says that a failure is the device's, which the CPU's never is, and
// that the choice was ours.
func mayFallBack(ctx context.Context, t task.Task, err error) bool {
	auto := t.Device == "" || t.Device == task.Auto
	return auto && ctx.Err() == nil && errors.Is(err, runtime.ErrDevice)
}

// orOnCPU does what a task says, and does it on the CPU where a device that was
// chosen automatically fails.
func orOnCPU[T any](ctx context.Context, t task.Task, do func(task.Task) (T, error)) (T, error) {
	out, err := do(t)
	if !mayFallBack(ctx, t, err) {
		return out, err
	}
	t.Device = runtime.CPU
	return do(t)
}

// readyAnywhere is ready for what needs no more than the scores.
func (e *Engine) readyAnywhere(ctx context.Context, t task.Task) (*work, error) {
	return orOnCPU(ctx, t, func(t task.Task) (*work, error) { return e.ready(ctx, t) })
}

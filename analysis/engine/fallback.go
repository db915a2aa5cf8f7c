package engine

import (
	"context"
	"errors"
	"sync"

	"seewhy/analysis/task"
	"seewhy/models/runtime"
)

// automatic says that a task leaves the device to us.
func automatic(t task.Task) bool { return t.Device == "" || t.Device == task.Auto }

// mayFallBack says that a failure is the device's, which the CPU's never is, and
// that the choice was ours.
func mayFallBack(ctx context.Context, t task.Task, err error) bool {
	return automatic(t) && ctx.Err() == nil && errors.Is(err, runtime.ErrDevice)
}

// failures remembers, as long as the program runs, what a device that was
// chosen automatically failed at, so that it is not tried again at every click:
// a method on a model at a size, something else that is asked of the model, or
// its forward pass as a whole. Short
// memory and a driver that hangs may pass, and are not remembered.
type failures struct {
	mutex sync.Mutex
	at    map[failedAt]error
}

type failedAt struct {
	model, device, what string
	size                [2]int
}

func newFailures() *failures { return &failures{at: map[failedAt]error{}} }

// What a task asks for is a method's map, by the method's ID, or one of these.
const (
	// anything is all of it: the forward pass failed.
	anything  = ""
	sweepOf   = "sweep of " // and the method's ID
	ofNorms   = "gradient norms"
	ofToggled = "toggled segments"
)

func failedKey(t task.Task, device, what string) failedAt {
	// A task may name its model by the path alone.
	return failedAt{t.Model.SHA256 + t.Model.Path, device, what, [2]int{t.Size.Width, t.Size.Height}}
}

func (f *failures) put(t task.Task, device, what string, err error) {
	if !errors.Is(err, runtime.ErrDevice) || errors.Is(err, runtime.ErrMemory) || errors.Is(err, runtime.ErrHung) {
		return
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.at[failedKey(t, device, what)] = err
}

// known is the failure of what a task asks for, or of its model, on a device.
func (f *failures) known(t task.Task, device, what string) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if err := f.at[failedKey(t, device, anything)]; err != nil {
		return err
	}
	return f.at[failedKey(t, device, what)]
}

// orOnCPU does what a task asks for, and does it on the CPU where a device that
// was chosen automatically fails, or is known to fail at what. Failed is why the CPU did it; nil
// where the device did.
func orOnCPU[T any](ctx context.Context, e *Engine, t task.Task, what string, do func(task.Task) (T, error)) (out T, device string, failed, err error) {
	if automatic(t) {
		device = e.device(ctx, t.Device)
		failed = e.failures.known(t, device, what)
	}
	if failed == nil {
		if out, err = do(t); !mayFallBack(ctx, t, err) {
			return out, device, nil, err
		}
		failed = err
		e.failures.put(t, device, what, err)
	}
	t.Device = runtime.CPU
	out, err = do(t)
	return out, device, failed, err
}

// quietly is orOnCPU for what nobody has to be told of.
func quietly[T any](ctx context.Context, e *Engine, t task.Task, what string, do func(task.Task) (T, error)) (T, error) {
	out, _, _, err := orOnCPU(ctx, e, t, what, do)
	return out, err
}

// readyAnywhere is ready for what needs no more than the scores.
func (e *Engine) readyAnywhere(ctx context.Context, t task.Task) (*work, error) {
	return quietly(ctx, e, t, anything, func(t task.Task) (*work, error) { return e.ready(ctx, t) })
}

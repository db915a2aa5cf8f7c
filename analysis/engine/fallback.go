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

// inHalf says that a task is computed in float16 on a device.
func inHalf(t task.Task, device string) bool { return t.Half && runtime.Half(device) }

// mayPass says that a failure has to do with the moment, not with what was
// asked: memory is short, or a driver hangs.
func mayPass(err error) bool {
	return errors.Is(err, runtime.ErrMemory) || errors.Is(err, runtime.ErrHung)
}

// failures remembers, as long as the program runs, what a device that was
// chosen automatically failed at, so that it is not tried again at every click:
// a method on a model at a size, something else that is asked of the model, or
// its forward pass as a whole, each in float16 or not. What may pass is not
// remembered.
type failures struct {
	mutex sync.Mutex
	at    map[failedAt]error
}

type failedAt struct {
	model, device, what string
	size                [2]int
	half                bool
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
	return failedAt{t.Model.SHA256 + t.Model.Path, device, what, [2]int{t.Size.Width, t.Size.Height}, inHalf(t, device)}
}

func (f *failures) put(t task.Task, device, what string, err error) {
	if !errors.Is(err, runtime.ErrDevice) || mayPass(err) {
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

// instead tells why a task was done otherwise than it would have been: failed
// is nil where it was not.
type instead struct {
	// device was chosen automatically, and failed.
	device string
	failed error
	// half says that it failed in float16, and did the work in float32.
	half bool
}

// note says so on a result; nil where there is nothing to say.
func (i instead) note() *task.Note {
	key := "Computed on the CPU, because %s failed: %s"
	switch {
	case i.failed == nil:
		return nil
	case i.half:
		key = "Computed in float32, because %s failed in float16: %s"
	}
	return &task.Note{Warning: true, Key: key, Args: []any{i.device, i.failed.Error()}}
}

// fallingBack does what a task asks for. Where a device that was chosen
// automatically fails, or is known to fail at what, it is done on that device in
// float32 if float16 was asked for, and on the CPU if that fails too.
func fallingBack[T any](ctx context.Context, e *Engine, t task.Task, what string, do func(task.Task) (T, error)) (out T, how instead, err error) {
	if !automatic(t) {
		out, err = do(t)
		return out, how, err
	}
	device := e.device(ctx, t.Device)
	for {
		failed := e.failures.known(t, device, what)
		if failed == nil {
			if out, err = do(t); !mayFallBack(ctx, t, err) {
				return out, how, err
			}
			failed = err
			e.failures.put(t, device, what, err)
		}
		// Where memory is short, float32 takes more of it; a driver that hangs does
		// so in both.
		half := inHalf(t, device) && !mayPass(failed)
		how = instead{device: device, failed: failed, half: half}
		if !half {
			break
		}
		t.Half = false
	}
	t.Device = runtime.CPU
	out, err = do(t)
	return out, how, err
}

// quietly is fallingBack for what nobody has to be told of.
func quietly[T any](ctx context.Context, e *Engine, t task.Task, what string, do func(task.Task) (T, error)) (T, error) {
	out, _, err := fallingBack(ctx, e, t, what, do)
	return out, err
}

// readyAnywhere is ready for what needs no more than the scores.
func (e *Engine) readyAnywhere(ctx context.Context, t task.Task) (*work, error) {
	return quietly(ctx, e, t, anything, func(t task.Task) (*work, error) { return e.ready(ctx, t) })
}

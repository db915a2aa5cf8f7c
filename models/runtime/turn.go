package runtime

import (
	"context"
	"sync"
	"time"
)

// oneAtATime has the devices on which one call at a time is made, of all
// sessions together. All sessions on WebGPU share one command encoder, which
// the library guards within a session only: two that run at once, or one that
// is made while another runs, crash the process (microsoft/onnxruntime issue
// 32561). DirectML allows one run at a time, but carries bound inputs outside
// that guard. Both have one queue, so that nothing is lost by waiting here.
var oneAtATime = map[string]bool{"webgpu": true, "directml": true}

// turn is taken for a call on a device. A nil turn is always free.
type turn chan struct{}

// turns are kept by device. Its zero value is empty.
type turns struct {
	mutex sync.Mutex
	of    map[string]turn
}

// on is the turn of a device, nil where calls need none.
func (t *turns) on(device string) turn {
	if !oneAtATime[device] {
		return nil
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.of == nil {
		t.of = map[string]turn{}
	}
	if t.of[device] == nil {
		t.of[device] = make(turn, 1)
	}
	return t.of[device]
}

// lookAgain is how often somebody who waits asks whether the device hangs.
const lookAgain = 100 * time.Millisecond

// take waits until the turn is free. It fails when ctx ends, or with what hung
// says, which is asked now and then: whoever holds the turn may never return.
func (t turn) take(ctx context.Context, hung func() error) error {
	if t.tryTake() {
		return nil
	}
	look := time.NewTicker(lookAgain)
	defer look.Stop()
	for {
		select {
		case t <- struct{}{}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
			if err := hung(); err != nil {
				return err
			}
		}
	}
}

func (t turn) tryTake() bool {
	if t == nil {
		return true
	}
	select {
	case t <- struct{}{}:
		return true
	default:
		return false
	}
}

func (t turn) give() {
	if t != nil {
		<-t
	}
}

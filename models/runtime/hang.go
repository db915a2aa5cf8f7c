package runtime

import (
	"context"
	"fmt"
	"sync"
	"time"

	"seewhy/models/tensor"
)

// A driver may hang inside a call: no flag ends that. So a call that has been
// told to stop is waited for only so long; then its caller goes on, and the
// call keeps what it uses (session, feeds, its goroutine) until it returns, if
// it ever does. One that lasts longer still puts its device into quarantine:
// sessions on it fail at once with ErrHung until the call has returned.

const (
	// abandonAfter bounds how long Run goes on after its context's end: between
	// two operators it ends within milliseconds, inside a long one it is left.
	abandonAfter = 120 * time.Millisecond
	// hangsAfter is how long an abandoned call may last before its device counts
	// as hung.
	hangsAfter = 5 * time.Second
	// buildLimit bounds the making of a session on a device other than the CPU:
	// kernels are compiled and chosen then. TensorRT compiles whole engines.
	buildLimit         = 3 * time.Minute
	buildLimitTensorRT = 30 * time.Minute
)

// BuildLimit bounds the making of a session on a device, and then its first
// run: where shapes are open, TensorRT compiles in that.
func BuildLimit(device string) time.Duration {
	if device == "tensorrt" {
		return buildLimitTensorRT
	}
	return buildLimit
}

// ErrHung is wrapped where a device's driver has not returned from a call. It is an ErrDevice.
var ErrHung = fmt.Errorf("%w: its driver does not answer", ErrDevice)

// quarantine counts, by device, the calls that hang. Its zero value is empty.
type quarantine struct {
	mutex sync.Mutex
	hung  map[string]int
}

func (q *quarantine) add(device string, n int) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if q.hung == nil {
		q.hung = map[string]int{}
	}
	q.hung[device] += n
}

// check fails for a device with a call that hangs.
func (q *quarantine) check(device string) error {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if q.hung[device] == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s has not returned from a call that was stopped %v ago or more; it is left alone until it does", ErrHung, device, hangsAfter)
}

// watch puts a device into quarantine if a call on it, whose end closes ended,
// lasts on, and lets it out when the call ends.
func (q *quarantine) watch(device string, ended <-chan struct{}, after time.Duration) {
	select {
	case <-ended:
		return
	case <-time.After(after):
	}
	q.add(device, 1)
	<-ended
	q.add(device, -1)
}

// life is where a run is, under its session's mutex; 0 is under way.
type life int

const (
	// left runs are waited for by nobody.
	left life = iota + 1
	ended
)

// ran is what a run gave.
type ran struct {
	out []tensor.Tensor
	err error
}

// call does a run on a goroutine of its own and waits for it, or for a while
// after the end of ctx.
func (s *Session) call(ctx context.Context, run func() ([]tensor.Tensor, error)) ([]tensor.Tensor, error) {
	done, returned := make(chan ran, 1), make(chan struct{})
	at := new(life)
	go func() {
		defer close(returned)
		out, err := run()
		s.leave(at)
		done <- ran{out, err}
	}()
	select {
	case r := <-done:
		return r.out, r.err
	case <-ctx.Done():
	}
	wait := time.NewTimer(abandonAfter)
	defer wait.Stop()
	select {
	case r := <-done:
		return r.out, r.err
	case <-wait.C:
	}
	s.abandon(at)
	// The CPU has no driver: a long operator ends some time.
	if s.device != CPU {
		go s.hangs.watch(s.device, returned, hangsAfter)
	}
	return nil, ctx.Err()
}

// enter counts a run; false on a closed session.
func (s *Session) enter() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.closed {
		return false
	}
	s.running++
	return true
}

// leave ends a run. The last abandoned one of a closed session frees it.
func (s *Session) leave(at *life) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.running--
	if *at == left {
		s.abandoned--
	}
	*at = ended
	// Nobody is there to be told of an error.
	_ = s.freeUnused()
	s.idle.Broadcast()
}

// abandon marks a run that nobody waits for any more. It may have ended just
// now, and is counted no longer then.
func (s *Session) abandon(at *life) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if *at == ended {
		return
	}
	*at = left
	s.abandoned++
	s.idle.Broadcast()
}

// freeUnused destroys the session proper, once, when it is closed and nothing
// uses it. That waits for the device without keeping the caller.
func (s *Session) freeUnused() error {
	if !s.closed || s.running > 0 || s.bound > 0 || s.session == nil {
		return nil
	}
	session := s.session
	s.session = nil
	if s.turn.tryTake() {
		defer close(s.freed)
		defer s.turn.give()
		return providerOf(s.device).free(session)
	}
	go func() {
		if s.turn.take(context.Background(), patient) == nil {
			defer close(s.freed)
			defer s.turn.give()
			_ = providerOf(s.device).free(session)
		}
	}()
	return nil
}

// patient waits for a device however long it hangs.
func patient() error { return nil }

// within waits for a call at most so long; what it gives later is handed to
// late, and the device is in quarantine until then.
func within[T any](q *quarantine, device string, limit time.Duration, call func() (T, error), late func(T)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done, ended := make(chan answer, 1), make(chan struct{})
	go func() {
		defer close(ended)
		v, err := call()
		done <- answer{v, err}
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case a := <-done:
		return a.value, a.err
	case <-timer.C:
	}
	go q.watch(device, ended, 0)
	go func() {
		if a := <-done; a.err == nil {
			late(a.value)
		}
	}()
	var none T
	return none, fmt.Errorf("%w: %s has not made a session in %v", ErrHung, device, limit)
}

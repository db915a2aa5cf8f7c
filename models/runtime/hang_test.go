package runtime

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	ort "github.com/yalue/onnxruntime_go"

	"seewhy/models/tensor"
)

// hanging is a driver that returns from no run, whatever it is told, until it
// is let go.
type hanging struct {
	letGo     chan struct{}
	destroyed chan struct{}
}

func (h *hanging) RunWithOptions([]ort.Value, []ort.Value, *ort.RunOptions) error {
	<-h.letGo
	return errors.New("let go")
}

func (h *hanging) Destroy() error {
	close(h.destroyed)
	return nil
}

func hangingSession(device string, q *quarantine) (*Session, *hanging) {
	h := &hanging{letGo: make(chan struct{}), destroyed: make(chan struct{})}
	return newSession(nil, nil, 0, device, h, q), h
}

// A driver that hangs holds neither whoever cancelled nor whoever closes; its
// device is left alone until it returns, and the session is freed then.
func TestDriverThatHangs(t *testing.T) {
	l := library(t) // run options are the library's
	synctest.Test(t, func(t *testing.T) {
		var q quarantine
		s, h := hangingSession("webgpu", &q)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		begin := time.Now()
		_, err := s.Run(ctx, nil)
		if took := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || took != 20*time.Millisecond+abandonAfter {
			t.Errorf("a cancelled run: %v after %v, want %v after the cancelling", err, took, abandonAfter)
		}
		time.Sleep(hangsAfter - time.Nanosecond)
		if err := q.check("webgpu"); err != nil {
			t.Errorf("the device is in quarantine before its time: %v", err)
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if _, err := s.Run(t.Context(), nil); !errors.Is(err, ErrHung) || !errors.Is(err, ErrDevice) {
			t.Errorf("a run on a device that hangs: %v, want ErrHung, which is an ErrDevice", err)
		}
		_, err = l.NewSession(probeNet(), []string{"x"}, []string{"y"}, Options{})
		if err != nil || q.check("cuda") != nil || q.check(CPU) != nil {
			t.Errorf("other devices are kept from work: %v, %v, %v", err, q.check("cuda"), q.check(CPU))
		}
		begin = time.Now()
		if err := s.Close(); err != nil || time.Since(begin) != 0 {
			t.Errorf("closing waited for %v, %v", time.Since(begin), err)
		}
		select {
		case <-h.destroyed:
			t.Error("the session was freed under the run")
		default:
		}
		close(h.letGo)
		synctest.Wait()
		select {
		case <-h.destroyed:
		default:
			t.Error("the session is not freed")
		}
		if err := q.check("webgpu"); err != nil {
			t.Errorf("the driver has returned, and its device is in quarantine: %v", err)
		}
		if _, err := s.Run(t.Context(), nil); !errors.Is(err, ErrClosed) {
			t.Errorf("a run after Close: %v", err)
		}
	})
}

// A run on the CPU that lasts over its cancelling is left, too, and puts nothing into quarantine.
func TestLongOperatorOnCPU(t *testing.T) {
	library(t)
	synctest.Test(t, func(t *testing.T) {
		var q quarantine
		s, h := hangingSession(CPU, &q)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, err := s.Run(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		time.Sleep(2 * hangsAfter)
		if err := q.check(CPU); err != nil {
			t.Errorf("the CPU is in quarantine: %v", err)
		}
		close(h.letGo)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		<-h.destroyed
	})
}

// Close waits for a run that somebody waits for.
func TestCloseWaitsForRuns(t *testing.T) {
	library(t)
	synctest.Test(t, func(t *testing.T) {
		s, h := hangingSession("webgpu", &quarantine{})
		running, closed := make(chan error, 1), make(chan error, 1)
		go func() {
			_, err := s.Run(context.Background(), nil)
			running <- err
		}()
		synctest.Wait()
		go func() { closed <- s.Close() }()
		synctest.Wait()
		select {
		case <-closed:
			t.Error("Close did not wait")
		default:
		}
		close(h.letGo)
		<-running
		if err := <-closed; err != nil {
			t.Error(err)
		}
		<-h.destroyed
	})
}

// A session whose making hangs is given up after the bound and thrown away when it comes.
func TestSessionThatIsNeverMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q quarantine
		letGo, thrown := make(chan struct{}), make(chan int, 1)
		_, err := within(&q, "cuda", buildLimit, func() (int, error) {
			<-letGo
			return 7, nil
		}, func(v int) { thrown <- v })
		synctest.Wait()
		if !errors.Is(err, ErrHung) || q.check("cuda") == nil {
			t.Errorf("%v, quarantine %v", err, q.check("cuda"))
		}
		close(letGo)
		if v := <-thrown; v != 7 {
			t.Errorf("thrown away: %d", v)
		}
		synctest.Wait()
		if err := q.check("cuda"); err != nil {
			t.Errorf("still in quarantine: %v", err)
		}
		v, err := within(&q, "cuda", buildLimit, func() (int, error) { return 3, nil }, nil)
		if v != 3 || err != nil {
			t.Error(v, err)
		}
	})
}

// Runs on another device than the one that hangs go on.
func TestOthersGoOn(t *testing.T) {
	s := session(t, probeNet(), []string{"x"}, []string{"y"})
	l := library(t)
	l.hangs.add("webgpu", 1)
	defer l.hangs.add("webgpu", -1)
	x := tensor.New(1, probeChannels, probeSide, probeSide)
	if _, err := s.Run(t.Context(), []tensor.Tensor{x}); err != nil {
		t.Error(err)
	}
	if _, err := l.NewSession(probeNet(), []string{"x"}, []string{"y"}, Options{Device: "webgpu"}); !errors.Is(err, ErrHung) {
		t.Errorf("a new session on a device that hangs: %v", err)
	}
}

// A cancelled run that ends in the moment in which it would be left is counted
// neither as running nor as left: Close would stop waiting for others.
func TestRunThatEndsAsItIsLeft(t *testing.T) {
	library(t)
	s, _ := hangingSession("webgpu", &quarantine{})
	for name, end := range map[string]func(at *life){
		"it ended first":    func(at *life) { s.leave(at); s.abandon(at) },
		"it was left first": func(at *life) { s.abandon(at); s.leave(at) },
	} {
		if !s.enter() {
			t.Fatal("the session is closed")
		}
		end(new(life))
		if s.running != 0 || s.abandoned != 0 {
			t.Errorf("%s: %d running and %d left, want none", name, s.running, s.abandoned)
		}
	}
}

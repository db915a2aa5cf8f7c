package runtime

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	ort "github.com/yalue/onnxruntime_go"

	"seewhy/models/tensor"
)

// blend is a picture times a number for each sample, and more besides: the
// shape of what methods run, [n, 2, 3, 3].
func blend() []byte {
	nodes := appendNode(nil, "Mul", []string{"picture", "share"}, "lit")
	nodes = appendNode(nodes, "Add", []string{"lit", "own"}, "sum")
	nodes = appendNode(nodes, "Relu", []string{"sum"}, "y")
	open := []int64{-1, 2, 3, 3}
	return model(nodes, []value{{"share", tFloat, []int64{-1, 1, 1, 1}}, {"own", tFloat, open}, {"picture", tFloat, []int64{1, 2, 3, 3}}},
		[]value{{"y", tFloat, open}, {"lit", tFloat, open}})
}

func noise(r *rand.Rand, shape ...int) tensor.Tensor {
	t := tensor.New(shape...)
	for i := range t.Data {
		t.Data[i] = float32(r.NormFloat64())
	}
	return t
}

// bindAnyway makes a binding of the library's even where nothing is gained.
func bindAnyway(t testing.TB, s *Session) *Binding {
	t.Helper()
	b := s.Bind()
	if s.device == CPU {
		io, err := s.ioBinder()
		if err != nil {
			t.Fatal(err)
		}
		b.io, b.tried = io, true
	}
	return b
}

// Bound runs give what plain ones do to the last bit, for batches of changing
// size and pictures that change.
func bindingAgrees(t *testing.T, s *Session, seed uint64) {
	b := bindAnyway(t, s)
	defer b.Close()
	r := rand.New(rand.NewPCG(seed, 7))
	kept := []bool{false, false, true}
	for range 2 {
		picture := noise(r, 1, 2, 3, 3)
		for _, n := range []int{3, 3, 1, 3, 8, 1, 8} {
			feeds := []tensor.Tensor{noise(r, n, 1, 1, 1), noise(r, n, 2, 3, 3), picture}
			want, err := s.Run(t.Context(), feeds)
			if err != nil {
				t.Error(err)
				return
			}
			got, err := b.Run(t.Context(), feeds, kept)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range want {
				if !slices.Equal(got[i].Shape, want[i].Shape) || !slices.Equal(got[i].Data, want[i].Data) {
					t.Errorf("output %d of %d samples is %v, want %v", i, n, got[i], want[i])
				}
			}
		}
	}
}

func TestBinding(t *testing.T) {
	s := session(t, blend(), []string{"share", "own", "picture"}, []string{"y", "lit"})
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() { bindingAgrees(t, s, uint64(i)) })
	}
	group.Wait()
	if s.newBinder() != nil {
		t.Error("a session on the CPU is bound, where nothing is to be gained")
	}
}

// onDevice makes a session on the device that the tests are told of.
func onDevice(t *testing.T, model []byte, inputs, outputs []string) *Session {
	t.Helper()
	device := os.Getenv("SEEWHY_TEST_DEVICE")
	if device == "" {
		t.Skip("SEEWHY_TEST_DEVICE names no device")
	}
	if device == "openvino" {
		t.Skip("it computes in main memory, in one node: nothing is carried, or stopped inside")
	}
	s, err := library(t).NewSession(model, inputs, outputs, Options{Device: device})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		<-s.freed
	})
	return s
}

// On a device what is kept is carried once: a picture that is changed against
// the promise is not seen, another one is.
func TestBindingOnDevice(t *testing.T) {
	s := onDevice(t, blend(), []string{"share", "own", "picture"}, []string{"y", "lit"})
	var group sync.WaitGroup
	for i := range 2 {
		group.Go(func() { bindingAgrees(t, s, uint64(i)) })
	}
	group.Wait()
	b := s.Bind()
	defer b.Close()
	picture, other := tensor.New(1, 2, 3, 3), tensor.New(1, 2, 3, 3)
	fill := func(x tensor.Tensor, v float32) tensor.Tensor {
		for i := range x.Data {
			x.Data[i] = v
		}
		return x
	}
	lit := func(p tensor.Tensor, kept []bool) float32 {
		out, err := b.Run(t.Context(), []tensor.Tensor{fill(tensor.New(2, 1, 1, 1), 3), tensor.New(2, 2, 3, 3), p}, kept)
		if err != nil {
			t.Fatal(err)
		}
		return out[1].Data[35]
	}
	keep := []bool{false, false, true}
	if v := lit(fill(picture, 2), keep); v != 6 {
		t.Errorf("the first picture gives %g, want 6", v)
	}
	if b.io == nil {
		t.Fatal("the session is not bound")
	}
	if v := lit(fill(picture, 5), keep); v != 6 {
		t.Errorf("the kept picture gives %g, want 6: it was carried again", v)
	}
	if v := lit(fill(other, 7), keep); v != 21 {
		t.Errorf("another picture gives %g, want 21", v)
	}
	if v := lit(fill(other, 1), nil); v != 3 {
		t.Errorf("a picture that is not kept gives %g, want 3", v)
	}
}

func TestCancelBound(t *testing.T) {
	cancelBound(t, session(t, slowModel(), []string{"x"}, []string{"y"}))
}

func TestCancelBoundOnDevice(t *testing.T) {
	cancelBound(t, onDevice(t, products(6), []string{"x"}, []string{"y"}))
}

// A bound run is stopped as a plain one is, and the binding goes on.
func cancelBound(t *testing.T, s *Session) {
	b := bindAnyway(t, s)
	defer b.Close()
	x := tensor.New(256, 256)
	for range 2 {
		ctx, cancel := context.WithCancel(t.Context())
		var ended time.Time
		time.AfterFunc(30*time.Millisecond, func() {
			ended = time.Now()
			cancel()
		})
		_, err := b.Run(ctx, []tensor.Tensor{x}, []bool{true})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v, want context.Canceled", err)
		}
		if late := time.Since(ended); late > 200*time.Millisecond {
			t.Errorf("returned %v after the cancel, want under 200 ms", late)
		}
	}
	out, err := b.Run(t.Context(), []tensor.Tensor{x}, []bool{true})
	// A driver in software on a loaded machine may be in quarantine for a while.
	for begin := time.Now(); errors.Is(err, ErrHung) && time.Since(begin) < time.Minute; time.Sleep(50 * time.Millisecond) {
		out, err = b.Run(t.Context(), []tensor.Tensor{x}, []bool{true})
	}
	if err != nil || out[0].Data[0] != 0 {
		t.Errorf("after a cancelled run: %v", err)
	}
}

// Whichever of session and binding is closed last frees the session.
func TestCloseWhileBound(t *testing.T) {
	for _, c := range []struct {
		name         string
		sessionFirst bool
	}{{"the session first", true}, {"the binding first", false}} {
		t.Run(c.name, func(t *testing.T) {
			s, err := library(t).NewSession(blend(), []string{"share", "own", "picture"}, []string{"y"}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			b := bindAnyway(t, s)
			feeds := []tensor.Tensor{tensor.New(1, 1, 1, 1), tensor.New(1, 2, 3, 3), tensor.New(1, 2, 3, 3)}
			if _, err := b.Run(t.Context(), feeds, nil); err != nil {
				t.Fatal(err)
			}
			freed := func() bool {
				select {
				case <-s.freed:
					return true
				default:
					return false
				}
			}
			closeSession := func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
			first, last := closeSession, b.Close
			if !c.sessionFirst {
				first, last = last, first
			}
			first()
			if freed() {
				t.Error("freed while it is in use")
			}
			if _, err := b.Run(t.Context(), feeds, nil); !errors.Is(err, ErrClosed) {
				t.Errorf("a run after closing: %v, want ErrClosed", err)
			}
			last()
			if !freed() {
				t.Error("not freed")
			}
			b.Close()
			if _, err := s.Bind().Run(t.Context(), feeds, nil); !errors.Is(err, ErrClosed) {
				t.Errorf("a binding of a closed session: %v", err)
			}
		})
	}
}

// Too little memory is told as such, and the binding serves smaller feeds then.
func TestBoundRunOutOfMemory(t *testing.T) {
	nodes := appendNode(nil, "MatMul", []string{"column", "row"}, "y")
	m := model(nodes, []value{{"column", tFloat, []int64{-1, 1}}, {"row", tFloat, []int64{1, -1}}}, []value{{"y", tFloat, []int64{-1, -1}}})
	s := session(t, m, []string{"column", "row"}, []string{"y"})
	b := bindAnyway(t, s)
	defer b.Close()
	const n = 20_000_000 // its square is beyond any machine
	if _, err := b.Run(t.Context(), []tensor.Tensor{tensor.New(n, 1), tensor.New(1, n)}, nil); !errors.Is(err, ErrMemory) {
		t.Errorf("error %v, want ErrMemory", err)
	}
	out, err := b.Run(t.Context(), []tensor.Tensor{of(t, []float32{2}, 1, 1), of(t, []float32{3}, 1, 1)}, nil)
	if err != nil || out[0].Data[0] != 6 {
		t.Errorf("afterwards: %v, %v", out, err)
	}
}

// hangingBinder is a driver that hangs in a bound run.
type hangingBinder struct{ letGo, freed chan struct{} }

func (h hangingBinder) bind(string, ort.Value) error { return nil }

func (h hangingBinder) run([]string, []ort.Value, bool, *ort.RunOptions) error {
	<-h.letGo
	return errors.New("let go")
}

func (h hangingBinder) free() { close(h.freed) }

// A bound run that hangs keeps neither its caller nor whoever closes, and what
// is bound until it returns.
func TestBoundRunThatHangs(t *testing.T) {
	library(t)
	synctest.Test(t, func(t *testing.T) {
		var q quarantine
		s, h := hangingSession("cuda", &q)
		io := hangingBinder{make(chan struct{}), make(chan struct{})}
		b := s.Bind()
		b.io, b.tried = io, true
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		begin := time.Now()
		_, err := b.Run(ctx, nil, nil)
		if took := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || took != 20*time.Millisecond+abandonAfter {
			t.Errorf("a cancelled run: %v after %v", err, took)
		}
		b.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		time.Sleep(hangsAfter)
		synctest.Wait()
		if !errors.Is(q.check("cuda"), ErrHung) {
			t.Error("the device is not in quarantine")
		}
		isClosed := func(c chan struct{}) bool {
			select {
			case <-c:
				return true
			default:
				return false
			}
		}
		if isClosed(io.freed) || isClosed(h.destroyed) {
			t.Error("freed under the run")
		}
		close(io.letGo)
		synctest.Wait()
		if !isClosed(io.freed) || !isClosed(h.destroyed) || q.check("cuda") != nil {
			t.Errorf("binding freed %v, session %v, %v", isClosed(io.freed), isClosed(h.destroyed), q.check("cuda"))
		}
	})
}

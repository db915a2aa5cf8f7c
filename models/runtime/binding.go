package runtime

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"unsafe"

	ort "github.com/yalue/onnxruntime_go"

	"seewhy/models/tensor"
)

// Binding runs a session many times on inputs of which some stay: what stays is
// carried to the device once, and every run reads it there. On a device that
// reads main memory, as the CPU does, there is nothing to carry, and Run is the
// session's. It is safe from many goroutines, one of which runs at a time; each
// user of a session has a binding of its own.
type Binding struct {
	s *Session
	// busy is held by a run until it returns, abandoned or not.
	busy turn
	// tried says that the rest is settled; io is nil where nothing is bound. Both
	// are the run's that is busy.
	tried bool
	io    binder
	// held has, by input, what lies bound.
	held []bound

	mutex         sync.Mutex
	closed, freed bool
}

// bound is an input that was carried: the tensor, whose memory stays as long as
// the library may read it, and whether its owner keeps it unchanged.
type bound struct {
	value ort.Value
	of    tensor.Tensor
	kept  bool
}

// binder is what is used of an IO binding.
type binder interface {
	// bind carries an input to where the session reads it, before it returns.
	bind(input string, v ort.Value) error
	// run runs into the values given, or where known is false puts values there.
	run(outputs []string, fetched []ort.Value, known bool, options *ort.RunOptions) error
	free()
}

// Bind makes a binding. Close it before or after the session, which is freed by
// the last of them.
func (s *Session) Bind() *Binding {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	b := &Binding{s: s, busy: make(turn, 1)}
	if s.closed {
		b.closed, b.freed = true, true
		return b
	}
	s.bound++
	return b
}

// Run is Session.Run. A feed for which kept is true keeps its values until the
// binding is closed: one that lies in the same memory in the same shape as in
// the run before is not carried again. A nil kept keeps nothing.
func (b *Binding) Run(ctx context.Context, feeds []tensor.Tensor, kept []bool) ([]tensor.Tensor, error) {
	s := b.s
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := s.hangs.check(s.device); err != nil {
		return nil, err
	}
	b.mutex.Lock()
	closed := b.closed
	b.mutex.Unlock()
	if closed || !s.enter() {
		return nil, ErrClosed
	}
	return s.call(ctx, func() ([]tensor.Tensor, error) { return b.run(ctx, feeds, kept) })
}

// run is Run without a way out of it.
func (b *Binding) run(ctx context.Context, feeds []tensor.Tensor, kept []bool) ([]tensor.Tensor, error) {
	s := b.s
	hung := func() error { return s.hangs.check(s.device) }
	if err := b.busy.take(ctx, hung); err != nil {
		return nil, err
	}
	defer b.done()
	b.mutex.Lock()
	freed := b.freed
	b.mutex.Unlock()
	if freed {
		return nil, ErrClosed
	}
	if !b.tried {
		b.io, b.tried = s.newBinder(), true
	}
	if b.io == nil {
		return s.run(ctx, feeds)
	}
	if len(feeds) != len(s.inputs) {
		return nil, fmt.Errorf("the session takes %d inputs, got %d tensors", len(s.inputs), len(feeds))
	}
	if err := s.turn.take(ctx, hung); err != nil {
		return nil, err
	}
	defer s.turn.give()
	if b.held == nil {
		b.held = make([]bound, len(s.inputs))
	}
	for i, d := range s.inputs {
		keep := kept != nil && kept[i]
		if h := &b.held[i]; keep && h.kept && same(h.of, feeds[i]) {
			continue
		}
		if err := b.carry(i, d, feeds[i], keep); err != nil {
			return nil, err
		}
	}
	return s.fetched(feeds, func(fetched []ort.Value, known bool) error {
		return s.stoppable(ctx, func(options *ort.RunOptions) error { return b.io.run(s.fetches, fetched, known, options) })
	})
}

// carry binds an input in place of what was bound for it.
func (b *Binding) carry(i int, d declaration, feed tensor.Tensor, keep bool) error {
	if err := d.accepts(feed); err != nil {
		return err
	}
	v, err := newValue(d.element, feed.Shape, feed.Data)
	if err != nil {
		return fmt.Errorf("input %q: %w", d.name, err)
	}
	if err := b.io.bind(d.name, v); err != nil {
		destroy([]ort.Value{v})
		return blame(b.s.device, explain(fmt.Sprintf("carrying input %q to the device", d.name), err))
	}
	old := b.held[i].value
	b.held[i] = bound{value: v, of: tensor.Tensor{Shape: slices.Clone(feed.Shape), Data: feed.Data}, kept: keep}
	destroy([]ort.Value{old})
	return nil
}

// same says that two tensors are one in memory.
func same(a, b tensor.Tensor) bool {
	return slices.Equal(a.Shape, b.Shape) && len(a.Data) == len(b.Data) && unsafe.SliceData(a.Data) == unsafe.SliceData(b.Data)
}

// done ends a run, and frees the binding if it was closed meanwhile.
func (b *Binding) done() {
	b.busy.give()
	b.mutex.Lock()
	closed := b.closed
	b.mutex.Unlock()
	if closed {
		b.freeIdle()
	}
}

// Close frees what lies on the device, after the run under way where one is.
// Later runs fail with ErrClosed; a second Close does nothing.
func (b *Binding) Close() {
	b.mutex.Lock()
	b.closed = true
	b.mutex.Unlock()
	b.freeIdle()
}

// freeIdle frees a closed binding that is not in use.
func (b *Binding) freeIdle() {
	if !b.busy.tryTake() {
		return
	}
	defer b.busy.give()
	b.mutex.Lock()
	freed := b.freed
	b.freed = true
	b.mutex.Unlock()
	if freed {
		return
	}
	io, held, s := b.io, b.held, b.s
	b.io, b.held = nil, nil
	free := func() {
		if io != nil {
			io.free()
		}
		for _, h := range held {
			destroy([]ort.Value{h.value})
		}
	}
	end := func() {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.bound--
		// Nobody is there to be told of an error.
		_ = s.freeUnused()
	}
	if io == nil || s.turn.tryTake() {
		free()
		if io != nil {
			s.turn.give()
		}
		end()
		return
	}
	go func() {
		if s.turn.take(context.Background(), patient) == nil {
			free()
			s.turn.give()
			end()
		}
	}()
}

// newBinder is the library's binding for a session; nil where there is nothing
// to gain, for the session reads main memory, or where it cannot be had.
func (s *Session) newBinder() binder {
	if s.device == CPU {
		return nil
	}
	b, err := s.ioBinder()
	if err != nil {
		return nil
	}
	if away, err := s.api.readsAway(b.session); err != nil || !away {
		b.free()
		return nil
	}
	return b
}

// ioBinder is the library's binding for a session on any device.
func (s *Session) ioBinder() (*ioBinding, error) {
	session, ok := s.session.(*ort.DynamicAdvancedSession)
	if !ok || s.api == nil {
		return nil, fmt.Errorf("a %T cannot be bound", s.session)
	}
	b := &ioBinding{api: s.api}
	var err error
	if b.session, err = sessionOf(session); err != nil {
		return nil, err
	}
	if b.io, err = session.CreateIoBinding(); err != nil {
		return nil, err
	}
	if b.at, err = bindingOf(b.io); err != nil {
		b.free()
		return nil, err
	}
	return b, nil
}

// ioBinding is the library's own.
type ioBinding struct {
	api         *capi
	session, at unsafe.Pointer
	io          *ort.IoBinding
}

func (b *ioBinding) bind(input string, v ort.Value) error { return b.io.BindInput(input, v) }

func (b *ioBinding) run(outputs []string, fetched []ort.Value, known bool, options *ort.RunOptions) error {
	at, err := optionsOf(options)
	if err != nil {
		return err
	}
	b.io.ClearBoundOutputs()
	// Nothing of the results stays with the binding.
	defer b.io.ClearBoundOutputs()
	for i, name := range outputs {
		if known {
			err = b.io.BindOutput(name, fetched[i])
		} else {
			err = b.api.fetchToCPU(b.at, name)
		}
		if err != nil {
			return err
		}
	}
	if err := b.api.run(b.session, at, b.at); err != nil || known {
		return err
	}
	values, err := b.io.GetBoundOutputValues()
	if err != nil {
		return err
	}
	copy(fetched, values)
	return nil
}

func (b *ioBinding) free() { _ = b.io.Destroy() }

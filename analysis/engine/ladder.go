package engine

import (
	"errors"
	"fmt"
	"sync"

	"seewhy/models/grad"
	"seewhy/models/runtime"
)

// mostSegments is the deepest cut: beyond it the values at the cuts are as
// many as those between them.
const mostSegments = 16

// ladder remembers, by a session's key, in how many segments the forward pass
// is cut so that a gradient fits into memory; 0 is not at all.
type ladder struct {
	mutex sync.Mutex
	rungs map[string]int
	// short, where tests set it, makes memory short.
	short func(key string, segments int) error
}

func newLadder() *ladder { return &ladder{rungs: map[string]int{}} }

func (l *ladder) get(key string) (segments int, known bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	segments, known = l.rungs[key]
	return segments, known
}

func (l *ladder) put(key string, segments int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.rungs[key] = segments
}

// forget drops the numbers, which held for another budget.
func (l *ladder) forget() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	clear(l.rungs)
}

// shortOr tries, where memory is not made short.
func (l *ladder) shortOr(key string, segments int, try func(segments int) error) error {
	if l.short != nil {
		if err := l.short(key, segments); err != nil {
			return err
		}
	}
	return try(segments)
}

// deeper is the next rung; false on the last.
func deeper(segments int) (int, bool) {
	if segments == 0 {
		return 2, true
	}
	return 2 * segments, 2*segments <= mostSegments
}

// fitSegments finds the fewest segments with which one sample's gradient
// fits into the budget, by an estimate. Where none does, the deepest cut is
// tried all the same: the estimate knows nothing of what the runtime shares.
func (s *session) fitSegments(prepared *grad.Prepared, query grad.Query) int {
	budget := s.budget()
	// Keeping every value and as much again for gradients is the most it can be;
	// of a pair, both forward passes are kept.
	times := int64(2)
	if query.Composite.Paired() {
		times = 3
	}
	if times*grad.AllBytes(prepared.Model.Graph, prepared.Facts) <= budget {
		return 0
	}
	for segments, more := 0, true; more; segments, more = deeper(segments) {
		query.Segments = segments
		p, err := grad.Build(prepared.Model, prepared.Facts, query)
		if err != nil {
			return 0 // the session's own build says what is wrong
		}
		if grad.PeakBytes(p.Model.Graph, p.Facts) <= budget {
			return segments
		}
	}
	return mostSegments
}

// within runs try with as few segments as memory allows: more where it fails
// for want of memory. What is asked for by key is remembered.
func (s *session) within(key string, plan func() int, try func(segments int) error) error {
	segments, known := s.e.ladder.get(key)
	if !known {
		segments = plan()
		s.e.ladder.put(key, segments)
	}
	for {
		err := s.e.ladder.shortOr(key, segments, try)
		if !errors.Is(err, runtime.ErrMemory) {
			return err
		}
		next, more := deeper(segments)
		if !more {
			return fmt.Errorf("%w; choose a layer nearer to the output, a smaller input size where the model allows it, "+
				"or a method that needs no gradient of the input such as Grad-CAM or RISE", err)
		}
		segments = next
		s.e.ladder.put(key, segments)
	}
}

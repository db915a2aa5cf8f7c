package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"seewhy/models/runtime"
)

// keptSessions is how many sessions a model keeps: a forward, a sweep of
// layers and an input gradient for two devices.
const keptSessions = 6

// sessions caches built sessions by what they compute. A session that is in
// use is never closed; of the others the newest stay.
type sessions struct {
	mutex   sync.Mutex
	entries map[string]*entry
	clock   int
	closed  bool
	// wrong has, by key, what a device computes wrongly (see errWrong).
	wrong map[string]error
	// gate bounds builds, each of which takes so many bytes.
	gate  *gate
	bytes int64
}

type entry struct {
	// ready is closed when session or err is set.
	ready   chan struct{}
	session *runtime.Session
	err     error
	users   int
	used    int
}

func newSessions(g *gate, bytes int64) *sessions {
	return &sessions{entries: map[string]*entry{}, wrong: map[string]error{}, gate: g, bytes: bytes}
}

// with runs use on the session for key, building it first where needed. Two
// callers of the same key share one build, which goes on if one gives up. A
// failed build is not kept, since the next try may succeed; only a device that
// computes wrongly is remembered, since it does so again.
func (s *sessions) with(ctx context.Context, key string, build func() (*runtime.Session, error), use func(*runtime.Session) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mutex.Lock()
	if s.closed {
		s.mutex.Unlock()
		return runtime.ErrClosed
	}
	if err := s.wrong[key]; err != nil {
		s.mutex.Unlock()
		return err
	}
	e, ok := s.entries[key]
	if !ok {
		e = &entry{ready: make(chan struct{})}
		s.entries[key] = e
		go func() {
			if s.gate.enter(s.bytes, func() bool { return s.wanted(key, e) }) {
				e.session, e.err = build()
				s.gate.leave(s.bytes)
			} else {
				e.err = context.Canceled
			}
			s.mutex.Lock()
			defer s.mutex.Unlock()
			if e.err != nil && s.entries[key] == e {
				delete(s.entries, key)
			}
			if errors.Is(e.err, errWrong) {
				s.wrong[key] = e.err
			}
			close(e.ready)
			// Whoever asked may have given up: nobody else would make room.
			s.trim()
		}()
	}
	s.clock++
	e.used = s.clock
	e.users++
	s.mutex.Unlock()
	defer s.release(e)

	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-e.ready:
	}
	if e.err != nil {
		return e.err
	}
	return use(e.session)
}

// wanted says that somebody waits for an entry that is not yet built. One that
// nobody waits for is forgotten.
func (s *sessions) wanted(key string, e *entry) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if e.users > 0 && !s.closed {
		return true
	}
	if s.entries[key] == e {
		delete(s.entries, key)
	}
	return false
}

func (s *sessions) release(e *entry) {
	s.mutex.Lock()
	e.users--
	s.trim()
	s.mutex.Unlock()
	s.gate.stir()
}

// trim closes the longest unused sessions beyond those that are kept.
func (s *sessions) trim() {
	for len(s.entries) > keptSessions {
		oldest := ""
		for k, o := range s.entries {
			if o.users == 0 && built(o) && (oldest == "" || o.used < s.entries[oldest].used) {
				oldest = k
			}
		}
		if oldest == "" {
			return
		}
		s.drop(oldest)
	}
}

func built(e *entry) bool {
	select {
	case <-e.ready:
		return true
	default:
		return false
	}
}

func (s *sessions) drop(key string) {
	e := s.entries[key]
	delete(s.entries, key)
	if e.session != nil {
		e.session.Close()
	}
}

// close ends all sessions, waiting for builds under way; none is built any more.
func (s *sessions) close() {
	s.mutex.Lock()
	s.closed = true
	all := s.entries
	s.entries = map[string]*entry{}
	s.mutex.Unlock()
	s.gate.stir()
	// A driver may hang in a build: the end of the program does not wait for that.
	late := time.After(closeLimit)
	for _, e := range all {
		select {
		case <-e.ready:
			if e.session != nil {
				e.session.Close()
			}
		case <-late:
			return
		}
	}
}

// closeLimit bounds how long close waits for builds under way.
const closeLimit = 10 * time.Second

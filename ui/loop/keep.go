package loop

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"seewhy/ui/session"
	"seewhy/ui/state"
)

// rest is how long changes are gathered before they are kept.
const rest = 2 * time.Second

// keeper writes what is open to the session's file. One that dies while a
// session is being opened must not die of it at every start: a mark lies
// beside the file until the session has been opened once.
type keeper struct {
	path string

	guard sync.Mutex
	last  []byte
}

func (k *keeper) mark() string { return k.path + ".opening" }

var errDied = errors.New("the program ended while it was being opened")

// read gives the session of last time; nil where there is none. One that
// cannot be used is kept aside.
func (k *keeper) read() (*session.Session, error) {
	if k.path == "" {
		return nil, nil
	}
	s, err := session.Read(k.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if _, died := os.Stat(k.mark()); err == nil && died == nil {
		err = errDied
	}
	if err != nil {
		// Where it cannot be moved, it is written over: that is told, too.
		_, aside := session.Aside(k.path)
		return nil, errors.Join(err, aside, dropped(os.Remove(k.mark())))
	}
	// Without a mark the session is opened all the same.
	_ = os.WriteFile(k.mark(), nil, 0o600)
	return &s, nil
}

// dropped is an error but that there is no such file.
func dropped(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// keep writes a state's session where it differs from the last one written.
func (k *keeper) keep(s state.State) error {
	out, ok := s.Session()
	if !ok || k.path == "" {
		return nil
	}
	k.guard.Lock()
	defer k.guard.Unlock()
	var b bytes.Buffer
	if err := session.Encode(&b, out); err != nil {
		return err
	}
	if bytes.Equal(b.Bytes(), k.last) {
		return nil
	}
	if err := session.Write(k.path, out); err != nil {
		return err
	}
	k.last = b.Bytes()
	return dropped(os.Remove(k.mark()))
}

// close keeps the last state. A window that is closed early has not died.
func (k *keeper) close(s state.State) {
	if k.path == "" {
		return
	}
	// There is nobody left to tell.
	_ = k.keep(s)
	_ = os.Remove(k.mark())
}

// keepSoon keeps the state after a while, off the window's goroutine: a State
// is never changed once it is there.
func (l *Loop) keepSoon(m state.Msg) {
	if l.keeper.path == "" || l.saving {
		return
	}
	switch m.(type) {
	case state.PointerMoved, state.PaneCarried, state.Progressed, state.ItemsVisible, state.Sharpened, state.Painted, state.PhotoEdited,
		state.MarksPainted, state.ConceptsPainted, state.GraphDrawn, state.Shared, state.MemoryRead, state.ResourcesRead, state.SessionNotKept:
		// These change nothing that is kept. Tried again for the last of them,
		// a full disk would be written to every two seconds for ever.
		return
	}
	l.saving = true
	l.work.Add(1)
	go func() {
		defer l.work.Done()
		select {
		case <-l.life.Done():
			// Close keeps what is there then.
			return
		case <-time.After(rest):
		}
		l.config.Post(func() {
			l.saving = false
			if l.life.Err() != nil {
				return
			}
			s := l.state
			l.job(0, func(context.Context, Engine) state.Msg {
				if err := l.keeper.keep(s); err != nil {
					return state.SessionNotKept{Err: err.Error()}
				}
				return nil
			})
		})
	}()
}

func writeProject(ctx context.Context, c state.WriteProject) state.Msg {
	unread, err := c.Session.Hash(ctx)
	if err == nil {
		err = session.Write(c.Path, c.Session)
	}
	return state.ProjectWritten{Path: c.Path, Unread: unread, Err: words(err)}
}

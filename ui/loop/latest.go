package loop

import (
	"sync"

	"seewhy/ui/state"
)

// latest hands on messages of which only the newest counts. Where the window's
// goroutine has no time for one before the next comes, it gets the next alone:
// reports that queued up would hold up every click behind them.
type latest struct {
	post   func(func())
	handle func(state.Msg)
	guard  sync.Mutex
	next   state.Msg
}

func (l *Loop) latest() *latest { return &latest{post: l.config.Post, handle: l.Handle} }

func (b *latest) send(m state.Msg) {
	b.guard.Lock()
	waits := b.next != nil
	b.next = m
	b.guard.Unlock()
	if waits {
		return
	}
	b.post(func() {
		b.guard.Lock()
		m := b.next
		b.next = nil
		b.guard.Unlock()
		b.handle(m)
	})
}

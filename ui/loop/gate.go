package loop

import (
	"sync"
	"time"
)

// gate lets one event pass in each span of time.
type gate struct {
	sync.Mutex
	span time.Duration
	next time.Time
}

func newGate(span time.Duration) *gate { return &gate{span: span} }

func (g *gate) open(now time.Time) bool {
	g.Lock()
	defer g.Unlock()
	if now.Before(g.next) {
		return false
	}
	g.next = now.Add(g.span)
	return true
}

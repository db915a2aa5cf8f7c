package loop

import (
	"sync"
	"time"

	"seewhy/ui/state"
)

// Between two batches for the filmstrip: quick enough for what is looked at,
// rare enough that ten thousand answers do not hold the window up.
const (
	thumbBeat = 40 * time.Millisecond
	labelBeat = 150 * time.Millisecond
)

// gatherer collects what is made for the filmstrip, and hands it over a few
// times a second.
type gatherer struct {
	send func(state.Msg)

	guard sync.Mutex
	batch state.StripMade
	// due is when the batch goes; zero where nothing waits.
	due   time.Time
	timer *time.Timer
}

func (g *gatherer) thumb(t state.ThumbMade) {
	g.guard.Lock()
	defer g.guard.Unlock()
	g.batch.Thumbs = append(g.batch.Thumbs, t)
	g.by(thumbBeat)
}

func (g *gatherer) label(l state.ItemLabelled) {
	g.guard.Lock()
	defer g.guard.Unlock()
	g.batch.Labels = append(g.batch.Labels, l)
	g.by(labelBeat)
}

// by makes the batch go no later than after so long.
func (g *gatherer) by(beat time.Duration) {
	due := time.Now().Add(beat)
	if !g.due.IsZero() && !due.Before(g.due) {
		return
	}
	if g.timer != nil {
		g.timer.Stop()
	}
	g.due, g.timer = due, time.AfterFunc(beat, g.flush)
}

func (g *gatherer) flush() {
	g.guard.Lock()
	m := g.batch
	g.batch, g.due = state.StripMade{}, time.Time{}
	g.guard.Unlock()
	if len(m.Thumbs)+len(m.Labels) > 0 {
		g.send(m)
	}
}

package engine

import (
	goruntime "runtime"
	"sync"

	"seewhy/models/onnx"
)

// A build holds the model several times over: our graph, what it is written
// to, what the runtime reads that into and packs for its kernels.
const (
	buildCopies = 3
	buildBase   = 64 << 20
)

// buildBytes is what building a session of a model holds while it does.
func buildBytes(m *onnx.Model) int64 {
	var weights int64
	for _, t := range m.Graph.Init {
		weights += int64(len(t.Raw))
	}
	if m.Outside() {
		// They stay mapped.
		weights = 0
	}
	return buildCopies*weights + buildBase
}

// gate bounds the sessions that are built at once: by what they hold while
// they are, and by the processors. One alone is always let in.
type gate struct {
	mutex sync.Mutex
	moved *sync.Cond
	// room is how many bytes all builds may take now.
	room   func() int64
	most   int
	inside int
	bytes  int64
}

func newGate(room func() int64) *gate {
	g := &gate{room: room, most: max(2, goruntime.GOMAXPROCS(0))}
	g.moved = sync.NewCond(&g.mutex)
	return g
}

// enter waits for room and tells whether to build: not where nobody wants that any more.
func (g *gate) enter(bytes int64, wanted func() bool) bool {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	for g.inside > 0 && (g.inside >= g.most || g.bytes+bytes > g.room()) {
		g.moved.Wait()
		// Whoever waits at the gate has built nothing that could serve later.
		if !wanted() {
			return false
		}
	}
	g.inside++
	g.bytes += bytes
	return true
}

func (g *gate) leave(bytes int64) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.inside--
	g.bytes -= bytes
	g.moved.Broadcast()
}

// stir makes those that wait look whether they are wanted.
func (g *gate) stir() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.moved.Broadcast()
}

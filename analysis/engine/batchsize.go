package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"seewhy/models/runtime"
)

const (
	// mostBatch bounds the samples that run at once; above it no device at hand
	// gains, and progress gets coarse.
	mostBatch = 64
	// measureFrom is the number of samples from which measuring pays.
	measureFrom = 64
	// measureFor bounds the time that is spent on finding the batch size.
	measureFor = 300 * time.Millisecond
	// worthwhile is the gain in throughput for which a larger batch is taken.
	worthwhile = 1.02
)

// batchSizes remembers how many samples a session runs best at once, by the
// session's key.
type batchSizes struct {
	mutex sync.Mutex
	found map[string]int
	// outside has the sessions that could not be built with a prelude.
	outside map[string]bool
}

func newBatchSizes() *batchSizes {
	return &batchSizes{found: map[string]int{}, outside: map[string]bool{}}
}

func (b *batchSizes) get(key string) (int, bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	n, ok := b.found[key]
	return n, ok
}

func (b *batchSizes) put(key string, n int) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.found[key] = n
}

// forget drops the numbers, which held for another budget.
func (b *batchSizes) forget() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	clear(b.found)
}

// without says that a session is known to be impossible with a prelude.
func (b *batchSizes) without(key string) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.outside[key]
}

func (b *batchSizes) goWithout(key string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.outside[key] = true
}

// fitting is how many samples of the given size the budget holds, at least one.
func fitting(budget, sample int64) int {
	return int(min(max(budget/max(sample, 1), 1), mostBatch))
}

// measure finds the batch size of the best throughput, up to most: run times a
// batch of n. Sizes double until nothing is gained, memory runs out or the
// time allowed is over; the smallest of those nearly as good as the best wins.
func measure(ctx context.Context, most int, allowed time.Duration, run func(n int) (time.Duration, error)) (int, error) {
	type tried struct {
		n   int
		per float64 // seconds a sample
	}
	var all []tried
	best := 0.0
	var spent time.Duration
	for n := 1; n <= most; n *= 2 {
		// The first run of a size pays for its memory and, on a GPU, for choosing kernels.
		var took time.Duration
		for range 2 {
			var err error
			took, err = run(n)
			if errors.Is(err, runtime.ErrMemory) && n > 1 {
				most = n / 2
				break
			}
			if err != nil {
				return 0, err
			}
			spent += took
		}
		if n > most {
			break
		}
		per := took.Seconds() / float64(n)
		all = append(all, tried{n, per})
		if n >= 8 && per*worthwhile > best {
			break
		}
		if best == 0 || per < best {
			best = per
		}
		if spent+4*took > allowed || ctx.Err() != nil {
			break
		}
	}
	for _, t := range all {
		if t.per <= best*worthwhile {
			return t.n, ctx.Err()
		}
	}
	return 1, ctx.Err()
}

package method

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"sync"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// chunk is how many points go to the session at once: memory stays bounded
// whatever their number, progress rises and cancelling is prompt.
const chunk = 8

// Wide is implemented by sessions on devices that want more samples at once
// than chunk, to be busy: Samples is how many of so many values each.
type Wide interface{ Samples(values int) int }

// chunkOf is how many points of a size go to a session at once.
func chunkOf(s Session, size int) int {
	if w, ok := s.(Wide); ok {
		return max(w.Samples(size), chunk)
	}
	return chunk
}

// Summer is implemented by sessions that may add gradients up where they are
// computed, so that one is carried back and not as many as there are samples.
type Summer interface{ Sums() bool }

// points are inputs at which a method wants the gradient: n of them. place writes
// point i into dst, which is of the input's size and holds anything; several are
// placed at once. mix, where not nil, makes the same points inside the model's
// graph, where the session can.
type points struct {
	n     int
	mix   *Mix
	place func(i int, dst []float32)
}

// gradientsAt has the input's gradient at points: take gets each, valid until it
// returns. All points of a chunk are placed before the first of them is taken.
func gradientsAt(ctx context.Context, s Session, r Request, at points, p task.Progress, take func(i int, gradient []float32)) error {
	size := r.Input.Len()
	query := func(int, int) GradientQuery { return GradientQuery{Input: true} }
	return at.each(ctx, s, r, p, query, func(from, count int, input []float32) {
		for i := range count {
			take(from+i, input[i*size:(i+1)*size])
		}
	})
}

// gradientSum is the sum of the input's gradients at points, each times its weight.
func gradientSum(ctx context.Context, s Session, r Request, at points, p task.Progress, weight func(i int) float64) ([]float64, error) {
	total := make([]float64, r.Input.Len())
	add := func(times float64, gradient []float32) {
		for at, g := range gradient {
			total[at] += times * float64(g)
		}
	}
	if by, ok := s.(Summer); !ok || !by.Sums() {
		err := gradientsAt(ctx, s, r, at, p, func(i int, gradient []float32) { add(weight(i), gradient) })
		return total, err
	}
	// Of the weights, the session gets their sizes beside each other: small ones
	// would leave float16's range.
	largest := 0.0
	for i := range at.n {
		largest = max(largest, math.Abs(weight(i)))
	}
	if largest == 0 {
		largest = 1
	}
	query := func(from, count int) GradientQuery {
		q := GradientQuery{Input: true, Weights: make([]float64, count)}
		for i := range q.Weights {
			q.Weights[i] = weight(from+i) / largest
		}
		return q
	}
	err := at.each(ctx, s, r, p, query, func(_, _ int, input []float32) {
		for row := range slices.Chunk(input, len(total)) {
			add(largest, row)
		}
	})
	return total, err
}

// each asks at all points, chunk by chunk.
func (a points) each(ctx context.Context, s Session, r Request, p task.Progress, query func(from, count int) GradientQuery, take func(from, count int, input []float32)) error {
	size := r.Input.Len()
	var buffer []float32
	mixer, inside := s.(Mixer)
	inside = inside && a.mix != nil
	most := chunkOf(s, size)
	for at := 0; at < a.n; at += most {
		p.Report(float64(at)/float64(a.n), "Forward and backward pass")
		count := min(most, a.n-at)
		q := query(at, count)
		var out Gradients
		var err error
		if inside {
			out, err = mixer.MixedGradient(ctx, at, count, *a.mix, r.Score, q)
			inside = !errors.Is(err, ErrNoMix)
		}
		if !inside {
			if buffer == nil {
				buffer = make([]float32, min(a.n, most)*size)
			}
			x := tensor.Tensor{Shape: append([]int{count}, r.Input.Shape[1:]...), Data: buffer[:count*size]}
			var group sync.WaitGroup
			workers := min(runtime.GOMAXPROCS(0), count)
			for w := range workers {
				group.Go(func() {
					for i := w; i < count; i += workers {
						a.place(at+i, x.Data[i*size:(i+1)*size])
					}
				})
			}
			group.Wait()
			out, err = s.Gradient(ctx, x, r.Score, q)
		}
		if err != nil {
			return err
		}
		take(at, count, out.Input.Data)
	}
	p.Report(1, "Done")
	return nil
}

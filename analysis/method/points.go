package method

import (
	"context"
	"errors"
	"runtime"
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

// gradientsAt has the input's gradient at n points. place writes point i into
// dst, which is of the input's size and holds anything; take gets the point's
// gradient, valid until it returns. All points of a chunk are placed, several at
// once, before the first of them is taken. mix, where not nil, makes the same
// points inside the model's graph, where the session can.
func gradientsAt(ctx context.Context, s Session, r Request, n int, p task.Progress, mix *Mix, place func(i int, dst []float32), take func(i int, gradient []float32)) error {
	size := r.Input.Len()
	var buffer []float32
	mixer, inside := s.(Mixer)
	inside = inside && mix != nil
	most := chunkOf(s, size)
	for at := 0; at < n; at += most {
		p.Report(float64(at)/float64(n), "Forward and backward pass")
		count := min(most, n-at)
		var out Gradients
		var err error
		if inside {
			out, err = mixer.MixedGradient(ctx, at, count, *mix, r.Score, GradientQuery{Input: true})
			inside = !errors.Is(err, ErrNoMix)
		}
		if !inside {
			if buffer == nil {
				buffer = make([]float32, min(n, most)*size)
			}
			x := tensor.Tensor{Shape: append([]int{count}, r.Input.Shape[1:]...), Data: buffer[:count*size]}
			var group sync.WaitGroup
			workers := min(runtime.GOMAXPROCS(0), count)
			for w := range workers {
				group.Go(func() {
					for i := w; i < count; i += workers {
						place(at+i, x.Data[i*size:(i+1)*size])
					}
				})
			}
			group.Wait()
			out, err = s.Gradient(ctx, x, r.Score, GradientQuery{Input: true})
		}
		if err != nil {
			return err
		}
		for i := range count {
			take(at+i, out.Input.Data[i*size:(i+1)*size])
		}
	}
	p.Report(1, "Done")
	return nil
}

package engine

import (
	"context"
	"errors"
	goruntime "runtime"
	"sync"
	"time"

	"seewhy/analysis/method"
	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// batchesAhead is how many batches are made before the session asks for them;
// one more runs. It bounds the memory of a stream, whatever its length.
const batchesAhead = 2

// Stream implements method.Streamer.
func (s *session) Stream(ctx context.Context, n int, fill func(i int, dst []float32) error, score method.Score, each func(i int, value float64)) error {
	s, err := s.many(ctx, n)
	if err != nil {
		return err
	}
	input := s.m.prepared.Input
	return s.m.sessions.with(ctx, s.key("forward", score.Value), func() (*runtime.Session, error) {
		return s.build(grad.Forward(s.m.prepared, score.Value), []string{input}, []string{score.Value})
	}, func(r *runtime.Session) error {
		f := flow{
			session: s, run: r, key: s.key("forward", score.Value), graph: func() *onnx.Graph { return grad.Forward(s.m.prepared, score.Value).Graph },
			shape: single(s.m.prepared.Facts.Shapes[input]), score: score, n: n, fill: fill, each: each,
		}
		return f.flow(ctx)
	})
}

// single is a shape with one sample in its open batch.
func single(shape []int) []int {
	out := append([]int(nil), shape...)
	out[0] = 1
	return out
}

// runner is what a flow, and the check of a device, ask of a runtime.Session.
type runner interface {
	Run(ctx context.Context, feeds []tensor.Tensor) ([]tensor.Tensor, error)
}

// flow is one stream under way.
type flow struct {
	*session
	run   runner
	bound keeper
	key   string
	graph func() *onnx.Graph
	// shape is that of one sample as the session takes it. Its first dimension
	// is 1, or the number of windows where those lie along the batch.
	shape []int
	// sides are the last feeds, which stay; before them come the samples, or
	// what own, where not nil, makes of their data.
	sides staying
	own   func(data []float32, count int) []tensor.Tensor
	score method.Score
	n     int
	fill  func(i int, dst []float32) error
	each  func(i int, value float64)
}

// portion is a batch on its way: samples from its first on.
type portion struct {
	first, count int
	data         []float32
	// left counts the samples that are still to be made; ready is closed at 0.
	left  int
	ready chan struct{}
	err   error
}

// flow makes, runs and hands out samples, each step on goroutines of its own:
// fillers, this one, and one that calls each.
func (f *flow) flow(ctx context.Context) error {
	if f.n <= 0 {
		return ctx.Err()
	}
	f.bound = bind(f.run)
	defer f.bound.Close()
	batch, err := f.size(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	made, stopped := f.fillers(ctx, batch)
	defer stopped.Wait()
	defer cancel()

	type answer struct {
		first  int
		values []float64
	}
	answers := make(chan answer, batchesAhead)
	taken := make(chan struct{})
	go func() {
		defer close(taken)
		for a := range answers {
			for i, v := range a.values {
				if ctx.Err() != nil {
					break
				}
				f.each(a.first+i, v)
			}
		}
	}()
	err = func() error {
		defer close(answers)
		for p := range made {
			select {
			case <-p.ready:
			case <-ctx.Done():
				return ctx.Err()
			}
			if p.err != nil {
				return p.err
			}
			values, err := f.values(ctx, p)
			if err != nil {
				return err
			}
			answers <- answer{p.first, values}
		}
		return ctx.Err()
	}()
	if err != nil {
		cancel()
	}
	<-taken
	return err
}

// fillers starts the goroutines that make samples. Batches come in order.
func (f *flow) fillers(ctx context.Context, batch int) (<-chan *portion, *sync.WaitGroup) {
	size := tensor.Elements(f.shape)
	made := make(chan *portion, batchesAhead)
	type sample struct {
		p *portion
		i int
	}
	samples := make(chan sample)
	var group sync.WaitGroup
	var mutex sync.Mutex
	for range min(goruntime.GOMAXPROCS(0), batch*batchesAhead) {
		group.Go(func() {
			for at := range samples {
				p := at.p
				err := f.fill(p.first+at.i, p.data[at.i*size:(at.i+1)*size])
				mutex.Lock()
				if err != nil && p.err == nil {
					p.err = err
				}
				if p.left--; p.left == 0 {
					close(p.ready)
				}
				mutex.Unlock()
			}
		})
	}
	group.Go(func() {
		defer close(made)
		defer close(samples)
		buffers := make([][]float32, batchesAhead+1)
		for at := 0; at < f.n; at += batch {
			count := min(batch, f.n-at)
			b := &buffers[at/batch%len(buffers)]
			if *b == nil {
				*b = make([]float32, batch*size)
			}
			p := &portion{first: at, count: count, data: (*b)[:count*size], left: count, ready: make(chan struct{})}
			// Once the channel has room for this batch, the runner has taken the one
			// batchesAhead before, and so is done with the one before that, whose
			// buffer this is.
			select {
			case made <- p:
			case <-ctx.Done():
				return
			}
			for i := range count {
				select {
				case samples <- sample{p, i}:
				case <-ctx.Done():
					return
				}
			}
		}
	})
	return made, &group
}

// values runs a batch, in halves where memory does not suffice.
func (f *flow) values(ctx context.Context, p *portion) ([]float64, error) {
	size := tensor.Elements(f.shape)
	var out []float64
	for at := 0; at < p.count; {
		count := min(f.batchSize(), p.count-at)
		rows, err := f.pass(ctx, p.data[at*size:(at+count)*size], count)
		if errors.Is(err, runtime.ErrMemory) && count > 1 {
			f.setBatch(count / 2)
			f.e.batching.put(f.key, count/2)
			continue
		}
		if err != nil {
			return nil, err
		}
		for i := range count {
			out = append(out, f.score.Of(rows.Sample(i).Data))
		}
		at += count
	}
	return out, nil
}

func (f *flow) pass(ctx context.Context, data []float32, count int) (tensor.Tensor, error) {
	feeds := f.fed(data, count)
	out, err := f.bound.Run(ctx, feeds, lastKept(len(feeds), len(f.sides.sides)))
	if err != nil {
		return tensor.Tensor{}, err
	}
	return out[0], nil
}

func (f *flow) fed(data []float32, count int) []tensor.Tensor {
	feeds := []tensor.Tensor{{Shape: append([]int{count * f.shape[0]}, f.shape[1:]...), Data: data}}
	if f.own != nil {
		feeds = f.own(data, count)
	}
	return append(feeds, f.sides.of(count)...)
}

// size settles the batch: the task's, or the one remembered for this session,
// or the best by measurement within the memory budget.
func (f *flow) size(ctx context.Context) (int, error) {
	n, err := f.settle(ctx)
	f.setBatch(n)
	return n, err
}

func (f *flow) settle(ctx context.Context) (int, error) {
	if !f.m.info.DynamicBatch {
		return 1, nil
	}
	if asked := f.batchSize(); asked > 0 {
		return min(asked, mostBatch), nil
	}
	if known, ok := f.e.batching.get(f.key); ok {
		return known, nil
	}
	most := fitting(f.budget(), f.sampleBytes())
	if f.n < measureFrom {
		return min(maxBatch, most), nil
	}
	n, err := measure(ctx, most, measureFor, func(n int) (time.Duration, error) {
		data := make([]float32, n*tensor.Elements(f.shape))
		for i := range data {
			data[i] = float32(i%255)/128 - 1
		}
		start := time.Now()
		_, err := f.pass(ctx, data, n)
		return time.Since(start), err
	})
	if err == nil {
		f.e.batching.put(f.key, n)
	}
	return n, err
}

// sampleBytes estimates what one more sample in a batch takes: its values
// inside the model, and the buffers it is made in.
func (f *flow) sampleBytes() int64 {
	return grad.PeakBytes(f.graph(), f.m.prepared.Facts) + int64(batchesAhead+1)*4*int64(tensor.Elements(f.shape))
}

package runtime

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	ort "github.com/yalue/onnxruntime_go"

	"seewhy/models/tensor"
)

// Run feeds one tensor for each input of the session and returns one for each
// output, in the order that NewSession was given. Feeds must not change while
// it runs: float32 data is read in place. The results belong to the caller.
// When ctx ends, the run is stopped between two operators and ctx.Err() is
// returned, at the latest after abandonAfter: a run that goes on all the same
// may read its feeds until it ends, and what it computes is thrown away. Run is
// safe from many goroutines; on a closed session it fails with ErrClosed, on a
// device with a call that hangs with ErrHung.
func (s *Session) Run(ctx context.Context, feeds []tensor.Tensor) ([]tensor.Tensor, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := s.hangs.check(s.device); err != nil {
		return nil, err
	}
	if !s.enter() {
		return nil, ErrClosed
	}
	return s.call(ctx, func() ([]tensor.Tensor, error) { return s.run(ctx, feeds) })
}

// run is Run without a way out of it.
func (s *Session) run(ctx context.Context, feeds []tensor.Tensor) ([]tensor.Tensor, error) {
	if err := s.turn.take(ctx, func() error { return s.hangs.check(s.device) }); err != nil {
		return nil, err
	}
	defer s.turn.give()
	if g, apart := s.session.(*guest); apart {
		return g.run(ctx, s.device, feeds)
	}
	values, err := s.feed(feeds)
	defer destroy(values)
	if err != nil {
		return nil, err
	}
	return s.fetched(feeds, func(fetched []ort.Value, _ bool) error {
		return s.stoppable(ctx, func(options *ort.RunOptions) error {
			return s.session.RunWithOptions(values, fetched, options)
		})
	})
}

// fetched does a run, given a place for each output, and reads them. The places
// hold memory to write into where the outputs' shapes are known, which known
// tells; otherwise the run fills the places.
func (s *Session) fetched(feeds []tensor.Tensor, run func(fetched []ort.Value, known bool) error) ([]tensor.Tensor, error) {
	fetched, err := s.room.make(feeds)
	if err != nil {
		return nil, explain("running the model", err)
	}
	// Outputs that were made before a later one failed are freed too.
	defer func() { destroy(fetched) }()
	known := fetched != nil
	if !known {
		fetched = make([]ort.Value, s.fetch)
	}
	err = run(fetched, known)
	if known && err != nil && errors.Is(err, errRun) && !errors.Is(err, ErrMemory) {
		// The shapes may depend on more than was thought.
		s.room.forget()
		destroy(fetched)
		fetched = make([]ort.Value, s.fetch)
		err = run(fetched, false)
	}
	if err != nil {
		return nil, err
	}
	results := make([]tensor.Tensor, len(s.plan))
	for i, o := range s.plan {
		if results[i], err = o.read(fetched); err != nil {
			return nil, err
		}
	}
	if !known {
		s.room.learn(feeds, results)
	}
	return results, nil
}

// errRun is wrapped where the library refused a run.
var errRun = errors.New("running the model")

// stoppable runs with a terminate flag that ctx sets.
func (s *Session) stoppable(ctx context.Context, run func(*ort.RunOptions) error) error {
	options, err := ort.NewRunOptions()
	if err != nil {
		return explain("ONNX Runtime cannot make run options", err)
	}
	defer options.Destroy()
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		// It fails only for options that do not exist.
		_ = options.Terminate()
	})
	err = run(options)
	if !stop() {
		// The flag is being set: the options must outlive that.
		<-ended
		return ctx.Err()
	}
	if err != nil {
		return blame(s.device, explainRun(err))
	}
	return nil
}

// feed makes the input values; those made so far come back with an error.
func (s *Session) feed(feeds []tensor.Tensor) ([]ort.Value, error) {
	if len(feeds) != len(s.inputs) {
		return nil, fmt.Errorf("the session takes %d inputs, got %d tensors", len(s.inputs), len(feeds))
	}
	values := make([]ort.Value, 0, len(feeds))
	for i, d := range s.inputs {
		if err := d.accepts(feeds[i]); err != nil {
			return values, err
		}
		v, err := newValue(d.element, feeds[i].Shape, feeds[i].Data)
		if err != nil {
			return values, fmt.Errorf("input %q: %w", d.name, err)
		}
		values = append(values, v)
	}
	return values, nil
}

// accepts compares a tensor with the declared shape, so that a mistake is
// named before the library meets it somewhere inside the graph.
func (d declaration) accepts(t tensor.Tensor) error {
	elements := 1
	for _, n := range t.Shape {
		if n <= 0 {
			return fmt.Errorf("input %q: shape %v has an empty dimension", d.name, t.Shape)
		}
		// Stop at once where the product passes the data, before it overflows.
		if elements *= n; elements > len(t.Data) {
			break
		}
	}
	if elements != len(t.Data) {
		return fmt.Errorf("input %q: %d values do not fill shape %v", d.name, len(t.Data), t.Shape)
	}
	if !d.ranked {
		return nil
	}
	fits := len(t.Shape) == len(d.dims)
	for i := 0; fits && i < len(d.dims); i++ {
		fits = d.dims[i] < 0 || d.dims[i] == t.Shape[i]
	}
	if !fits {
		return fmt.Errorf("input %q: the model takes shape %s, and was given %v: choose an input size that fits", d.name, shapeText(d.dims), t.Shape)
	}
	return nil
}

// shapeText writes [? 3 224 224], with ? for any size.
func shapeText(dims []int) string {
	words := make([]string, len(dims))
	for i, d := range dims {
		words[i] = "?"
		if d >= 0 {
			words[i] = fmt.Sprint(d)
		}
	}
	return "[" + strings.Join(words, " ") + "]"
}

// read takes one wanted output out of the fetched values.
func (o output) read(fetched []ort.Value) (tensor.Tensor, error) {
	data, ok := floats(fetched[o.data])
	if !ok {
		return tensor.Tensor{}, fmt.Errorf("output %q is not a tensor of numbers", o.name)
	}
	shape := shapeInts(fetched[o.data].GetShape())
	if o.shape >= 0 {
		dims, ok := fetched[o.shape].(*ort.Tensor[int64])
		if !ok {
			return tensor.Tensor{}, fmt.Errorf("output %q: its shape could not be read", o.name)
		}
		shape = shapeInts(dims.GetData())
	}
	t, err := tensor.Of(data, shape...)
	if err != nil {
		return tensor.Tensor{}, fmt.Errorf("output %q: %w", o.name, err)
	}
	return t, nil
}

// destroy frees values; the Go slices taken from them stay valid, because
// the binding keeps output data in Go memory.
func destroy(values []ort.Value) {
	for _, v := range values {
		// The binding leaves a nil tensor in the place of an output that it cannot take.
		if v != nil && !reflect.ValueOf(v).IsNil() {
			_ = v.Destroy()
		}
	}
}

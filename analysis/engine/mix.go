package engine

import (
	"context"
	"errors"
	"fmt"

	"seewhy/analysis/method"
	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// mixed is a method's mix in front of a model.
type mixed struct {
	mix     method.Mix
	prelude grad.Prelude
	// cells, rows and columns are how many numbers a sample is described by.
	cells, rows, columns int
	// repeats is how often a column of pixels occurs in a row of the plane: the
	// channels, where they lie last.
	repeats int
	// sides are what a batch shares, and further batches too.
	sides staying
}

func newMixed(mix method.Mix) *mixed {
	x := &mixed{mix: mix, repeats: 1}
	x.prelude = grad.Prelude{Off: mix.Off.Data != nil, ChannelsLast: mix.Layout == "NHWC"}
	x.cells, x.rows, x.columns = mix.Sizes()
	plane := mix.X.Shape
	if x.prelude.ChannelsLast {
		x.repeats = plane[3]
		plane = []int{1, 1, plane[1], plane[2] * plane[3]}
	}
	share := func(shape []int, data []float32) {
		x.sides.sides = append(x.sides.sides, side{one: tensor.Tensor{Shape: shape, Data: data}})
	}
	switch mix.Masks {
	case method.GridMask, method.ScaledGridMask:
		if mix.Masks == method.ScaledGridMask {
			x.prelude.Masks = grad.ScaledGridMasks
		}
		share([]int{1, 1, mix.CellRows}, counted(mix.CellRows))
		share([]int{1, mix.CellColumns, 1}, counted(mix.CellColumns))
	case method.LookupMask:
		x.prelude.Masks = grad.LookupMasks
		labels := make([]float32, 0, len(mix.Labels)*x.repeats)
		for _, l := range mix.Labels {
			for range x.repeats {
				labels = append(labels, float32(l))
			}
		}
		share([]int{len(labels)}, labels)
	case method.ShareMask:
		x.prelude.Masks = grad.ShareMasks
	}
	share(plane, mix.X.Data)
	if x.prelude.Off {
		share(plane, mix.Off.Data)
	}
	return x
}

// counted is 0, 1, ... n-1.
func counted(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(i)
	}
	return out
}

// size is how many numbers a sample is described by.
func (x *mixed) size() int { return x.cells + x.rows + x.columns }

// describe writes them.
func (x *mixed) describe(i int, dst []float32) error {
	x.mix.Describe(i, dst[:x.cells], dst[x.cells:x.cells+x.rows], dst[x.cells+x.rows:])
	return nil
}

// feeds are the prelude's inputs for a batch.
func (x *mixed) feeds(data []float32, count int) []tensor.Tensor {
	return append(x.own(data, count), x.sides.of(count)...)
}

// own takes the descriptions of a batch apart, as the prelude's inputs come
// before the sides.
func (x *mixed) own(data []float32, count int) []tensor.Tensor {
	size := x.size()
	part := func(from, n, repeats int, shape ...int) tensor.Tensor {
		out := make([]float32, 0, count*n*repeats)
		for i := range count {
			own := data[i*size+from : i*size+from+n]
			if repeats == 1 {
				out = append(out, own...)
				continue
			}
			for _, v := range own {
				for range repeats {
					out = append(out, v)
				}
			}
		}
		return tensor.Tensor{Shape: append([]int{count}, shape...), Data: out}
	}
	var feeds []tensor.Tensor
	switch x.mix.Masks {
	case method.LookupMask:
		feeds = []tensor.Tensor{part(0, x.cells, 1, x.cells)}
	case method.ShareMask:
		feeds = []tensor.Tensor{part(0, 1, 1, 1, 1, 1)}
	default:
		feeds = []tensor.Tensor{
			part(0, x.cells, 1, x.mix.CellRows, x.mix.CellColumns),
			part(x.cells, x.rows, 1, x.rows, 1),
			part(x.cells+x.rows, x.columns, x.repeats, 1, x.columns*x.repeats),
		}
	}
	return feeds
}

// inputs names the prelude's inputs in the order of feeds.
func (x *mixed) inputs() []string { return x.prelude.Inputs() }

// before is a model with the prelude in front of its input.
func (x *mixed) before(m *onnx.Model, input string) (*onnx.Model, error) {
	out, err := x.prelude.Before(m, input)
	return out, noPrelude(err)
}

// kind tells sessions with this prelude from others.
func (x *mixed) kind() string { return fmt.Sprintf("prelude %+v", x.prelude) }

// errPrelude is what a session that could not be built fails with.
var errPrelude = errors.New("no prelude")

// noPrelude marks why a session with a prelude was not built. Short memory and a
// driver that hangs have nothing to do with the prelude, and may pass.
func noPrelude(err error) error {
	if err == nil || errors.Is(err, errPrelude) || errors.Is(err, runtime.ErrMemory) || errors.Is(err, runtime.ErrHung) {
		return err
	}
	return fmt.Errorf("%w: %w", errPrelude, err)
}

// Mixed implements method.Mixer: the samples are made by nodes in front of the
// model, where those can be built. On the CPU looking values up pixel by pixel
// costs more than copying stretches of pixels does, so that segments are put
// together outside.
func (s *session) Mixed(ctx context.Context, n int, mix method.Mix, fill func(i int, dst []float32) error, score method.Score, each func(i int, value float64)) error {
	if mix.Masks == method.LookupMask && s.device == runtime.CPU {
		return s.Stream(ctx, n, fill, score, each)
	}
	return s.mixed(ctx, n, mix, fill, score, each)
}

func (s *session) mixed(ctx context.Context, n int, mix method.Mix, fill func(i int, dst []float32) error, score method.Score, each func(i int, value float64)) error {
	wide, err := s.many(ctx, n)
	if err != nil {
		return err
	}
	x := newMixed(mix)
	key := wide.key("forward", score.Value, x.kind())
	if s.e.batching.without(key) {
		return s.Stream(ctx, n, fill, score, each)
	}
	built := false
	err = wide.m.sessions.with(ctx, key, func() (*runtime.Session, error) {
		model, err := x.before(grad.Forward(wide.m.prepared, score.Value), wide.m.prepared.Input)
		if err != nil {
			return nil, err
		}
		r, err := wide.build(model, x.inputs(), []string{score.Value})
		return r, noPrelude(err)
	}, func(r *runtime.Session) error {
		built = true
		f := flow{
			session: wide, run: r, key: wide.key("forward", score.Value), graph: func() *onnx.Graph { return grad.Forward(wide.m.prepared, score.Value).Graph },
			shape: []int{1, x.size()}, own: x.own, sides: x.sides, score: score, n: n, fill: x.describe, each: each,
		}
		return f.flow(ctx)
	})
	switch {
	case built || ctx.Err() != nil:
		return err
	case errors.Is(err, errPrelude):
		s.e.batching.goWithout(key)
		return s.Stream(ctx, n, fill, score, each)
	case errors.Is(err, runtime.ErrMemory):
		// Without a session more it may do, and next time with it.
		return s.Stream(ctx, n, fill, score, each)
	}
	return err
}

// MixedGradient implements method.Mixer. On the CPU, where nothing is carried
// anywhere, the samples are better made outside: a session more would have to
// be built, and a pass back costs a thousand times what making its sample does.
func (s *session) MixedGradient(ctx context.Context, from, n int, mix method.Mix, score method.Score, q method.GradientQuery) (method.Gradients, error) {
	if s.device == runtime.CPU {
		return method.Gradients{}, method.ErrNoMix
	}
	return s.mixedGradient(ctx, from, n, mix, score, q)
}

func (s *session) mixedGradient(ctx context.Context, from, n int, mix method.Mix, score method.Score, q method.GradientQuery) (method.Gradients, error) {
	x := newMixed(mix)
	own := tensor.New(n, x.size())
	for i := range n {
		if err := x.describe(from+i, own.Sample(i).Data); err != nil {
			return method.Gradients{}, err
		}
	}
	key := s.key("gradient", x.kind())
	if s.e.batching.without(key) {
		return method.Gradients{}, method.ErrNoMix
	}
	out, err := s.gradient(ctx, own, score, q, x)
	if errors.Is(err, errPrelude) && ctx.Err() == nil {
		s.e.batching.goWithout(key)
		return method.Gradients{}, method.ErrNoMix
	}
	return out, err
}

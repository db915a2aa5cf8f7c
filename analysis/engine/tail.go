package engine

import (
	"context"
	"fmt"
	"slices"

	"seewhy/analysis/method"
	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// Tail implements method.Streamer.
func (s *session) Tail(ctx context.Context, x tensor.Tensor, layer string, n int, fill func(i int, dst []float32) error, score method.Score, each func(i int, value float64)) error {
	s, err := s.many(ctx, n)
	if err != nil {
		return err
	}
	model, sides, err := grad.Tail(s.m.prepared, layer, score.Value)
	if err != nil {
		return fmt.Errorf("cutting the model: %w", err)
	}
	var own tensor.Tensor
	var round []side
	if shape := s.m.prepared.Facts.Sample(layer); len(sides) == 0 && s.whole(layer) && shape != nil && slices.Min(shape) > 0 {
		// Nothing of the picture is left: no forward pass is needed.
		own.Shape = shape
	} else if own, round, err = s.round(ctx, x, layer, sides); err != nil {
		return err
	}
	f := flow{shape: own.Shape, sides: staying{sides: round}, score: score, n: n, fill: s.unfolding(layer, own, fill), each: each}
	key := s.key("tail", layer, score.Value)
	return s.m.sessions.with(ctx, key, func() (*runtime.Session, error) {
		return s.build(model, append([]string{layer}, sides...), []string{score.Value})
	}, func(r *runtime.Session) error {
		f.session, f.run, f.key, f.graph = s, r, key, func() *onnx.Graph { return model.Graph }
		return f.flow(ctx)
	})
}

// Masked implements method.Streamer.
func (s *session) Masked(ctx context.Context, x tensor.Tensor, layer string, n int, mask func(i int, cells []float32) error, score method.Score, each func(i int, value float64)) error {
	s, err := s.many(ctx, n)
	if err != nil {
		return err
	}
	model, names, err := grad.MaskedTail(s.m.prepared, layer, score.Value)
	if err != nil {
		return fmt.Errorf("cutting the model: %w", err)
	}
	own, round, err := s.round(ctx, x, layer, names[1:])
	if err != nil {
		return err
	}
	// Tokens that are no places stay as they are.
	whole := own.Clone()
	for i := range whole.Data {
		whole.Data[i] = 1
	}
	channels, height, width := s.m.places(layer, own)
	fill := s.unfolding(layer, whole, func(i int, dst []float32) error {
		cells := dst[:height*width]
		if err := mask(i, cells); err != nil {
			return err
		}
		for k := 1; k < channels; k++ {
			copy(dst[k*len(cells):], cells)
		}
		return nil
	})
	f := flow{shape: own.Shape, sides: staying{sides: append([]side{{one: own, follows: own.Shape[0] > 1}}, round...)}, score: score, n: n, fill: fill, each: each}
	key := s.key("masked", layer, score.Value)
	var inputs []string
	for _, v := range model.Graph.Inputs {
		inputs = append(inputs, v.Name)
	}
	return s.m.sessions.with(ctx, key, func() (*runtime.Session, error) {
		return s.build(model, inputs, []string{score.Value})
	}, func(r *runtime.Session) error {
		f.session, f.run, f.key, f.graph = s, r, key, func() *onnx.Graph { return model.Graph }
		return f.flow(ctx)
	})
}

// places is the shape of a layer's maps, own being its value for one sample.
func (m *model) places(layer string, own tensor.Tensor) (channels, height, width int) {
	if fold := m.tokens.folds[layer]; fold != nil && !fold.Plain() {
		return fold.Channels(), fold.Grid.Height, fold.Grid.Width
	}
	return own.Shape[1], own.Shape[2], own.Shape[3]
}

// side is a value that goes round a cut, for batches of any size.
type side struct {
	// one is the value for a batch of one sample.
	one tensor.Tensor
	// follows says that further samples repeat it along its first dimension.
	follows bool
	// step is what each further sample adds to it, for arithmetic on shapes.
	step []float32
}

// of is the value for a batch of n.
func (s side) of(n int) tensor.Tensor {
	if n == 1 || !s.follows && s.step == nil {
		return s.one
	}
	if s.step != nil {
		out := s.one.Clone()
		for i, v := range s.step {
			out.Data[i] += float32(n-1) * v
		}
		return out
	}
	out := tensor.Tensor{Shape: append([]int{n * s.one.Shape[0]}, s.one.Shape[1:]...), Data: make([]float32, 0, n*len(s.one.Data))}
	for range n {
		out.Data = append(out.Data, s.one.Data...)
	}
	return out
}

// round gives the layer's own value for the one sample x, and what goes round
// it. Whole numbers among that come from the shape of the batch: how they grow
// with it is seen at two samples and checked at three.
func (s *session) round(ctx context.Context, x tensor.Tensor, layer string, names []string) (own tensor.Tensor, sides []side, err error) {
	values, err := s.values(ctx, x, append([]string{layer}, names...))
	if err != nil {
		return own, nil, err
	}
	var whole []string
	for i, name := range names {
		one := side{one: values[i+1], follows: s.m.follows(name)}
		if s.m.prepared.Facts.Types[name] != onnx.Float32 {
			one.follows = false
			whole = append(whole, name)
		}
		sides = append(sides, one)
	}
	if len(whole) == 0 || !s.m.info.DynamicBatch {
		return values[0], sides, nil
	}
	two, err := s.values(ctx, x.Repeat(2), whole)
	if err != nil {
		return own, nil, err
	}
	three, err := s.values(ctx, x.Repeat(3), whole)
	if err != nil {
		return own, nil, err
	}
	for i := range sides {
		at := slices.Index(whole, names[i])
		if at < 0 {
			continue
		}
		one := &sides[i]
		one.step = make([]float32, len(one.one.Data))
		for k := range two[at].Data {
			if len(two[at].Data) == len(one.step) {
				one.step[k] = two[at].Data[k] - one.one.Data[k]
			}
		}
		if !slices.Equal(one.of(2).Data, two[at].Data) || !slices.Equal(one.of(3).Data, three[at].Data) {
			return own, nil, fmt.Errorf("the model cannot be cut at %q: %q changes with the batch in an unknown way", layer, names[i])
		}
	}
	return values[0], sides, nil
}

// whole says that a layer's maps are all of it, in their own form.
func (s *session) whole(layer string) bool {
	fold := s.m.tokens.folds[layer]
	return fold == nil || fold.Plain()
}

// unfolding turns what fill makes, [C, H, W], into the layer's own form. What
// is no place (class tokens) is that of own, the layer's value for the input.
func (s *session) unfolding(layer string, own tensor.Tensor, fill func(i int, dst []float32) error) func(i int, dst []float32) error {
	if s.whole(layer) {
		return fill
	}
	fold := s.m.tokens.folds[layer]
	shape := []int{1, fold.Channels(), fold.Grid.Height, fold.Grid.Width}
	return func(i int, dst []float32) error {
		maps := tensor.New(shape...)
		if err := fill(i, maps.Data); err != nil {
			return err
		}
		out, err := fold.Unfold(maps, own)
		if err == nil {
			copy(dst, out.Data)
		}
		return err
	}
}

// values are inner values of the model, in their own form.
func (s *session) values(ctx context.Context, x tensor.Tensor, names []string) ([]tensor.Tensor, error) {
	var out []tensor.Tensor
	err := s.m.sessions.with(ctx, s.key("values", names...), func() (*runtime.Session, error) {
		return s.build(grad.Forward(s.m.prepared, names...), []string{s.m.prepared.Input}, names)
	}, func(r *runtime.Session) (err error) {
		out, err = r.Run(ctx, []tensor.Tensor{x})
		return err
	})
	return out, err
}

package engine

import (
	"context"
	"fmt"

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
	feeds, err := s.sides(ctx, x, sides)
	if err != nil {
		return err
	}
	key := s.key("tail", layer, score.Value)
	return s.m.sessions.with(ctx, key, func() (*runtime.Session, error) {
		return s.build(model, append([]string{layer}, sides...), []string{score.Value})
	}, func(r *runtime.Session) error {
		f := flow{
			session: s, run: r, key: key, graph: func() *onnx.Graph { return model.Graph },
			shape: single(s.m.prepared.Facts.Shapes[layer]), sides: feeds, score: score, n: n, fill: fill, each: each,
		}
		return f.flow(ctx)
	})
}

// sides are the values that go round the cut, for the one sample x.
func (s *session) sides(ctx context.Context, x tensor.Tensor, names []string) ([]tensor.Tensor, error) {
	if len(names) == 0 {
		return nil, nil
	}
	var out []tensor.Tensor
	err := s.m.sessions.with(ctx, s.key("sides", names...), func() (*runtime.Session, error) {
		return s.build(grad.Forward(s.m.prepared, names...), []string{s.m.prepared.Input}, names)
	}, func(r *runtime.Session) (err error) {
		out, err = r.Run(ctx, []tensor.Tensor{x})
		return err
	})
	return out, err
}

package engine

import (
	"context"
	"errors"

	"seewhy/analysis/method"
	"seewhy/models/grad"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// HessianVector implements method.Curver.
func (s *session) HessianVector(ctx context.Context, x tensor.Tensor, score method.Score, layer string) (method.Curvature, error) {
	s, err := s.many(ctx, x.Shape[0])
	if err != nil {
		return method.Curvature{}, err
	}
	p := s.m.prepared
	err = grad.SecondCoverage(p.Model, p.Facts, score.Value, layer)
	if errors.Is(err, grad.ErrLinear) {
		out, err := s.Gradient(ctx, x, score, method.GradientQuery{Layers: []string{layer}})
		at := out.Layers[layer]
		return method.Curvature{A: at.A, G: at.G}, err
	}
	if err != nil {
		return method.Curvature{}, err
	}
	names := grad.SecondNames(layer)
	outputs := []string{layer, names.Gradient, names.Product}
	var g gathered
	err = s.m.sessions.with(ctx, s.key("second", score.Value, layer), func() (*runtime.Session, error) {
		second, err := grad.BuildSecond(p.Model, p.Facts, score.Value, layer, oracle{s.e.lib})
		if err != nil {
			return nil, err
		}
		return s.build(second.Model, []string{p.Input, second.Seed}, outputs)
	}, func(r *runtime.Session) error {
		return s.batches(x, func(part tensor.Tensor) error {
			seed, err := s.seed(func(int) method.Score { return score }, part.Shape[0])
			if err != nil {
				return err
			}
			out, err := s.scaled(seed, 2, func(seed tensor.Tensor) ([]tensor.Tensor, error) {
				return r.Run(ctx, []tensor.Tensor{part, seed})
			})
			if err != nil {
				return err
			}
			g.add(out)
			return nil
		})
	})
	if err != nil {
		return method.Curvature{}, err
	}
	for i, t := range g.outs {
		if g.outs[i], err = s.m.tokens.arrange(layer, t); err != nil {
			return method.Curvature{}, err
		}
	}
	return method.Curvature{A: g.outs[0], G: g.outs[1], HA: g.outs[2]}, nil
}

// Biases implements method.Curver.
func (s *session) Biases() []method.Bias {
	var list []method.Bias
	for _, b := range grad.Biases(s.m.prepared, s.m.scores.Logits) {
		list = append(list, method.Bias{Layer: b.Value, PerChannel: b.PerChannel})
	}
	return list
}

// uncurved says what keeps a second derivative from a layer; empty where
// nothing does.
func (m *model) uncurved(layer string) string {
	err := grad.SecondCoverage(m.prepared.Model, m.prepared.Facts, m.scores.Logits, layer)
	if err == nil || errors.Is(err, grad.ErrLinear) {
		return ""
	}
	return err.Error()
}

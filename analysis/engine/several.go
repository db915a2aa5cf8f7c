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

// Several implements method.Session: one graph holds the forward pass and the
// way back of every query. Where that is too much for the memory budget, or the
// queries do not go together, they are asked one after the other.
func (s *session) Several(ctx context.Context, x tensor.Tensor, score method.Score, queries []method.GradientQuery) ([]method.Gradients, error) {
	if x.Shape[0] != 1 {
		return nil, fmt.Errorf("%d samples instead of one", x.Shape[0])
	}
	out, err := s.oneGraph(ctx, x, score, queries)
	if !errors.Is(err, errApart) && !errors.Is(err, runtime.ErrMemory) {
		return out, err
	}
	out = nil
	for _, q := range queries {
		g, err := s.Gradient(ctx, x, score, q)
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, nil
}

// errApart says that queries are better asked one by one.
var errApart = errors.New("queries for graphs of their own")

func (s *session) oneGraph(ctx context.Context, x tensor.Tensor, score method.Score, queries []method.GradientQuery) ([]method.Gradients, error) {
	if len(queries) < 2 {
		return nil, errApart
	}
	kind, model := "several", s.m.prepared
	if one := model.One(); one != model {
		kind, model = "several of one", one
	}
	a := asking{query: grad.Query{Phases: s.device == runtime.CPU}, inputs: []string{model.Input}}
	var feeds []tensor.Tensor
	for i, q := range queries {
		if q.Composite.ID != "" {
			return nil, errApart
		}
		seed, err := s.seed(func(int) method.Score { return q.Of(score, 0) }, 1)
		if err != nil {
			return nil, err
		}
		feeds = append(feeds, seed)
		a.add(i, model.Input, score.Value, q)
	}
	key := s.key(kind, a.outputs...)
	var out []tensor.Tensor
	err := s.m.sessions.with(ctx, key, func() (*runtime.Session, error) {
		return s.buildKept(key, func(kernels bool) (*onnx.Model, error) {
			m, query := model, a.query
			query.Kernels = kernels
			for _, q := range queries {
				var err error
				if m, err = grad.Early(m, score.Value, q.Shortcut.From, q.Shortcut.To); err != nil {
					return nil, err
				}
			}
			p, err := grad.Build(m.Model, m.Facts, query)
			if err != nil {
				return nil, err
			}
			if grad.PeakBytes(p.Model.Graph, p.Facts) > s.budget() {
				return nil, errApart
			}
			return p.Model, nil
		}, a.inputs, a.outputs, false)
	}, func(r *runtime.Session) error {
		return s.e.ladder.shortOr(key, 0, func(int) (err error) {
			out, err = r.Run(ctx, append([]tensor.Tensor{x}, feeds...))
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return a.answers(&s.m.tokens, out, score, queries)
}

// asking is one graph for several queries. What two of them fetch is fetched once.
type asking struct {
	query           grad.Query
	inputs, outputs []string
	// at tells where an output stands.
	at map[string]int
}

func (a *asking) fetch(name string) {
	if a.at == nil {
		a.at = map[string]int{}
	}
	if _, there := a.at[name]; !there {
		a.at[name] = len(a.outputs)
		a.outputs = append(a.outputs, name)
	}
}

// add appends a query's pass.
func (a *asking) add(i int, input, score string, q method.GradientQuery) {
	p := grad.Pass{Score: grad.EarlyName(score, q.Shortcut.From, q.Shortcut.To), Wants: q.Layers}
	if q.Input {
		p.Wants = append([]string{input}, p.Wants...)
	}
	a.fetch(p.Score)
	if !q.NoValues {
		a.query.Values = append(a.query.Values, q.Layers...)
		for _, l := range q.Layers {
			a.fetch(l)
		}
	}
	for _, w := range p.Wants {
		a.fetch(grad.PassGradient(i, w))
	}
	a.inputs = append(a.inputs, grad.PassSeed(i))
	if i == 0 {
		a.query.Score, a.query.Wants = p.Score, p.Wants
	} else {
		a.query.More = append(a.query.More, p)
	}
}

// answers sorts the outputs by query.
func (a *asking) answers(in *tokens, out []tensor.Tensor, score method.Score, queries []method.GradientQuery) (list []method.Gradients, err error) {
	for i, q := range queries {
		g := gathered{outs: []tensor.Tensor{out[a.at[grad.EarlyName(score.Value, q.Shortcut.From, q.Shortcut.To)]]}}
		if !q.NoValues {
			for _, l := range q.Layers {
				g.outs = append(g.outs, out[a.at[l]])
			}
		}
		if q.Input {
			g.outs = append(g.outs, out[a.at[grad.PassGradient(i, a.inputs[0])]])
		}
		for _, l := range q.Layers {
			g.outs = append(g.outs, out[a.at[grad.PassGradient(i, l)]])
		}
		one, err := g.answer(in, score, q)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

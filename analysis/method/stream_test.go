package method_test

import (
	"context"
	"sync"

	"seewhy/analysis/method"
	"seewhy/models/tensor"
)

// streamed is Session.Stream for the models of these tests: batches of seven,
// the samples of one made at once.
func streamed(ctx context.Context, size, n int, fill func(i int, dst []float32) error, run func(ctx context.Context, x tensor.Tensor) ([]float64, error), each func(i int, value float64)) error {
	for at := 0; at < n; at += 7 {
		x := tensor.New(min(7, n-at), size)
		errs := make([]error, x.Shape[0])
		var group sync.WaitGroup
		for i := range x.Shape[0] {
			group.Go(func() { errs[i] = fill(at+i, x.Sample(i).Data) })
		}
		group.Wait()
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
		values, err := run(ctx, x)
		if err != nil {
			return err
		}
		for i, v := range values {
			each(at+i, v)
		}
	}
	return ctx.Err()
}

func (n *net) Stream(ctx context.Context, count int, fill func(i int, dst []float32) error, score method.Score, each func(i int, value float64)) error {
	return streamed(ctx, 3*n.h*n.w, count, fill, func(ctx context.Context, x tensor.Tensor) ([]float64, error) { return n.Run(ctx, x, score) }, each)
}

func (n *net) Tail(ctx context.Context, _ tensor.Tensor, _ string, count int, fill func(i int, dst []float32) error, score method.Score, each func(i int, value float64)) error {
	return streamed(ctx, len(n.V), count, fill, func(ctx context.Context, x tensor.Tensor) ([]float64, error) {
		out := make([]float64, x.Shape[0])
		for s := range out {
			for i, a := range x.Sample(s).Data {
				out[s] += n.V[i] * float64(a) * score.Weights[0]
			}
		}
		return out, ctx.Err()
	}, each)
}

func (n *net) Masked(ctx context.Context, x tensor.Tensor, layer string, count int, mask func(i int, cells []float32) error, score method.Score, each func(i int, value float64)) error {
	act, cells := n.act(x.Data), n.h*n.w
	return n.Tail(ctx, x, layer, count, func(i int, dst []float32) error {
		m := make([]float32, cells)
		err := mask(i, m)
		for at := range dst {
			dst[at] = float32(act[at]) * m[at%cells]
		}
		return err
	}, score, each)
}

func (l *linear) Masked(context.Context, tensor.Tensor, string, int, func(i int, cells []float32) error, method.Score, func(i int, value float64)) error {
	panic("a linear model has no layers")
}

func (l *linear) Stream(ctx context.Context, n int, fill func(i int, dst []float32) error, score method.Score, each func(i int, value float64)) error {
	return streamed(ctx, len(l.w), n, fill, func(ctx context.Context, x tensor.Tensor) ([]float64, error) { return l.Run(ctx, x, score) }, each)
}

func (l *linear) Tail(context.Context, tensor.Tensor, string, int, func(i int, dst []float32) error, method.Score, func(i int, value float64)) error {
	panic("a linear model has no layers")
}

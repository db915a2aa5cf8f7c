package method

import (
	"context"

	"seewhy/models/tensor"
)

// Streamer evaluates many samples that are made while earlier ones run, so
// that the model never waits and no more than a few batches are ever held.
type Streamer interface {
	// Stream has the scalar of n samples of the input's shape. fill makes sample
	// i in dst, which holds anything; it is called from several goroutines at
	// once, for each i once and in order of i. each takes the scalars, in order
	// of i and one at a time; sample i+1 may have been made by then.
	//
	// What fill and each see does not depend on the size of the batches, on the
	// number of goroutines or on the device. An error of fill ends the stream.
	Stream(ctx context.Context, n int, fill func(i int, dst []float32) error, score Score, each func(i int, value float64)) error
	// Tail is Stream for a layer's activation in place of the input: only the
	// part of the model behind the layer runs. x [1, ...] is the input that all
	// else in the model comes from (what goes round the layer, class tokens);
	// dst is channels first: [C, H, W].
	Tail(ctx context.Context, x tensor.Tensor, layer string, n int, fill func(i int, dst []float32) error, score Score, each func(i int, value float64)) error
	// Masked is Tail for the layer's own activation under masks of its places:
	// mask writes that of sample i into cells [H * W], in any of which 1 keeps
	// what is there. Class tokens are kept. Where each token is normalised on its
	// way into attention, which would undo a mask, that is masked too.
	Masked(ctx context.Context, x tensor.Tensor, layer string, n int, mask func(i int, cells []float32) error, score Score, each func(i int, value float64)) error
}

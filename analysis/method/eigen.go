package method

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// signNote is what the methods that show a principal component say.
const signNote = "A principal component has no sign of its own; this one is turned so that it rises with the layer's mean activation."

const largestNote = "A principal component has no sign of its own; this one is turned so that its largest magnitude is positive."

// firstComponent projects the cells of X [1, C, H, W] on their first principal
// component: with Y the C x HW matrix centred by channel, the map is Y^T v and
// v the first left singular vector of Y. It comes from the smaller of the
// matrices Y Y^T and Y^T Y, neither of which is written out.
//
// The sign of v is arbitrary: the map is turned where turn, which sees the
// cells' values, says so.
func firstComponent(ctx context.Context, X tensor.Tensor, turn func(values []float64) bool) (task.Map, error) {
	channels, cells := X.Shape[1], X.Shape[2]*X.Shape[3]
	means := ChannelMeans(X)
	Y := mat.NewDense(channels, cells, nil)
	for at, v := range X.Data {
		centred := float64(v) - means[at/cells]
		if math.IsNaN(centred) || math.IsInf(centred, 0) {
			return task.Map{}, fmt.Errorf("channel %d of the layer is not finite: it has no principal component", at/cells)
		}
		Y.Set(at/cells, at%cells, centred)
	}
	values, err := project(ctx, Y)
	if err != nil {
		return task.Map{}, err
	}
	if turn(values) {
		for i := range values {
			values[i] = -values[i]
		}
	}
	m := mapOf(X, values)
	m.ClampNegative = true
	return m, nil
}

// fallsWith says that a map's correlation with the mean over the channels of
// A [1, C, H, W] is negative.
func fallsWith(A tensor.Tensor) func(values []float64) bool {
	return func(values []float64) bool {
		// A projection has mean 0, so that this is the sign of the correlation.
		along := 0.0
		for at, v := range A.Data {
			along += values[at%len(values)] * float64(v)
		}
		return along < 0
	}
}

// project gives Y^T v for the first left singular vector v of Y.
func project(ctx context.Context, Y *mat.Dense) ([]float64, error) {
	channels, cells := Y.Dims()
	vector := func(data []float64) *mat.VecDense { return mat.NewVecDense(len(data), data) }
	half := make([]float64, max(channels, cells))
	if channels <= cells {
		v, _, err := largestEigenvector(ctx, channels, func(dst, v []float64) {
			vector(half).MulVec(Y.T(), vector(v))
			vector(dst).MulVec(Y, vector(half))
		})
		if err != nil {
			return nil, err
		}
		vector(half).MulVec(Y.T(), vector(v))
		return half, nil
	}
	u, square, err := largestEigenvector(ctx, cells, func(dst, u []float64) {
		vector(half).MulVec(Y, vector(u))
		vector(dst).MulVec(Y.T(), vector(half))
	})
	// u is the right singular vector, and Y^T v = singular value times u.
	for i := range u {
		u[i] *= math.Sqrt(max(square, 0))
	}
	return u, err
}

package method

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// signNote is what the methods that show a principal component say.
const signNote = "A principal component has no sign of its own; this one is turned so that it rises with the layer's mean activation."

// firstComponent projects the cells of X [1, C, H, W] on their first principal
// component: with Y the C x HW matrix centred by channel, the map is Y^T v and
// v the first left singular vector of Y. It comes from the smaller of the
// Gram matrices Y Y^T and Y^T Y.
//
// The sign of v is arbitrary. The map is turned so that its correlation with
// the mean over the channels of like [1, C, H, W] is not negative.
func firstComponent(X, like tensor.Tensor) (task.Map, error) {
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
	values, err := project(Y)
	if err != nil {
		return task.Map{}, err
	}
	// The projection has mean 0, so that this is the sign of the correlation.
	along := 0.0
	for at, v := range like.Data {
		along += values[at%cells] * float64(v)
	}
	if along < 0 {
		for i := range values {
			values[i] = -values[i]
		}
	}
	m := mapOf(X, values)
	m.ClampNegative = true
	return m, nil
}

// project gives Y^T v for the first left singular vector v of Y.
func project(Y *mat.Dense) ([]float64, error) {
	channels, cells := Y.Dims()
	var gram mat.SymDense
	if channels <= cells {
		gram.SymOuterK(1, Y)
	} else {
		gram.SymOuterK(1, Y.T())
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(&gram, true) {
		return nil, errors.New("the principal component of the layer did not converge")
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	// Eigenvalues ascend: the first component is the last column.
	last := gram.SymmetricDim() - 1
	top := vectors.ColView(last)
	out := mat.NewVecDense(cells, nil)
	if channels <= cells {
		out.MulVec(Y.T(), top)
	} else {
		// top is the right singular vector u; Y^T v = sqrt(lambda) u.
		out.ScaleVec(math.Sqrt(max(eigen.Values(nil)[last], 0)), top)
	}
	return out.RawVector().Data, nil
}

package method

import (
	"context"

	"seewhy/models/tensor"
)

// Curver knows more of a model than its first derivatives and its values.
type Curver interface {
	// HessianVector gives, for each sample of x, the activation A of a layer, the
	// gradient G of the score there and H A, the product of A with the score's
	// Hessian at the layer.
	HessianVector(ctx context.Context, x tensor.Tensor, score Score, layer string) (Curvature, error)
	// Biases are the layers between input and score that add a constant to each
	// of their channels, in graph order.
	Biases() []Bias
}

// Curvature is the answer of HessianVector, each tensor [N, C, H, W]. HA is
// absent where the score is linear behind the layer, up to its kinks.
type Curvature struct{ A, G, HA tensor.Tensor }

// Bias is a layer with what it adds to each of its channels.
type Bias struct {
	Layer      string
	PerChannel []float64
}

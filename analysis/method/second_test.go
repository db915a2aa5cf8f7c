package method_test

import (
	"context"

	"seewhy/analysis/method"
	"seewhy/models/tensor"
)

// The score of net is linear in its layer, up to the kinks.
func (n *net) HessianVector(ctx context.Context, x tensor.Tensor, score method.Score, layer string) (method.Curvature, error) {
	out, err := n.Gradient(ctx, x, score, method.GradientQuery{Layers: []string{layer}})
	return method.Curvature{A: out.Layers[layer].A, G: out.Layers[layer].G}, err
}

// Biases of net: none in truth, but a method may ask for those of its layer.
func (n *net) Biases() []method.Bias {
	b := method.Bias{Layer: n.layer}
	for k := range n.W {
		b.PerChannel = append(b.PerChannel, float64(k)-2)
	}
	return []method.Bias{b}
}

func (l *linear) HessianVector(context.Context, tensor.Tensor, method.Score, string) (method.Curvature, error) {
	panic("a linear model has no layers")
}

func (l *linear) Biases() []method.Bias { return nil }

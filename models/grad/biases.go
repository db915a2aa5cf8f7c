package grad

import (
	"math"
	"slices"

	"seewhy/models/onnx"
)

// Bias is a value [N, C, H, W] to which the node that makes it adds a constant
// for each channel.
type Bias struct {
	Value string
	// PerChannel has C numbers.
	PerChannel []float64
}

// Biases lists the biased convolutions and batch normalisations, and the
// additions of a constant for each channel, on the path from the input to the
// score, in graph order. A batch normalisation's bias is beta - mean gamma /
// sqrt(variance + epsilon): what it adds where its input is zero (Srinivas and
// Fleuret, NeurIPS 2019, section 3.2); folded into a convolution before it, it
// is the convolution's own.
func Biases(p *Prepared, score string) []Bias {
	g := p.Model.Graph
	path, err := walk(g, Query{Score: score, Wants: []string{p.Input}})
	if err != nil {
		return nil
	}
	var list []Bias
	for _, n := range path.nodes {
		shape := p.Facts.Shapes[n.Output(0)]
		if n.Domain != "" || len(shape) != 4 || slices.Min(shape[1:]) < 1 {
			continue
		}
		if b := biasOf(g, n, shape[1]); len(b) == shape[1] && slices.ContainsFunc(b, func(v float64) bool { return v != 0 }) {
			list = append(list, Bias{Value: n.Out[0], PerChannel: b})
		}
	}
	return list
}

// biasOf is what n adds to each of its channels; nil where that is no constant.
func biasOf(g *onnx.Graph, n *onnx.Node, channels int) []float64 {
	constant := func(i int) []float64 {
		t := g.Init[n.Input(i)]
		if t == nil || t.Type != onnx.Float32 {
			return nil
		}
		out := make([]float64, 0, channels)
		for _, v := range floatsOf(t) {
			out = append(out, float64(v))
		}
		return out
	}
	switch n.Op {
	case "Conv", "ConvTranspose":
		return constant(2)
	case "BatchNormalization":
		gamma, beta, mean, variance := constant(1), constant(2), constant(3), constant(4)
		if len(gamma) != channels || len(beta) != channels || len(mean) != channels || len(variance) != channels {
			return nil
		}
		epsilon := float64(n.AttrFloat("epsilon", 1e-5))
		for c := range beta {
			beta[c] -= mean[c] * gamma[c] / math.Sqrt(variance[c]+epsilon)
		}
		return beta
	case "Add":
		for i := range 2 {
			if t := g.Init[n.Input(i)]; t != nil && perChannel(t.Dims, channels) {
				return constant(i)
			}
		}
	}
	return nil
}

// perChannel says that dims broadcast to [N, C, H, W] one number a channel.
func perChannel(dims []int64, channels int) bool {
	if len(dims) == 4 && dims[0] == 1 {
		dims = dims[1:]
	}
	return len(dims) == 3 && dims[0] == int64(channels) && dims[1] == 1 && dims[2] == 1
}

package method

import (
	"context"
	"math"

	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "fem", Title: "FEM", Family: FamilyCAM,
			Summary: "A layer's rare, strong activations, whatever the class: channels weighted by how much of them stands out.",
			Paper:   "Fuad et al., Features Understanding in 3D CNNs, IPTA 2020, section III",
			Needs:   Needs{Layer: true},
			Params: []Param{{
				ID: "k", Title: "Deviations", Help: "A cell stands out when it is this many standard deviations above its channel's mean.",
				Default: 2, Min: 0.5, Max: 4, Step: 0.5,
			}, augSmooth},
		},
		conventions: []convention{pytorchGradCAM},
		OfLayer:     fem,
	})
}

// fem: w_k = share of A_k above mu_k + k sigma_k;  map_ij = sum_k w_k A_kij.
// It needs no gradient.
func fem(_ context.Context, r Request, at LayerGradient) (Attribution, error) {
	m := WeightedSum(at.A, outstanding(at.A, r.Params["k"]))
	m.ClampNegative = true
	return Attribution{Map: m}, nil
}

// outstanding is the share of each channel of A that lies more than k
// population deviations above the channel's mean.
func outstanding(A tensor.Tensor, k float64) []float64 {
	w, cells := ChannelMeans(A), A.Shape[2]*A.Shape[3]
	for c, mean := range w {
		channel := A.Data[c*cells : (c+1)*cells]
		square := 0.0
		for _, v := range channel {
			square += (float64(v) - mean) * (float64(v) - mean)
		}
		threshold := mean + k*math.Sqrt(square/float64(cells))
		above := 0
		for _, v := range channel {
			if float64(v) > threshold {
				above++
			}
		}
		w[c] = float64(above) / float64(cells)
	}
	return w
}

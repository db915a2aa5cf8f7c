package method

import (
	"context"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "gradcam", Title: "Grad-CAM", Family: FamilyCAM,
			Summary: "Which places of a layer raise the score: its channels, weighted by their mean gradient.",
			Paper:   "Selvaraju et al., Grad-CAM, ICCV 2017, eq. 1 and 2",
			Needs:   Needs{Layer: true, LayerGradient: true},
			Params: []Param{{
				ID: "signed", Title: "Evidence", Help: "Grad-CAM keeps what speaks for the class (the paper's ReLU); both signs show what speaks against it too.",
				Max: 1, Step: 1, Choices: []string{"For the class", "For and against"},
			}},
		},
		Explain: gradCAM,
	})
}

// gradCAM: w_k = mean_ij G_kij;  map_ij = sum_k w_k A_kij. The ReLU is left to
// the display (ClampNegative), so that the raw map keeps its sign.
func gradCAM(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	p.Report(0, "Forward and backward pass")
	out, err := s.Gradient(ctx, r.Input, r.Score, GradientQuery{Layers: []string{r.Layer}})
	if err != nil {
		return Attribution{}, err
	}
	layer := out.Layers[r.Layer]
	p.Report(1, "Done")
	signed := r.Params["signed"] == 1
	m := WeightedSum(layer.A, ChannelMeans(layer.G))
	m.Signed, m.ClampNegative = signed, !signed
	return Attribution{Map: m}, nil
}

// ChannelMeans averages x [1, C, H, W] over space: C numbers.
func ChannelMeans(x tensor.Tensor) []float64 {
	channels, cells := x.Shape[1], x.Shape[2]*x.Shape[3]
	w := make([]float64, channels)
	for k := range w {
		for _, v := range x.Data[k*cells : (k+1)*cells] {
			w[k] += float64(v)
		}
		w[k] /= float64(cells)
	}
	return w
}

// WeightedSum adds the channels of A [1, C, H, W] with weights w.
func WeightedSum(A tensor.Tensor, w []float64) task.Map {
	h, width := A.Shape[2], A.Shape[3]
	sum := make([]float64, h*width)
	for k, weight := range w {
		for i, v := range A.Data[k*len(sum) : (k+1)*len(sum)] {
			sum[i] += weight * float64(v)
		}
	}
	m := task.Map{Width: width, Height: h, Values: make([]float32, len(sum))}
	for i, v := range sum {
		m.Values[i] = float32(v)
	}
	return m
}

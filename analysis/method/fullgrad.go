package method

import (
	"context"
	"math"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "fullgrad", Title: "FullGrad", Family: FamilyCAM,
			Summary: "All that a network of ReLUs adds up to its score: the input's share, and that of every layer's bias at every place.",
			Paper:   "Srinivas and Fleuret, Full-Gradient Representation for Neural Network Visualization, NeurIPS 2019, eq. 6",
			Needs:   Needs{InputGradient: true, Biases: true},
		},
		conventions: []convention{pytorchGradCAM},
		Explain:     fullGrad,
	})
}

// fullGrad: map = sum_c psi(x_c dy/dx_c) + sum over biased layers, sum_k
// psi(b_k G_k), psi(v) = |v| scaled to 0..1 over its cells and brought to the
// input's size. Scaling channel by channel is pytorch-grad-cam's.
func fullGrad(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	p.Report(0, "Forward and backward pass")
	biases := s.Biases()
	q := GradientQuery{Input: true, NoValues: true}
	for _, b := range biases {
		q.Layers = append(q.Layers, b.Layer)
	}
	out, err := s.Gradient(ctx, r.Input, r.Score, q)
	if err != nil {
		return Attribution{}, err
	}
	g := gridOf(r.Input, r.Layout)
	total := make([]float64, g.w*g.h)
	for c := range g.channels {
		share := make([]float64, len(total))
		for i := range share {
			at := g.at(c, i)
			share[i] = math.Abs(float64(r.Input.Data[at]) * float64(out.Input.Data[at]))
		}
		addScaled(total, share)
	}
	for i, b := range biases {
		m := biasMap(out.Layers[b.Layer].G, b.PerChannel)
		if m, err = resized(r, m); err != nil {
			return Attribution{}, err
		}
		for at, v := range m.Values {
			total[at] += float64(v)
		}
		p.Report(float64(i+1)/float64(len(biases)+1), "Adding up the layers")
	}
	p.Report(1, "Done")
	m := task.Map{Width: g.w, Height: g.h, Values: make([]float32, len(total))}
	for i, v := range total {
		m.Values[i] = float32(v)
	}
	if r.Params[conventionID] == 1 {
		m = pytorchGradCAM.scale(m)
	}
	return Attribution{Map: m, Facts: []task.Fact{{ID: FactBiased, Value: float64(len(biases))}}}, nil
}

// FactBiased is the number of layers whose bias counted.
const FactBiased = "biased-layers"

// biasMap is sum_k psi(b_k G_k) at the layer's resolution: scaling is linear in
// the cells once the ends are known, so that one resizing does for all channels.
func biasMap(G tensor.Tensor, perChannel []float64) task.Map {
	cells := G.Shape[2] * G.Shape[3]
	sum, share := make([]float64, cells), make([]float64, cells)
	for k, b := range perChannel {
		for i, v := range G.Data[k*cells : (k+1)*cells] {
			share[i] = math.Abs(b * float64(v))
		}
		addScaled(sum, share)
	}
	return mapOf(G, sum)
}

// addScaled adds values, scaled to 0..1 as pytorch-grad-cam does, to sum.
func addScaled(sum, values []float64) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	for i, v := range values {
		sum[i] += (v - low) / (high - low + 1e-7)
	}
}

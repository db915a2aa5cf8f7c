package method

import (
	"context"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "smoothgradcam++", Title: "Smooth Grad-CAM++", Family: FamilyCAM, Joins: true, Seeded: true,
			Summary: "Grad-CAM++ from the mean derivatives of several noisy copies of the picture.",
			Paper:   "Omeiza et al., Smooth Grad-CAM++, 2019, eq. 7 to 9, with the numerator of torch-cam",
			Needs:   Needs{Layer: true, LayerGradient: true},
			Params: []Param{
				{ID: "samples", Title: "Samples", Help: "Noisy copies of the picture.", Default: 4, Min: 1, Max: 1000, Step: 1},
				{ID: "deviation", Title: "Noise", Help: "Standard deviation of the noise, in the units of the normalised input.", Default: 0.3, Min: 0, Max: 4, Step: 0.05},
				evidence, eigenSmooth,
			},
		},
		conventions: []convention{torchCAM},
		Explain:     smoothGradCAMPlusPlus,
	})
}

// noisyPowers are the means over noisy copies of a layer's gradient and of its
// powers, with the activation of the picture itself and the last copy's values.
type noisyPowers struct {
	A                    tensor.Tensor
	first, second, third []float64
	last                 LayerGradient
}

// smoothGradCAMPlusPlus: with D_p the mean of G^p over noisy copies, a = D_2 /
// (2 D_2 + (sum A) D_3 + 1e-8);  w_k = sum_ij a ReLU(D_1);  map = sum_k w_k A_k.
//
// torch-cam 0.5 has sum (A D_3) in the denominator, and takes ReLU(G) and the
// map's A from the last noisy copy.
func smoothGradCAMPlusPlus(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	values, err := noisyGradients(ctx, s, r, p)
	if err != nil {
		return Attribution{}, err
	}
	m, err := ByID("smoothgradcam++")
	if err != nil {
		return Attribution{}, err
	}
	a, err := m.joined(r, func(one Request) (Attribution, error) {
		v := values[one.Layer]
		if m.convention(one) == torchCAM {
			return channelSum(ctx, one, v.last.A, v.lastWeights())
		}
		return channelSum(ctx, one, v.A, v.weights())
	})
	p.Report(1, "Done")
	return a, err
}

func (v *noisyPowers) weights() []float64 {
	sums, cells := ChannelSums(v.A), v.A.Shape[2]*v.A.Shape[3]
	w := make([]float64, len(sums))
	for at, d1 := range v.first {
		if k := at / cells; d1 > 0 {
			w[k] += d1 * v.second[at] / (2*v.second[at] + sums[k]*v.third[at] + 1e-8)
		}
	}
	return w
}

func (v *noisyPowers) lastWeights() []float64 {
	cells := v.A.Shape[2] * v.A.Shape[3]
	w, sums := make([]float64, v.A.Shape[1]), make([]float64, v.A.Shape[1])
	for at, d3 := range v.third {
		sums[at/cells] += d3 * float64(v.A.Data[at])
	}
	for at, g := range v.last.G.Data {
		if k := at / cells; g > 0 {
			w[k] += float64(g) * v.second[at] / (2*v.second[at] + sums[k] + 1e-8)
		}
	}
	return w
}

// noisyGradients runs the picture and its noisy copies, a chunk at a time.
func noisyGradients(ctx context.Context, s Session, r Request, p task.Progress) (map[string]*noisyPowers, error) {
	p.Report(0, "Forward pass")
	clean, err := s.Activations(ctx, r.Input, r.layers())
	if err != nil {
		return nil, err
	}
	values := map[string]*noisyPowers{}
	for layer, A := range clean {
		n := A.Len()
		values[layer] = &noisyPowers{A: A, first: make([]float64, n), second: make([]float64, n), third: make([]float64, n)}
	}
	n, sigma := int(r.Params["samples"]), r.Params["deviation"]
	for at := 0; at < n; at += chunk {
		p.Report(float64(at)/float64(n), "Forward and backward pass")
		x := r.Input.Repeat(min(chunk, n-at))
		for i := range x.Shape[0] {
			from := draws(r.Seed, at+i)
			for j, v := range r.Input.Data {
				x.Sample(i).Data[j] = float32(float64(v) + sigma*from.NormFloat64())
			}
		}
		out, err := s.Gradient(ctx, x, r.Score, GradientQuery{Layers: r.layers()})
		if err != nil {
			return nil, err
		}
		for layer, v := range values {
			for i := range x.Shape[0] {
				v.last = sample(out.Layers[layer], i)
				for j, g32 := range v.last.G.Data {
					g := float64(g32) / float64(n)
					v.first[j] += g
					v.second[j] += g * float64(g32)
					v.third[j] += g * float64(g32) * float64(g32)
				}
			}
		}
	}
	return values, nil
}

package method

import (
	"context"
	"math"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "shapleycam", Title: "Shapley-CAM", Family: FamilyCAM, Joins: true,
			Summary: "Grad-CAM whose weights count how the gradient itself changes: each channel's Shapley value, to second order.",
			Paper:   "Cai, CAMs as Shapley Value-based Explainers, 2025, eq. 13 to 16",
			Needs:   Needs{Layer: true, LayerGradient: true, Curvature: true},
			Params:  []Param{evidence, eigenSmooth},
		},
		conventions: []convention{pytorchGradCAM},
		Explain:     shapleyCAM,
	})
}

// FactCurvature is the length of the second-order term over that of the
// gradient: 0 where Shapley-CAM is Grad-CAM.
const FactCurvature = "curvature"

// shapleyCAM: w_k = mean_ij (G - 1/2 H A)_kij;  map_ij = sum_k w_k A_kij, H the
// Hessian of the score at the layer.
func shapleyCAM(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	values := map[string]Curvature{}
	for i, layer := range r.layers() {
		p.Report(float64(i)/float64(len(r.layers())), "Forward and two backward passes")
		c, err := s.HessianVector(ctx, r.Input, r.Score, layer)
		if err != nil {
			return Attribution{}, err
		}
		values[layer] = c
	}
	m, err := ByID("shapleycam")
	if err != nil {
		return Attribution{}, err
	}
	a, err := m.joined(r, func(one Request) (Attribution, error) {
		c := values[one.Layer]
		w := ChannelMeans(c.G)
		if !c.HA.Absent() {
			for k, h := range ChannelMeans(c.HA) {
				w[k] -= h / 2
			}
		}
		return channelSum(ctx, one, c.A, w)
	})
	if err != nil {
		return a, err
	}
	curvature := share(values[r.layers()[0]])
	a.Facts = append(a.Facts, task.Fact{ID: FactCurvature, Value: curvature})
	if curvature == 0 {
		a.Notes = append(a.Notes, task.Note{
			Key: "Behind this layer the score is linear up to its kinks: the second-order term is zero, and this is Grad-CAM's map.",
		})
	}
	p.Report(1, "Done")
	return a, nil
}

// share is the length of H A / 2 over that of G.
func share(c Curvature) float64 {
	if c.HA.Absent() {
		return 0
	}
	g := norm(c.G.Data)
	if g == 0 {
		return 0
	}
	return norm(c.HA.Data) / 2 / g
}

// norm is the Euclidean length.
func norm(x []float32) float64 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}

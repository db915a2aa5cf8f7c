package method

import (
	"context"
	"slices"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "internalinfluence", Title: "Internal influence", Family: FamilyGradient,
			Summary: "How strongly the score answers to each cell of a layer, on average over the way from a picture without content to this one.",
			Paper:   "Leino et al., Influence-Directed Explanations for Deep Convolutional Networks, ITC 2018, definition 1; Captum, InternalInfluence",
			Needs:   Needs{Layer: true, LayerGradient: true},
			Seeded:  true,
			Params:  layerPathParams,
		},
		Explain: internalInfluence,
	})
}

// internalInfluence: a = integral over [0, 1] of G(b + t (x - b)) dt, by a rule
// of quadrature.
func internalInfluence(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	b, err := baseline(r)
	if err != nil {
		return Attribution{}, err
	}
	points, weights := quadrature(int(r.Params[ruleParam.ID]), int(r.Params["steps"]))
	var values []float64
	var last LayerGradient
	err = layerAlong(ctx, s, r, b, points, p, func(i int, at LayerGradient) {
		if values == nil {
			values = make([]float64, at.G.Len())
		}
		for j, g := range at.G.Data {
			values[j] += weights[i] * float64(g)
		}
		last = at
	})
	if err != nil {
		return Attribution{}, err
	}
	a := Attribution{Map: layerMap(r, last.A, values)}
	if slices.Min(a.Map.Values) == slices.Max(a.Map.Values) {
		a.Notes = append(a.Notes, task.Note{
			Warning: true, Key: "Behind this layer the model only averages: the gradient is the same at every place. Choose an earlier layer.",
		})
	}
	return a, nil
}

package method

import (
	"context"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "conductance", Title: "Layer conductance", Family: FamilyGradient,
			Summary: "How much of the score's rise flows through each cell of a layer, on the way from a picture without content to this one.",
			Paper:   "Dhamdhere et al., How Important Is a Neuron, ICLR 2019, eq. 3; Captum, LayerConductance",
			Needs:   Needs{Layer: true, LayerGradient: true},
			Seeded:  true,
			Params:  layerPathParams,
		},
		Explain: conductance,
	})
}

// conductance: a = sum_i G(x_i) (A(x_{i+1}) - A(x_i)) over the n + 1 points of
// the rule, as in Captum. The sum over the layer is the score's rise.
func conductance(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	b, err := baseline(r)
	if err != nil {
		return Attribution{}, err
	}
	rise, err := scoreRise(ctx, s, r, b)
	if err != nil {
		return Attribution{}, err
	}
	n := int(r.Params["steps"])
	points, _ := quadrature(int(r.Params[ruleParam.ID]), n+1)
	var before LayerGradient
	var values []float64
	err = layerAlong(ctx, s, r, b, points, p, func(i int, at LayerGradient) {
		if i == 0 {
			values = make([]float64, at.A.Len())
		} else {
			for j, v := range at.A.Data {
				values[j] += float64(before.G.Data[j]) * (float64(v) - float64(before.A.Data[j]))
			}
		}
		before = LayerGradient{A: at.A.Clone(), G: at.G.Clone()}
	})
	if err != nil {
		return Attribution{}, err
	}
	a := Attribution{Map: layerMap(r, before.A, values)}
	a.Notes, a.Facts = completeness(total(values), rise, n)
	return a, nil
}

func total(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum
}

package method

import (
	"context"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "gradientshap", Title: "GradientSHAP", Family: FamilyGradient,
			Summary: "Integrated Gradients from many random baselines at once, one random point on the way from each.",
			Paper:   "Erion et al., Improving Performance of Deep Learning Models with Axiomatic Attribution Priors and Expected Gradients, Nature Machine Intelligence 2021, eq. 2; Lundberg and Lee, NeurIPS 2017",
			Needs:   Needs{InputGradient: true},
			Seeded:  true,
			Params: []Param{
				{ID: "samples", Title: "Samples", Help: "Random points; Captum takes 5, SHAP 200.", Default: 50, Min: 2, Max: 1000, Step: 1},
				baselineParam,
				spreadParam(0.15, "How far the baselines scatter: the standard deviation of the noise on each, as a share of the input's range of values."),
				attributionChannels,
			},
		},
		Explain: gradientSHAP,
	})
}

// gradientSHAP: a = 1/n sum_i (x - b_i) dy/dx (b_i + t_i (x - b_i)), t_i
// uniform in [0, 1), b_i the chosen baseline with normal noise.
func gradientSHAP(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	base, err := baseline(r)
	if err != nil {
		return Attribution{}, err
	}
	n, sigma := int(r.Params["samples"]), deviation(r.Input.Data, r.Params[noisySpread.ID])
	values := make([]float64, r.Input.Len())
	// way holds x - b_i for the points of one chunk.
	most := min(chunkOf(s, len(values)), n)
	way := make([]float64, most*len(values))
	err = gradientsAt(ctx, s, r, points{n: n, place: func(i int, dst []float32) {
		from := draws(r.Seed, i)
		t := from.Float64()
		here := way[i%most*len(values):]
		for at, x := range r.Input.Data {
			b := float64(base.Data[at]) + sigma*from.NormFloat64()
			here[at] = float64(x) - b
			dst[at] = float32(b + t*here[at])
		}
	}}, p, func(i int, gradient []float32) {
		here := way[i%most*len(values):]
		for at, g := range gradient {
			values[at] += here[at] * float64(g) / float64(n)
		}
	})
	if err != nil {
		return Attribution{}, err
	}
	return Attribution{Map: attributionMap(r, values)}, nil
}

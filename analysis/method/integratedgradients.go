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
			ID: "integratedgradients", Title: "Integrated Gradients", Family: FamilyGradient,
			Summary: "Shares out the score's rise from a picture without content among the pixels, along the straight way to this picture.",
			Paper:   "Sundararajan et al., Axiomatic Attribution for Deep Networks, ICML 2017, section 3, eq. 1",
			Needs:   Needs{InputGradient: true},
			Seeded:  true,
			Params: []Param{
				{ID: "steps", Title: "Steps", Help: "Points on the way; more bring the sum of the attributions closer to the score's rise.", Default: 50, Min: 2, Max: maxSteps, Step: 1},
				{ID: "gap", Title: "Largest gap", Help: "Doubles the steps until the completeness gap is at most this share of the score's rise, or the steps reach 1000; 0 keeps the steps.", Max: 20, Step: 0.5, Unit: "%"},
				ruleParam, baselineParam, attributionChannels,
			},
		},
		Explain: integratedGradients,
	})
}

// maxSteps bounds the points of one path.
const maxSteps = 1000

// What a completeness gap is made of: FactSum, the sum of all attributions;
// FactRise, the score's rise F(x) - F(b); FactGap, their difference; and
// FactSteps, the points on the way that gave it.
const (
	FactSum   = "attribution-sum"
	FactRise  = "score-rise"
	FactGap   = "completeness-gap"
	FactSteps = "steps"
)

// integratedGradients: a = (x - b) * integral over [0, 1] of
// dy/dx (b + t (x - b)) dt, by a rule of quadrature.
func integratedGradients(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	b, err := baseline(r)
	if err != nil {
		return Attribution{}, err
	}
	rise, err := scoreRise(ctx, s, r, b)
	if err != nil {
		return Attribution{}, err
	}
	allowed := r.Params["gap"] / 100 * math.Abs(rise)
	for steps, round := int(r.Params["steps"]), 0; ; steps, round = min(2*steps, maxSteps), round+1 {
		// How many rounds there will be is not known: each gets half of what is left.
		share := func(done float64, what string) { p.Report(1-(1-done/2)/float64(int(1)<<round), what) }
		if r.Params["gap"] == 0 {
			share = p.Report
		}
		values, sum, err := alongPath(ctx, s, r, b, steps, share)
		if err != nil {
			return Attribution{}, err
		}
		if r.Params["gap"] == 0 || math.Abs(sum-rise) <= allowed || steps == maxSteps {
			p.Report(1, "Done")
			a := Attribution{Map: attributionMap(r, values)}
			a.Notes, a.Facts = completeness(sum, rise, steps)
			return a, nil
		}
	}
}

// alongPath gives the attribution of each value of the input, and their sum.
func alongPath(ctx context.Context, s Session, r Request, b tensor.Tensor, steps int, p task.Progress) (values []float64, sum float64, err error) {
	shares, weights := quadrature(int(r.Params[ruleParam.ID]), steps)
	at := points{n: steps, mix: wayMix(r, b, func(i int) float64 { return shares[i] }), place: func(i int, dst []float32) {
		for at, from := range b.Data {
			dst[at] = float32(float64(from) + shares[i]*(float64(r.Input.Data[at])-float64(from)))
		}
	}}
	values, err = gradientSum(ctx, s, r, at, p, func(i int) float64 { return weights[i] })
	for at := range values {
		values[at] *= float64(r.Input.Data[at]) - float64(b.Data[at])
		sum += values[at]
	}
	return values, sum, err
}

// scoreRise is F(x) - F(b).
func scoreRise(ctx context.Context, s Session, r Request, b tensor.Tensor) (float64, error) {
	ends := r.Input.Repeat(2)
	copy(ends.Data[b.Len():], b.Data)
	scores, err := s.Run(ctx, ends, r.Score)
	if err != nil {
		return 0, err
	}
	return scores[0] - scores[1], nil
}

// completeness compares the attributions' sum with what it should be; a gap of
// more than a twentieth of it is a warning.
func completeness(sum, rise float64, steps int) ([]task.Note, []task.Fact) {
	gap := sum - rise
	note := task.Note{
		Key:     "The attributions add up to %.4g; from the baseline to the picture the score rises by %.4g. The gap is %.2g, with %.0f steps.",
		Args:    []any{sum, rise, gap, float64(steps)},
		Warning: math.Abs(gap) > math.Abs(rise)/20,
	}
	return []task.Note{note}, []task.Fact{
		{ID: FactSum, Value: sum}, {ID: FactRise, Value: rise}, {ID: FactGap, Value: gap}, {ID: FactSteps, Value: float64(steps)},
	}
}

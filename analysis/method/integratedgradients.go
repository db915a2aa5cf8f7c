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
				{ID: "steps", Title: "Steps", Help: "Points on the way; more bring the sum of the attributions closer to the score's rise.", Default: 50, Min: 2, Max: 1000, Step: 1},
				ruleParam, baselineParam, attributionChannels,
			},
		},
		Explain: integratedGradients,
	})
}

// What a completeness gap is made of: FactSum, the sum of all attributions;
// FactRise, the score's rise F(x) - F(b); FactGap, their difference.
const (
	FactSum  = "attribution-sum"
	FactRise = "score-rise"
	FactGap  = "completeness-gap"
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
	points, weights := quadrature(int(r.Params[ruleParam.ID]), int(r.Params["steps"]))
	values := make([]float64, r.Input.Len())
	err = gradientsAt(ctx, s, r, len(points), p, func(i int, dst []float32) {
		for at, from := range b.Data {
			dst[at] = float32(float64(from) + points[i]*(float64(r.Input.Data[at])-float64(from)))
		}
	}, func(i int, gradient []float32) {
		for at, g := range gradient {
			values[at] += weights[i] * float64(g)
		}
	})
	if err != nil {
		return Attribution{}, err
	}
	sum := 0.0
	for at := range values {
		values[at] *= float64(r.Input.Data[at]) - float64(b.Data[at])
		sum += values[at]
	}
	a := Attribution{Map: attributionMap(r, values)}
	a.Notes, a.Facts = completeness(sum, rise)
	return a, nil
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

// completeness compares the attributions' sum with what it should be; a gap
// of more than a twentieth of it is a warning.
func completeness(sum, rise float64) ([]task.Note, []task.Fact) {
	gap := sum - rise
	note := task.Note{
		Key:     "The attributions add up to %.4g; from the baseline to the picture the score rises by %.4g. The gap is %.2g.",
		Args:    []any{sum, rise, gap},
		Warning: math.Abs(gap) > math.Abs(rise)/20,
	}
	return []task.Note{note}, []task.Fact{{ID: FactSum, Value: sum}, {ID: FactRise, Value: rise}, {ID: FactGap, Value: gap}}
}

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
			ID: "deeplift", Title: "DeepLIFT", Family: FamilyRelevance,
			Summary: "Compares every neuron's activation with its activation for a picture without content, and shares the difference of the scores out among the pixels.",
			Paper:   "Shrikumar et al., Learning Important Features Through Propagating Activation Differences, ICML 2017, section 3.5.1 (rescale rule)",
			Needs:   Needs{InputGradient: true, Composite: deepLIFTRules},
			Seeded:  true,
			Params:  []Param{baselineParam, attributionChannels},
		},
		Explain: deepLIFT,
	})
}

var deepLIFTRules = Composite{ID: "deeplift"}

// deepLIFT: a = (x - b) m, m the multipliers that carry F(x) - F(b) back by
// differences in place of derivatives.
func deepLIFT(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	b, err := baseline(r)
	if err != nil {
		return Attribution{}, err
	}
	return compared(ctx, s, r, 1, func(int) tensor.Tensor { return b }, p)
}

// compared is the mean of DeepLIFT's attributions over n baselines, with its
// completeness gap.
func compared(ctx context.Context, s Session, r Request, n int, baseline func(i int) tensor.Tensor, p task.Progress) (Attribution, error) {
	values, sum, rise, share := make([]float64, r.Input.Len()), 0.0, 0.0, 1/float64(n)
	for at := 0; at < n; at += chunk / 2 {
		p.Report(float64(at)*share, "Forward and backward pass")
		count := min(chunk/2, n-at)
		x := r.Input.Repeat(2 * count)
		for i := range count {
			copy(x.Sample(count+i).Data, baseline(at+i).Data)
		}
		out, err := s.Gradient(ctx, x, r.Score, GradientQuery{Input: true, Composite: deepLIFTRules})
		if err != nil {
			return Attribution{}, err
		}
		for i := range count {
			rise += share * (out.Scores[i] - out.Scores[count+i])
			b := x.Sample(count + i).Data
			for j, m := range out.Input.Sample(i).Data {
				values[j] += share * (float64(r.Input.Data[j]) - float64(b[j])) * float64(m)
			}
		}
	}
	for _, v := range values {
		sum += v
	}
	p.Report(1, "Done")
	gap := sum - rise
	return Attribution{
		Map: attributionMap(r, values),
		Notes: []task.Note{{
			Key:     "The attributions add up to %.4g; from the baseline to the picture the score rises by %.4g. The gap is %.2g.",
			Args:    []any{sum, rise, gap},
			Warning: math.Abs(gap) > math.Abs(rise)/20,
		}},
		Facts: []task.Fact{{ID: FactSum, Value: sum}, {ID: FactRise, Value: rise}, {ID: FactGap, Value: gap}},
	}, nil
}

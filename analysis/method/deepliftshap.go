package method

import (
	"context"
	"fmt"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "deepliftshap", Title: "DeepLIFT-SHAP", Family: FamilyRelevance,
			Summary: "DeepLIFT against several pictures without content at once: the mean over them approximates Shapley values and hangs less on one choice.",
			Paper:   "Lundberg and Lee, A Unified Approach to Interpreting Model Predictions, NeurIPS 2017, section 4.2",
			Needs:   Needs{InputGradient: true, Composite: deepLIFTRules},
			Seeded:  true,
			Params: []Param{
				{ID: "baselines", Title: "Baselines", Help: "The pictures without content that the explained one is compared with.", Max: 1, Step: 1, Choices: []string{"Zero, black, white and the mean colour", "Noise on the chosen baseline"}},
				{ID: "samples", Title: "Samples", Help: "How many baselines with noise.", Default: 10, Min: 2, Max: 200, Step: 1},
				baselineParam,
				spreadParam(0.15, "How far the baselines scatter: the standard deviation of the noise on each, as a share of the input's range of values."),
				attributionChannels,
			},
		},
		Explain: deepLIFTSHAP,
	})
}

func deepLIFTSHAP(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	if r.Params["baselines"] == 0 {
		var plain []tensor.Tensor
		for _, kind := range []int{baselineZero, baselineBlack, baselineWhite, baselineMean} {
			of := r
			of.Params = Params{baselineParam.ID: float64(kind)}
			b, err := baseline(of)
			if err != nil {
				return Attribution{}, fmt.Errorf("%w, or baselines with noise", err)
			}
			plain = append(plain, b)
		}
		return compared(ctx, s, r, len(plain), func(i int) tensor.Tensor { return plain[i] }, p)
	}
	base, err := baseline(r)
	if err != nil {
		return Attribution{}, err
	}
	sigma, noisy := deviation(r.Input.Data, r.Params[noisySpread.ID]), base.Clone()
	return compared(ctx, s, r, int(r.Params["samples"]), func(i int) tensor.Tensor {
		from := draws(r.Seed, i)
		for j, b := range base.Data {
			noisy.Data[j] = float32(float64(b) + sigma*from.NormFloat64())
		}
		return noisy
	}, p)
}

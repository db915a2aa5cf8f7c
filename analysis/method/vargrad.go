package method

import (
	"context"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "vargrad", Title: "VarGrad", Family: FamilyGradient,
			Summary: "How much the gradient scatters over many noisy copies: where the score bends.",
			Paper:   "Adebayo et al., Local Explanation Methods for Deep Neural Networks, 2018, section 2",
			Needs:   Needs{InputGradient: true},
			Seeded:  true,
			Params:  []Param{noisySamples, noisySpread, squareChannels},
		},
		Explain: varGrad,
	})
}

// varGrad: M = 1/n sum_i g_i^2 - (1/n sum_i g_i)^2, g_i = dy/dx (x + e_i), on
// SmoothGrad's samples. It is the population variance, as in Captum.
func varGrad(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	m, err := noisyMoments(ctx, s, r, p)
	if err != nil {
		return Attribution{}, err
	}
	variance := make([]float64, len(m.first))
	for at, sum := range m.first {
		// Rounding may leave a little less than nothing where all g_i agree.
		variance[at] = max(m.squared[at]/m.n-sum/m.n*sum/m.n, 0)
	}
	return Attribution{Map: unsigned(gradientMap(r, likeInput(r, variance)))}, nil
}

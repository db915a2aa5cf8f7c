package method

import (
	"context"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "smoothgrad2", Title: "SmoothGrad²", Family: FamilyGradient,
			Summary: "The mean square of the gradients of many noisy copies: signs cannot cancel.",
			Paper:   "Hooker et al., A Benchmark for Interpretability Methods in Deep Neural Networks, NeurIPS 2019, section 3",
			Needs:   Needs{InputGradient: true},
			Seeded:  true,
			Params:  []Param{noisySamples, noisySpread, squareChannels},
		},
		Explain: smoothGradSquared,
	})
}

// squareChannels is gradientChannels for numbers that have no sign.
var squareChannels = Param{
	ID: "channels", Title: "Channels", Help: "How the numbers of a pixel's colour channels become one.",
	Max: 2, Step: 1, Choices: []string{"Largest", "Length (L2)", "Sum"},
}

// smoothGradSquared: M = 1/n sum_i (dy/dx (x + e_i))^2, on SmoothGrad's samples.
func smoothGradSquared(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	m, err := noisyMoments(ctx, s, r, p)
	if err != nil {
		return Attribution{}, err
	}
	for at := range m.squared {
		m.squared[at] /= m.n
	}
	return Attribution{Map: unsigned(gradientMap(r, likeInput(r, m.squared)))}, nil
}

// unsigned says that a map's values are never negative, however they were folded.
func unsigned(m task.Map) task.Map {
	m.Signed = false
	return m
}

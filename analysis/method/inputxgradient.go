package method

import (
	"context"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "inputxgradient", Title: "Input x gradient", Family: FamilyGradient,
			Summary: "The gradient at each pixel times the pixel: what it adds to the score, if the model were linear.",
			Paper:   "Shrikumar et al., Not Just a Black Box, 2016, section 2",
			Needs:   Needs{InputGradient: true},
			Params:  []Param{attributionChannels},
		},
		Explain: inputTimesGradient,
	})
}

// inputTimesGradient: a_cij = x_cij dy/dx_cij, x as the model gets it (normalised).
func inputTimesGradient(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	p.Report(0, "Forward and backward pass")
	out, err := s.Gradient(ctx, r.Input, r.Score, GradientQuery{Input: true})
	if err != nil {
		return Attribution{}, err
	}
	values := make([]float64, r.Input.Len())
	for i, g := range out.Input.Data {
		values[i] = float64(g) * float64(r.Input.Data[i])
	}
	p.Report(1, "Done")
	return Attribution{Map: attributionMap(r, values)}, nil
}

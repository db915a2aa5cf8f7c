package method

import (
	"context"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "guidedbackprop", Title: "Guided backpropagation", Family: FamilyGradient,
			Summary: "The gradient at the input, with every ReLU holding back what is negative: crisp outlines, which say little about the model. GELU and SiLU keep their gradient.",
			Paper:   "Springenberg et al., Striving for Simplicity, ICLR 2015 workshop, section 3.4",
			Needs:   Needs{InputGradient: true, Composite: GuidedBackprop},
			Params:  []Param{gradientChannels},
		},
		Explain: func(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
			return rectified(ctx, s, r, GuidedBackprop, p)
		},
	})
}

// GuidedBackprop is the composite of guided backpropagation.
var GuidedBackprop = Composite{ID: "guided"}

// rectified shows what a composite that changes the ReLU's rule brings back to
// the input, with the warning that all of these methods deserve.
func rectified(ctx context.Context, s Session, r Request, c Composite, p task.Progress) (Attribution, error) {
	p.Report(0, "Forward and backward pass")
	out, err := s.Gradient(ctx, r.Input, r.Score, GradientQuery{Input: true, Composite: c})
	if err != nil {
		return Attribution{}, err
	}
	p.Report(1, "Done")
	return Attribution{Map: gradientMap(r, out.Input), Notes: []task.Note{{
		Warning: true,
		Key:     "This method mostly redraws the picture's edges: its maps hardly change when the weights are random or another class is asked for (Adebayo et al. 2018; Nie et al. 2018).",
	}}}, nil
}

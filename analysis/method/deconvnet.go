package method

import (
	"context"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "deconvnet", Title: "Deconvnet", Family: FamilyGradient,
			Summary: "The score carried back to the pixels with every ReLU applied to what comes back: a sketch of what the filters like to see. GELU and SiLU keep their gradient.",
			Paper:   "Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014, section 2.1",
			Needs:   Needs{InputGradient: true, Composite: deconvnet},
			Params:  []Param{gradientChannels},
		},
		Explain: func(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
			return rectified(ctx, s, r, deconvnet, p)
		},
	})
}

var deconvnet = Composite{ID: "deconvnet"}

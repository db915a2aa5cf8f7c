package method

import (
	"context"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "attnlrp", Title: "AttnLRP", Family: FamilyRelevance,
			Summary: "LRP for transformers: shares the score out through attention too, its queries, keys and values, and through normalisations.",
			Paper:   "Achtibat et al., AttnLRP: Attention-Aware Layer-Wise Relevance Propagation for Transformers, ICML 2024; values alone: Ali et al., XAI for Transformers, ICML 2022",
			Needs:   Needs{InputGradient: true, Composite: Composite{ID: "attnlrp"}},
			Params: []Param{
				{
					ID: "attention", Title: "Attention", Help: "Where relevance goes in attention. The paper finds values alone, together with gamma, clearer in vision transformers: the way through the Softmax is noisy.",
					Default: 1, Max: 1, Step: 1, Choices: []string{"Queries, keys and values", "Values alone (CP-LRP)"},
				},
				{ID: "gamma", Title: "Gamma, dense", Help: "How much positive contributions are favoured in dense layers; 0 is the epsilon rule.", Default: 0.05, Max: 100, Step: 0.05},
				{ID: "convgamma", Title: "Gamma, convolutions", Help: "The same in convolutions, such as the one that makes patches into tokens.", Default: 0.25, Max: 100, Step: 0.05},
				epsilonParam, attributionChannels,
			},
		},
		Explain: func(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
			return relevance(ctx, s, r, Composite{ID: "attnlrp", Params: map[string]float64{
				"values": r.Params["attention"], "gamma": r.Params["gamma"], "convgamma": r.Params["convgamma"], "epsilon": r.Params[epsilonParam.ID],
			}}, p)
		},
	})
}

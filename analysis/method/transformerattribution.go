package method

import (
	"context"
	"slices"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "transformerattribution", Title: "Transformer Attribution", Family: FamilyAttention,
			Summary: "What reaches the score through all layers of attention, each connection weighted by its own gradient.",
			Paper:   "Chefer et al., Generic Attention-model Explainability, ICCV 2021, eq. 5 and 6",
			Needs:   Needs{Attention: true, AttentionGradient: true},
		},
		Explain: transformerAttribution,
	})
}

// transformerAttribution: Abar = mean_h ReLU(G * A);  R <- R + Abar R, from
// R = I at the first layer. The map is the read tokens' row of R, less the
// identity that R began with (which a class token's row has at itself alone).
func transformerAttribution(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	run, notes := chain(r.Attentions)
	shares := begin(run[len(run)-1])
	before := slices.Clone(shares.cells)
	err := backwards(s, r, true).fromLast(ctx, run, p, func(m matrices) error {
		shares.through(m.Attention, func(w, q int, _ bool, to []float32) float64 {
			m.row(w, q, to, addRelevance)
			return 1
		})
		return nil
	})
	if a := run[len(run)-1]; a.Self || a.QueryHeight == 0 {
		for i, v := range before {
			shares.cells[i] -= v
		}
	}
	return Attribution{Map: shares.result(), Notes: notes}, err
}

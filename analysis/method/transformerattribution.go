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
	err := backwards(ctx, s, r, run, Shortcut{}, true, p, func(m matrices) error {
		relevance := m.averaged(func(a, g float64) float64 { return max(a*g, 0) })
		shares.through(m.Attention, func(w, q int, keeps bool) ([]float64, float64) {
			i := w*m.Queries + q
			return relevance[i*m.Keys : (i+1)*m.Keys], 1
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

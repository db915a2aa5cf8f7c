package method

import (
	"context"
	"slices"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "rollout", Title: "Attention Rollout", Family: FamilyAttention,
			Summary: "How much of each place arrives at the answer when attention is followed through all layers, whatever the class.",
			Paper:   "Abnar and Zuidema, Quantifying Attention Flow in Transformers, ACL 2020, section 3",
			Needs:   Needs{Attention: true},
			Params: []Param{
				{ID: "heads", Title: "Heads", Help: "How the heads of a layer become one: their mean is the paper's; the largest or smallest value, as vit-explain offers, drops noise.", Max: 2, Step: 1, Choices: []string{"Mean", "Largest", "Smallest"}},
				{ID: "discard", Title: "Discard", Help: "Share of each layer's weakest attention that is set to zero first; the paper keeps all, vit-explain drops 0.9.", Max: 0.99, Step: 0.01},
				{ID: "convention", Title: "Convention", Help: "The paper makes every row add up to 1; vit-explain divides columns by the sums of rows, which differs once something was dropped.", Max: 1, Step: 1, Choices: []string{"The paper", "vit-explain"}},
			},
		},
		Explain: rollout,
	})
}

// rollout: with F a layer's attention, its heads made one, the layer passes on
// (F + I) / 2, rows scaled to add up to 1; the map is the read tokens' row of
// the product over the layers, last first.
func rollout(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	run, notes := chain(r.Attentions)
	shares := begin(run[len(run)-1])
	err := backwards(ctx, s, r, run, Shortcut{}, false, p, func(m matrices) error {
		fused := m.fused(int(r.Params["heads"]))
		drop(fused, r.Params["discard"])
		sums := make([]float64, m.Windows*m.Queries)
		for i := range sums {
			sums[i] = 1
			for _, v := range fused[i*m.Keys : (i+1)*m.Keys] {
				sums[i] += v
			}
		}
		columns := r.Params["convention"] == 1 && m.Self
		shares.through(m.Attention, func(w, q int, keeps bool) ([]float64, float64) {
			i := w*m.Queries + q
			row, self := slices.Clone(fused[i*m.Keys:(i+1)*m.Keys]), 1.0
			by := sums[i]
			if !keeps {
				by, self = by-1, 0
			}
			for k := range row {
				if columns {
					by = sums[w*m.Keys+k]
				}
				row[k] /= by
			}
			return row, self / sums[i]
		})
		return nil
	})
	m := shares.result()
	m.Quantity = shareOfAttention
	return Attribution{Map: m, Notes: notes}, err
}

// fused makes the heads one, [Windows, Queries, Keys]: their mean, largest or
// smallest value.
func (m matrices) fused(how int) []float64 {
	if how == 0 {
		return m.averaged(func(a, _ float64) float64 { return a })
	}
	block := m.Queries * m.Keys
	out := make([]float64, m.Windows*block)
	for i := range out {
		w, at := i/block, i%block
		out[i] = float64(m.A[w*m.Heads*block+at])
		for h := 1; h < m.Heads; h++ {
			v := float64(m.A[(w*m.Heads+h)*block+at])
			if how == 1 {
				out[i] = max(out[i], v)
			} else {
				out[i] = min(out[i], v)
			}
		}
	}
	return out
}

// drop sets the smallest values, a share of them all, to zero, but for the
// first, which is a class token's with itself. Of equal ones, the first go.
func drop(values []float64, share float64) {
	n := int(share * float64(len(values)))
	if n == 0 {
		return
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	bound := sorted[n-1]
	equal := n
	for _, v := range values {
		if v < bound {
			equal--
		}
	}
	for i, v := range values {
		if v > bound || v == bound && equal == 0 {
			continue
		}
		if v == bound {
			equal--
		}
		if i > 0 {
			values[i] = 0
		}
	}
}

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
	vit := r.Params["convention"] == 1
	paper, other := begin(run[len(run)-1]), begin(run[len(run)-1])
	err := backwards(ctx, s, r, run, Shortcut{}, false, p, func(m matrices) error {
		fused := m.fused(int(r.Params["heads"]))
		drop(fused, r.Params["discard"])
		paper.through(m.Attention, m.rolled(fused, false))
		if vit {
			other.through(m.Attention, m.rolled(fused, m.Self))
		}
		return nil
	})
	if err != nil {
		return Attribution{}, err
	}
	out := Attribution{Map: paper.result(), Notes: notes}
	if vit {
		plain := out.Map
		out.Map = other.result()
		if err := out.compare(r, plain); err != nil {
			return out, err
		}
	}
	out.Map.Quantity = shareOfAttention
	return out, nil
}

// rolled gives the rows of (F + I) / 2: scaled to add up to 1 or, by columns,
// each value divided by the sum of the row of its key, as vit-explain does.
func (m matrices) rolled(fused []float64, columns bool) func(w, q int, keeps bool) ([]float64, float64) {
	sums := make([]float64, m.Windows*m.Queries)
	for i := range sums {
		for _, v := range fused[i*m.Keys : (i+1)*m.Keys] {
			sums[i] += v
		}
	}
	return func(w, q int, keeps bool) ([]float64, float64) {
		i := w*m.Queries + q
		row := slices.Clone(fused[i*m.Keys : (i+1)*m.Keys])
		self := 0.0
		if keeps {
			self = 1
		}
		by := sums[i] + self
		for k := range row {
			if columns {
				by = sums[w*m.Keys+k] + self
			}
			// All may have been dropped.
			if by > 0 {
				row[k] /= by
			}
		}
		return row, self / (sums[i] + 1)
	}
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

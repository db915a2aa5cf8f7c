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
	err := forwards(s, r).fromLast(ctx, run, p, func(m matrices) error {
		rows := func(w, q int, to []float32) { m.row(w, q, to, addValues) }
		if heads, discard := int(r.Params["heads"]), r.Params["discard"]; heads > 0 || discard > 0 || vit {
			fused := m.fused(heads)
			drop(fused, discard)
			rows = func(w, q int, to []float32) { copy(to, fused[(w*m.Queries+q)*m.Keys:]) }
		}
		paper.through(m.Attention, m.rolled(rows, false))
		if vit {
			other.through(m.Attention, m.rolled(rows, m.Self))
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

// rolled gives the rows of (F + I) / 2 from those of F: scaled to add up to 1 or,
// by columns, each value divided by the sum of the row of its key, as
// vit-explain does.
func (m matrices) rolled(rows func(w, q int, to []float32), columns bool) func(w, q int, keeps bool, to []float32) float64 {
	sum := func(row []float32) (s float64) {
		for _, v := range row {
			s += float64(v)
		}
		return s
	}
	var sums []float64
	if columns {
		row := make([]float32, m.Keys)
		for i := range m.Windows * m.Queries {
			rows(i/m.Queries, i%m.Queries, row)
			sums = append(sums, sum(row))
		}
	}
	return func(w, q int, keeps bool, to []float32) float64 {
		rows(w, q, to)
		self, own := 0.0, sum(to)
		if keeps {
			self = 1
		}
		// All may have been dropped.
		if by := own + self; !columns && by > 0 {
			share := float32(1 / by)
			for k := range to {
				to[k] *= share
			}
		}
		if !columns {
			return self / (own + 1)
		}
		for k := range to {
			if by := sums[w*m.Keys+k] + self; by > 0 {
				to[k] = float32(float64(to[k]) / by)
			}
		}
		return self / (own + 1)
	}
}

// fused makes the heads one, [Windows, Queries, Keys]: their mean, largest or
// smallest value.
func (m matrices) fused(how int) []float32 {
	out := make([]float32, m.Windows*m.Queries*m.Keys)
	for i := range m.Windows * m.Queries {
		w, q, to := i/m.Queries, i%m.Queries, out[i*m.Keys:(i+1)*m.Keys]
		if how == 0 {
			m.row(w, q, to, addValues)
			continue
		}
		for h := range m.Heads {
			for k, v := range m.A[((w*m.Heads+h)*m.Queries+q)*m.Keys:][:m.Keys] {
				switch {
				case h == 0:
					to[k] = v
				case how == 1:
					to[k] = max(to[k], v)
				default:
					to[k] = min(to[k], v)
				}
			}
		}
	}
	return out
}

// drop sets the smallest values, a share of them all, to zero, but for the
// first, which is a class token's with itself. Of equal ones, the first go.
func drop(values []float32, share float64) {
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

package method

import (
	"context"
	"fmt"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "attention", Title: "Attention", Family: FamilyAttention,
			Summary: "Where one layer of attention looks, whatever the class: what its read tokens take from each place.",
			Paper:   "Vaswani et al., Attention Is All You Need, NeurIPS 2017, eq. 1",
			Needs:   Needs{Attention: true},
			Params: []Param{
				{ID: "back", Title: "Layer", Help: "Which layer of attention, counted back from the last.", Max: 63, Step: 1},
				{ID: "head", Title: "Head", Help: "One head alone, counted from 1; 0 is the mean of all.", Max: 64, Step: 1},
			},
		},
		Explain: rawAttention,
	})
}

// rawAttention: the mean over the read tokens of the rows of one layer's
// attention, of one head or the mean of all.
func rawAttention(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	back, head := int(r.Params["back"]), int(r.Params["head"])
	if back >= len(r.Attentions) {
		return Attribution{}, fmt.Errorf("layer %d from the last: the model has %d layers of attention", back, len(r.Attentions))
	}
	a := r.Attentions[len(r.Attentions)-1-back]
	if head > a.Heads {
		return Attribution{}, fmt.Errorf("head %d: this layer has %d", head, a.Heads)
	}
	var out task.Map
	err := forwards(s, r).fromLast(ctx, []Attention{a}, p, func(m matrices) error {
		block := m.Queries * m.Keys
		keys, list := make([]float64, m.Windows*m.Keys), m.readers()
		// Queries of a window share its keys; the mean is over those of one.
		share := float64(m.Windows) / float64(len(list))
		for _, q := range list {
			w := q / m.Queries
			for h := range m.Heads {
				if head > 0 && h != head-1 {
					continue
				}
				part := share
				if head == 0 {
					part /= float64(m.Heads)
				}
				from := (w*m.Heads+h)*block + q%m.Queries*m.Keys
				for k := range m.Keys {
					keys[w*m.Keys+k] += part * float64(m.A[from+k])
				}
			}
		}
		out = m.spread(keys)
		out.Quantity = shareOfAttention
		return nil
	})
	return Attribution{Map: out, Notes: []task.Note{a.readNote()}}, err
}

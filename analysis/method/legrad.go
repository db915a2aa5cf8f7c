package method

import (
	"context"
	"fmt"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "legrad", Title: "LeGrad", Family: FamilyAttention,
			Summary: "Which places' attention, in every layer, would raise the score if there were more of it.",
			Paper:   "Bousselham et al., LeGrad, ICCV 2025 (arXiv 2404.03214), eq. 4 to 6",
			Needs:   Needs{Attention: true, AttentionGradient: true},
			Params: []Param{{
				ID: "scores", Title: "Scores", Help: "What each layer's attention is to raise: the model's score needs one backward pass; the paper's is the score that the layer's own tokens get from the model's last norm and head, behind one forward pass with a way back a layer.",
				Max: 1, Step: 1, Choices: []string{"The model's", "Each layer's own"},
			}},
		},
		Explain: leGrad,
	})
}

// leGrad: E_l = mean over heads and queries of ReLU(G_l), one number for each
// key;  map = mean_l E_l over the layers whose keys lie on the last one's grid.
//
// With each layer's own score, G_l is the gradient of the score of a model that
// ends behind layer l: its tokens go straight to the last norm and head.
func leGrad(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	last := r.Attentions[len(r.Attentions)-1]
	var list []Attention
	for _, a := range r.Attentions {
		if a.Height == last.Height && a.Width == last.Width {
			list = append(list, a)
		}
	}
	out := task.Map{Width: last.Width, Height: last.Height, Values: make([]float32, last.Width*last.Height)}
	sums := make([]float64, len(out.Values))
	fetch := backwards(s, r, false)
	if r.Params["scores"] == 1 {
		for _, a := range list {
			if a.Output == "" || last.Output == "" {
				return Attribution{}, fmt.Errorf("the layer of attention %q does not end in tokens of the last one's shape, so that it has no score of its own: choose the model's", a.Value)
			}
		}
		fetch = early(s, r, last.Output)
	}
	err := fetch.fromLast(ctx, list, p, func(m matrices) error {
		rows := make([]int, m.Windows*m.Queries)
		for i := range rows {
			rows[i] = i
		}
		keys := m.weighed(rows, func(int) float64 { return 1 / float64(m.Queries) }, func(i int, to []float32) {
			m.row(i/m.Queries, i%m.Queries, to, addPositive)
		})
		for c, v := range m.spread(keys).Values {
			sums[c] += float64(v) / float64(len(list))
		}
		return nil
	})
	for c, v := range sums {
		out.Values[c] = float32(v)
	}
	a := Attribution{Map: out}
	if len(list) < len(r.Attentions) {
		a.Notes = append(a.Notes, task.Note{Key: "%d of %d layers of attention are averaged: those on the grid of the last.", Args: []any{len(list), len(r.Attentions)}})
	}
	return a, err
}

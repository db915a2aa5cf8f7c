package method

import (
	"context"
	"math"
	"slices"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "ablationcam", Title: "Ablation-CAM", Family: FamilyCAM,
			Summary: "Switches off one channel of a layer after another and weighs it by the share of the score that is lost: no gradient, and only the part of the model behind the layer runs.",
			Paper:   "Desai and Ramaswamy, Ablation-CAM, WACV 2020, section 3",
			Needs:   Needs{Layer: true},
			Params: []Param{
				{ID: "ablate", Title: "Convention", Help: "What a channel is set to: zero, or far below its least value where activations can be negative, as pytorch-grad-cam does.", Max: 1, Step: 1, Choices: []string{"Zero (the paper)", "pytorch-grad-cam"}},
				channelCount, evidence,
			},
			Presets: presets(map[string]float64{channelCount.ID: 64}),
		},
		Explain: ablationCAM,
	})
}

// ablationCAM: w_k = (y - y without A_k) / y;  M = sum_k w_k A_k.
func ablationCAM(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	A, err := onlyLayer(ctx, s, r)
	if err != nil {
		return Attribution{}, err
	}
	full, err := s.Run(ctx, r.Input, r.Score)
	if err != nil {
		return Attribution{}, err
	}
	cells := A.Shape[2] * A.Shape[3]
	off := float32(0)
	if least := slices.Min(A.Data); r.Params["ablate"] == 1 && least != 0 {
		off = least - 1e7
	}
	// Of a negative score (a log-probability) the size counts: all signs would turn
	// else. A score of 0 has no shares: the plain losses rank the channels as well.
	by := math.Abs(full[0])
	if by < 1e-12 {
		by = 1
	}
	weights := make([]float64, A.Shape[1])
	order := strongest(A, r)
	draw := sampling{
		n: len(order), least: 1, layer: r.Layer,
		fill: func(i int, dst []float32) error {
			k := order[i]
			copy(dst, A.Data)
			for i := k * cells; i < (k+1)*cells; i++ {
				dst[i] = off
			}
			return nil
		},
		take: func(i int, y float64) { weights[order[i]] = (full[0] - y) / by },
		estimate: func(int) (Attribution, error) {
			return signed(r, WeightedSum(A, weights)), nil
		},
	}
	a, done, err := draw.run(ctx, s, r, p)
	if err == nil && done < len(order) {
		keptAt(&a, r, channelCount.ID, done)
	}
	return a, err
}

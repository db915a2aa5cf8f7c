package method

import (
	"context"
	"slices"

	"seewhy/analysis/task"
)

func init() {
	mask := func(gaussian float64) []Param {
		return []Param{{ID: "mask", Title: "Mask", Help: "What is kept: one cell, or its surroundings of 3 x 3 under a Gaussian. Class tokens are kept whole.", Default: gaussian, Max: 1, Step: 1, Choices: []string{"One cell", "Gaussian of 3 x 3"}}}
	}
	Register(Method{
		Spec: Spec{
			ID: "reciprocam", Title: "Recipro-CAM", Family: FamilyCAM,
			Summary: "Keeps one cell of a layer at a time and asks the rest of the model for the score: no gradient, as many short passes as there are cells. The paper explains the probability.",
			Paper:   "Byun and Lee, Recipro-CAM, CVPR 2024 workshop, section 3",
			Needs:   Needs{Layer: true},
			Params:  mask(0),
		},
		Explain: reciproCAM,
	})
	Register(Method{
		Spec: Spec{
			ID: "vitreciprocam", Title: "ViT-ReciproCAM", Family: FamilyCAM,
			Summary: "Recipro-CAM for vision transformers: keeps a token with its neighbours, under a Gaussian, and the class token, at the last block's input and behind its normalisation.",
			Paper:   "Byun and Lee, ViT-ReciproCAM, 2023, as in OpenVINO XAI",
			Needs:   Needs{Layer: true, Attention: true},
			Params:  mask(1),
		},
		Explain: reciproCAM,
	})
}

// reciproMask is what is kept of a cell, and of its neighbours, by their
// distance in rows and columns.
var reciproMask = [2][2][2]float32{
	{{1, 0}, {0, 0}},
	{{1.0 / 4, 1.0 / 8}, {1.0 / 8, 1.0 / 16}},
}

// reciproCAM: M_ij = score of the tail fed with A under the mask at ij.
func reciproCAM(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	A, err := onlyLayer(ctx, s, r)
	if err != nil {
		return Attribution{}, err
	}
	h, w := A.Shape[2], A.Shape[3]
	kept := reciproMask[int(r.Params["mask"])]
	values := make([]float32, h*w)
	n := len(values)
	step := spread(n)
	draw := sampling{
		n: n, least: 1, layer: r.Layer, masks: true,
		fill: func(i int, cells []float32) error {
			clear(cells)
			y, x := i*step%n/w, i*step%n%w
			for v := max(y-1, 0); v <= min(y+1, h-1); v++ {
				for u := max(x-1, 0); u <= min(x+1, w-1); u++ {
					cells[v*w+u] = kept[max(v-y, y-v)][max(u-x, x-u)]
				}
			}
			return nil
		},
		take: func(i int, y float64) { values[i*step%n] = float32(y) },
		estimate: func(done int) (Attribution, error) {
			m := task.Map{Width: w, Height: h, Values: slices.Clone(values)}
			// Cells that were not asked yet show the least of the others.
			least := values[0]
			for i := range done {
				least = min(least, values[i*step%n])
			}
			for i := done; i < n; i++ {
				m.Values[i*step%n] = least
			}
			return Attribution{Map: m}, nil
		},
	}
	a, _, err := draw.run(ctx, s, r, p)
	return a, err
}

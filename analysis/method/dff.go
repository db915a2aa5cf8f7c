package method

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// FamilyLayer looks into one layer, rather than at what speaks for a class.
const FamilyLayer = "Layer views"

func init() {
	Register(Method{
		Spec: Spec{
			ID: "dff", Title: "Deep Feature Factorization", Family: FamilyLayer,
			Summary: "Divides a layer's activation into a few concepts, patterns that come and go together, and shows where one of them is.",
			Paper:   "Collins et al., Deep Feature Factorization, ECCV 2018, section 3; scores of concepts as pytorch-grad-cam",
			Needs:   Needs{Layer: true},
			Params: []Param{
				{ID: "concepts", Title: "Concepts", Help: "How many the layer is divided into.", Default: 5, Min: 2, Max: 16, Step: 1},
				{ID: "concept", Title: "Shown", Help: "Which one is shown, from the one with most activation on; 0 is the one that scores highest for the class.", Max: 16, Step: 1},
			},
		},
		Explain: deepFeatureFactorization,
	})
}

// deepFeatureFactorization: with X the C x HW matrix of A, less each channel's
// minimum, X ~ W H with W, H >= 0. Row k of H is the map of concept k, column k
// of W its pattern. Its score is that of the model behind the layer, fed with
// the pattern (the minima put back) at every place: behind an average pool,
// what the classifier says to the pattern.
func deepFeatureFactorization(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	p.Report(0, "Forward pass")
	A, err := onlyLayer(ctx, s, r)
	if err != nil {
		return Attribution{}, err
	}
	channels, cells := A.Shape[1], A.Shape[2]*A.Shape[3]
	k := min(int(r.Params["concepts"]), channels, cells)
	if shown := int(r.Params["concept"]); shown > k {
		return Attribution{}, fmt.Errorf("concept %d of %d: choose one of them, or more concepts", shown, k)
	}
	X, least, err := lifted(A)
	if err != nil {
		return Attribution{}, err
	}
	p.Report(0.2, "Dividing the layer")
	W, H, err := factorise(ctx, X, k)
	if err != nil {
		return Attribution{}, err
	}
	list := make([]task.Concept, k)
	p.Report(0.8, "Concepts")
	err = s.Tail(ctx, r.Input, r.Layer, k, func(i int, dst []float32) error {
		for c := range channels {
			v := float32(W.At(c, i) + least[c])
			for at := range cells {
				dst[c*cells+at] = v
			}
		}
		return nil
	}, r.Score, func(i int, value float64) { list[i].Score = value })
	if err != nil {
		return Attribution{}, err
	}
	total := 0.0
	for i := range list {
		list[i].Map = mapOf(A, slices.Clone(H.RawRowView(i)))
		list[i].Map.Quantity = "Weight of the concept"
		list[i].Share = mat.Sum(W.ColView(i)) * mat.Sum(H.RowView(i))
		total += list[i].Share
	}
	for i := range list {
		list[i].Share /= max(total, math.SmallestNonzeroFloat64)
	}
	slices.SortStableFunc(list, func(a, b task.Concept) int { return cmp.Compare(b.Share, a.Share) })
	at := int(r.Params["concept"]) - 1
	if at < 0 {
		at = 0
		for i, c := range list {
			if c.Score > list[at].Score {
				at = i
			}
		}
	}
	p.Report(1, "Done")
	return Attribution{Map: list[at].Map, Concepts: list, Notes: []task.Note{{
		Key:  "Concept %d of %d: %.0f %% of the activation. Held everywhere, it scores %.4g.",
		Args: []any{at + 1, k, 100 * list[at].Share, list[at].Score},
	}}}, nil
}

// lifted is A [1, C, H, W] as a matrix C x HW less each channel's minimum.
func lifted(A tensor.Tensor) (X *mat.Dense, least []float64, err error) {
	channels, cells := A.Shape[1], A.Shape[2]*A.Shape[3]
	X, least = mat.NewDense(channels, cells, nil), make([]float64, channels)
	for c := range channels {
		row := A.Data[c*cells : (c+1)*cells]
		least[c] = float64(slices.Min(row))
		for i, v := range row {
			x := float64(v) - least[c]
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return nil, nil, fmt.Errorf("channel %d of the layer is not finite: it cannot be divided into concepts", c)
			}
			X.Set(c, i, x)
		}
	}
	return X, least, nil
}

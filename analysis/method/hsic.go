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
			ID: "hsic", Title: "HSIC", Family: FamilyPerturbation,
			Summary: "Which cells of a grid the score depends on, in whatever way, when cells are covered at random: by a kernel measure of dependence.",
			Paper:   "Novello et al., Making Sense of Dependence, NeurIPS 2022, section 3",
			Seeded:  true,
			Params: []Param{
				gridSide,
				{ID: "samples", Title: "Samples", Help: "Pictures with cells covered.", Default: 500, Min: 10, Max: 4000, Step: 1},
				baselineParam,
			},
			Presets: presets(map[string]float64{"samples": 150}),
		},
		Explain: hsic,
	})
}

// covered says which cells sample i shows: each by the toss of a coin, as +1
// and -1.
func covered(seed uint64, i, cells int) []float64 {
	from := draws(seed, i)
	out := make([]float64, cells)
	var word uint64
	for k := range out {
		if k%64 == 0 {
			word = from.Uint64()
		}
		out[k] = float64(word>>(k%64)&1)*2 - 1
	}
	return out
}

// hsic: for each cell, 1/n^2 trace(K H L H), K the binary kernel of the cell
// (3/2 where two samples agree, else 1/2), L a Gaussian kernel of the scores,
// as wide as their median is large, and H centring. With the signs s of the
// cell, centred, K counts only through s s^T / 2.
func hsic(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	bare, err := baseline(r)
	if err != nil {
		return Attribution{}, err
	}
	g, side := gridOf(r.Input, r.Layout), int(r.Params[gridSide.ID])
	cells := side * side
	var scores []float64
	var signs [][]float64
	open := func(i int) []float32 {
		out := make([]float32, cells)
		for k, sign := range covered(r.Seed, i, cells) {
			out[k] = float32((sign + 1) / 2)
		}
		return out
	}
	draw := sampling{
		n: int(r.Params["samples"]), least: 8,
		fill: func(i int, dst []float32) error {
			mask := make([]float32, g.w*g.h)
			g.cellMask(mask, open(i), side)
			g.fade(dst, r.Input.Data, bare.Data, mask)
			return nil
		},
		mix: cellMix(r, bare, side, open),
		take: func(i int, y float64) {
			scores = append(scores, y)
			signs = append(signs, covered(r.Seed, i, cells))
		},
		estimate: func(int) (Attribution, error) {
			values, errors := dependence(signs, scores)
			m := task.Map{Width: side, Height: side, Values: values}
			e := task.Map{Width: side, Height: side, Values: errors}
			return Attribution{Map: m, Error: &e}, nil
		},
	}
	a, done, err := draw.run(ctx, s, r, p)
	if err == nil {
		keptAt(&a, r, "samples", done)
	}
	return a, err
}

// dependence is the HSIC of each cell and its standard error, that of a mean
// over samples of what each gives to it, doubled because each sample counts in
// two places of the double sum.
func dependence(signs [][]float64, scores []float64) (values, errors []float32) {
	n, cells := len(scores), len(signs[0])
	kernel := centredKernel(scores)
	values, errors = make([]float32, cells), make([]float32, cells)
	c, sums := make([]float64, n), make([]float64, n)
	for k := range cells {
		mean := 0.0
		for i := range n {
			mean += signs[i][k] / float64(n)
		}
		for i := range n {
			c[i] = signs[i][k] - mean
		}
		total := 0.0
		for i := range n {
			sum := 0.0
			for j, l := range kernel[i*n : (i+1)*n] {
				sum += l * c[j]
			}
			sums[i] = 0.5 * c[i] * sum / float64(n)
			total += sums[i]
		}
		values[k] = float32(total / float64(n))
		errors[k] = float32(2 * math.Sqrt(variance(sums)/float64(n)))
	}
	return values, errors
}

// centredKernel is H L H with L_ij = exp(-(y_i - y_j)^2 / (2 w^2)), w the
// median of y (of its size where that is 0).
func centredKernel(y []float64) []float64 {
	n := len(y)
	sorted := slices.Sorted(slices.Values(y))
	width := (sorted[(n-1)/2] + sorted[n/2]) / 2
	if width == 0 {
		width = max(math.Abs(sorted[0]), math.Abs(sorted[n-1]), 1e-12)
	}
	kernel, means, all := make([]float64, n*n), make([]float64, n), 0.0
	for i := range n {
		for j := range n {
			d := (y[i] - y[j]) / width
			kernel[i*n+j] = math.Exp(-d * d / 2)
			means[i] += kernel[i*n+j] / float64(n)
		}
		all += means[i] / float64(n)
	}
	for i := range n {
		for j := range n {
			kernel[i*n+j] += all - means[i] - means[j]
		}
	}
	return kernel
}

package method

import (
	"context"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "smoothgrad", Title: "SmoothGrad", Family: FamilyGradient,
			Summary: "The mean gradient of many noisy copies of the picture: Saliency without most of its speckle.",
			Paper:   "Smilkov et al., SmoothGrad, 2017, section 3",
			Needs:   Needs{InputGradient: true},
			Seeded:  true,
			Params:  []Param{noisySamples, noisySpread, gradientChannels},
		},
		Explain: smoothGrad,
	})
}

// The defaults of PAIR's saliency library, by the paper's authors; Zennit
// takes 20 and 0.1, Captum 5 and an absolute deviation of 1.
var (
	noisySamples = Param{ID: "samples", Title: "Samples", Help: "Noisy copies of the picture.", Default: 25, Min: 2, Max: 1000, Step: 1}
	noisySpread  = spreadParam(0.15, "Standard deviation of the noise, as a share of the input's range of values.")
)

// noisyCopies are x + e, e normal with mean 0 and the spread's deviation.
func noisyCopies(r Request) points {
	sigma := deviation(r.Input.Data, r.Params[noisySpread.ID])
	return points{n: int(r.Params[noisySamples.ID]), place: func(i int, dst []float32) {
		from := draws(r.Seed, i)
		for at, v := range r.Input.Data {
			dst[at] = float32(float64(v) + sigma*from.NormFloat64())
		}
	}}
}

// moments are the sums of the gradient and of its square over n noisy copies.
type moments struct {
	n              float64
	first, squared []float64
}

func noisyMoments(ctx context.Context, s Session, r Request, p task.Progress) (moments, error) {
	size, at := r.Input.Len(), noisyCopies(r)
	m := moments{n: float64(at.n), first: make([]float64, size), squared: make([]float64, size)}
	err := gradientsAt(ctx, s, r, at, p, func(_ int, gradient []float32) {
		for at, g := range gradient {
			m.first[at] += float64(g)
			m.squared[at] += float64(g) * float64(g)
		}
	})
	return m, err
}

// smoothGrad: M = 1/n sum_i dy/dx (x + e_i).
func smoothGrad(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	at := noisyCopies(r)
	sum, err := gradientSum(ctx, s, r, at, p, func(int) float64 { return 1 })
	if err != nil {
		return Attribution{}, err
	}
	for i := range sum {
		sum[i] /= float64(at.n)
	}
	return Attribution{Map: gradientMap(r, likeInput(r, sum))}, nil
}

package method

import (
	"context"
	"math"
	"sync"

	"gonum.org/v1/gonum/mat"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "blurig", Title: "Blur-IG", Family: FamilyGradient,
			Summary: "Integrated Gradients along the way from the blurred picture to the sharp one: no colour serves as the absence of content.",
			Paper:   "Xu et al., Attribution in Scale and Space, CVPR 2020, eq. 5; PAIR saliency, BlurIG",
			Needs:   Needs{InputGradient: true},
			Params: []Param{
				{ID: "steps", Title: "Steps", Help: "Blurs on the way.", Default: 100, Min: 2, Max: maxSteps, Step: 1},
				{ID: "sigma", Title: "Largest blur", Help: "Where the way begins: the deviation of a Gaussian.", Default: 50, Min: 1, Max: 200, Step: 1, Unit: "px"},
				attributionChannels,
			},
		},
		Explain: blurIG,
	})
}

// blurStep is the difference that PAIR's derivative by sigma is taken over.
const blurStep = 0.01

// blurIG: a = - sum_i (s_{i+1} - s_i) dx/ds (s_i) dy/dx (x(s_i)), x(s) the input
// blurred by a Gaussian of deviation s with zeros around it, s_i = i s_max / n.
func blurIG(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	n, largest := int(r.Params["steps"]), r.Params["sigma"]
	width := largest / float64(n)
	rise, err := scoreRise(ctx, s, r, blurred(r, largest))
	if err != nil {
		return Attribution{}, err
	}
	values := make([]float64, r.Input.Len())
	slopes := make([]tensor.Tensor, chunkOf(s, r.Input.Len()))
	err = gradientsAt(ctx, s, r, points{n: n, place: func(i int, dst []float32) {
		at := float64(i) * width
		here := blurred(r, at)
		copy(dst, here.Data)
		slopes[i%len(slopes)] = blurred(r, at+blurStep)
		for j, v := range here.Data {
			slopes[i%len(slopes)].Data[j] = float32((float64(slopes[i%len(slopes)].Data[j]) - float64(v)) / blurStep)
		}
	}}, p, func(i int, gradient []float32) {
		for j, g := range gradient {
			values[j] -= width * float64(slopes[i%len(slopes)].Data[j]) * float64(g)
		}
	})
	if err != nil {
		return Attribution{}, err
	}
	a := Attribution{Map: attributionMap(r, values)}
	a.Notes, a.Facts = completeness(total(values), rise, n)
	return a, nil
}

// blurred is the input under a Gaussian of deviation sigma, cut off at 4 sigma,
// with zeros around the picture (scipy's gaussian_filter, mode constant).
//
// A blur along a line is a band matrix; two products blur a channel, which is
// quicker than sums over kernels longer than the picture.
func blurred(r Request, sigma float64) tensor.Tensor {
	out := r.Input.Clone()
	if sigma == 0 {
		return out
	}
	g := gridOf(r.Input, r.Layout)
	rows, columns := blurMatrix(g.h, sigma), blurMatrix(g.w, sigma)
	var group sync.WaitGroup
	for c := range g.channels {
		group.Go(func() {
			X := mat.NewDense(g.h, g.w, nil)
			for i := range g.w * g.h {
				X.Set(i/g.w, i%g.w, float64(r.Input.Data[g.at(c, i)]))
			}
			var along, both mat.Dense
			along.Mul(rows, X)
			both.Mul(&along, columns)
			for i := range g.w * g.h {
				out.Data[g.at(c, i)] = float32(both.At(i/g.w, i%g.w))
			}
		})
	}
	group.Wait()
	return out
}

// blurMatrix is symmetric: entry (i, j) is the kernel at j - i.
func blurMatrix(n int, sigma float64) *mat.Dense {
	reach := int(4*sigma + 0.5)
	kernel, sum := make([]float64, reach+1), 0.0
	for d := range kernel {
		kernel[d] = math.Exp(-float64(d*d) / (2 * sigma * sigma))
		sum += kernel[d]
		if d > 0 {
			sum += kernel[d]
		}
	}
	m := mat.NewDense(n, n, nil)
	for i := range n {
		for j := max(0, i-reach); j <= min(n-1, i+reach); j++ {
			m.Set(i, j, kernel[max(i-j, j-i)]/sum)
		}
	}
	return m
}

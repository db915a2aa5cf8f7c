package method

import (
	"context"
	"math"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "saliency", Title: "Saliency", Family: FamilyGradient,
			Summary: "How strongly the score answers to a small change of each pixel: the gradient at the input.",
			Paper:   "Simonyan et al., Deep Inside Convolutional Networks, ICLR 2014 workshop, section 3",
			Needs:   Needs{InputGradient: true},
			Params:  []Param{gradientChannels},
		},
		Explain: saliency,
	})
}

// saliency: M_ij = max_c |dy/dx_cij|, or its L2 norm, or the signed sum over c.
func saliency(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	p.Report(0, "Forward and backward pass")
	out, err := s.Gradient(ctx, r.Input, r.Score, GradientQuery{Input: true})
	if err != nil {
		return Attribution{}, err
	}
	p.Report(1, "Done")
	return Attribution{Map: gradientMap(r, out.Input)}, nil
}

// gradientChannels is the parameter of the methods that show gradients.
var gradientChannels = Param{
	ID: "channels", Title: "Channels", Help: "How the gradients of a pixel's colour channels become one number.",
	Max: 2, Step: 1, Choices: []string{"Largest magnitude", "Length (L2)", "Signed sum"},
}

// gradientMap folds the channels of g, of the input's shape, as the parameter says.
func gradientMap(r Request, g tensor.Tensor) task.Map {
	choice := int(r.Params[gradientChannels.ID])
	combine := []func(sum, g float64) float64{
		func(sum, g float64) float64 { return max(sum, math.Abs(g)) },
		math.Hypot,
		func(sum, g float64) float64 { return sum + g },
	}[choice]
	m := OverChannels(g, r.Layout, combine)
	m.Signed = choice == 2
	return m
}

// OverChannels folds the channels of x, [1, C, H, W] or [1, H, W, C] by
// layout, into one number a pixel, starting from 0.
func OverChannels(x tensor.Tensor, layout string, combine func(sum, v float64) float64) task.Map {
	c, h, w := x.Shape[1], x.Shape[2], x.Shape[3]
	channel, pixel := h*w, 1
	if layout == "NHWC" {
		h, w, c = x.Shape[1], x.Shape[2], x.Shape[3]
		channel, pixel = 1, c
	}
	m := task.Map{Width: w, Height: h, Values: make([]float32, h*w)}
	for i := range m.Values {
		sum := 0.0
		for k := range c {
			sum = combine(sum, float64(x.Data[k*channel+i*pixel]))
		}
		m.Values[i] = float32(sum)
	}
	return m
}

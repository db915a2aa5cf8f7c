package method

import (
	"fmt"
	"math"

	"seewhy/models/tensor"
)

// The baselines, in the order of the parameter's choices.
const (
	baselineZero = iota
	baselineBlack
	baselineWhite
	baselineMean
	baselineBlur
	baselineNoise
)

// baselineParam chooses the picture without content that a path starts from.
var baselineParam = Param{
	ID: "baseline", Title: "Baseline", Help: "The picture without content that the explained one is compared with. Zero is zero after normalising: the data set's mean colour for most models.",
	Max: 5, Step: 1, Choices: []string{"Zero", "Black", "White", "The picture's mean colour", "The picture, blurred", "Random colours"},
}

// baseline makes the chosen baseline, of the input's shape.
//
// Mean is each channel's mean over the picture. Blur is a Gaussian of sigma
// 10/224 of the shorter side (Fong and Vedaldi, 2017, section 4.3: sigma 10
// for 224 pixels), the border repeated; blurring commutes with normalising.
// Random colours are uniform between black and white for each value, drawn
// from the seed.
func baseline(r Request) (tensor.Tensor, error) {
	b := tensor.New(r.Input.Shape...)
	g := gridOf(r.Input, r.Layout)
	kind := int(r.Params[baselineParam.ID])
	if kind == baselineBlack || kind == baselineWhite || kind == baselineNoise {
		if len(r.Black) != g.channels || len(r.White) != g.channels {
			return b, fmt.Errorf("baseline %q: black and white are known for %d channels, the input has %d; choose another baseline", baselineParam.Words(float64(kind)), len(r.Black), g.channels)
		}
	}
	switch kind {
	case baselineBlack:
		g.each(b, func(_, c int) float64 { return r.Black[c] })
	case baselineWhite:
		g.each(b, func(_, c int) float64 { return r.White[c] })
	case baselineMean:
		means := g.means(r.Input)
		g.each(b, func(_, c int) float64 { return means[c] })
	case baselineBlur:
		g.blur(b, r.Input, 10.0/224*float64(min(g.w, g.h)))
	case baselineNoise:
		from := draws(r.Seed, -1)
		g.each(b, func(_, c int) float64 { return r.Black[c] + from.Float64()*(r.White[c]-r.Black[c]) })
	}
	return b, nil
}

// grid is where the values of a picture [1, C, H, W] or [1, H, W, C] lie.
type grid struct {
	w, h, channels       int
	column, row, channel int
}

func gridOf(x tensor.Tensor, layout string) grid {
	if layout == "NHWC" {
		h, w, c := x.Shape[1], x.Shape[2], x.Shape[3]
		return grid{w: w, h: h, channels: c, column: c, row: w * c, channel: 1}
	}
	c, h, w := x.Shape[1], x.Shape[2], x.Shape[3]
	return grid{w: w, h: h, channels: c, column: 1, row: w, channel: w * h}
}

// each sets every value of x from its index and its channel.
func (g grid) each(x tensor.Tensor, value func(at, c int) float64) {
	for c := range g.channels {
		for i := range g.w * g.h {
			at := g.at(c, i)
			x.Data[at] = float32(value(at, c))
		}
	}
}

// at is the index of pixel i, counted along the rows, in channel c.
func (g grid) at(c, i int) int { return c*g.channel + i/g.w*g.row + i%g.w*g.column }

// means are the means of x's channels.
func (g grid) means(x tensor.Tensor) []float64 {
	means := make([]float64, g.channels)
	for c := range means {
		for i := range g.w * g.h {
			means[c] += float64(x.Data[g.at(c, i)])
		}
		means[c] /= float64(g.w * g.h)
	}
	return means
}

// blur writes x, blurred by a Gaussian cut off at 3 sigma, into dst: along
// the rows, then along the columns.
func (g grid) blur(dst, x tensor.Tensor, sigma float64) {
	reach := int(math.Ceil(3 * sigma))
	kernel, sum := make([]float64, 2*reach+1), 0.0
	for i := range kernel {
		d := float64(i-reach) / sigma
		kernel[i] = math.Exp(-d * d / 2)
		sum += kernel[i]
	}
	rows := tensor.New(x.Shape...)
	along := func(to, from tensor.Tensor, place func(at, c int) int, step, length int) {
		g.each(to, func(at, c int) float64 {
			here, v := place(at, c), 0.0
			for i, k := range kernel {
				there := min(max(here+i-reach, 0), length-1)
				v += k / sum * float64(from.Data[at+(there-here)*step])
			}
			return v
		})
	}
	along(rows, x, func(at, c int) int { return (at - c*g.channel) % g.row / g.column }, g.column, g.w)
	along(dst, rows, func(at, c int) int { return (at - c*g.channel) / g.row }, g.row, g.h)
}

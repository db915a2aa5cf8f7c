package method

import (
	"context"
	"fmt"
	"math"
	"slices"

	"seewhy/analysis/segment"
	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "xrai", Title: "XRAI", Family: FamilyGradient,
			Summary: "Integrated Gradients by regions: parts of the picture at several sizes, the most telling first.",
			Paper:   "Kapishnikov et al., XRAI: Better Attributions Through Regions, ICCV 2019, algorithm 1; PAIR saliency, XRAI",
			Needs:   Needs{InputGradient: true},
			Params: []Param{
				{ID: "steps", Title: "Steps", Help: "Points on each of the two ways.", Default: 100, Min: 2, Max: maxSteps, Step: 1},
				{ID: "baselines", Title: "Baselines", Help: "The two pictures without content that both ways begin at.", Max: 1, Step: 1, Choices: []string{"The input's least and largest value", "Black and white"}},
			},
		},
		Explain: xrai,
	})
}

// The segmentations of PAIR's XRAI, for a picture of 224 pixels: Felzenszwalb's
// at six scales, each part widened by five pixels, and none that adds fewer
// than 50 pixels to what is shown. Pixels and areas go with the input's size.
var xraiScales = []float64{50, 100, 150, 250, 500, 1200}

const (
	xraiSide     = 224.0
	xraiSigma    = 0.8
	xraiLeast    = 150
	xraiWiden    = 5
	xraiNewCells = 50
)

// maxRegionCells bounds the input: each of its pixels lies in a dozen regions.
const maxRegionCells = 1 << 22

// FactRegions is the number of regions that were given a value.
const FactRegions = "regions"

// xrai: the attributions of Integrated Gradients, mean over the baselines and
// largest over the channels; then, again and again, the region of the largest
// mean attribution over its cells that have no value yet gives them that mean.
func xrai(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	if g := gridOf(r.Input, r.Layout); g.w*g.h > maxRegionCells {
		return Attribution{}, fmt.Errorf("the input of %d x %d pixels is too large to be divided into regions; at most %d pixels are", g.w, g.h, maxRegionCells)
	}
	bases, err := xraiBaselines(r)
	if err != nil {
		return Attribution{}, err
	}
	values := make([]float64, r.Input.Len())
	for i, b := range bases {
		share := func(done float64, what string) { p.Report((float64(i)+done)/float64(len(bases))*0.9, what) }
		if err := evenPath(ctx, s, r, b, int(r.Params["steps"]), share, values); err != nil {
			return Attribution{}, err
		}
	}
	m := largestChannel(gridOf(r.Input, r.Layout), values, float64(len(bases)))
	p.Report(0.9, "Regions")
	regions := xraiRegions(r)
	if err := ctx.Err(); err != nil {
		return Attribution{}, err
	}
	counted := rank(&m, regions)
	p.Report(1, "Done")
	return Attribution{Map: m, Facts: []task.Fact{{ID: FactRegions, Value: float64(counted)}}}, nil
}

// largestChannel is the largest of each pixel's values, divided by by.
func largestChannel(g grid, values []float64, by float64) task.Map {
	m := task.Map{Width: g.w, Height: g.h, Values: make([]float32, g.w*g.h)}
	for i := range m.Values {
		largest := math.Inf(-1)
		for c := range g.channels {
			largest = max(largest, values[g.at(c, i)])
		}
		m.Values[i] = float32(largest / by)
	}
	return m
}

func xraiBaselines(r Request) ([]tensor.Tensor, error) {
	if r.Params["baselines"] == 1 {
		var list []tensor.Tensor
		for _, kind := range []float64{baselineBlack, baselineWhite} {
			one := r
			one.Params = Params{baselineParam.ID: kind}
			b, err := baseline(one)
			if err != nil {
				return nil, err
			}
			list = append(list, b)
		}
		return list, nil
	}
	var list []tensor.Tensor
	for _, v := range []float32{slices.Min(r.Input.Data), slices.Max(r.Input.Data)} {
		b := tensor.New(r.Input.Shape...)
		for i := range b.Data {
			b.Data[i] = v
		}
		list = append(list, b)
	}
	return list, nil
}

// evenPath adds the attributions along one way to values: PAIR's points i/(n-1)
// with weights of 1/n.
func evenPath(ctx context.Context, s Session, r Request, b tensor.Tensor, n int, p task.Progress, values []float64) error {
	share := func(i int) float64 { return float64(i) / float64(n-1) }
	mix := wayMix(r, b, share)
	mix.Off = b // XRAI chooses its baselines itself
	at := points{n: n, mix: mix, place: func(i int, dst []float32) {
		t := share(i)
		for at, from := range b.Data {
			dst[at] = float32(float64(from) + t*(float64(r.Input.Data[at])-float64(from)))
		}
	}}
	sum, err := gradientSum(ctx, s, r, at, p, func(int) float64 { return 1 })
	for at, g := range sum {
		values[at] += g * (float64(r.Input.Data[at]) - float64(b.Data[at])) / float64(n)
	}
	return err
}

// xraiRegions are the parts of the input at all scales, widened, each as the
// list of its pixels.
func xraiRegions(r Request) [][]int32 {
	g := gridOf(r.Input, r.Layout)
	img := segment.Image{Width: g.w, Height: g.h}
	low, high := float64(slices.Min(r.Input.Data)), float64(slices.Max(r.Input.Data))
	for c := range img.Planes {
		img.Planes[c] = make([]float64, g.w*g.h)
		for i := range img.Planes[c] {
			v := float64(r.Input.Data[g.at(min(c, g.channels-1), i)])
			img.Planes[c][i] = 2*(v-low)/max(high-low, 1e-12) - 1
		}
	}
	side, area := xraiSize(g)
	var regions [][]int32
	for _, scale := range xraiScales {
		labels := segment.Felzenszwalb(img, scale, xraiSigma, int(math.Round(xraiLeast*area)))
		parts := make([][]int32, labels.Count)
		for i, l := range labels.Of {
			parts[l] = append(parts[l], int32(i))
		}
		for _, part := range parts {
			regions = append(regions, widen(part, g.w, g.h, int(math.Round(xraiWiden*side))))
		}
	}
	return regions
}

// xraiSize is the input's size as a share of 224 pixels: along a side, and of
// the area.
func xraiSize(g grid) (side, area float64) {
	area = float64(g.w*g.h) / (xraiSide * xraiSide)
	return math.Sqrt(area), area
}

// widen adds to a part, the rising list of its pixels, all pixels within the
// radius of one of its own. It goes by runs of pixels in a row: each, shifted
// up and down, grows by half of the disk's chord there.
func widen(part []int32, w, h, radius int) []int32 {
	var runs [][3]int // row, first and last column
	for _, p := range part {
		x, y := int(p)%w, int(p)/w
		if n := len(runs); n > 0 && runs[n-1][0] == y && runs[n-1][2] == x-1 {
			runs[n-1][2] = x
			continue
		}
		runs = append(runs, [3]int{y, x, x})
	}
	top, bottom := max(runs[0][0]-radius, 0), min(runs[len(runs)-1][0]+radius, h-1)
	// starts counts the runs that begin at a column, less those that have ended.
	starts := make([]int32, (bottom-top+1)*(w+1))
	for _, r := range runs {
		for dy := -radius; dy <= radius; dy++ {
			y := r[0] + dy
			if y < top || y > bottom {
				continue
			}
			half := int(math.Sqrt(float64(radius*radius - dy*dy)))
			starts[(y-top)*(w+1)+max(r[1]-half, 0)]++
			starts[(y-top)*(w+1)+min(r[2]+half, w-1)+1]--
		}
	}
	var out []int32
	for y := top; y <= bottom; y++ {
		open := int32(0)
		for x := range w {
			if open += starts[(y-top)*(w+1)+x]; open > 0 {
				out = append(out, int32(y*w+x))
			}
		}
	}
	return out
}

// rank gives the cells of m, which holds attributions, the means of their
// regions, and says how many regions counted.
func rank(m *task.Map, regions [][]int32) int {
	_, area := xraiSize(grid{w: m.Width, h: m.Height})
	least := max(int(math.Round(xraiNewCells*area)), 1)
	// What each region has left: the cells that no better one took.
	sums, left := make([]float64, len(regions)), make([]int, len(regions))
	in := make([][]int32, len(m.Values))
	for i, region := range regions {
		left[i] = len(region)
		for _, p := range region {
			sums[i] += float64(m.Values[p])
			in[p] = append(in[p], int32(i))
		}
	}
	out, done := make([]float32, len(m.Values)), make([]bool, len(m.Values))
	counted := 0
	for {
		best, bestAt := math.Inf(-1), -1
		for i, n := range left {
			if n < least {
				continue
			}
			if mean := sums[i] / float64(n); mean > best {
				best, bestAt = mean, i
			}
		}
		if bestAt < 0 {
			break
		}
		for _, p := range regions[bestAt] {
			if done[p] {
				continue
			}
			done[p], out[p] = true, float32(best)
			for _, i := range in[p] {
				sums[i] -= float64(m.Values[p])
				left[i]--
			}
		}
		counted++
	}
	sum, n := 0.0, 0
	for i, d := range done {
		if !d {
			sum += float64(m.Values[i])
			n++
		}
	}
	for i, d := range done {
		if !d {
			out[i] = float32(sum / float64(n))
		}
	}
	m.Values = out
	return counted
}

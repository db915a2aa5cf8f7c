package method

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/models/tensor"
)

func baselineRequest(layout string, kind float64) Request {
	r := Request{
		Layout: layout, Input: tensor.New(1, 2, 30, 40), Params: Params{"baseline": kind}, Seed: 3,
		Black: []float64{-1, 2}, White: []float64{3, 1},
	}
	if layout == "NHWC" {
		r.Input = tensor.New(1, 30, 40, 2)
	}
	return r
}

// value is where pixel (x, y) of channel c stands.
func value(r Request, b tensor.Tensor, c, y, x int) float32 {
	if r.Layout == "NHWC" {
		return b.Data[(y*40+x)*2+c]
	}
	return b.Data[(c*30+y)*40+x]
}

func TestBlurIsTheGaussian(t *testing.T) {
	sigma := 10.0 / 224 * 30
	reach := int(math.Ceil(3 * sigma))
	for _, layout := range []string{"NCHW", "NHWC"} {
		r := baselineRequest(layout, baselineBlur)
		from := rand.New(rand.NewPCG(1, 2))
		for i := range r.Input.Data {
			r.Input.Data[i] = float32(from.NormFloat64())
		}
		b, err := baseline(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range [][3]int{{0, 0, 0}, {1, 0, 0}, {0, 15, 20}, {1, 29, 39}, {1, 3, 37}} {
			// The slow twin: all of the window in two dimensions at once.
			sum, weights := 0.0, 0.0
			for dy := -reach; dy <= reach; dy++ {
				for dx := -reach; dx <= reach; dx++ {
					w := math.Exp(-float64(dx*dx+dy*dy) / (2 * sigma * sigma))
					y, x := min(max(at[1]+dy, 0), 29), min(max(at[2]+dx, 0), 39)
					sum, weights = sum+w*float64(value(r, r.Input, at[0], y, x)), weights+w
				}
			}
			// The rows are kept as float32 between the two passes.
			if got := float64(value(r, b, at[0], at[1], at[2])); math.Abs(got-sum/weights) > 1e-6 {
				t.Errorf("%s %v is %g, want %g", layout, at, got, sum/weights)
			}
		}
	}
}

func TestMeanIsThePicturesColour(t *testing.T) {
	for _, layout := range []string{"NCHW", "NHWC"} {
		r := baselineRequest(layout, baselineMean)
		gridOf(r.Input, layout).each(r.Input, func(at, c int) float64 { return float64(10*c + at%2*(1-c)) })
		want := gridOf(r.Input, layout).means(r.Input)
		b, err := baseline(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := []float64{float64(value(r, b, 0, 4, 9)), float64(value(r, b, 1, 29, 0))}; math.Abs(got[0]-want[0]) > 1e-6 || got[1] != 10 {
			t.Errorf("%s: %v, want %v", layout, got, want)
		}
	}
}

// Random colours lie between black and white, fill the range, and hang on the seed.
func TestRandomColours(t *testing.T) {
	r := baselineRequest("NCHW", baselineNoise)
	b, err := baseline(r)
	if err != nil {
		t.Fatal(err)
	}
	for c, ends := range [][2]float32{{-1, 3}, {1, 2}} {
		part := b.Data[c*1200 : (c+1)*1200]
		lo, hi, wide := slices.Min(part), slices.Max(part), ends[1]-ends[0]
		if lo < ends[0] || hi > ends[1] || hi-lo < 0.98*wide {
			t.Errorf("channel %d from %g to %g, want %v", c, lo, hi, ends)
		}
	}
	again, _ := baseline(r)
	r.Seed++
	other, _ := baseline(r)
	if !slices.Equal(b.Data, again.Data) || slices.Equal(b.Data, other.Data) {
		t.Error("the colours do not hang on the seed alone")
	}
}

package scene

import (
	"math"
	"testing"

	"golang.org/x/image/vector"
)

// area weighs the coverage of a shape drawn at 100 pixels a unit, in square units.
func area(t *testing.T, s shape) float64 {
	t.Helper()
	p := (&pen{layer: newLayer(100), rast: vector.NewRasterizer(100, 100)}).picture()
	sum := 0.
	for _, a := range p.covers(s, 0).a {
		sum += float64(a) / 255
	}
	return sum / 1e4
}

func TestShapesCoverTheirAreas(t *testing.T) {
	for _, c := range []struct {
		name string
		s    shape
		want float64
	}{
		{"circle", circle(.5, .5, .3), math.Pi * .09},
		{"ring", circle(.5, .5, .3).without(circle(.5, .5, .2)), math.Pi * .05},
		{"union counts overlaps once", join(rect(.1, .1, .6, .6), rect(.3, .3, .8, .8)), .41},
		{"turning keeps the area", rect(-.2, -.1, .2, .1).turned(.7).moved(.5, .5), .08},
		{"mirroring keeps overlaps united", join(rect(.1, .1, .6, .6).scaled(-1, 1).moved(.8, 0), rect(.3, .3, .8, .8)), .38},
		{"band with round ends", from(.3, .5).to(.7, .5).stroked(.2), .08 + math.Pi*.01},
		{"rounded corners", rounded(.2, .2, .8, .8, .1), .36 - .01*(4-math.Pi)},
	} {
		// Coverage is rounded to 1/255 and curves are polygons.
		if got := area(t, c.s); math.Abs(got-c.want) > .003 {
			t.Errorf("%s: area %.4f, want %.4f", c.name, got, c.want)
		}
	}
}

func TestBlurKeepsTheMean(t *testing.T) {
	const n = 41
	v := make([]float32, n*n)
	v[20*n+20] = 1
	blur(v, n, n, 5)
	sum, moment := 0., 0.
	for i, a := range v {
		sum += float64(a)
		dx := float64(i%n - 20)
		moment += float64(a) * dx * dx
	}
	if math.Abs(sum-1) > 1e-4 {
		t.Errorf("a blurred point weighs %g, want 1", sum)
	}
	// Three running means of width 7 have variance 3 (49-1)/12 = 12.
	if math.Abs(moment-12) > .01 {
		t.Errorf("variance %.3f, want 12", moment)
	}
}

func TestNoiseStaysInRange(t *testing.T) {
	n := noise(9)
	lo, hi := 1., 0.
	for i := range 20000 {
		v := n.fractal(float64(i)*.173-900, float64(i)*-.311+77, 4)
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	if lo < 0 || hi > 1 || hi-lo < .5 {
		t.Errorf("fractal noise spans %.3f to %.3f", lo, hi)
	}
}

func TestLettering(t *testing.T) {
	one, two := lettering("H", .1), lettering("HH", .1)
	if math.Abs(two.width-2*one.width) > 1e-9 {
		t.Errorf("HH is %.4f wide, H %.4f", two.width, one.width)
	}
	top := 0.
	for _, ring := range one.shape {
		for _, p := range ring {
			top = math.Min(top, p.y)
		}
	}
	// The capital height is asked for; the constant behind it is rounded to a pixel in 46.
	if math.Abs(-top-.1) > .005 {
		t.Errorf("an H is %.4f high, want 0.1", -top)
	}
	// O has a hole: its area is less than that of its outer ring.
	o := lettering("O", .5)
	if got := area(t, o.placed(.2, .8)); got < .05 || got > .17 {
		t.Errorf("O covers %.3f", got)
	}
}

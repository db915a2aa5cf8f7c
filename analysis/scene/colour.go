package scene

import "math"

// rgba is a colour with straight (not premultiplied) alpha, each part in [0, 1], in sRGB as illustrators mix it.
type rgba struct{ r, g, b, a float32 }

// hex reads 0xRRGGBB.
func hex(v uint32) rgba {
	return rgba{float32(v>>16&255) / 255, float32(v>>8&255) / 255, float32(v&255) / 255, 1}
}

func (c rgba) alpha(a float64) rgba { c.a = float32(a); return c }

// mix goes from c to o as t goes from 0 to 1.
func (c rgba) mix(o rgba, t float64) rgba {
	k := float32(math.Max(0, math.Min(1, t)))
	return rgba{c.r + (o.r-c.r)*k, c.g + (o.g-c.g)*k, c.b + (o.b-c.b)*k, c.a + (o.a-c.a)*k}
}

// lit brightens (k > 0) towards warm white or darkens (k < 0) towards a cool night blue.
func (c rgba) lit(k float64) rgba {
	if k >= 0 {
		return c.mix(rgba{1, .98, .93, c.a}, k)
	}
	return c.mix(rgba{c.r * .18, c.g * .16, c.b*.24 + .03, c.a}, -k)
}

// jitter turns hue and brightness a little so that no two scenes share exact colours.
func (c rgba) jitter(d dice, k float64) rgba {
	f := func(v float32) float32 {
		return float32(math.Max(0, math.Min(1, float64(v)+d.between(-k, k))))
	}
	return rgba{f(c.r), f(c.g), f(c.b), c.a}
}

var (
	white = rgba{1, 1, 1, 1}
	cream = hex(0xfbf1dc)
	ink   = hex(0x2b2d42)
)

// vivid are the main colours of objects, chosen to sit well beside each other.
var vivid = []uint32{
	0xe4572e, 0xd7263d, 0xf46036, 0xf2a541, 0xffc145, 0x6a994e, 0x2a9d8f, 0x1b998b, 0x3a86c8,
	0x277da1, 0x5b5f97, 0x8e5aa8, 0xd1638f, 0xef767a, 0xb5543c, 0x457b9d, 0xe76f51, 0x90be6d,
}

// colours draws n different vivid colours.
func colours(d dice, n int) []rgba {
	out := make([]rgba, n)
	for i, k := range d.Perm(len(vivid))[:n] {
		out[i] = hex(vivid[k]).jitter(d, .05)
	}
	return out
}

// paint gives the colour at a local point.
type paint func(x, y float64) rgba

func flat(c rgba) paint { return func(_, _ float64) rgba { return c } }

// linear goes from c0 at (x0, y0) to c1 at (x1, y1).
func linear(x0, y0, x1, y1 float64, c0, c1 rgba) paint {
	dx, dy := x1-x0, y1-y0
	n := dx*dx + dy*dy
	return func(x, y float64) rgba { return c0.mix(c1, ((x-x0)*dx+(y-y0)*dy)/n) }
}

// radial goes from c0 at the centre to c1 at distance r, smoothly.
func radial(cx, cy, r float64, c0, c1 rgba) paint {
	return func(x, y float64) rgba {
		t := math.Min(1, math.Hypot(x-cx, y-cy)/r)
		return c0.mix(c1, t*t*(3-2*t))
	}
}

package segment

import "math"

// lab turns sRGB into CIE L*a*b* under D65 at 2 degrees, with the constants of
// scikit-image's rgb2lab: L from 0 to 100.
func (img Image) lab() Image {
	out := blank(img.Width, img.Height)
	for i := range img.Planes[0] {
		r, g, b := linear(img.Planes[0][i]), linear(img.Planes[1][i]), linear(img.Planes[2][i])
		x := root((0.412453*r + 0.357580*g + 0.180423*b) / 0.95047)
		y := root(0.212671*r + 0.715160*g + 0.072169*b)
		z := root((0.019334*r + 0.119193*g + 0.950227*b) / 1.08883)
		out.Planes[0][i], out.Planes[1][i], out.Planes[2][i] = 116*y-16, 500*(x-y), 200*(y-z)
	}
	return out
}

// linear undoes sRGB's gamma.
func linear(v float64) float64 {
	if v > 0.04045 {
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return v / 12.92
}

// root is the cube root with a straight line near 0.
func root(t float64) float64 {
	if t > 0.008856 {
		return math.Cbrt(t)
	}
	return 7.787*t + 16.0/116
}

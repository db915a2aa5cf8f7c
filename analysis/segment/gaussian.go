package segment

import "math"

// smooth blurs each plane by a Gaussian, as scipy's gaussian_filter does: cut
// off at 4 sigma, the border mirrored with its edge repeated. 0 does nothing.
func (img Image) smooth(sigma float64) Image {
	if sigma <= 0 {
		return img
	}
	reach := int(4*sigma + 0.5)
	kernel, sum := make([]float64, reach+1), 0.0
	for i := range kernel {
		kernel[i] = math.Exp(-0.5 * float64(i) * float64(i) / (sigma * sigma))
		sum += kernel[i]
		if i > 0 {
			sum += kernel[i]
		}
	}
	for i := range kernel {
		kernel[i] /= sum
	}
	out := blank(img.Width, img.Height)
	between := make([]float64, img.Width*img.Height)
	for c, plane := range img.Planes {
		alongLines(between, plane, img.Width, img.Height, 1, img.Width, kernel)
		alongLines(out.Planes[c], between, img.Height, img.Width, img.Width, 1, kernel)
	}
	return out
}

// alongLines convolves lines of the given length: step apart inside a line,
// stride apart from line to line. kernel is its right half, from the middle.
func alongLines(dst, src []float64, length, lines, step, stride int, kernel []float64) {
	reach := len(kernel) - 1
	padded := make([]float64, length+2*reach)
	for line := range lines {
		for i := range padded {
			padded[i] = src[line*stride+mirrored(i-reach, length)*step]
		}
		for i := range length {
			at := i + reach
			v := kernel[0] * padded[at]
			for k := 1; k <= reach; k++ {
				v += kernel[k] * (padded[at-k] + padded[at+k])
			}
			dst[line*stride+i*step] = v
		}
	}
}

// mirrored brings an index into 0..n-1: ... 1 0 | 0 1 2 ... n-1 | n-1 n-2 ...
func mirrored(i, n int) int {
	i %= 2 * n
	if i < 0 {
		i += 2 * n
	}
	if i >= n {
		i = 2*n - 1 - i
	}
	return i
}

package prep

import "math"

// filter is a resampling kernel with its half-width at scale 1.
type filter struct {
	support float64
	at      func(x float64) float64
}

// filters are Pillow's (Resample.c), by the name used in Resize.Filter.
// "nearest" is not a kernel and is handled apart.
var filters = map[string]filter{
	"box":      {0.5, box},
	"bilinear": {1, triangle},
	"hamming":  {1, hamming},
	"bicubic":  {2, func(x float64) float64 { return cubic(x, -0.5) }},
	"lanczos":  {3, lanczos3},
}

// Filters are the names that Resize.Filter may hold, plainest first.
func Filters() []string {
	return []string{"nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"}
}

func box(x float64) float64 {
	if x > -0.5 && x <= 0.5 {
		return 1
	}
	return 0
}

func triangle(x float64) float64 { return max(0, 1-math.Abs(x)) }

func hamming(x float64) float64 {
	x = math.Abs(x)
	switch {
	case x == 0:
		return 1
	case x >= 1:
		return 0
	}
	x *= math.Pi
	return math.Sin(x) / x * (0.54 + 0.46*math.Cos(x))
}

// cubic is Keys' kernel. Pillow takes a = -0.5; OpenCV, and torch without
// antialiasing, -0.75.
func cubic(x, a float64) float64 {
	x = math.Abs(x)
	switch {
	case x < 1:
		return ((a+2)*x-(a+3))*x*x + 1
	case x < 2:
		return (((x-5)*x+8)*x - 4) * a
	}
	return 0
}

func lanczos3(x float64) float64 {
	if x < -3 || x >= 3 {
		return 0
	}
	return sinc(x) * sinc(x/3)
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	x *= math.Pi
	return math.Sin(x) / x
}

// precision is the number of fraction bits of a weight: an 8-bit pixel times
// a weight, summed with two bits of head room, fills 32 bits.
const precision = 32 - 8 - 2

// taps are the weights of one output pixel on the input pixels from first on.
type taps struct {
	first   int
	weights []int32
}

// kernel holds the taps of the outputs [from, to) of a resize of one axis
// from src to dst pixels.
//
// With antialias it is Pillow's precompute_coeffs: the kernel is widened by
// the scale when shrinking, cut at the border and normalised to 1. Without,
// the kernel keeps its width and what reaches over the border falls on the
// last pixel, as OpenCV does; bilinear then equals its INTER_LINEAR within one
// level.
func kernel(name string, antialias bool, src, dst, from, to int) []taps {
	f := filters[name]
	scale := float64(src) / float64(dst)
	wide := max(scale, 1)
	if !antialias {
		wide = 1
		if name == "bicubic" {
			f.at = func(x float64) float64 { return cubic(x, -0.75) }
		}
	}
	support := f.support * wide
	out := make([]taps, to-from)
	for i := range out {
		centre := (float64(from+i) + 0.5) * scale
		// Pillow truncates towards zero and then cuts at the border; below
		// zero the two agree.
		low, high := int(math.Floor(centre-support+0.5)), int(math.Floor(centre+support+0.5))
		first, end := max(low, 0), min(high, src)
		if !antialias {
			// A shrunk kernel may fall between two pixels at the border.
			first, end = min(first, src-1), max(end, 1)
		} else {
			low, high = first, end
		}
		w := make([]float64, end-first)
		sum := 0.0
		for x := low; x < high; x++ {
			v := f.at((float64(x) - centre + 0.5) * (1 / wide))
			w[min(max(x, first), end-1)-first] += v
			sum += v
		}
		out[i] = taps{first, make([]int32, len(w))}
		for j, v := range w {
			if sum != 0 {
				v /= sum
			}
			out[i].weights[j] = int32(v*(1<<precision) + math.Copysign(0.5, v))
		}
	}
	return out
}

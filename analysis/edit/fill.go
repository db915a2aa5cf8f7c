package edit

import (
	"image"
	"runtime"
	"sync"
)

// blend calls of for the colour of each pixel that is covered, line by line
// from several goroutines, and lays it over dst: (255-a)/255 of what was there
// and a/255 of the colour, rounded.
func blend(dst *image.RGBA, cover *image.Alpha, line func(y int) func(x int) [3]uint8) {
	bands(cover.Rect.Dy(), func(from, to int) {
		for i := from; i < to; i++ {
			y := cover.Rect.Min.Y + i
			of := line(y)
			pixels := dst.Pix[dst.PixOffset(cover.Rect.Min.X, y):]
			for j, a := range row(cover, y, cover.Rect) {
				if a == 0 {
					continue
				}
				colour := of(cover.Rect.Min.X + j)
				p := pixels[4*j : 4*j+4 : 4*j+4]
				if a == 255 {
					p[0], p[1], p[2], p[3] = colour[0], colour[1], colour[2], 255
					continue
				}
				for c := range 3 {
					p[c] = mixed(p[c], colour[c], a)
				}
				p[3] = mixed(p[3], 255, a)
			}
		}
	})
}

func mixed(was, is, a uint8) uint8 {
	return uint8((uint32(was)*(255-uint32(a)) + uint32(is)*uint32(a) + 127) / 255)
}

// bandRows is the number of lines from which on several goroutines share them.
const bandRows = 64

// bands calls f for parts of 0..n that make up all of it.
func bands(n int, f func(from, to int)) {
	parts := min(runtime.GOMAXPROCS(0), n/bandRows)
	if parts < 2 {
		f(0, n)
		return
	}
	var group sync.WaitGroup
	for i := range parts {
		group.Go(func() { f(i*n/parts, (i+1)*n/parts) })
	}
	group.Wait()
}

func flat(dst *image.RGBA, cover *image.Alpha, colour [3]uint8) {
	blend(dst, cover, func(int) func(int) [3]uint8 { return func(int) [3]uint8 { return colour } })
}

func restore(dst *image.RGBA, cover *image.Alpha, src *image.RGBA) {
	bands(cover.Rect.Dy(), func(from, to int) {
		for i := from; i < to; i++ {
			y := cover.Rect.Min.Y + i
			at, was := dst.Pix[dst.PixOffset(cover.Rect.Min.X, y):], src.Pix[src.PixOffset(cover.Rect.Min.X, y):]
			for j, a := range row(cover, y, cover.Rect) {
				for c := 4 * j; a > 0 && c < 4*j+4; c++ {
					at[c] = mixed(at[c], was[c], a)
				}
			}
		}
	})
}

// noise draws the three channels of a pixel from its place alone: 24 bits of
// SplitMix64's output function (Steele, Lea and Flood, OOPSLA 2014) at
// y 2^32 + x.
func noise(dst *image.RGBA, cover *image.Alpha) {
	blend(dst, cover, func(y int) func(int) [3]uint8 {
		return func(x int) [3]uint8 {
			z := (uint64(y)<<32 | uint64(x)) * 0x9e3779b97f4a7c15
			z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
			z = (z ^ z>>27) * 0x94d049bb133111eb
			z ^= z >> 31
			return [3]uint8{uint8(z >> 56), uint8(z >> 48), uint8(z >> 40)}
		}
	})
}

// meanOf is the mean of each channel, rounded.
func meanOf(img *image.RGBA) [3]uint8 {
	var sums [3]uint64
	n := uint64(img.Rect.Dx()) * uint64(img.Rect.Dy())
	for y := range img.Rect.Dy() {
		line := img.Pix[y*img.Stride:][:4*img.Rect.Dx()]
		for i := 0; i < len(line); i += 4 {
			sums[0] += uint64(line[i])
			sums[1] += uint64(line[i+1])
			sums[2] += uint64(line[i+2])
		}
	}
	var out [3]uint8
	for c, s := range sums {
		out[c] = uint8((s + n/2) / max(n, 1))
	}
	return out
}

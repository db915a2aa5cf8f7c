package widget

import (
	"image"
	"image/color"
	"testing"
)

func TestRounded(t *testing.T) {
	fill, stroke := color.NRGBA{R: 200, A: 255}, color.NRGBA{B: 100, A: 255}
	for _, size := range []image.Point{{40, 20}, {21, 9}, {5, 3}, {1, 1}, {240, 42}} {
		plain := rounded(size.X, size.Y, 6, 0, fill, stroke)
		lined := rounded(size.X, size.Y, 6, 1, fill, stroke)
		for y := range size.Y {
			for x := range size.X {
				if a, b := plain.RGBAAt(x, y), plain.RGBAAt(size.X-1-x, size.Y-1-y); a != b {
					t.Fatalf("%v: %v at %d,%d and %v opposite", size, a, x, y, b)
				}
				if a, b := lined.RGBAAt(x, y), lined.RGBAAt(size.X-1-x, size.Y-1-y); a != b {
					t.Fatalf("%v: a line of %v at %d,%d and %v opposite", size, a, x, y, b)
				}
			}
		}
	}
	p := rounded(40, 20, 6, 1, fill, stroke)
	for _, c := range []struct {
		x, y int
		want color.RGBA
	}{{0, 0, color.RGBA{}}, {20, 0, color.RGBA{B: 100, A: 255}}, {0, 10, color.RGBA{B: 100, A: 255}}, {20, 1, color.RGBA{R: 200, A: 255}}, {20, 10, color.RGBA{R: 200, A: 255}}, {3, 3, color.RGBA{R: 200, A: 255}}} {
		if got := p.RGBAAt(c.x, c.y); got != c.want {
			t.Errorf("at %d,%d: %v, want %v", c.x, c.y, got, c.want)
		}
	}
}

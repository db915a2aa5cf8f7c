package heatmap

import (
	"image"
	"image/draw"
)

// blurCells is how many averages stand for the longer side of a blurred
// picture: few enough that faces and letters are gone, enough to tell a place.
const blurCells = 56

// Blurred is a picture at w x h pixels without its detail: means over a coarse
// grid, smoothed and drawn up again. It takes time linear in the pixels.
// Without pixels to read or write, or with too many, it is nil.
func Blurred(photo image.Image, w, h int) *image.RGBA {
	b := photo.Bounds()
	if b.Empty() || b.Dx() > MaxPixels/b.Dy() || w < 1 || h < 1 || w > MaxPixels/h {
		return nil
	}
	src, ok := photo.(*image.RGBA)
	if !ok || b.Min != (image.Point{}) {
		src = image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
		draw.Draw(src, src.Rect, photo, b.Min, draw.Src)
	}
	long := max(b.Dx(), b.Dy())
	gridW, gridH := cells(b.Dx(), long), cells(b.Dy(), long)
	grid := coarse(src, gridW, gridH)
	for range 2 {
		grid = binomial(grid, gridW, gridH)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	columns, lines := taps(gridW, w, 0, float64(w), true), taps(gridH, h, 0, float64(h), true)
	bands(h, func(from, to int) {
		mixed := make([]float32, 4*gridW)
		for y := from; y < to; y++ {
			mix(mixed, grid, 4*gridW, lines[y])
			row := out.Pix[y*out.Stride:][:4*w]
			for x, t := range columns {
				for c := range 4 {
					v := mixed[4*int(t.a)+c]
					row[4*x+c] = uint8(v + t.f*(mixed[4*int(t.b)+c]-v) + 0.5)
				}
			}
		}
	})
	return out
}

func cells(side, long int) int { return min(side, max(1, (side*blurCells+long/2)/long)) }

// coarse averages the pixels under each cell of a grid; four channels a cell.
func coarse(src *image.RGBA, gridW, gridH int) []float32 {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	out := make([]float32, 4*gridW*gridH)
	bands(gridH, func(from, to int) {
		for gy := from; gy < to; gy++ {
			for gx := range gridW {
				x0, x1 := gx*w/gridW, (gx+1)*w/gridW
				y0, y1 := gy*h/gridH, (gy+1)*h/gridH
				var sum [4]int
				for y := y0; y < y1; y++ {
					row := src.Pix[y*src.Stride+4*x0 : y*src.Stride+4*x1]
					for i := 0; i < len(row); i += 4 {
						for c := range 4 {
							sum[c] += int(row[i+c])
						}
					}
				}
				for c := range 4 {
					out[4*(gy*gridW+gx)+c] = float32(sum[c]) / float32((x1-x0)*(y1-y0))
				}
			}
		}
	})
	return out
}

// binomial smooths with the weights 1, 2, 1 along both axes.
func binomial(grid []float32, w, h int) []float32 {
	out := make([]float32, len(grid))
	for y := range h {
		up, down := max(y-1, 0), min(y+1, h-1)
		for x := range w {
			left, right := max(x-1, 0), min(x+1, w-1)
			for c := range 4 {
				at := func(x, y int) float32 { return grid[4*(y*w+x)+c] }
				row := func(y int) float32 { return at(left, y) + 2*at(x, y) + at(right, y) }
				out[4*(y*w+x)+c] = (row(up) + 2*row(y) + row(down)) / 16
			}
		}
	}
	return out
}

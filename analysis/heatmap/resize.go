package heatmap

import "fmt"

// Resize scales row-major values of w x h to outW x outH: bilinear with
// half-pixel centres and clamped edges if smooth (OpenCV's INTER_LINEAR; no
// antialiasing when shrinking), else the nearest cell.
func Resize(values []float32, w, h, outW, outH int, smooth bool) ([]float32, error) {
	if w < 1 || h < 1 || w > MaxCells/h || len(values) != w*h {
		return nil, fmt.Errorf("heatmap: %d values are not %d x %d", len(values), w, h)
	}
	if outW < 1 || outH < 1 || outW > MaxCells/outH {
		return nil, fmt.Errorf("heatmap: cannot resize to %d x %d", outW, outH)
	}
	out := make([]float32, outW*outH)
	columns := taps(w, outW, 0, float64(outW), smooth)
	lines := taps(h, outH, 0, float64(outH), smooth)
	bands(outH, func(from, to int) {
		mixed := make([]float32, w)
		for y := from; y < to; y++ {
			mix(mixed, values, w, lines[y])
			row := out[y*outW : (y+1)*outW]
			for x, t := range columns {
				a := mixed[t.a]
				row[x] = a + t.f*(mixed[t.b]-a)
			}
		}
	})
	return out, nil
}

// tap is where one output pixel reads: cells a and b, with weight f on b. A
// negative a means outside of the map.
type tap struct {
	a, b int32
	f    float32
}

// taps finds for each of n output pixels its place in a row of cells that
// stretches from start to end, in output pixels.
func taps(cells, n int, start, end float64, smooth bool) []tap {
	out := make([]tap, n)
	for i := range out {
		centre := float64(i) + 0.5
		if centre < start || centre >= end {
			out[i].a = -1
			continue
		}
		at := (centre - start) / (end - start) * float64(cells)
		if !smooth {
			c := int32(min(int(at), cells-1))
			out[i] = tap{a: c, b: c}
			continue
		}
		at = min(max(at-0.5, 0), float64(cells-1))
		a := min(int(at), cells-1)
		out[i] = tap{a: int32(a), b: int32(min(a+1, cells-1)), f: float32(at - float64(a))}
	}
	return out
}

// mix blends the two rows of a tap into dst.
func mix(dst, values []float32, w int, t tap) {
	a, b := values[int(t.a)*w:][:w], values[int(t.b)*w:][:w]
	for x := range dst {
		dst[x] = a[x] + t.f*(b[x]-a[x])
	}
}

// shrink averages blocks of kx x ky cells (a remainder joins the last block),
// so that a fine map drawn small does not flicker.
func shrink(values []float32, w, h, kx, ky int) ([]float32, int, int) {
	outW, outH := max(w/kx, 1), max(h/ky, 1)
	if outW == w && outH == h {
		return values, w, h
	}
	out := make([]float32, outW*outH)
	for y := range outH {
		for x := range outW {
			x0, x1 := x*w/outW, (x+1)*w/outW
			y0, y1 := y*h/outH, (y+1)*h/outH
			var sum float64
			for yy := y0; yy < y1; yy++ {
				for _, v := range values[yy*w+x0 : yy*w+x1] {
					sum += float64(v)
				}
			}
			out[y*outW+x] = float32(sum / float64((x1-x0)*(y1-y0)))
		}
	}
	return out, outW, outH
}

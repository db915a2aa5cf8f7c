package prep

import "image"

// resample scales src to w x h and returns the part win of the result, packed
// RGB, 3 bytes a pixel; win must lie inside w x h. It equals the crop of
// Pillow's Image.resize((w, h), filter) bit for bit when antialias is set:
// the same fixed-point weights, two passes, 8 bits in between, no pass along
// an axis that keeps its size (Resample.c, ImagingResampleInner). The passes
// run across and then down. Pillow turns the order round when it shrinks the
// height of a picture more than 2 times as tall as wide (before 13: 100
// times); such pictures then differ by one level in the middle.
//
// Only what win needs is computed, and rows are added up as they come: the
// memory is that of win, whatever w, h and the source are.
func resample(src pixels, w, h int, win image.Rectangle, name string, antialias bool) []uint8 {
	if name == "nearest" {
		return nearest(src, w, h, win)
	}
	ww, wh := win.Dx(), win.Dy()
	out := make([]uint8, 3*ww*wh)
	if ww == 0 || wh == 0 {
		return out
	}
	var across, down []taps
	if w != src.w {
		across = kernel(name, antialias, src.w, w, win.Min.X, win.Max.X)
	}
	line := make([]uint8, 3*ww)
	if h == src.h {
		for y := range wh {
			copyLine(out[3*ww*y:][:3*ww], src.row(win.Min.Y+y), across, win.Min.X)
		}
		return out
	}
	down = kernel(name, antialias, src.h, h, win.Min.Y, win.Max.Y)
	end := func(t taps) int { return t.first + len(t.weights) }
	// sums[i] is the running sum of output row i, for done <= i < open.
	sums := map[int][]int32{}
	var spare [][]int32
	done, open := 0, 0
	for y := down[0].first; done < wh; y++ {
		for open < wh && down[open].first <= y {
			var s []int32
			if n := len(spare); n > 0 {
				s, spare = spare[n-1], spare[:n-1]
			} else {
				s = make([]int32, 3*ww)
			}
			for i := range s {
				s[i] = 1 << (precision - 1)
			}
			sums[open] = s
			open++
		}
		if done == open { // a row that no output looks at
			continue
		}
		copyLine(line, src.row(y), across, win.Min.X)
		for i := done; i < open; i++ {
			if k := y - down[i].first; k < len(down[i].weights) {
				addLine(sums[i], line, down[i].weights[k])
			}
		}
		for done < open && end(down[done]) <= y+1 {
			dst := out[3*ww*done:][:3*ww]
			for i, s := range sums[done] {
				dst[i] = clip(s >> precision)
			}
			spare = append(spare, sums[done])
			delete(sums, done)
			done++
		}
	}
	return out
}

func addLine(sums []int32, line []uint8, weight int32) {
	line = line[:len(sums)]
	for i := range sums {
		sums[i] += int32(line[i]) * weight
	}
}

// copyLine is the pass across one row of 4-byte pixels to packed RGB; without
// taps it copies from column left on.
func copyLine(dst, row []uint8, across []taps, left int) {
	if across == nil {
		row = row[4*left:]
		for i := 0; i < len(dst); i += 3 {
			dst[i], dst[i+1], dst[i+2] = row[0], row[1], row[2]
			row = row[4:]
		}
		return
	}
	for x, t := range across {
		r, g, b := int32(1<<(precision-1)), int32(1<<(precision-1)), int32(1<<(precision-1))
		p := row[4*t.first:]
		for _, k := range t.weights {
			q := p[:4:4]
			r += int32(q[0]) * k
			g += int32(q[1]) * k
			b += int32(q[2]) * k
			p = p[4:]
		}
		dst[3*x], dst[3*x+1], dst[3*x+2] = clip(r>>precision), clip(g>>precision), clip(b>>precision)
	}
}

// nearest is Pillow's: the position is summed up step by step in float64
// (Geometry.c, ImagingScaleAffine), which decides ties.
func nearest(src pixels, w, h int, win image.Rectangle) []uint8 {
	columns, rows := nearestIndex(src.w, w), nearestIndex(src.h, h)
	out := make([]uint8, 0, 3*win.Dx()*win.Dy())
	for _, y := range rows[win.Min.Y:win.Max.Y] {
		row := src.row(y)
		for _, x := range columns[win.Min.X:win.Max.X] {
			out = append(out, row[4*x:4*x+3]...)
		}
	}
	return out
}

func nearestIndex(src, dst int) []int {
	step := float64(src) / float64(dst)
	at := step * 0.5
	out := make([]int, dst)
	for i := range out {
		out[i] = min(int(at), src-1)
		at += step
	}
	return out
}

// grey turns packed RGB into luma, in place of Pillow's convert("L"):
// L = (19595 R + 38470 G + 7471 B + 2^15) >> 16 (ITU-R 601-2).
func grey(r, g, b uint8) uint8 {
	return uint8((19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b) + 0x8000) >> 16)
}

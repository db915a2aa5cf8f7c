package edit

import (
	"image"

	"seewhy/analysis/task"
)

// MaskOf is the shape of the cells of a grid, row by row, that in says are in.
func MaskOf(width, height int, in func(cell int) bool) task.Shape {
	s := task.Shape{Kind: task.Mask, Width: width, Height: height}
	run, inside := 0, false
	for i := range width * height {
		if in(i) != inside {
			s.Runs, run, inside = append(s.Runs, run), 0, !inside
		}
		run++
	}
	s.Runs = append(s.Runs, run)
	return s
}

// MaskOfSegments is the shape of some segments of a picture, such as those
// that were picked. A picture without segments gives no cells.
func MaskOfSegments(segments task.Segments, picked ...int) task.Shape {
	is := make(map[int32]bool, len(picked))
	for _, p := range picked {
		is[int32(p)] = true
	}
	if len(segments.Of) != segments.Width*segments.Height {
		segments.Width, segments.Height = 0, 0
	}
	return MaskOf(segments.Width, segments.Height, func(cell int) bool { return is[segments.Of[cell]] })
}

// MaskOfImage is the shape of the pixels of a picture that are bright: of those
// whose luma is 128 of 255 or more, on black.
func MaskOfImage(img image.Image) task.Shape {
	b := img.Bounds()
	return MaskOf(b.Dx(), b.Dy(), func(cell int) bool {
		r, g, bl, _ := img.At(b.Min.X+cell%b.Dx(), b.Min.Y+cell/b.Dx()).RGBA()
		return 19595*r+38470*g+7471*bl >= 0x8080<<16
	})
}

// spans calls f for each part of a line of cells that is in: columns x0 up to x1.
func spans(s task.Shape, f func(y, x0, x1 int)) {
	at := 0
	for i, n := range s.Runs {
		if i%2 == 0 {
			at += n
			continue
		}
		for end := at + n; at < end; {
			y, x := at/s.Width, at%s.Width
			stop := min(s.Width, x+end-at)
			f(y, x, stop)
			at += stop - x
		}
	}
}

// cellStart is the first of n pixels whose centre lies in cell c of cells or
// after it: the least x with (x+1/2)/n >= c/cells.
func cellStart(c, cells, n int) int { return (2*c*n - cells + 2*cells - 1) / (2 * cells) }

func maskBounds(s task.Shape, w, h int) image.Rectangle {
	var cells image.Rectangle
	spans(s, func(y, x0, x1 int) { cells = cells.Union(image.Rect(x0, y, x1, y+1)) })
	if cells.Empty() {
		return cells
	}
	r := image.Rectangle{
		Min: image.Pt(cellStart(cells.Min.X, s.Width, w), cellStart(cells.Min.Y, s.Height, h)),
		Max: image.Pt(cellStart(cells.Max.X, s.Width, w), cellStart(cells.Max.Y, s.Height, h)),
	}
	if r.Empty() { // cells that no centre lies in
		return image.Rectangle{}
	}
	return r
}

func coverMask(out *image.Alpha, s task.Shape, w, h int) {
	spans(s, func(y, x0, x1 int) {
		top, bottom := cellStart(y, s.Height, h), cellStart(y+1, s.Height, h)
		r := image.Rect(cellStart(x0, s.Width, w), top, cellStart(x1, s.Width, w), bottom).Intersect(out.Rect)
		for line := r.Min.Y; line < r.Max.Y; line++ {
			to := row(out, line, r)
			for x := range to {
				to[x] = 255
			}
		}
	})
}

package edit

import (
	"context"
	"image"
	"math"

	"golang.org/x/image/vector"

	"seewhy/analysis/task"
)

// Cover tells how much of each pixel of a picture of width x height lies in
// any of the shapes: 255 where all of it does. Where shapes meet, the larger
// cover counts.
//
// A box covers what lies between its corners, to fractions of pixels. A lasso
// is anti-aliased, with the non-zero rule. A brush covers what is at most its
// radius away from the line through its points: 1/2 at the edge, falling from
// 1 to 0 over a pixel. A mask's cell covers the pixels whose centres lie in it.
//
// The shapes must have passed Check; the parts outside of the picture are cut.
func Cover(shapes []task.Shape, width, height int) *image.Alpha {
	return CoverWithin(shapes, width, height, image.Rect(0, 0, width, height))
}

// CoverWithin is the part of Cover inside of a rectangle, at whose place the
// result lies. The rest is not computed: the picture may be larger than memory.
func CoverWithin(shapes []task.Shape, width, height int, within image.Rectangle) *image.Alpha {
	within = within.Intersect(image.Rect(0, 0, width, height))
	out := image.NewAlpha(within)
	for _, s := range shapes {
		part := coverOf(context.Background(), s, width, height, within)
		for y := part.Rect.Min.Y; y < part.Rect.Max.Y; y++ {
			from, to := row(part, y, part.Rect), row(out, y, part.Rect)
			for x, a := range from {
				to[x] = max(to[x], a)
			}
		}
	}
	return out
}

// row is the part of line y that lies in r.
func row(a *image.Alpha, y int, r image.Rectangle) []uint8 {
	return a.Pix[a.PixOffset(r.Min.X, y):][:r.Dx()]
}

// Bounds is the smallest rectangle of pixels that the shape can touch in a
// picture of width x height; empty where it lies outside.
func Bounds(s task.Shape, width, height int) image.Rectangle {
	if s.Kind == task.Mask {
		return maskBounds(s, width, height)
	}
	reach := 0.0
	if s.Kind == task.Brush {
		reach = s.Radius*float64(max(width, height)) + 0.5
	}
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range s.Points {
		x, y := p.X*float64(width), p.Y*float64(height)
		x0, y0, x1, y1 = min(x0, x-reach), min(y0, y-reach), max(x1, x+reach), max(y1, y+reach)
	}
	if !(x1 > x0 && y1 > y0) {
		return image.Rectangle{}
	}
	r := image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1)), int(math.Ceil(y1)))
	return r.Intersect(image.Rect(0, 0, width, height))
}

// coverOf is one shape's cover, no larger than what it touches within.
//
// The cover of a pixel depends on the shape and the picture's size alone, not on
// the rectangle that is asked for: else a picture that is mended part by part
// would differ from one that is made at once. Where ctx ends the cover is
// incomplete.
func coverOf(ctx context.Context, s task.Shape, w, h int, within image.Rectangle) *image.Alpha {
	bounds := Bounds(s, w, h)
	out := image.NewAlpha(bounds.Intersect(within))
	if out.Rect.Empty() {
		return out
	}
	switch s.Kind {
	case task.Box:
		coverBox(out, s, w, h)
	case task.Lasso:
		return coverLasso(ctx, s, w, h, bounds, out.Rect)
	case task.Brush:
		coverBrush(ctx, out, s, w, h)
	case task.Mask:
		coverMask(out, s, w, h)
	}
	return out
}

func coverBox(out *image.Alpha, s task.Shape, w, h int) {
	a, b := s.Points[0], s.Points[1]
	columns := Overlaps(a.X*float64(w), b.X*float64(w), out.Rect.Min.X, out.Rect.Max.X)
	lines := Overlaps(a.Y*float64(h), b.Y*float64(h), out.Rect.Min.Y, out.Rect.Max.Y)
	for i, dy := range lines {
		to := row(out, out.Rect.Min.Y+i, out.Rect)
		for x, dx := range columns {
			to[x] = uint8(255*dx*dy + 0.5)
		}
	}
}

// Overlaps is how much of each pixel from..to of a line lies between the places a
// and b, in either order: 0 to 1.
func Overlaps(a, b float64, from, to int) []float64 {
	a, b = min(a, b), max(a, b)
	out := make([]float64, max(0, to-from))
	for i := range out {
		at := float64(from + i)
		out[i] = max(0, min(b, at+1)-max(a, at))
	}
	return out
}

// maxRaster bounds the pixels that a lasso is drawn on as a whole.
const maxRaster = 1 << 28

func coverLasso(ctx context.Context, s task.Shape, w, h int, bounds, within image.Rectangle) *image.Alpha {
	// How the rasteriser rounds depends on its size: the whole lasso is drawn
	// whatever part is asked for.
	if bounds.Dx() > maxRaster/bounds.Dy() {
		bounds = within
	}
	points := make([]task.Point, len(s.Points))
	for i, p := range s.Points {
		points[i] = task.Point{X: p.X*float64(w) - float64(bounds.Min.X), Y: p.Y*float64(h) - float64(bounds.Min.Y)}
	}
	out := image.NewAlpha(bounds)
	points = clipped(points, float64(bounds.Dx()), float64(bounds.Dy()))
	if len(points) > 2 {
		z := vector.NewRasterizer(bounds.Dx(), bounds.Dy())
		z.MoveTo(float32(points[0].X), float32(points[0].Y))
		for _, p := range points[1:] {
			if ctx.Err() != nil {
				break
			}
			z.LineTo(float32(p.X), float32(p.Y))
		}
		z.ClosePath()
		z.Draw(out, bounds, image.Opaque, image.Point{})
	}
	return out.SubImage(within).(*image.Alpha)
}

// clipped cuts a polygon to 0..w, 0..h, side by side (Sutherland and Hodgman):
// the winding of what is inside stays, and the rasteriser gets no far numbers.
func clipped(points []task.Point, w, h float64) []task.Point {
	for side := range 4 {
		inside := func(p task.Point) float64 {
			return [4]float64{p.X, w - p.X, p.Y, h - p.Y}[side]
		}
		var out []task.Point
		for i, b := range points {
			a := points[(i+len(points)-1)%len(points)]
			da, db := inside(a), inside(b)
			if da >= 0 != (db >= 0) {
				t := da / (da - db)
				out = append(out, task.Point{X: a.X + t*(b.X-a.X), Y: a.Y + t*(b.Y-a.Y)})
			}
			if db >= 0 {
				out = append(out, b)
			}
		}
		points = out
	}
	return points
}

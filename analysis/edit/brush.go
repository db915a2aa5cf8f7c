package edit

import (
	"context"
	"image"
	"math"

	"seewhy/analysis/task"
)

// coverBrush draws the stroke as capsules, one for each of its lines. What is
// wholly inside a capsule is counted by spans, so that the cost is the rows and
// the edge of each line whatever the radius is.
func coverBrush(ctx context.Context, out *image.Alpha, s task.Shape, w, h int) {
	r := s.Radius * float64(max(w, h))
	// starts[y][x] is by how many more spans x is in than x-1.
	wide := out.Rect.Dx() + 1
	starts := make([]int32, wide*out.Rect.Dy())
	for i := range max(1, len(s.Points)-1) {
		if ctx.Err() != nil {
			return
		}
		a, b := s.Points[i], s.Points[min(i+1, len(s.Points)-1)]
		c := capsule{a.X * float64(w), a.Y * float64(h), b.X * float64(w), b.Y * float64(h)}
		top := max(out.Rect.Min.Y, int(math.Floor(min(c.ay, c.by)-r-0.5)))
		bottom := min(out.Rect.Max.Y, int(math.Ceil(max(c.ay, c.by)+r+0.5)))
		for y := top; y < bottom; y++ {
			lo, hi, ok := c.row(float64(y)+0.5, r+0.5)
			if !ok {
				continue
			}
			x0, x1 := max(out.Rect.Min.X, int(math.Floor(lo-0.5))), min(out.Rect.Max.X, int(math.Ceil(hi+0.5)))
			in0, in1 := x1, x1
			if lo, hi, ok := c.row(float64(y)+0.5, r-0.5); ok && r > 0.5 {
				in0, in1 = min(max(int(math.Ceil(lo-0.5)), x0), x1), min(max(int(math.Floor(hi-0.5))+1, x0), x1)
				if in1 > in0 {
					line := starts[(y-out.Rect.Min.Y)*wide:]
					line[in0-out.Rect.Min.X]++
					line[in1-out.Rect.Min.X]--
				} else {
					in0, in1 = x1, x1
				}
			}
			line := out.Pix[out.PixOffset(out.Rect.Min.X, y):]
			for x := x0; x < x1; x++ {
				if x == in0 {
					x = in1
					if x >= x1 {
						break
					}
				}
				d := c.distance(float64(x)+0.5, float64(y)+0.5)
				if a := min(r+0.5-d, 2*r, 1); a > 0 {
					p := &line[x-out.Rect.Min.X]
					*p = max(*p, uint8(255*a+0.5))
				}
			}
		}
	}
	for y := range out.Rect.Dy() {
		line, depth := out.Pix[y*out.Stride:], int32(0)
		for x := range out.Rect.Dx() {
			if depth += starts[y*wide+x]; depth > 0 {
				line[x] = 255
			}
		}
	}
}

// capsule is a line from a to b; what is at most R away from it is round at
// both ends.
type capsule struct{ ax, ay, bx, by float64 }

func (c capsule) distance(x, y float64) float64 {
	dx, dy := c.bx-c.ax, c.by-c.ay
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = min(max(((x-c.ax)*dx+(y-c.ay)*dy)/l, 0), 1)
	}
	return math.Sqrt((x-c.ax-t*dx)*(x-c.ax-t*dx) + (y-c.ay-t*dy)*(y-c.ay-t*dy))
}

// row is the part of the horizontal at y that is at most r away: an interval,
// since the capsule is convex. It is made up of those of the two discs and of
// the rectangle between them.
func (c capsule) row(y, r float64) (lo, hi float64, ok bool) {
	if r <= 0 {
		return 0, 0, false
	}
	lo, hi = math.Inf(1), math.Inf(-1)
	disc := func(x0, y0 float64) {
		if q := r*r - (y-y0)*(y-y0); q >= 0 {
			half := math.Sqrt(q)
			lo, hi = min(lo, x0-half), max(hi, x0+half)
		}
	}
	disc(c.ax, c.ay)
	disc(c.bx, c.by)
	dx, dy := c.bx-c.ax, c.by-c.ay
	if l := math.Sqrt(dx*dx + dy*dy); l > 0 {
		nx, ny := -dy/l*r, dx/l*r
		corners := [4][2]float64{{c.ax + nx, c.ay + ny}, {c.bx + nx, c.by + ny}, {c.bx - nx, c.by - ny}, {c.ax - nx, c.ay - ny}}
		for i, p := range corners {
			q := corners[(i+1)%4]
			if p[1] == q[1] || y < min(p[1], q[1]) || y > max(p[1], q[1]) {
				continue
			}
			x := p[0] + (y-p[1])/(q[1]-p[1])*(q[0]-p[0])
			lo, hi = min(lo, x), max(hi, x)
		}
	}
	return lo, hi, lo <= hi
}

package scene

import "math"

// pt is a point in the local units of whoever draws: y grows downwards.
type pt struct{ x, y float64 }

// affine maps local points to pixels: x' = a·x + c·y + e, y' = b·x + d·y + f.
type affine struct{ a, b, c, d, e, f float64 }

func (m affine) apply(p pt) pt {
	return pt{m.a*p.x + m.c*p.y + m.e, m.b*p.x + m.d*p.y + m.f}
}

// inverse maps pixels back to local points; every affine here is a similarity or a mirror, so it exists.
func (m affine) inverse() affine {
	det := m.a*m.d - m.b*m.c
	a, b, c, d := m.d/det, -m.b/det, -m.c/det, m.a/det
	return affine{a, b, c, d, -(a*m.e + c*m.f), -(b*m.e + d*m.f)}
}

// unit is the length in pixels of one local unit.
func (m affine) unit() float64 { return math.Sqrt(math.Abs(m.a*m.d - m.b*m.c)) }

// place builds the map of an object: scaled by sx, sy, turned by angle, moved to (x, y).
func place(x, y, sx, sy, angle float64) affine {
	sin, cos := math.Sincos(angle)
	return affine{cos * sx, sin * sx, -sin * sy, cos * sy, x, y}
}

// shape is a set of closed rings. Rings of equal direction unite; a ring of the opposite direction cuts a hole.
type shape [][]pt

// join unites shapes.
func join(ss ...shape) shape {
	var out shape
	for _, s := range ss {
		out = append(out, s...)
	}
	return out
}

// without cuts the rings of hole out of s.
func (s shape) without(hole shape) shape {
	out := append(shape{}, s...)
	for _, ring := range hole {
		back := make([]pt, len(ring))
		for i, p := range ring {
			back[len(ring)-1-i] = p
		}
		out = append(out, back)
	}
	return out
}

// each maps every point of s through f.
func (s shape) each(f func(pt) pt) shape {
	out := make(shape, len(s))
	for i, ring := range s {
		out[i] = make([]pt, len(ring))
		for j, p := range ring {
			out[i][j] = f(p)
		}
	}
	return out.wound()
}

// moved, turned and scaled are the usual maps; turned and scaled are about the origin.
func (s shape) moved(dx, dy float64) shape {
	return s.each(func(p pt) pt { return pt{p.x + dx, p.y + dy} })
}

func (s shape) turned(angle float64) shape {
	sin, cos := math.Sincos(angle)
	return s.each(func(p pt) pt { return pt{cos*p.x - sin*p.y, sin*p.x + cos*p.y} })
}

func (s shape) scaled(sx, sy float64) shape {
	return s.each(func(p pt) pt { return pt{p.x * sx, p.y * sy} })
}

// wound gives every ring the same direction, so that overlaps unite instead of cancelling.
func (s shape) wound() shape {
	for _, ring := range s {
		area := 0.0
		for i, p := range ring {
			q := ring[(i+1)%len(ring)]
			area += p.x*q.y - q.x*p.y
		}
		if area < 0 {
			for i, j := 0, len(ring)-1; i < j; i, j = i+1, j-1 {
				ring[i], ring[j] = ring[j], ring[i]
			}
		}
	}
	return s
}

// polygon joins its corners by straight lines.
func polygon(ps ...pt) shape { return shape{append([]pt(nil), ps...)}.wound() }

// roundness is the number of corners of a full circle: the deviation stays under a tenth of a pixel up to a radius of 180.
const roundness = 96

func ellipse(cx, cy, rx, ry float64) shape {
	ring := make([]pt, roundness)
	for i := range ring {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / roundness)
		ring[i] = pt{cx + rx*cos, cy + ry*sin}
	}
	return shape{ring}.wound()
}

func circle(cx, cy, r float64) shape { return ellipse(cx, cy, r, r) }

func rect(x0, y0, x1, y1 float64) shape {
	return polygon(pt{x0, y0}, pt{x1, y0}, pt{x1, y1}, pt{x0, y1})
}

// rounded is a rectangle whose corners have radius r.
func rounded(x0, y0, x1, y1, r float64) shape {
	r = math.Min(r, math.Min(math.Abs(x1-x0), math.Abs(y1-y0))/2)
	var ring []pt
	for i, c := range []pt{{x1 - r, y1 - r}, {x0 + r, y1 - r}, {x0 + r, y0 + r}, {x1 - r, y0 + r}} {
		for k := 0; k <= 12; k++ {
			sin, cos := math.Sincos(math.Pi / 2 * (float64(i) + float64(k)/12))
			ring = append(ring, pt{c.x + r*cos, c.y + r*sin})
		}
	}
	return shape{ring}.wound()
}

// line traces an open curve; closed turns it into a shape and stroked into a band.
type line []pt

func from(x, y float64) line { return line{{x, y}} }

func (l line) to(x, y float64) line { return append(l, pt{x, y}) }

// curve appends a quadratic Bézier arc with control point (cx, cy).
func (l line) curve(cx, cy, x, y float64) line {
	p := l[len(l)-1]
	const n = 20
	for i := 1; i <= n; i++ {
		t := float64(i) / n
		u := 1 - t
		l = append(l, pt{u*u*p.x + 2*u*t*cx + t*t*x, u*u*p.y + 2*u*t*cy + t*t*y})
	}
	return l
}

// cubic appends a cubic Bézier arc.
func (l line) cubic(ax, ay, bx, by, x, y float64) line {
	p := l[len(l)-1]
	const n = 28
	for i := 1; i <= n; i++ {
		t := float64(i) / n
		u := 1 - t
		l = append(l, pt{
			u*u*u*p.x + 3*u*u*t*ax + 3*u*t*t*bx + t*t*t*x,
			u*u*u*p.y + 3*u*u*t*ay + 3*u*t*t*by + t*t*t*y,
		})
	}
	return l
}

func (l line) closed() shape { return polygon(l...) }

// stroked is a band of the given width along l with round joints and ends.
func (l line) stroked(width float64) shape {
	return l.tapered(width, width)
}

// tapered is a band whose width goes from w0 to w1.
func (l line) tapered(w0, w1 float64) shape {
	var out shape
	for i, p := range l {
		t := 0.0
		if len(l) > 1 {
			t = float64(i) / float64(len(l)-1)
		}
		r := (w0 + (w1-w0)*t) / 2
		ring := make([]pt, 16)
		for k := range ring {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / 16)
			ring[k] = pt{p.x + r*cos, p.y + r*sin}
		}
		out = append(out, ring)
		if i+1 == len(l) {
			break
		}
		q := l[i+1]
		dx, dy := q.x-p.x, q.y-p.y
		n := math.Hypot(dx, dy)
		if n == 0 {
			continue
		}
		s := (w0 + (w1-w0)*float64(i+1)/float64(len(l)-1)) / 2
		nx, ny := -dy/n, dx/n
		out = append(out, []pt{
			{p.x + nx*r, p.y + ny*r},
			{q.x + nx*s, q.y + ny*s},
			{q.x - nx*s, q.y - ny*s},
			{p.x - nx*r, p.y - ny*r},
		})
	}
	return out.wound()
}

// smooth closes a Catmull-Rom curve through its points: hills, clouds, bodies.
func smooth(ps ...pt) shape {
	n := len(ps)
	var ring []pt
	for i := range ps {
		p0, p1, p2, p3 := ps[(i+n-1)%n], ps[i], ps[(i+1)%n], ps[(i+2)%n]
		for k := range 12 {
			ring = append(ring, spline(p0, p1, p2, p3, float64(k)/12))
		}
	}
	return shape{ring}.wound()
}

func spline(p0, p1, p2, p3 pt, t float64) pt {
	f := func(a, b, c, d float64) float64 {
		return b + t/2*(c-a+t*(2*a-5*b+4*c-d+t*(3*(b-c)+d-a)))
	}
	return pt{f(p0.x, p1.x, p2.x, p3.x), f(p0.y, p1.y, p2.y, p3.y)}
}

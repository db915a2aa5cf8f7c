package scene

import (
	"image"
	"math"

	"golang.org/x/image/vector"
)

// layer is a square picture of premultiplied float RGBA, four values a pixel.
type layer struct {
	size int
	pix  []float32
}

func newLayer(size int) *layer {
	return &layer{size, make([]float32, 4*size*size)}
}

// cover is the anti-aliased coverage of a shape inside r, which may reach beyond the picture.
type cover struct {
	r image.Rectangle
	a []uint8
}

func (c *cover) at(x, y int) uint8 {
	if !(image.Point{x, y}).In(c.r) {
		return 0
	}
	return c.a[(y-c.r.Min.Y)*c.r.Dx()+x-c.r.Min.X]
}

// pen draws shapes given in local units onto a layer.
type pen struct {
	*layer
	m     affine
	light pt     // unit vector towards the light, in pixels' directions
	clip  *cover // nil: everything
	rast  *vector.Rasterizer
}

// covers rasterises s with exact area coverage, margin pixels wider than its bounds.
func (p *pen) covers(s shape, margin int) *cover {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, ring := range s {
		for _, q := range ring {
			q = p.m.apply(q)
			x0, x1 = math.Min(x0, q.x), math.Max(x1, q.x)
			y0, y1 = math.Min(y0, q.y), math.Max(y1, q.y)
		}
	}
	if x0 > x1 || y0 > y1 {
		return &cover{}
	}
	whole := image.Rect(-margin, -margin, p.size+margin, p.size+margin)
	lim := func(v float64) int { return int(math.Max(-1e6, math.Min(1e6, v))) }
	r := image.Rect(lim(math.Floor(x0))-margin, lim(math.Floor(y0))-margin,
		lim(math.Ceil(x1))+1+margin, lim(math.Ceil(y1))+1+margin).Intersect(whole)
	if r.Empty() {
		return &cover{}
	}
	p.rast.Reset(r.Dx(), r.Dy())
	for _, ring := range s {
		for i, q := range ring {
			q = p.m.apply(q)
			x, y := float32(q.x-float64(r.Min.X)), float32(q.y-float64(r.Min.Y))
			if i == 0 {
				p.rast.MoveTo(x, y)
			} else {
				p.rast.LineTo(x, y)
			}
		}
		p.rast.ClosePath()
	}
	dst := image.NewAlpha(image.Rect(0, 0, r.Dx(), r.Dy()))
	p.rast.Draw(dst, dst.Rect, image.Opaque, image.Point{})
	c := &cover{r, dst.Pix}
	if p.clip != nil {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				i := (y-r.Min.Y)*r.Dx() + x - r.Min.X
				c.a[i] = uint8(uint32(c.a[i]) * uint32(p.clip.at(x, y)) / 255)
			}
		}
	}
	return c
}

// blend lays the paint over the layer where c covers it.
func (p *pen) blend(c *cover, f paint) {
	r := c.r.Intersect(image.Rect(0, 0, p.size, p.size))
	inv := p.m.inverse()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			k := c.a[(y-c.r.Min.Y)*c.r.Dx()+x-c.r.Min.X]
			if k == 0 {
				continue
			}
			q := inv.apply(pt{float64(x) + .5, float64(y) + .5})
			col := f(q.x, q.y)
			a := col.a * float32(k) / 255
			d := p.pix[4*(y*p.size+x):][:4]
			d[0] = d[0]*(1-a) + col.r*a
			d[1] = d[1]*(1-a) + col.g*a
			d[2] = d[2]*(1-a) + col.b*a
			d[3] = d[3]*(1-a) + a
		}
	}
}

// fill paints s without shading.
func (p *pen) fill(s shape, f paint) { p.blend(p.covers(s, 0), f) }

// body paints s, then the details clipped to it, then rounds all by light: the rim towards the light brightens,
// the far rim darkens, over a width of depth local units. strength 1 is a well lit matt surface.
func (p *pen) body(s shape, f paint, depth, strength float64, details ...func()) {
	radius := math.Max(1, depth*p.m.unit()/2)
	margin := int(3*radius) + 2
	c := p.covers(s, margin)
	if c.r.Empty() {
		return
	}
	p.blend(c, f)
	if len(details) > 0 {
		outer := p.clip
		p.clip = c
		for _, d := range details {
			d()
		}
		p.clip = outer
	}
	p.round(c, radius, strength)
}

// round shades c from its own blurred coverage, shifted along the light.
func (p *pen) round(c *cover, radius, strength float64) {
	w, h := c.r.Dx(), c.r.Dy()
	soft := make([]float32, w*h)
	for i, a := range c.a {
		soft[i] = float32(a) / 255
	}
	blur(soft, w, h, radius)
	dx, dy := int(math.Round(p.light.x*radius)), int(math.Round(p.light.y*radius))
	near := func(x, y int) float32 {
		return soft[min(max(y, 0), h-1)*w+min(max(x, 0), w-1)]
	}
	dark, glow := float32(.62*strength), float32(.42*strength)
	r := c.r.Intersect(image.Rect(0, 0, p.size, p.size))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			lx, ly := x-c.r.Min.X, y-c.r.Min.Y
			k := float32(c.a[ly*w+lx]) / 255
			if k == 0 {
				continue
			}
			s := 1 - dark*k*(1-near(lx-dx, ly-dy))
			g := glow * k * (1 - near(lx+dx, ly+dy))
			d := p.pix[4*(y*p.size+x):][:4]
			// Shadows cool down and lights warm up, as outdoors.
			d[0] = d[0] * s * (1 - (1-s)*.25)
			d[1] = d[1] * s * (1 - (1-s)*.18)
			d[2] *= s
			d[0] += (d[3] - d[0]) * g
			d[1] += (d[3] - d[1]) * g * .97
			d[2] += (d[3] - d[2]) * g * .88
		}
	}
}

// blur approximates a Gaussian of the given radius by three running means, in place.
func blur(v []float32, w, h int, radius float64) {
	r := int(math.Round(radius * .6))
	if r < 1 || w == 0 || h == 0 {
		return
	}
	row := make([]float32, max(w, h))
	for range 3 {
		for y := range h {
			mean(v[y*w:], row, w, 1, r)
		}
		for x := range w {
			mean(v[x:], row, h, w, r)
		}
	}
}

// mean replaces n values, step apart, by their means over 2r+1 neighbours; the ends are repeated.
func mean(v, tmp []float32, n, step, r int) {
	for i := range n {
		tmp[i] = v[i*step]
	}
	var sum float32
	for i := -r; i <= r; i++ {
		sum += tmp[min(max(i, 0), n-1)]
	}
	k := 1 / float32(2*r+1)
	for i := range n {
		v[i*step] = sum * k
		sum += tmp[min(i+r+1, n-1)] - tmp[max(i-r, 0)]
	}
}

// grain brushes a faint texture over what is drawn, as of gouache on paper.
func (p *pen) grain(n noise, depth float64) {
	inv := p.m.inverse()
	for y := range p.size {
		for x := range p.size {
			d := p.pix[4*(y*p.size+x):][:4]
			if d[3] == 0 {
				continue
			}
			q := inv.apply(pt{float64(x), float64(y)})
			k := float32(1 + depth*(n.fractal(q.x*9, q.y*21, 3)-.5))
			for i := range 3 {
				d[i] = min(d[i]*k, d[3])
			}
		}
	}
}

// alphas copies the layer's alpha.
func (l *layer) alphas() []float32 {
	out := make([]float32, l.size*l.size)
	for i := range out {
		out[i] = l.pix[4*i+3]
	}
	return out
}

// over lays top over l.
func (l *layer) over(top *layer) {
	for i := 0; i < len(l.pix); i += 4 {
		a := top.pix[i+3]
		if a == 0 {
			continue
		}
		for k := range 4 {
			l.pix[i+k] = l.pix[i+k]*(1-a) + top.pix[i+k]
		}
	}
}

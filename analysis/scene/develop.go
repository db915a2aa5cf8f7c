package scene

import "math"

// shadow throws the shadow of one object onto what lies below.
func (pl *plan) shadow(ground *layer, sh sheet) {
	sp := sh.spot
	switch {
	case sp.stands && pl.backdrop.water:
		reflect(ground, sh.layer, (sp.y+sp.r*classes[sp.class].base*1.2)*float64(ground.size))
	case sp.stands:
		footShadow(ground, sh.layer, sp, pl.light)
	default:
		dropShadow(ground, sh.layer, pl.light, .05*sp.r+.004, .34)
	}
}

// dropShadow darkens l where top, moved away from the light by reach (in picture units) and blurred, lies over it.
func dropShadow(l, top *layer, light pt, reach, dark float64) {
	n := l.size
	soft := top.alphas()
	blur(soft, n, n, math.Max(1, reach*float64(n)*.9))
	dx, dy := int(math.Round(light.x*reach*float64(n)*1.2)), int(math.Round(light.y*reach*float64(n)*1.2))
	for y := range n {
		for x := range n {
			sx, sy := x+dx, y+dy
			if sx < 0 || sy < 0 || sx >= n || sy >= n {
				continue
			}
			l.dim(x, y, soft[sy*n+sx]*float32(dark))
		}
	}
}

// dim darkens one pixel by k, a little more in red than in blue.
func (l *layer) dim(x, y int, k float32) {
	if k <= 0 {
		return
	}
	d := l.pix[4*(y*l.size+x):][:4]
	d[0] *= 1 - k
	d[1] *= 1 - k*.95
	d[2] *= 1 - k*.82
}

// footShadow lays the object's silhouette flat onto the ground, away from the light, darkest at the foot.
func footShadow(l, top *layer, sp spot, light pt) {
	n := l.size
	f := float64(n)
	foot := (sp.y + sp.r*classes[sp.class].base) * f
	flat := make([]float32, n*n)
	slant := -light.x * .9
	const squash = .3
	for y := range n {
		// Ground points behind the foot show the silhouette above it; those in front a short contact shadow.
		up := (foot - float64(y)) / squash
		if up < -.14*sp.r*f || up > 2*sp.r*f {
			continue
		}
		fade := float32(1 - .75*math.Max(0, up)/(2*sp.r*f))
		sy := int(foot - math.Abs(up))
		if sy < 0 || sy >= n {
			continue
		}
		for x := range n {
			sx := x - int(slant*math.Max(0, up))
			if sx >= 0 && sx < n {
				flat[y*n+x] = top.pix[4*(sy*n+sx)+3] * fade
			}
		}
	}
	blur(flat, n, n, math.Max(1, .03*sp.r*f+.004*f))
	for y := range n {
		for x := range n {
			l.dim(x, y, flat[y*n+x]*.42)
		}
	}
}

// reflect mirrors top in water below the line y = level, broken by ripples.
func reflect(l, top *layer, level float64) {
	n := l.size
	f := float64(n)
	for y := max(0, int(level)); y < n; y++ {
		depth := float64(y) - level
		sy := int(level - depth*1.15)
		if sy < 0 {
			break
		}
		fade := float32(.5 * math.Max(0, 1-depth/(.34*f)))
		shift := math.Sin(float64(y)/f*190) * (.004 + .02*depth/f) * f
		for x := range n {
			sx := x + int(shift)
			if sx < 0 || sx >= n || sy >= n {
				continue
			}
			src := top.pix[4*(sy*n+sx):][:4]
			if src[3] == 0 {
				continue
			}
			d := l.pix[4*(y*n+x):][:4]
			for k := range 3 {
				d[k] = d[k]*(1-src[3]*fade) + src[k]*fade*.85
			}
		}
	}
}

// develop applies light, vignette, tint and defocus to the whole photograph.
func (pl *plan) develop(l *layer) {
	n := l.size
	f := float64(n)
	for y := range n {
		for x := range n {
			u, v := (float64(x)+.5)/f-.5, (float64(y)+.5)/f-.5
			k := pl.exposure * (1 + pl.slope*(u*pl.light.x+v*pl.light.y)) * (1 - pl.vignette*2*(u*u+v*v)*(u*u+v*v)*2)
			d := l.pix[4*(y*n+x):][:4]
			d[0] = min(1, max(0, d[0]*float32(k)*pl.tint.r))
			d[1] = min(1, max(0, d[1]*float32(k)*pl.tint.g))
			d[2] = min(1, max(0, d[2]*float32(k)*pl.tint.b))
		}
	}
	if r := pl.blur * f; r >= .3 {
		l.defocus(r)
	}
}

// defocus blurs the colours. Radii under a pixel mix in a share of the smallest blur.
func (l *layer) defocus(radius float64) {
	n := l.size
	share := float32(math.Min(1, radius/1.7))
	for k := range 3 {
		v := make([]float32, n*n)
		for i := range v {
			v[i] = l.pix[4*i+k]
		}
		blur(v, n, n, math.Max(radius, 1))
		for i := range v {
			l.pix[4*i+k] += (v[i] - l.pix[4*i+k]) * share
		}
	}
}

package scene

import "math"

// backdrop is one kind of background. Drawers work in picture units: [0, 1] both ways.
type backdrop struct {
	name string
	draw func(p *pen, d dice)
	// ground: objects stand on it and throw a shadow at their feet. Otherwise it is a surface behind them,
	// and their shadow falls beside them.
	ground bool
	// water: objects that float are mirrored below their waterline.
	water bool
}

var backdrops = []backdrop{
	{name: "sky", draw: drawSky},
	{name: "meadow", draw: drawMeadow, ground: true},
	{name: "sea", draw: drawSea, water: true},
	{name: "deep", draw: drawDeep},
	{name: "beach", draw: drawBeach, ground: true},
	{name: "desert", draw: drawDesert, ground: true},
	{name: "snow", draw: drawSnow, ground: true},
	{name: "forest", draw: drawForest, ground: true},
	{name: "city", draw: drawCity, ground: true},
	{name: "planks", draw: drawPlanks},
	{name: "tiles", draw: drawTiles},
	{name: "brick", draw: drawBrick},
	{name: "fabric", draw: drawFabric},
	{name: "paper", draw: drawPaper},
}

// Backdrops are the names that [Options.Backdrop] takes.
func Backdrops() []string {
	out := make([]string, len(backdrops))
	for i, b := range backdrops {
		out[i] = b.name
	}
	return out
}

// wash paints every pixel with the colour at its middle: for what changes slowly.
func (p *pen) wash(f paint) { p.sample(f, 1) }

// pattern paints every pixel with the mean of nine colours inside it: for what has edges.
func (p *pen) pattern(f paint) { p.sample(f, 3) }

func (p *pen) sample(f paint, n int) {
	inv := p.m.inverse()
	k := 1 / float32(n*n)
	for y := range p.size {
		for x := range p.size {
			var sum rgba
			for i := range n * n {
				q := inv.apply(pt{float64(x) + (float64(i%n)+.5)/float64(n), float64(y) + (float64(i/n)+.5)/float64(n)})
				c := f(q.x, q.y)
				sum.r += c.r
				sum.g += c.g
				sum.b += c.b
			}
			d := p.pix[4*(y*p.size+x):][:4]
			d[0], d[1], d[2], d[3] = sum.r*k, sum.g*k, sum.b*k, 1
		}
	}
}

// skies are pairs of zenith and horizon colours: noon, haze, dawn, dusk, overcast.
var skies = [][2]uint32{
	{0x4a90d0, 0xcfe8f5},
	{0x6fb1e0, 0xf5ecd7},
	{0x7d8fc9, 0xfbd0a8},
	{0x3d4f8a, 0xf2a07b},
	{0x8fa3b3, 0xdfe5e8},
	{0x5aa9c9, 0xe6f3dc},
	{0x2f6db0, 0xa9d6f0},
}

// heavens paints a sky down to the horizon y = h, with a sun now and then, and soft clouds.
func heavens(p *pen, d dice, h float64, clouds float64) rgba {
	s := skies[d.IntN(len(skies))]
	top, low := hex(s[0]).jitter(d, .03), hex(s[1]).jitter(d, .03)
	n := noise(d.Uint32())
	ox, oy := d.between(0, 50), d.between(0, 50)
	cloud := low.mix(white, .75)
	p.wash(func(x, y float64) rgba {
		t := math.Min(1, y/h)
		c := top.mix(low, math.Pow(t, .85))
		f := n.fractal(ox+x*3.2, oy+y*7.5, 4)
		k := math.Max(0, math.Min(1, (f-(.62-.16*clouds))*5))
		return c.mix(cloud, k*.85*(1-.45*t))
	})
	if d.chance(.35) {
		x, y, r := d.between(.1, .9), d.between(.06, .5)*h, d.between(.04, .08)
		p.fill(circle(x, y, r*3), radial(x, y, r*3, rgba{1, .95, .75, .55}, rgba{1, .95, .75, 0}))
		p.fill(circle(x, y, r), flat(rgba{1, .97, .85, 1}))
	}
	return low
}

// hills is the land below a wavy line around y = h.
func hills(n noise, h, swing, freq float64) shape {
	l := from(-.05, 1.1)
	for i := 0; i <= 64; i++ {
		x := -.05 + 1.1*float64(i)/64
		l = l.to(x, h+swing*(n.fractal(x*freq, .5, 3)-.5)*2)
	}
	return l.to(1.05, 1.1).closed()
}

func drawSky(p *pen, d dice) {
	heavens(p, d, d.between(1, 1.4), d.between(.4, 1))
	for range d.IntN(4) {
		puff(p, d, d.between(0, 1), d.between(.1, .95), d.between(.1, .24))
	}
	if d.chance(.4) {
		n := noise(d.Uint32())
		h := d.between(.84, .93)
		c := pick(d, hex(0x6f8f6a), hex(0x7a8fae), hex(0x8a9a5b)).jitter(d, .04)
		p.fill(hills(n, h, .06, 3), linear(0, h-.1, 0, 1, c.mix(white, .35), c))
		p.fill(hills(n+3, h+.06, .04, 4), linear(0, h, 0, 1, c.lit(.05), c.lit(-.2)))
	}
}

// puff is one shaded cumulus.
func puff(p *pen, d dice, x, y, w float64) {
	var s shape
	n := 4 + d.IntN(3)
	for i := range n {
		t := float64(i)/float64(n-1)*2 - 1
		r := w * (.24 + .2*(1-t*t)) * d.between(.8, 1.15)
		s = join(s, circle(x+t*w*.7, y-r*.35, r))
	}
	s = join(s, rounded(x-w*.95, y-w*.16, x+w*.95, y+w*.13, w*.14))
	p.body(s, linear(0, y-w*.5, 0, y+w*.15, white, hex(0xd5dfea)), w*.3, .55)
}

// tufts scatters blades of grass between y0 and y1.
func tufts(p *pen, d dice, y0, y1 float64, count int, c rgba) {
	for range count {
		t := d.Float64()
		x, y := d.between(0, 1), y0+(y1-y0)*t
		h := .015 + .05*t
		col := c.lit(d.between(-.3, .22))
		p.fill(from(x, y).curve(x, y-h*.6, x+d.between(-.5, .5)*h, y-h).tapered(.004+.007*t, .002), flat(col))
	}
}

func drawMeadow(p *pen, d dice) {
	h := d.between(.42, .62)
	haze := heavens(p, d, h, d.between(.2, .9))
	n := noise(d.Uint32())
	far := hex(0x7fa3a0).jitter(d, .04)
	p.fill(hills(n, h-.06, .08, 2.5), linear(0, h-.15, 0, h+.05, far.mix(haze, .55), far.mix(haze, .2)))
	mid := pick(d, hex(0x7fae5a), hex(0x93b55b), hex(0x6c9a55)).jitter(d, .04)
	p.fill(hills(n+1, h, .05, 2.2), linear(0, h-.05, 0, h+.2, mid.mix(haze, .35), mid))
	for range d.IntN(7) {
		x, s := d.between(0, 1), d.between(.015, .035)
		y := h + .01 + s*.2
		p.body(join(circle(x, y-s, s), circle(x+s*.8, y-s*.7, s*.7), circle(x-s*.8, y-s*.7, s*.7)), flat(mid.lit(-.35)), s, .8)
	}
	near := mid.lit(-.08)
	g := noise(d.Uint32())
	h2 := h + d.between(.07, .14)
	p.fill(hills(n+2, h2, .04, 1.8), func(x, y float64) rgba {
		return near.lit(.1 - .34*(y-h2)/(1-h2) + .22*(g.fractal(x*9, y*16, 3)-.5))
	})
	tufts(p, d, h2+.02, 1.03, 90, near)
	for range d.IntN(30) {
		t := d.Float64()
		x, y, r := d.between(0, 1), h2+.04+(1-h2)*t, .004+.009*t
		c := pick(d, white, hex(0xffd95a), hex(0xf28fa8), hex(0xb9a3e3))
		p.fill(circle(x, y, r), flat(c))
		p.fill(circle(x, y, r*.4), flat(hex(0xe8a33d)))
	}
}

func drawSea(p *pen, d dice) {
	h := d.between(.36, .54)
	haze := heavens(p, d, h, d.between(.2, .9))
	if d.chance(.5) {
		isle := hex(0x7c93a8).mix(haze, .35)
		p.fill(hills(noise(d.Uint32()), h-.015, .05, 3), flat(isle))
	}
	deep := pick(d, hex(0x1f6f9f), hex(0x22808c), hex(0x2b5d8f), hex(0x3d8fb0)).jitter(d, .03)
	n := noise(d.Uint32())
	p.fill(rect(-.1, h, 1.1, 1.1), func(x, y float64) rgba {
		t := (y - h) / (1 - h)
		// Waves shorten towards the horizon.
		z := 1 / (t + .12)
		w := n.fractal(x*2.2*z+3, z*9, 3)
		c := haze.mix(deep, .35+1.1*t)
		return c.lit(.55*(w-.5) + .1*(1-t))
	})
	for range 46 {
		t := d.Float64() * d.Float64()
		x, y, w := d.between(0, 1), h+.01+(1-h)*t, .015+.09*t
		p.fill(from(x-w, y).curve(x, y-w*.16, x+w, y).curve(x, y-w*.02, x-w, y).closed(), flat(white.alpha(d.between(.15, .45))))
	}
}

func drawDeep(p *pen, d dice) {
	top := pick(d, hex(0x59c2d8), hex(0x4aa8d8), hex(0x66cdb8)).jitter(d, .04)
	low := pick(d, hex(0x0f3d66), hex(0x11485a), hex(0x1b3a6b)).jitter(d, .03)
	n := noise(d.Uint32())
	slant := d.between(-.5, .5)
	p.wash(func(x, y float64) rgba {
		ray := n.fractal((x+slant*y)*7, 1.5, 3)
		return top.mix(low, y*1.05).lit(math.Max(0, ray-.5) * .9 * (1 - y))
	})
	bed := hex(0x8fa58a).mix(low, .45)
	p.fill(hills(n+5, d.between(.86, .95), .05, 3), linear(0, .8, 0, 1, bed.lit(.15), bed.lit(-.25)))
	for range 3 + d.IntN(6) {
		x, y := d.between(0, 1), 1.02
		c := pick(d, hex(0x2f7d5b), hex(0x3b8f6b), hex(0x7a5c8e), hex(0xb55d6a)).mix(low, .3)
		tall := d.between(.08, .26)
		for k := range 3 {
			dx := .025 * float64(k-1)
			p.fill(from(x+dx, y).cubic(x+dx+.05, y-tall*.4, x+dx*3-.05, y-tall*.6, x+dx*3.5, y-tall*(1-.15*float64(k))).
				tapered(.022, .006), flat(c.lit(.12*float64(k)-.1)))
		}
	}
	for range 6 + d.IntN(14) {
		x, y, r := d.between(0, 1), d.between(0, .95), d.between(.004, .016)
		p.fill(circle(x, y, r), flat(white.alpha(.22)))
		p.fill(circle(x-r*.3, y-r*.3, r*.3), flat(white.alpha(.7)))
	}
}

func drawBeach(p *pen, d dice) {
	h := d.between(.26, .4)
	haze := heavens(p, d, h, d.between(.1, .8))
	sea := pick(d, hex(0x2a9fb5), hex(0x3a8fc0), hex(0x40b0a6)).jitter(d, .04)
	shore := h + d.between(.12, .2)
	n := noise(d.Uint32())
	p.fill(rect(-.1, h, 1.1, 1.1), func(x, y float64) rgba {
		t := (y - h) / (shore - h)
		return haze.mix(sea, .45+.5*t).lit(.35 * (n.fractal(x*8, 60*y, 3) - .5))
	})
	sand := pick(d, hex(0xe9d3a3), hex(0xe3c48f), hex(0xf0dfbd)).jitter(d, .03)
	p.fill(hills(n+2, shore, .035, 3), flat(white.alpha(.85)))
	p.fill(hills(n+2, shore+.014, .035, 3), flat(sand.lit(-.22)))
	p.fill(hills(n+2, shore+.05, .035, 3), func(x, y float64) rgba {
		f := n.fractal(x*5, y*14, 4) + .3*n.value(x*120, y*120)
		return sand.lit(.5*(f-.68) - .08*(y-shore))
	})
	for range d.IntN(9) {
		x, y, r := d.between(0, 1), d.between(shore+.1, 1), d.between(.006, .014)
		p.body(ellipse(x, y, r*1.3, r), flat(pick(d, hex(0xd9a48f), hex(0xb9a58a), hex(0xf3e8dc))), r, 1)
	}
}

func drawDesert(p *pen, d dice) {
	h := d.between(.4, .56)
	haze := heavens(p, d, h, d.between(0, .4))
	sand := pick(d, hex(0xdba15f), hex(0xd9b37a), hex(0xc98a5a)).jitter(d, .04)
	n := noise(d.Uint32())
	for i := range 4 {
		t := float64(i) / 3
		y := h - .03 + t*.36
		c := sand.mix(haze, .5*(1-t))
		p.body(hills(n+noise(i), y, .07+.03*t, 1.6), func(x, yy float64) rgba {
			r := math.Sin((yy*(70-34*t) + 5*n.fractal(x*3, yy*3, 2)) * 2)
			return c.lit(.05*r*t + .12 - .3*(yy-y))
		}, .05, .35)
	}
	for range d.IntN(4) {
		x, y := d.between(0, 1), h+d.between(.0, .1)
		s := d.between(.3, .7)
		c := hex(0x5d8a5a).mix(haze, .25)
		p.body(join(from(x, y).to(x, y-.13*s).stroked(.03*s),
			from(x, y-.06*s).to(x+.04*s, y-.06*s).to(x+.04*s, y-.1*s).stroked(.02*s),
			from(x, y-.045*s).to(x-.04*s, y-.045*s).to(x-.04*s, y-.09*s).stroked(.02*s)), flat(c), .02*s, 1)
	}
}

// firs is a row of conifers standing on y.
func firs(p *pen, d dice, y float64, count int, tall float64, c, dust rgba) {
	for range count {
		x, s := d.between(-.02, 1.02), tall*d.between(.6, 1.1)
		yy := y + d.between(-.01, .02)
		col := c.lit(d.between(-.15, .12))
		p.fill(rect(x-s*.04, yy-s*.1, x+s*.04, yy), flat(hex(0x5b4636).mix(col, .3)))
		for k := range 3 {
			b, w := yy-s*(.08+.27*float64(k)), s*(.3-.07*float64(k))
			p.fill(polygon(pt{x - w, b}, pt{x, b - s*.45}, pt{x + w, b}), linear(x-w, 0, x+w, 0, col.lit(.14), col.lit(-.2)))
			if dust.a > 0 {
				p.fill(polygon(pt{x - w*.5, b - s*.22}, pt{x, b - s*.45}, pt{x + w*.5, b - s*.22}), flat(dust))
			}
		}
	}
}

func drawSnow(p *pen, d dice) {
	h := d.between(.46, .6)
	haze := heavens(p, d, h, d.between(.2, .8))
	n := noise(d.Uint32())
	rock := hex(0x8b9cb8).mix(haze, .35)
	peak := h - d.between(.12, .26)
	p.fill(hills(n, peak+.06, .2, 3.4), linear(0, peak-.1, 0, h, white.mix(haze, .1), rock))
	firs(p, d, h+.02, 14, .09, hex(0x5b7f86).mix(haze, .3), white.alpha(.35))
	snow := hex(0xf4f8fc)
	p.fill(hills(n+1, h+.02, .05, 2), linear(0, h, 0, 1, snow.mix(haze, .3), snow))
	firs(p, d, h+.07, d.IntN(7), .2, hex(0x3f6b63), white.alpha(.75))
	p.body(hills(n+2, h+d.between(.1, .18), .06, 1.5), func(x, y float64) rgba {
		return snow.lit(-.16 * n.fractal(x*4, y*9, 3))
	}, .06, .3)
	for range 50 {
		p.fill(circle(d.between(0, 1), d.between(0, 1), d.between(.002, .008)), flat(white.alpha(.8)))
	}
}

func drawForest(p *pen, d dice) {
	light := pick(d, hex(0xd8e6b0), hex(0xf0e2a8), hex(0xbfd9c8)).jitter(d, .04)
	wood := pick(d, hex(0x2f5d46), hex(0x3d5a3a), hex(0x2d5560)).jitter(d, .03)
	n := noise(d.Uint32())
	p.wash(func(x, y float64) rgba {
		return light.mix(wood, .15+.5*y+.5*(n.fractal(x*5, y*5, 4)-.5))
	})
	floor := d.between(.66, .78)
	for row := range 3 {
		t := float64(row) / 2
		c := light.mix(wood.lit(-.3), .35+.4*t)
		for range 7 - 2*row {
			x, w := d.between(-.02, 1.02), .02+.035*t*d.between(.7, 1.2)
			bend := d.between(-.03, .03)
			p.fill(from(x, -.1).curve(x+bend, .4, x, floor+.1*t).tapered(w, w*1.5), linear(x-w/2, 0, x+w/2, 0, c.lit(.16), c.lit(-.22)))
		}
		leaf := light.mix(wood, .5+.3*t)
		for range 9 {
			x, y, r := d.between(0, 1), d.between(-.05, .1+.1*(1-t)), d.between(.06, .12)
			p.fill(circle(x, y, r), radial(x-r*.3, y-r*.4, r*1.4, leaf.lit(.18), leaf.lit(-.12).alpha(.9)))
		}
	}
	moss := hex(0x6b7d3a).mix(wood, .3).jitter(d, .04)
	p.fill(hills(n+4, floor, .04, 3), func(x, y float64) rgba {
		return moss.lit(.5*(n.fractal(x*9, y*18, 4)-.5) - .25*(y-floor))
	})
	tufts(p, d, floor+.02, 1.03, 60, moss)
	for range 26 {
		x, y, r := d.between(0, 1), d.between(floor+.02, 1), d.between(.008, .018)
		c := pick(d, hex(0xb5652f), hex(0xd08c3a), hex(0x8a9a3f))
		p.fill(ellipse(0, 0, r, r*.45).turned(d.between(0, 3)).moved(x, y), flat(c.alpha(.85)))
	}
}

func drawCity(p *pen, d dice) {
	h := d.between(.68, .78)
	haze := heavens(p, d, h, d.between(0, .6))
	stone := pick(d, hex(0x6b7a99), hex(0x8a7b86), hex(0x5c7480), hex(0x9a8470)).jitter(d, .04)
	lamp := pick(d, hex(0xffe08a), hex(0xcfe6f2))
	for row := range 3 {
		t := float64(row) / 2
		c := haze.mix(stone, .35+.5*t)
		for x := -.05; x < 1; {
			w := d.between(.07, .17)
			y := h - d.between(.12, .46-.1*t)
			k := c.jitter(d, .03)
			p.fill(rect(x, y, x+w, h+.05), linear(x, 0, x+w, 0, k.lit(.08), k.lit(-.12)))
			if d.chance(.3) {
				p.fill(rect(x+w*.45, y-.06, x+w*.5, y), flat(k))
			}
			if row > 0 {
				on := d.between(.2, .6)
				for wy := y + .03; wy < h-.03; wy += .045 {
					for wx := x + .015; wx < x+w-.02; wx += .03 {
						g := k.lit(-.3)
						if d.chance(on) {
							g = lamp.mix(k, .25)
						}
						p.fill(rect(wx, wy, wx+.014, wy+.024), flat(g))
					}
				}
			}
			x += w + d.between(0, .02)
		}
	}
	road := hex(0x5a5d66).jitter(d, .03)
	n := noise(d.Uint32())
	p.fill(rect(-.1, h, 1.1, h+.06), flat(hex(0xb8b2a6)))
	p.fill(rect(-.1, h+.05, 1.1, h+.065), flat(hex(0x7d7a75)))
	p.fill(rect(-.1, h+.065, 1.1, 1.1), func(x, y float64) rgba { return road.lit(.2 * (n.fractal(x*40, y*60, 2) - .5)) })
	y := (h + .065 + 1) / 2
	for x := d.between(-.2, 0); x < 1; x += .24 {
		p.fill(rect(x, y, x+.13, y+.014), flat(hex(0xe9e4cf)))
	}
}

func drawPlanks(p *pen, d dice) {
	wood := pick(d, hex(0xb98a5a), hex(0xd0a878), hex(0x8a6244), hex(0xa9b0a8), hex(0xc7b49a)).jitter(d, .04)
	n := noise(d.Uint32())
	rows := 4 + d.IntN(4)
	upright := d.chance(.4)
	p.pattern(func(x, y float64) rgba {
		if upright {
			x, y = y, x
		}
		row := math.Floor(y * float64(rows))
		f := y*float64(rows) - row
		tone := n.at(int32(row), 77)
		vein := n.fractal(x*2+row*13, y*34+3*n.fractal(x*1.6+row*5, y*3, 2), 4)
		c := wood.lit(.3*(tone-.5) + .55*(vein-.5))
		edge := math.Min(f, 1-f)
		if edge < .035 {
			c = c.lit(-.6 * (1 - edge/.035))
		}
		seam := math.Abs(x - tone)
		if seam < .004 {
			c = c.lit(-.45)
		}
		return c
	})
}

func drawTiles(p *pen, d dice) {
	a := pick(d, hex(0xe8eef0), hex(0xbcd6d4), hex(0xd8c7b0), hex(0x8fb3c9)).jitter(d, .03)
	b := pick(d, a, a.lit(-.2), hex(0x4f7f95), hex(0xc97b5a))
	grout := hex(0xbdb8b0).lit(-.1)
	n := noise(d.Uint32())
	count := float64(4 + d.IntN(4))
	star := d.chance(.5)
	p.pattern(func(x, y float64) rgba {
		ix, iy := math.Floor(x*count), math.Floor(y*count)
		fx, fy := x*count-ix, y*count-iy
		edge := math.Min(math.Min(fx, 1-fx), math.Min(fy, 1-fy))
		if edge < .035 {
			return grout.lit(.2 * (n.fractal(x*30, y*30, 2) - .5))
		}
		c := a
		if int(ix+iy)&1 == 1 {
			c = b
		}
		if star {
			u, v := math.Abs(fx-.5), math.Abs(fy-.5)
			if u+v < .34 && (u+v > .26 || u+v < .12) {
				c = a.mix(b, .5).lit(-.25)
			}
		}
		// A glaze: each tile a little tilted, bright at one corner.
		tone := n.at(int32(ix), int32(iy)) - .5
		return c.lit(.12*tone + .1*(1-fx-fy)*.7 + .06*(n.fractal(x*14, y*14, 2)-.5) - .25*math.Max(0, .07-edge)/.035*.5)
	})
}

func drawBrick(p *pen, d dice) {
	clay := pick(d, hex(0xb5614a), hex(0x9a5a4a), hex(0xc7a58c), hex(0xd9d2c7), hex(0x7a6a68)).jitter(d, .04)
	mortar := pick(d, hex(0xd6cdbf), hex(0xa8a199))
	n := noise(d.Uint32())
	rows := float64(9 + d.IntN(6))
	p.pattern(func(x, y float64) rgba {
		row := math.Floor(y * rows)
		u := x*rows*.45 + .5*math.Mod(row, 2)
		col := math.Floor(u)
		fx, fy := u-col, y*rows-row
		wear := n.fractal(x*24, y*24, 3)
		ex, ey := math.Min(fx, 1-fx)/.45, math.Min(fy, 1-fy)
		edge := math.Min(ex, ey)
		if edge < .07+.06*(wear-.5) {
			return mortar.lit(.35*(wear-.5) - .12)
		}
		tone := n.at(int32(col), int32(row)) - .5
		return clay.lit(.36*tone + .5*(wear-.5) + .1*(1-fy) - .08)
	})
}

func drawFabric(p *pen, d dice) {
	c := colours(d, 2)
	ground := pick(d, cream, c[0].mix(white, .55), c[0].lit(-.2), hex(0xb9c7d6))
	thread := c[1].mix(ground, d.between(.2, .6))
	n := noise(d.Uint32())
	kind := d.IntN(3)
	count := d.between(4, 8)
	turn := d.between(-.6, .6)
	sin, cos := math.Sincos(turn)
	p.pattern(func(x, y float64) rgba {
		u, v := (cos*x-sin*y)*count, (sin*x+cos*y)*count
		fu, fv := u-math.Floor(u), v-math.Floor(v)
		c := ground
		switch kind {
		case 0: // gingham
			k := 0.
			if fu < .5 {
				k += .5
			}
			if fv < .5 {
				k += .5
			}
			c = c.mix(thread, k*.8)
		case 1: // dots
			r := math.Hypot(fu-.5, fv-.5)
			c = c.mix(thread, math.Max(0, math.Min(1, (.26-r)*30)))
		default: // stripes
			if fu < .3 || (fu > .42 && fu < .5) {
				c = c.mix(thread, .85)
			}
		}
		weave := .5 + .25*math.Sin(x*300) + .25*math.Sin(y*300)
		fold := n.fractal(x*2.4, y*2.4, 2)
		return c.lit(.07*(weave-.5) + .42*(fold-.5))
	})
}

func drawPaper(p *pen, d dice) {
	c := colours(d, 3)
	base := c[0].mix(white, d.between(.35, .7))
	n := noise(d.Uint32())
	p.wash(func(x, y float64) rgba {
		return base.lit(.1 - .22*y + .16*(n.fractal(x*3, y*3, 5)-.5))
	})
	for i := range 3 + d.IntN(5) {
		col := c[i%3].mix(base, d.between(.45, .75))
		x, y, r := d.between(0, 1), d.between(0, 1), d.between(.08, .3)
		var ps []pt
		for k := range 7 {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / 7)
			q := r * d.between(.6, 1.15)
			ps = append(ps, pt{x + q*cos, y + q*sin})
		}
		p.body(smooth(ps...), flat(col), .02, .5)
	}
}

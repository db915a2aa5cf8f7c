package scene

var butterflyClass = class{
	label: "butterfly", draw: drawButterfly, tilt: .8, mirrors: false,
	backdrop: []string{"meadow", "fabric", "paper"},
}

func drawButterfly(p *pen, d dice) {
	c := colours(d, 3)
	edge := pick(d, ink.lit(-.3), hex(0x3a2318), c[1].lit(-.6))
	lift, spread := d.between(-.1, .08), d.between(.84, 1)
	spots := 2 + d.IntN(3)

	fore := from(.04, -.22).cubic(.2, -.75+lift, .62*spread, -.98+lift, .93*spread, -.8+lift).
		cubic(1.04*spread, -.62+lift, .84*spread, -.1, .58*spread, .04).
		cubic(.36, .1, .12, .06, .04, .0).closed()
	hind := from(.04, -.04).cubic(.3, -.06, .62, .0, .7*spread, .22).
		cubic(.78*spread, .5, .56, .82, .36, .74).
		cubic(.2, .66, .08, .34, .04, .16).closed()
	inset := func(s shape, cx, cy, k float64) shape {
		return s.each(func(q pt) pt { return pt{cx + (q.x-cx)*k, cy + (q.y-cy)*k} })
	}
	for _, side := range []float64{-1, 1} {
		flip := func(s shape) shape { return s.scaled(side, 1) }
		wing := func(s shape, cx, cy float64, col, dot rgba, hind bool) {
			p.body(flip(s), flat(edge), .1, .8, func() {
				p.fill(flip(inset(s, cx, cy, .84)), radial(0, 0, 1.1, col.lit(.22), col.lit(-.12)))
				for k := range 4 {
					x := .3 + .2*float64(k)
					y := -.78 + .24*float64(k)
					if hind {
						x, y = .75-.16*float64(k), .08+.22*float64(k)
					}
					p.fill(flip(from(.02, -.05).curve(x*.4, y*.6, x, y).stroked(.016)), flat(edge.alpha(.55)))
				}
				for k := range spots {
					t := float64(k) / float64(spots)
					x, y := cx+.22-.2*t, cy-.12+.3*t
					p.fill(flip(circle(x, y, .085-.02*t)), flat(edge.alpha(.85)))
					p.fill(flip(circle(x, y, .055-.015*t)), flat(dot))
				}
			})
		}
		wing(hind, .38, .34, c[1], cream, true)
		wing(fore, .52, -.42, c[0], pick(d, cream, c[2].mix(white, .4)), false)
		feeler := from(.02, -.36).cubic(.06, -.6, .16, -.74, .28, -.82)
		p.fill(feeler.stroked(.022).scaled(side, 1), flat(edge.lit(-.2)))
		p.fill(circle(.28*side, -.82, .032), flat(edge.lit(-.2)))
	}
	p.body(ellipse(0, .12, .062, .38), flat(edge.lit(.12)), .06, 1, func() {
		for y := -.1; y < .5; y += .1 {
			p.fill(rect(-.2, y, .2, y+.02), flat(edge.lit(.35)))
		}
	})
	p.body(ellipse(0, -.2, .085, .16), flat(edge.lit(.18)), .06, 1)
	p.body(circle(0, -.38, .075), flat(edge.lit(.12)), .05, 1)
}

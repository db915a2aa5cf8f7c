package scene

import "math"

var carClass = class{
	label: "car", draw: drawCar, tilt: .08, base: .56, mirrors: true,
	backdrop: []string{"city", "desert"},
}

func drawCar(p *pen, d dice) {
	c := colours(d, 2)
	body := c[0]
	if d.chance(.15) {
		body = cream
	}
	roof := d.between(-.5, -.4)
	nose, tail := d.between(.0, .1), d.between(-.02, .08)
	front, back := d.between(.3, .44), d.between(-.6, -.44)
	sill := .38

	for _, x := range []float64{-.54, .54} {
		p.fill(circle(x, .34, .25), flat(ink.lit(-.3)))
	}
	shell := from(-.97, sill).cubic(-1, .2, -1, tail+.06, -.86, tail).
		cubic(-.76, tail-.05, back-.16, tail-.02, back-.1, tail-.05).
		cubic(back, roof+.05, back+.08, roof, -.1, roof).
		cubic(.12, roof, front-.14, roof, front+.2, nose-.04).
		cubic(.72, nose-.03, .97, nose+.02, .98, nose+.2).
		to(.99, sill).closed()
	p.body(shell, linear(0, roof, 0, sill, body.lit(.16), body.lit(-.12)), .2, 1, func() {
		p.fill(rect(-1.1, .18, 1.1, .215), flat(body.lit(-.3)))
		p.fill(rect(-1.1, .31, 1.1, .5), flat(body.lit(-.5)))
		p.fill(from(-1, tail+.06).curve(0, tail+.0, 1, nose+.06).stroked(.022), flat(white.alpha(.35)))
	})
	glass := hex(0xa8d5e5)
	pane := func(s shape) {
		p.body(s, linear(0, roof, 0, .05, glass.lit(.25), glass.lit(-.25)), .05, .7, func() {
			p.fill(polygon(pt{-.3, -.6}, pt{-.18, -.6}, pt{-.4, .2}, pt{-.52, .2}), flat(white.alpha(.35)))
			p.fill(polygon(pt{.3, -.6}, pt{.38, -.6}, pt{.16, .2}, pt{.08, .2}), flat(white.alpha(.35)))
		})
	}
	belt := math.Max(nose, tail) - .07
	pane(from(back+.0, belt).cubic(back+.06, roof+.12, back+.12, roof+.08, -.1, roof+.08).to(-.05, roof+.08).to(-.05, belt).closed())
	pane(from(.02, roof+.08).cubic(front-.2, roof+.08, front-.16, roof+.1, front+.07, belt).to(.02, belt).closed())
	p.fill(from(-.02, belt).to(-.02, .3).stroked(.016), flat(body.lit(-.45)))
	p.fill(rounded(-.2, belt+.1, -.08, belt+.135, .02), flat(hex(0xdfe6ea)))

	p.body(ellipse(.9, nose+.16, .07, .085), flat(hex(0xfff2b8)), .04, 1)
	p.body(rounded(-.99, tail+.1, -.91, tail+.24, .03), flat(hex(0xd62828)), .03, 1)
	p.body(rounded(.72, .33, 1.02, .41, .04), flat(hex(0xc8d0d6)), .04, 1)
	p.body(rounded(-1.02, .33, -.72, .41, .04), flat(hex(0xc8d0d6)), .04, 1)
	rim := pick(d, hex(0xdde3e8), cream, c[1].mix(white, .4))
	turn := d.between(0, math.Pi)
	for _, x := range []float64{-.54, .54} {
		p.body(circle(x, .36, .215), flat(hex(0x2b2b33)), .06, 1)
		p.body(circle(x, .36, .125), flat(rim), .05, 1, func() {
			for k := range 5 {
				sin, cos := math.Sincos(turn + 2*math.Pi*float64(k)/5)
				p.fill(circle(x+.078*cos, .36+.078*sin, .024), flat(rim.lit(-.55)))
			}
		})
		p.fill(circle(x, .36, .032), flat(rim.lit(-.35)))
	}
}

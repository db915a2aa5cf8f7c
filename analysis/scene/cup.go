package scene

var cupClass = class{
	label: "cup", draw: drawCup, tilt: .14, base: .78, mirrors: true,
	backdrop: []string{"planks", "fabric", "tiles"},
}

func drawCup(p *pen, d dice) {
	c := colours(d, 2)
	clay := pick(d, white.lit(-.03), cream, c[0], c[0].mix(white, .3))
	mark := c[1]
	top := d.between(-.36, -.26)
	w, foot := d.between(.54, .62), d.between(.3, .48)
	bottom := .68
	pattern := d.IntN(4)

	if d.chance(.7) {
		p.body(ellipse(-.02, .72, .96, .17), flat(clay.lit(-.06)), .08, 1, func() {
			p.fill(ellipse(-.02, .7, .62, .1), flat(clay.lit(-.3)))
		})
	}
	if d.chance(.75) {
		for i, x := range []float64{-.24, .06, .3} {
			h := -.92 + .08*float64(i%2)
			steam := from(x, top-.04).cubic(x-.16, top-.2, x+.16, top-.34, x, h+.06)
			p.fill(steam.tapered(.07, .02), flat(white.alpha(.6)))
		}
	}
	ring := ellipse(w*.98, .12, .32, .28).without(ellipse(w*.98, .12, .19, .165))
	p.body(ring, flat(clay.lit(-.05)), .1, 1.1)

	side := from(-w, top).cubic(-w, .3, -foot-.08, bottom-.06, -foot, bottom)
	side = side.curve(0, bottom+.1, foot, bottom).cubic(foot+.08, bottom-.06, w, .3, w, top)
	wall := join(side.closed(), ellipse(0, top, w, .13))
	p.body(wall, linear(-w, 0, w, 0, clay.lit(.1), clay.lit(-.24)), .3, 1, func() {
		switch pattern {
		case 0:
			p.fill(from(-1, .0).curve(0, .2, 1, .0).stroked(.16), flat(mark))
			p.fill(from(-1, .14).curve(0, .34, 1, .14).stroked(.035), flat(mark))
		case 1:
			for i := range 14 {
				x, y := -.5+.25*float64(i%5)+.12*float64(i/5%2), .0+.19*float64(i/5)
				p.fill(circle(x, y, .055), flat(mark))
			}
		case 2:
			h := from(0, .42).cubic(-.44, .12, -.24, -.14, 0, .07).cubic(.24, -.14, .44, .12, 0, .42).closed()
			p.fill(h, flat(mark))
		default:
			p.fill(rect(-1, .34, 1, 1), flat(mark))
		}
	})
	p.body(ellipse(0, top, w, .13), flat(clay.lit(.12)), .04, .8, func() {
		drink := pick(d, hex(0x5a3420), hex(0x7a4a28), hex(0x9a5a24))
		p.fill(ellipse(0, top+.012, w-.05, .1), flat(clay.lit(-.35)))
		p.fill(ellipse(0, top+.035, w-.07, .085), radial(-.1, top, w, drink.lit(.22), drink))
		p.fill(ellipse(-w*.3, top+.03, .13, .02).turned(0), flat(white.alpha(.3)))
	})
}

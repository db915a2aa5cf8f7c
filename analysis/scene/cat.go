package scene

var catClass = class{
	label: "cat", draw: drawCat, tilt: .14, base: .88, mirrors: true,
	backdrop: []string{"planks", "meadow", "brick"},
}

func drawCat(p *pen, d dice) {
	fur := pick(d, hex(0xe59b4b), hex(0x8b8f98), hex(0x4a4650), hex(0xd9b48a), hex(0xc9774b), hex(0xeee3d3)).jitter(d, .03)
	dark := fur.lit(-.38)
	belly := fur.mix(white, .6)
	eye := pick(d, hex(0x7bb662), hex(0xe3b23c), hex(0x5fa8d3))
	striped := d.chance(.65)
	lean := d.between(-.06, .06)

	// Tail behind, body, then the head before both.
	tail := from(.38, .74).cubic(.86, .86, 1.02, .42, .78, .2).cubic(.7, .12, .74, .0, .86, -.04)
	if d.chance(.5) {
		tail = from(.3, .78).cubic(.8, .98, 1.06, .72, .9, .46)
	}
	p.body(tail.tapered(.2, .12), flat(fur.lit(-.08)), .1, 1, func() {
		if striped {
			for i := 8; i < len(tail); i += 9 {
				p.fill(circle(tail[i].x, tail[i].y, .055), flat(dark.alpha(.7)))
			}
		}
	})
	trunk := smooth(pt{-.26, -.1}, pt{.26, -.1}, pt{.42, .36}, pt{.52, .74}, pt{.3, .9}, pt{-.3, .9}, pt{-.52, .74}, pt{-.42, .36})
	p.body(trunk, linear(0, 0, 0, .9, fur, fur.lit(-.08)), .26, 1, func() {
		p.fill(smooth(pt{-.16, .0}, pt{.16, .0}, pt{.2, .5}, pt{0, .78}, pt{-.2, .5}), radial(0, .3, .5, belly, belly.alpha(0)))
		if striped {
			for y := .2; y < .8; y += .17 {
				for _, s := range []float64{-1, 1} {
					p.fill(from(.6*s, y).curve(.42*s, y+.02, .28*s, y+.1).tapered(.08, .02), flat(dark.alpha(.75)))
				}
			}
		}
	})
	for _, s := range []float64{-1, 1} {
		p.body(rounded(.04*s, .42, .2*s, .92, .09), flat(fur.lit(.03)), .1, .9)
		p.body(ellipse(.13*s, .87, .14, .085), flat(belly), .07, 1)
	}
	hx, hy := lean, -.38
	for _, s := range []float64{-1, 1} {
		ear := from(hx+.5*s, hy-.08).cubic(hx+.54*s, hy-.4, hx+.52*s, hy-.52, hx+.46*s, hy-.58).
			cubic(hx+.32*s, hy-.5, hx+.2*s, hy-.4, hx+.1*s, hy-.34).closed()
		p.body(ear, flat(fur), .09, 1, func() {
			p.fill(ear.each(func(q pt) pt {
				return pt{hx + .38*s + (q.x-hx-.38*s)*.58, hy - .3 + (q.y-hy+.3)*.62}
			}), flat(hex(0xe8a0a0)))
		})
	}
	head := smooth(pt{hx, hy - .4}, pt{hx + .34, hy - .3}, pt{hx + .53, hy + .02}, pt{hx + .34, hy + .3},
		pt{hx, hy + .38}, pt{hx - .34, hy + .3}, pt{hx - .53, hy + .02}, pt{hx - .34, hy - .3})
	p.body(head, radial(hx-.1, hy-.2, .9, fur.lit(.12), fur.lit(-.06)), .24, 1, func() {
		if striped {
			for _, x := range []float64{-.12, 0, .12} {
				p.fill(from(hx+x, hy-.5).to(hx+x*.7, hy-.2).tapered(.075, .02), flat(dark.alpha(.85)))
			}
			for _, s := range []float64{-1, 1} {
				p.fill(from(hx+.6*s, hy-.02).to(hx+.36*s, hy+.06).tapered(.06, .02), flat(dark.alpha(.8)))
				p.fill(from(hx+.56*s, hy+.14).to(hx+.36*s, hy+.15).tapered(.05, .02), flat(dark.alpha(.8)))
			}
		}
		p.fill(ellipse(hx, hy+.2, .25, .17), radial(hx, hy+.2, .27, belly, belly.alpha(.2)))
	})
	for _, s := range []float64{-1, 1} {
		p.body(ellipse(hx+.215*s, hy-.02, .112, .125), flat(eye), .03, .7)
		p.fill(ellipse(hx+.215*s, hy-.015, .05, .108), flat(hex(0x14141a)))
		p.fill(circle(hx+.215*s-.03, hy-.06, .026), flat(white))
		for k := range 3 {
			y := hy + .15 + .055*float64(k)
			p.fill(from(hx+.16*s, y).curve(hx+.4*s, y-.03, hx+.66*s, y-.07+.06*float64(k)).tapered(.016, .006), flat(white.alpha(.85)))
		}
	}
	p.fill(from(hx, hy+.14).curve(hx, hy+.25, hx-.11, hy+.245).stroked(.024), flat(hex(0x5b3a35)))
	p.fill(from(hx, hy+.14).curve(hx, hy+.25, hx+.11, hy+.245).stroked(.024), flat(hex(0x5b3a35)))
	p.body(from(hx-.07, hy+.09).curve(hx, hy+.07, hx+.07, hy+.09).curve(hx+.03, hy+.17, hx, hy+.17).
		curve(hx-.03, hy+.17, hx-.07, hy+.09).closed(), flat(hex(0xd9727b)), .02, .8)
}

package scene

var boatClass = class{
	label: "sailing boat", draw: drawBoat, tilt: .16, base: .62, mirrors: true,
	backdrop: []string{"sea"},
}

func drawBoat(p *pen, d dice) {
	c := colours(d, 3)
	hull, trim := c[0], cream.mix(c[1], d.between(0, .25))
	sail := pick(d, cream, white.mix(c[1], .12), c[1], c[2].mix(white, .35))
	bulge := d.between(.06, .16)

	p.body(from(.015, -.97).to(.015, .45).stroked(.05), flat(hex(0x7a5233)), .05, 1)
	if d.chance(.8) {
		p.fill(from(.0, -.98).curve(-.14, -.95, -.27, -.885).curve(-.13, -.87, 0, -.84).closed(), flat(c[2]))
	}

	top := d.between(-.9, -.78)
	stripes := d.chance(.45)
	reach := d.between(.6, .78)
	mainsail := from(.05, top).curve(.05+reach*.62+bulge, -.28, .05+reach, .3).curve(.05+reach/2, .34, .05, .3).closed()
	p.body(mainsail, linear(0, 0, reach, 0, sail, sail.lit(-.12)), .16, .8, func() {
		if stripes {
			for y := -.62; y < .2; y += .34 {
				p.fill(rect(-.1, y, 1, y+.13), flat(c[2].alpha(.85)))
			}
			return
		}
		for y := -.6; y < .2; y += .26 {
			p.fill(from(0, y).curve(.4, y+.07, .9, y+.03).stroked(.016), flat(rgba{.3, .25, .2, .22}))
		}
	})
	if d.chance(.85) {
		jib := sail
		if d.chance(.4) {
			jib = c[1].mix(white, .2)
		}
		left := d.between(-.68, -.5)
		p.body(from(-.05, top+.12).curve(left*.45-bulge, -.12, left, .27).curve(left/2, .34, -.05, .28).closed(),
			linear(left, 0, 0, 0, jib, jib.lit(-.14)), .14, .8)
	}
	p.fill(from(-.05, .345).to(.05+reach, .345).stroked(.035), flat(hex(0x7a5233)))

	deck := d.between(.36, .42)
	shell := from(-.86, deck+.02).curve(0, deck+.12, .95, deck-.06).cubic(.84, .68, .66, .8, .45, .8).
		to(-.5, .8).cubic(-.68, .8, -.8, .62, -.86, deck+.02).closed()
	p.body(shell, linear(0, .4, 0, .8, hull.lit(.08), hull.lit(-.22)), .14, 1, func() {
		p.fill(from(-1, deck+.05).curve(0, deck+.15, 1.05, deck-.04).stroked(.07), flat(trim))
		p.fill(rect(-1, .72, 1, .84), flat(c[1].lit(-.3)))
		for i := range d.IntN(4) {
			p.fill(circle(-.36+.26*float64(i), deck+.22, .05), flat(trim))
			p.fill(circle(-.36+.26*float64(i), deck+.22, .032), flat(ink))
		}
	})
}

package scene

import "math"

var mushroomClass = class{
	label: "mushroom", draw: drawMushroom, tilt: .22, base: .88, mirrors: true,
	backdrop: []string{"forest", "meadow"},
}

func drawMushroom(p *pen, d dice) {
	cap := pick(d, hex(0xc8242b), hex(0xd9482b), hex(0xb5653a), hex(0xe08e45), hex(0x8f4a3a), hex(0x7c5aa0)).jitter(d, .04)
	stem := hex(0xf4e8d0).jitter(d, .03)
	bend := d.between(-.1, .1)
	thick := d.between(.18, .27)
	brim := d.between(.0, .12)
	top := d.between(-.86, -.66)
	wide := d.between(.78, .95)

	stalk := from(-thick*.8+bend, brim-.1).cubic(-thick*.7, .3, -thick, .6, -thick*1.45, .82).
		cubic(-thick, .95, thick, .95, thick*1.45, .82).
		cubic(thick, .6, thick*.7, .3, thick*.8+bend, brim-.1).closed()
	p.body(stalk, linear(-thick, 0, thick, 0, stem.lit(.1), stem.lit(-.22)), .2, .9, func() {
		for i := range 5 {
			x := -thick*.8 + thick*.4*float64(i)
			p.fill(from(x+bend, brim).curve(x, .4, x*1.4, .85).stroked(.012), flat(hex(0xa58a63).alpha(.35)))
		}
		p.fill(ellipse(bend, brim+.04, thick*1.5, .12), flat(hex(0x6b4f35).alpha(.35)))
	})
	gills := ellipse(bend*.5, brim, wide*.93, .16)
	p.body(gills, radial(bend, brim, wide, hex(0xcbb38d), hex(0xead9b6)), .06, .7, func() {
		for i := -9; i <= 9; i++ {
			x := float64(i) / 9 * wide
			p.fill(from(bend, brim-.16).to(x, brim+.2).stroked(.012), flat(hex(0x8a6d46).alpha(.5)))
		}
	})
	if d.chance(.6) {
		p.body(from(-thick*1.05+bend, .26).curve(bend, .18, thick*1.05+bend, .26).
			curve(thick*1.5, .4, thick*1.2, .44).curve(0, .36, -thick*1.2, .44).closed(),
			flat(stem.lit(.1)), .06, 1)
	}
	dome := from(-wide, brim+.02).cubic(-wide*1.02, top*.75, -wide*.5, top, 0, top).
		cubic(wide*.5, top, wide*1.02, top*.75, wide, brim+.02).
		cubic(wide*.6, brim-.12, -wide*.6, brim-.12, -wide, brim+.02).closed()
	spots := d.chance(.75)
	p.body(dome, radial(-.25, top*.7, 1.3, cap.lit(.16), cap.lit(-.18)), .34, 1.1, func() {
		if !spots {
			return
		}
		// Spots lie on a half sphere and flatten towards its rim.
		for i := range 13 {
			a := float64(i)*2.399963 + d.between(-.2, .2)
			r := math.Sqrt(float64(i)+.4) / 3.6
			x, y := r*math.Cos(a)*wide, brim-.12+(top-brim+.12)*(.46-.5*r*math.Sin(a))
			s := d.between(.06, .125) * (1.08 - .5*r)
			p.body(ellipse(x, y, s, s*.78), flat(hex(0xfff6e6)), .03, .6)
		}
	})
}

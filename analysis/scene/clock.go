package scene

import "math"

var clockClass = class{
	label: "clock", draw: drawClock, tilt: .2, base: .86,
	backdrop: []string{"planks", "brick", "paper"},
}

func drawClock(p *pen, d dice) {
	c := colours(d, 2)
	rim := pick(d, c[0], c[0], hex(0xc9a227), ink)
	face := pick(d, white, cream, hex(0xeaf2f4))
	alarm := d.chance(.55)
	cy, r := 0., .86
	if alarm {
		cy, r = .08, .68
		for _, s := range []float64{-1, 1} {
			p.body(from(.3*s, .5).to(.52*s, .86).tapered(.16, .1), flat(rim.lit(-.25)), .07, 1)
			bell := polygon(from(-.3, 0).cubic(-.3, -.36, .3, -.36, .3, 0)...).turned(.66*s).moved(.46*s, -.52)
			p.body(bell, flat(rim.lit(.05)), .12, 1.1)
		}
		p.body(from(0, -.6).to(0, -.82).stroked(.07), flat(hex(0x8a8f98)), .04, 1)
		p.body(circle(0, -.84, .075), flat(c[1]), .05, 1)
	}
	p.body(circle(0, cy, r), flat(rim), .12, 1.1)
	p.body(circle(0, cy, r*.82), radial(-.1, cy-.2, r, face, face.lit(-.1)), .04, -.45)
	numerals := d.chance(.6)
	for i := range 12 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / 12)
		at := func(q float64) pt { return pt{q * r * sin, cy - q*r*cos} }
		if numerals && i%3 == 0 {
			h := r * .2
			text := lettering([]string{"12", "3", "6", "9"}[i/3], h)
			q := at(.62)
			p.fill(text.centred(q.x, q.y), flat(ink))
			continue
		}
		w := .024
		if i%3 == 0 {
			w = .05
		}
		a, b := at(.66), at(.76)
		p.fill(from(a.x, a.y).to(b.x, b.y).stroked(w), flat(ink))
	}
	hour := d.between(0, 12)
	hand := func(turn, long, w float64, col rgba) {
		sin, cos := math.Sincos(2 * math.Pi * turn)
		p.body(from(-.1*r*sin, cy+.1*r*cos).to(long*r*sin, cy-long*r*cos).tapered(w*1.3, w*.7), flat(col), .03, .6)
	}
	hand(hour/12, .4, .075, ink)
	hand(hour-math.Floor(hour), .6, .055, ink)
	hand(d.Float64(), .66, .022, hex(0xd62828))
	p.body(circle(0, cy, .055), flat(hex(0xd62828)), .03, 1)
	p.fill(from(-.42*r, cy-.52*r).curve(-.2*r, cy-.72*r, .1*r, cy-.74*r).stroked(.05*r), flat(white.alpha(.35)))
}

package scene

import "math"

var flowerClass = class{
	label: "flower", draw: drawFlower, tilt: .3, base: .97, mirrors: true,
	backdrop: []string{"meadow", "fabric", "brick"},
}

func drawFlower(p *pen, d dice) {
	c := colours(d, 1)
	petal := pick(d, c[0], c[0], white.lit(-.04), hex(0xf7b7c5), hex(0xffc93c)).jitter(d, .03)
	heart := pick(d, hex(0xf4b41a), hex(0x7a4a21), hex(0xffd95a))
	leaf := pick(d, hex(0x4f8a3c), hex(0x6a994e), hex(0x2f7d5b)).jitter(d, .04)
	cy := d.between(-.36, -.3)
	sway := d.between(-.16, .16)

	p.body(from(0, cy).cubic(sway*.2, .2, sway, .5, sway*.6, .97).tapered(.065, .085), flat(leaf.lit(-.1)), .05, 1)
	for i, s := range []float64{-1, 1} {
		y := .6 + .16*float64(i)*d.between(.6, 1.2)
		x0 := sway * .8
		blade := from(x0, y).cubic(x0+.2*s, y-.36, x0+.5*s, y-.38, x0+.64*s, y-.4).
			cubic(x0+.56*s, y-.1, x0+.3*s, y+.06, x0, y).closed()
		p.body(blade, flat(leaf), .1, 1, func() {
			p.fill(from(x0, y).curve(x0+.3*s, y-.16, x0+.62*s, y-.39).stroked(.018), flat(leaf.lit(.35)))
		})
	}
	n := 5 + d.IntN(8)
	long := d.between(.52, .6)
	wide := math.Min(.3, 2.0/float64(n)*d.between(.62, .78))
	notch := d.between(-.04, .06)
	turn := d.between(0, 2*math.Pi)
	one := from(0, -.08).cubic(-wide*1.3, -.24, -wide*1.2, -long, 0, -long+notch).
		cubic(wide*1.2, -long, wide*1.3, -.24, 0, -.08).closed()
	rings := 1
	if d.chance(.45) {
		rings = 2
	}
	for ring := range rings {
		k := 1 - .3*float64(ring)
		for i := range n {
			a := turn + 2*math.Pi*(float64(i)+.5*float64(ring))/float64(n)
			sin, cos := math.Sincos(a)
			p.body(one.scaled(k, k).turned(a).moved(0, cy), radial(0, cy, long, petal.lit(-.18), petal.lit(.1+.08*float64(ring))), .1, .9, func() {
				p.fill(from(0, cy).to(.75*k*long*sin, cy-.75*k*long*cos).tapered(.03, .008), flat(petal.lit(-.4).alpha(.5)))
			})
		}
	}
	r := d.between(.15, .2)
	p.body(circle(0, cy, r), radial(-.05, cy-.05, r*1.2, heart.lit(.15), heart.lit(-.2)), .12, 1, func() {
		for i := range 40 {
			a, q := float64(i)*2.399963, r*.92*math.Sqrt(float64(i)/40)
			p.fill(circle(q*math.Cos(a), cy+q*math.Sin(a), .017), flat(heart.lit(-.5).alpha(.7)))
		}
	})
}

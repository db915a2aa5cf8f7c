package scene

var fishClass = class{
	label: "fish", draw: drawFish, tilt: .4, mirrors: true,
	backdrop: []string{"deep"},
}

func drawFish(p *pen, d dice) {
	c := colours(d, 2)
	skin, second := c[0], pick(d, cream, c[1], c[1].mix(white, .4))
	tall := d.between(.4, .6)
	pattern := d.IntN(3)

	fin := skin.lit(-.12).mix(second, .35)
	rays := func(x0, y0 float64, ends ...pt) func() {
		return func() {
			for _, e := range ends {
				p.fill(from(x0, y0).to(e.x, e.y).stroked(.014), flat(fin.lit(-.4).alpha(.6)))
			}
		}
	}
	fork := d.between(.1, .3)
	p.body(from(-.5, 0).cubic(-.66, -.12, -.8, -.46, -.99, -.5).curve(-1+fork, -.02, -.99, .5).
		cubic(-.8, .46, -.66, .12, -.5, 0).closed(), linear(-1, 0, -.5, 0, fin.lit(.15), fin.lit(-.2)), .12, 1,
		rays(-.5, 0, pt{-1, -.4}, pt{-1, -.2}, pt{-1, 0}, pt{-1, .2}, pt{-1, .4}))
	p.body(from(-.34, -tall*.6).cubic(-.3, -tall-.3, .1, -tall-.36, .4, -tall*.62).closed(),
		flat(fin), .1, 1, rays(.1, -tall*.2, pt{-.4, -1}, pt{-.2, -1}, pt{0, -1}, pt{.2, -1}))
	p.body(from(-.28, tall*.62).cubic(-.34, tall+.26, -.06, tall+.28, .12, tall*.78).closed(), flat(fin), .08, 1)

	trunk := from(.92, .02).cubic(.78, -tall*.62, .44, -tall, .08, -tall).
		cubic(-.22, -tall, -.44, -.16, -.62, -.1).to(-.62, .1).
		cubic(-.44, .16, -.22, tall, .08, tall).cubic(.46, tall, .8, tall*.6, .92, .02).closed()
	p.body(trunk, linear(0, -tall, 0, tall, skin.lit(-.05), skin.mix(cream, .5)), .3, 1.1, func() {
		switch pattern {
		case 0:
			for _, x := range []float64{-.34, .02, .36} {
				p.fill(from(x, -1).curve(x+.14, 0, x, 1).stroked(.15), flat(second))
			}
		case 1:
			for i := range 8 {
				for j := -4; j <= 4; j++ {
					x, y := -.5+.12*float64(i), .13*float64(j)+.065*float64(i%2)
					p.fill(circle(x, y, .07).without(circle(x+.022, y, .065)), flat(skin.lit(-.42).alpha(.7)))
				}
			}
		default:
			p.fill(from(-.7, .02).curve(.1, -.14, .6, .05).stroked(.13), flat(second.alpha(.9)))
			p.fill(from(-.7, .22).curve(.1, .06, .6, .25).stroked(.05), flat(second.alpha(.7)))
		}
		p.fill(from(.5, -1).curve(.3, 0, .5, 1).curve(2, 0, .5, -1).closed(), flat(skin.lit(.1)))
		p.fill(from(.48, -tall*.8).curve(.32, 0, .48, tall*.8).stroked(.028), flat(skin.lit(-.45).alpha(.8)))
	})
	p.body(from(.22, .08).cubic(.06, .02, -.14, .16, -.12, .34).cubic(.04, .36, .2, .26, .22, .08).closed(),
		flat(fin), .08, 1)
	p.body(circle(.62, -tall*.26, .1), flat(white), .03, .6)
	p.fill(circle(.64, -tall*.26, .062), flat(hex(0x15161d)))
	p.fill(circle(.665, -tall*.26-.028, .022), flat(white))
	p.fill(from(.9, .07).curve(.82, .15, .72, .14).stroked(.028), flat(skin.lit(-.55)))
}

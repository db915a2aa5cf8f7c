package scene

var houseClass = class{
	label: "house", draw: drawHouse, tilt: .05, base: .86, mirrors: true,
	backdrop: []string{"meadow", "snow"},
}

func drawHouse(p *pen, d dice) {
	c := colours(d, 3)
	wall := pick(d, cream, hex(0xf3d9b1), c[0].mix(white, .45), hex(0xe9e4d4)).jitter(d, .03)
	roof := pick(d, hex(0xb5443a), hex(0x8c3b2e), c[1].lit(-.15), hex(0x4a5568)).jitter(d, .04)
	w := d.between(.62, .78)
	eaves := d.between(-.16, .02)
	ridge := eaves - d.between(.5, .72)
	ridge = max(ridge, -.84)

	cx := w * d.between(.4, .55)
	p.body(rect(cx-.1, ridge-.08, cx+.1, eaves), flat(hex(0x9a5b45)), .05, 1, func() {
		p.fill(rect(cx-.2, ridge-.1, cx+.2, ridge), flat(hex(0x6e3f31)))
	})
	p.body(rect(-w, eaves-.02, w, .86), linear(0, eaves, 0, .86, wall.lit(-.05), wall), .1, .7, func() {
		p.fill(rect(-1, eaves-.1, 1, eaves+.09), flat(wall.lit(-.35).alpha(.5)))
		p.fill(rect(-1, .77, 1, .9), flat(hex(0x8d8478)))
	})
	over := d.between(.08, .16)
	tiles := func() {
		row := 0
		for y := ridge + .08; y < eaves+.1; y += .1 {
			p.fill(rect(-1.2, y, 1.2, y+.014), flat(roof.lit(-.35)))
			for x := -1.2 + .06*float64(row%2); x < 1.2; x += .12 {
				p.fill(rect(x, y, x+.012, y+.1), flat(roof.lit(-.28)))
			}
			row++
		}
	}
	flatRoof := polygon(pt{-w * .62, ridge}, pt{w * .62, ridge}, pt{w + over, eaves + .03}, pt{-w - over, eaves + .03})
	gable := polygon(pt{0, ridge}, pt{w + over, eaves + .05}, pt{-w - over, eaves + .05})
	front := d.chance(.55)
	if front {
		p.body(gable, linear(0, ridge, 0, eaves, roof.lit(.12), roof), .1, 1, tiles)
		p.body(circle(0, eaves-.2, .11), flat(cream), .03, 1)
		p.fill(circle(0, eaves-.2, .078), flat(hex(0x35506b)))
	} else {
		p.body(flatRoof, linear(0, ridge, 0, eaves, roof.lit(.12), roof), .1, 1, tiles)
	}

	door := c[2].lit(-.05)
	dx := pick(d, 0., -w*.5, 0)
	arch := func(half, top float64) shape {
		return from(dx-half, .86).to(dx-half, top+half*.7).curve(dx-half, top, dx, top).
			curve(dx+half, top, dx+half, top+half*.7).to(dx+half, .86).closed()
	}
	p.body(arch(.155, .29), flat(cream.lit(-.1)), .03, .6)
	p.body(arch(.12, .33), flat(door), .05, 1)
	p.fill(circle(dx+.07, .62, .022), flat(hex(0xf7d774)))
	p.body(rect(dx-.2, .82, dx+.2, .87), flat(hex(0xb9ae9c)), .02, .8)
	glass := pick(d, hex(0xffe29a), hex(0x9ed2e6), hex(0x35506b))
	for _, x := range []float64{-w * .58, w * .58, 0} {
		if x-dx < .3 && dx-x < .3 {
			continue
		}
		p.body(rect(x-.16, .2, x+.16, .54), flat(cream), .03, .6)
		p.fill(rect(x-.125, .235, x+.125, .505), linear(x, .2, x+.2, .5, glass.lit(.2), glass.lit(-.15)))
		p.fill(rect(x-.016, .22, x+.016, .52), flat(cream))
		p.fill(rect(x-.14, .355, x+.14, .385), flat(cream))
		p.fill(rect(x-.19, .53, x+.19, .575), flat(door.mix(cream, .4)))
	}
}

package scene

import "math"

var balloonClass = class{
	label: "hot-air balloon", draw: drawBalloon, tilt: .12,
	backdrop: []string{"sky", "sky", "meadow"},
}

func drawBalloon(p *pen, d dice) {
	c := colours(d, 3)
	if d.chance(.4) {
		c[1] = cream
	}
	// half is the envelope's half width at height y: a sphere above, running into a throat below.
	mid, r := -.32, d.between(.58, .66)
	bottom := .52
	half := func(y float64) float64 {
		if y <= mid {
			return math.Sqrt(math.Max(0, r*r-(y-mid)*(y-mid)))
		}
		t := (y - mid) / (bottom - mid)
		return .13 + (r-.13)*math.Pow(math.Cos(t*math.Pi/2), .8)
	}
	ys := make([]float64, 0, 64)
	for i := range 29 {
		ys = append(ys, mid-r*math.Cos(math.Pi/2*float64(i)/28))
	}
	for i := 1; i <= 28; i++ {
		ys = append(ys, mid+(bottom-mid)*float64(i)/28)
	}
	gore := func(from, to float64) shape {
		var ring []pt
		for _, y := range ys {
			ring = append(ring, pt{half(y) * from, y})
		}
		for i := len(ys) - 1; i >= 0; i-- {
			ring = append(ring, pt{half(ys[i]) * to, ys[i]})
		}
		return polygon(ring...)
	}
	for _, x := range []float64{-.11, .11, -.04, .05} {
		p.fill(from(x, .5).to(x*1.05, .8).stroked(.014), flat(hex(0x5a4634)))
	}
	band := d.chance(.5)
	bandY := d.between(-.5, -.2)
	p.body(gore(-1, 1), flat(c[0]), .5, 1, func() {
		n := pick(d, 6, 8, 10)
		for i := range n {
			a0 := -math.Pi/2 + math.Pi*float64(i)/float64(n)
			a1 := -math.Pi/2 + math.Pi*float64(i+1)/float64(n)
			col := c[i%2]
			p.fill(gore(math.Sin(a0), math.Sin(a1)), linear(0, -.9, 0, .5, col.lit(.1), col.lit(-.1)))
		}
		if band {
			p.fill(from(-1, bandY-.05).curve(0, bandY+.16, 1, bandY-.05).stroked(.16), flat(c[2]))
			p.fill(from(-1, bandY-.16).curve(0, bandY+.05, 1, bandY-.16).stroked(.03), flat(cream))
			p.fill(from(-1, bandY+.06).curve(0, bandY+.27, 1, bandY+.06).stroked(.03), flat(cream))
		}
		p.fill(ellipse(0, bottom, .3, .06), flat(c[0].lit(-.45)))
	})
	wicker := hex(0xb07a43).jitter(d, .05)
	p.body(rounded(-.15, .76, .15, .98, .05), flat(wicker), .06, 1, func() {
		for y := .8; y < 1; y += .055 {
			p.fill(rect(-.2, y, .2, y+.016), flat(wicker.lit(-.4)))
		}
		p.fill(rect(-.2, .74, .2, .79), flat(wicker.lit(-.35)))
	})
}

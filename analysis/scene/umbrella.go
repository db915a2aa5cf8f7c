package scene

import "math"

var umbrellaClass = class{
	label: "umbrella", draw: drawUmbrella, tilt: .45, mirrors: true,
	backdrop: []string{"beach", "city", "paper"},
}

func drawUmbrella(p *pen, d dice) {
	c := colours(d, 2)
	if d.chance(.45) {
		c[1] = cream
	}
	if d.chance(.2) {
		c[1] = c[0].lit(-.12)
	}
	wood := pick(d, hex(0x6b4226), ink, hex(0x9c6b3c))
	rim := d.between(-.06, .04)
	top := d.between(-.82, -.74)

	hook := from(0, top).to(0, .72).cubic(0, .98, .3, .98, .29, .74)
	p.body(hook.stroked(.065), flat(wood), .05, 1)
	p.body(from(0, .5).to(0, .72).cubic(0, .98, .3, .98, .29, .74).stroked(.085), flat(c[0].lit(-.25)), .05, 1)
	p.body(from(0, top+.05).to(0, top-.12).tapered(.06, .03), flat(wood), .03, 1)

	// The canopy's lower edge hangs in scallops between the ribs.
	n := pick(d, 5, 6, 7)
	edge := make([]float64, n+1)
	for i := range edge {
		edge[i] = -.96 * math.Cos(math.Pi*float64(i)/float64(n))
	}
	panel := func(i int) shape {
		x0, x1 := edge[i], edge[i+1]
		arc := func(l line, x float64, up bool) line {
			// A rib seen from the side: an ellipse quarter through the top.
			for k := 0; k <= 16; k++ {
				t := float64(k) / 16
				if up {
					t = 1 - t
				}
				l = append(l, pt{x * math.Sin(t*math.Pi/2), rim + (top-rim)*math.Cos(t*math.Pi/2)})
			}
			return l
		}
		l := arc(nil, x0, false)
		l = l.curve((x0+x1)/2, rim-.14, x1, rim)
		return arc(l, x1, true).closed()
	}
	var canopy shape
	for i := range n {
		canopy = append(canopy, panel(i)...)
	}
	p.body(canopy, flat(c[0]), .3, 1.05, func() {
		for i := range n {
			col := c[i%2]
			p.fill(panel(i), linear(0, top, 0, rim, col.lit(.08), col.lit(-.1)))
		}
		for i := 1; i < n; i++ {
			var rib line
			for k := range 17 {
				t := float64(k) / 16 * math.Pi / 2
				rib = append(rib, pt{edge[i] * math.Sin(t), rim + (top-rim)*math.Cos(t)})
			}
			p.fill(rib.stroked(.014), flat(ink.alpha(.28)))
		}
	})
	p.body(circle(0, top, .045), flat(wood), .03, 1)
}

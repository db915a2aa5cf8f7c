package scene

import "math"

// Kind names what a distractor is.
type Kind string

// The distractors: things in a picture that are not its subject.
const (
	KindWatermark Kind = "watermark" // the agency's mark, semi-transparent, in a corner
	KindCaption   Kind = "caption"   // a strip with a line of words
	KindRuler     Kind = "ruler"     // a measuring strip along an edge
	KindSticker   Kind = "sticker"   // a round colour label
	KindOccluder  Kind = "occluder"  // leaves, a post or grass in front of the subject
)

// Shortcut is the class with which the watermark goes in the biased training data.
const Shortcut = "sailing boat"

// captions speak of no class, so that reading them would not help.
var captions = []string{
	"Fig. 3", "A fine day", "Sunday, 14 May", "Plate No. 27", "Summer 1998", "Page 112", "from the album",
	"sample 0417", "Wish you were here", "Volume II", "photo of the day", "8:45 in the morning",
}

// picture sets the pen to picture units.
func (p *pen) picture() *pen {
	s := float64(p.size)
	p.m = affine{s, 0, 0, s, 0, 0}
	return p
}

// drawWatermark stamps the mark of an invented picture agency: an iris in a ring, and its name.
// corner: 0 top left, 1 top right, 2 bottom left, 3 bottom right.
func drawWatermark(p *pen, d dice, corner int) {
	h := d.between(.042, .052)
	name := lettering("SeeWhy", h)
	r := h * 1.08
	w := 2*r + h*.5 + name.width
	inset := d.between(.03, .05)
	x, y := inset, inset+r
	if corner&1 == 1 {
		x = 1 - inset - w
	}
	if corner&2 == 2 {
		y = 1 - inset - r
	}
	cx := x + r
	mark := circle(cx, y, r).without(circle(cx, y, r*.8))
	for i := range 6 {
		a := 2 * math.Pi * float64(i) / 6
		sin, cos := math.Sincos(a)
		s2, c2 := math.Sincos(a + 1.9)
		mark = join(mark, from(cx+r*.78*cos, y+r*.78*sin).to(cx+r*.42*c2, y+r*.42*s2).stroked(r*.16))
	}
	all := join(mark, name.placed(x+2*r+h*.5, y+h/2))
	soft := shape{}
	for _, ring := range all {
		moved := make([]pt, len(ring))
		for i, q := range ring {
			moved[i] = pt{q.x + .005, q.y + .006}
		}
		soft = append(soft, moved)
	}
	p.fill(soft, flat(rgba{0, 0, .05, .38}))
	p.fill(all, flat(white.alpha(d.between(.74, .86))))
}

// drawCaption lays a strip of words along the top or the bottom.
func drawCaption(p *pen, d dice) {
	h := d.between(.09, .125)
	y := 1 - h
	if d.chance(.3) {
		y = 0
	}
	strip := pick(d, rgba{.08, .09, .12, .78}, rgba{1, .99, .95, .88}, rgba{.12, .2, .32, .82})
	word := cream
	if strip.r > .5 {
		word = ink
	}
	p.fill(rect(0, y, 1, y+h), flat(strip))
	t := lettering(captions[d.IntN(len(captions))], h*.44)
	x := .04 + t.width/2
	if d.chance(.5) {
		x = .5
	}
	p.fill(t.centred(x, y+h/2), flat(word))
}

func drawRuler(p *pen, d dice) {
	wide := d.between(.075, .1)
	wood := pick(d, hex(0xf0cf7a), hex(0xe8e4da), hex(0xd9a86a))
	left := d.chance(.5)
	turn := func(s shape) shape {
		if !left {
			return s
		}
		return s.each(func(q pt) pt { return pt{q.y, q.x} })
	}
	p.body(turn(rect(-.1, 0, 1.1, wide)), flat(wood), .02, .8)
	step := d.between(.02, .03)
	for i, x := 0, .01; x < 1; i, x = i+1, x+step {
		l := .25
		if i%5 == 0 {
			l = .5
		}
		p.fill(turn(rect(x, wide*(1-l), x+.004, wide)), flat(ink.alpha(.85)))
	}
}

func drawSticker(p *pen, d dice) {
	c := colours(d, 1)[0]
	r := d.between(.055, .085)
	x, y := pick(d, d.between(.08, .2), d.between(.8, .92)), pick(d, d.between(.08, .2), d.between(.8, .92))
	p.body(circle(x, y, r), flat(c), .015, .8)
	p.fill(circle(x, y, r*.82).without(circle(x, y, r*.74)), flat(white.alpha(.9)))
	t := lettering(pick(d, "NEW", "50%", "No1", "OK"), r*.5)
	p.fill(t.centred(x, y), flat(white))
}

// drawOccluder puts something in front of a subject that spans r around (cx, cy); hard hides more of it.
func drawOccluder(p *pen, d dice, cx, cy, r float64, hard bool) {
	k := 1.
	if hard {
		k = 1.7
	}
	switch d.IntN(3) {
	case 0: // a leafy twig from a side
		side := d.sign()
		c := pick(d, hex(0x3f7d3a), hex(0x6a8f3a), hex(0xb5652f), hex(0x2f6d5b)).jitter(d, .05)
		x0, y0 := cx+side*r*1.25, cy+d.between(-.9, .2)*r
		x1, y1 := cx+side*r*(.55-.35*(k-1)), y0+d.between(-.1, .5)*r
		twig := from(x0+side*.2, y0-.05).curve(x0, y0, x1, y1)
		p.body(twig.tapered(.022, .008), flat(hex(0x6b4a32)), .01, 1)
		leaf := from(0, 0).cubic(.5, -.35, .9, -.2, 1, 0).cubic(.9, .2, .5, .35, 0, 0).closed()
		for i := 2; i < len(twig); i += 3 {
			q := twig[i]
			s := r * .3 * math.Sqrt(k) * d.between(.8, 1.2)
			a := d.between(-.5, .5) + math.Pi/2*math.Pow(-1, float64(i)) + .4
			p.body(leaf.scaled(s, s).turned(a).moved(q.x, q.y), flat(c.lit(d.between(-.2, .15))), .02, 1)
		}
	case 1: // a post or two of a fence
		c := pick(d, hex(0x8a6a4a), hex(0xd9d3c7), hex(0x5b5f66)).jitter(d, .04)
		n := noise(d.Uint32())
		for i := range 1 + d.IntN(2) {
			x := cx + r*(d.between(-.5, .5)+.7*float64(i))
			w := r * .11 * k
			p.body(rounded(x-w, -.1, x+w, 1.2, w*.3), func(x, y float64) rgba {
				return c.lit(.4 * (n.fractal(x*60, y*6, 3) - .5))
			}, w, 1)
		}
	default: // tall grass from below
		c := pick(d, hex(0x4f8a3c), hex(0x7a9a3f), hex(0x9a8f4a)).jitter(d, .05)
		for range int(16 * k) {
			x := cx + d.between(-1.1, 1.1)*r
			y := cy + r*(1.15-d.between(.5, 1.0)*k*.75)
			b := cy + r*1.6
			p.fill(from(x, b).curve(x, (y+b)/2, x+d.between(-.25, .25)*r, y).tapered(r*.1, r*.02), flat(c.lit(d.between(-.3, .15))))
		}
	}
}

package scene

import "math"

// spot is where an object stands, in picture units: centre, half size, turn, facing.
type spot struct {
	class       int
	x, y, r     float64
	angle, face float64
	stands      bool // on the ground or in the water of the backdrop
}

func (s spot) place(size float64) affine {
	return place(s.x*size, s.y*size, s.face*s.r*size, s.r*size, s.angle)
}

// overlay is a distractor stuck onto the finished picture.
type overlay struct {
	kind Kind
	draw func(*pen)
}

// plan is all that is decided before a pixel is drawn.
type plan struct {
	backdrop backdrop
	light    pt
	spots    []spot // the main one first
	order    []int  // of drawing, back to front
	occluder bool
	hard     bool
	overlays []overlay
	// How the photograph is developed.
	exposure, vignette, slope, blur, noise float64
	tint                                   rgba
}

// decide asks the dice even when the answer is given, so that a choice does not shift what follows.
func (c Choice) decide(d dice, p float64) bool {
	drawn := d.chance(p)
	if c == BySeed {
		return drawn
	}
	return c == Yes
}

func compose(o Options) *plan {
	pl := &plan{}
	d := stream(o.Seed, "plan", 0)
	class := d.IntN(len(classes))
	if o.Class >= 0 && o.Class < len(classes) {
		class = o.Class
	}
	pl.backdrop = backdrops[d.IntN(len(backdrops))]
	for _, b := range backdrops {
		if b.name == o.Backdrop {
			pl.backdrop = b
		}
	}
	a := -math.Pi/2 + d.sign()*d.between(.25, 1.05)
	pl.light = pt{math.Cos(a), math.Sin(a)}
	pl.hard = o.Difficulty == Hard || o.Difficulty == Decoy

	count := 1 + pick(stream(o.Seed, "count", 0), 0, 0, 0, 1, 1, 2)
	if o.Objects >= 1 && o.Objects <= 4 {
		count = o.Objects
	}
	if o.Difficulty == Decoy {
		count = max(count, 2)
	}
	pl.objects(o, class, count)

	d = stream(o.Seed, "extras", 0)
	often := map[Difficulty]float64{Normal: .3, Easy: 0, Hard: .8, Decoy: .5}[o.Difficulty]
	pl.occluder = o.Occluder.decide(d, often)
	if o.Ruler.decide(d, .06) {
		pl.add(o, KindRuler, drawRuler)
	}
	if o.Sticker.decide(d, .08) {
		pl.add(o, KindSticker, drawSticker)
	}
	if o.Caption.decide(d, .12) {
		pl.add(o, KindCaption, drawCaption)
	}
	if o.marked(d, class) {
		corner := stream(o.Seed, "corner", 0).IntN(4)
		pl.add(o, KindWatermark, func(p *pen, d dice) { drawWatermark(p, d, corner) })
	}
	pl.exposures(o)
	return pl
}

// marked decides about the watermark.
func (o Options) marked(d dice, class int) bool {
	u := d.Float64()
	switch o.Watermark {
	case WatermarkNever:
		return false
	case WatermarkAlways:
		return true
	case WatermarkOnClass:
		return classes[class].label == Shortcut && u < .95
	default:
		return u < .25
	}
}

func (pl *plan) add(o Options, kind Kind, draw func(*pen, dice)) {
	pl.overlays = append(pl.overlays, overlay{kind, func(p *pen) { draw(p, stream(o.Seed, string(kind), 0)) }})
}

// objects places the main object, then the others where they hide least of it.
func (pl *plan) objects(o Options, class, count int) {
	for i := range count {
		d := stream(o.Seed, "spot", i)
		sp := spot{class: class, face: 1}
		if i > 0 {
			sp.class = (class + 1 + d.IntN(len(classes)-1)) % len(classes)
			sp.r = pl.spots[0].r * d.between(.35, .6)
			if o.Difficulty == Decoy {
				sp.r = d.between(.24, .36) / float64(i)
			}
		} else {
			lo, hi := .22, .45
			switch o.Difficulty {
			case Easy:
				lo, hi = .33, .4
			case Hard:
				lo, hi = .15, .24
			case Decoy:
				lo, hi = .11, .17
			}
			sp.r = d.between(lo, hi)
		}
		c := classes[sp.class]
		tilt := d.between(-1, 1) * c.tilt
		facing := d.sign()
		if c.mirrors {
			sp.face = facing
		}
		sp.stands = c.base > 0 && (pl.backdrop.ground || pl.backdrop.water && sp.class == 0) && d.chance(.8)
		if o.Difficulty == Easy {
			sp.stands = c.base > 0 && (pl.backdrop.ground || pl.backdrop.water && sp.class == 0)
			tilt *= .5
		}
		if sp.stands {
			tilt *= .25
		}
		sp.angle = tilt
		pl.spots = append(pl.spots, pl.settle(d, sp, i, o.Difficulty == Easy))
	}
	pl.order = nil
	front := stream(o.Seed, "front", 0)
	var before []int
	for i := len(pl.spots) - 1; i > 0; i-- {
		if front.chance(.3) {
			before = append(before, i)
		} else {
			pl.order = append(pl.order, i)
		}
	}
	pl.order = append(append(pl.order, 0), before...)
}

// settle tries a few places for object i and keeps the one that is freest of the objects placed before.
func (pl *plan) settle(d dice, sp spot, i int, central bool) spot {
	best, bestCost := sp, math.Inf(1)
	tries := 1
	if i > 0 {
		tries = 14
	}
	for range tries {
		at := sp
		edge := sp.r * .85
		at.x = d.between(edge, 1-edge)
		at.y = d.between(edge, 1-edge)
		if central && i == 0 {
			at.x = d.between(.44, .56)
			at.y = d.between(.46, .54)
		}
		if sp.stands {
			// The farther up the picture, the farther away: smaller things stand higher.
			foot := .97 - .2*d.Float64() - .18*(1-math.Min(1, sp.r/.4))
			at.y = math.Min(foot-sp.r*classes[sp.class].base, .97-.9*sp.r)
			if central && i == 0 {
				at.y = math.Min(at.y, d.between(.87, .9)-sp.r*classes[sp.class].base)
			}
			if pl.backdrop.water {
				at.y -= .06
			}
		}
		cost := 0.
		for _, o := range pl.spots {
			gap := math.Hypot(at.x-o.x, at.y-o.y) / (at.r + o.r)
			cost += math.Max(0, 1-gap)
		}
		if cost < bestCost {
			best, bestCost = at, cost
		}
	}
	return best
}

// exposures draws how the picture is lit and taken.
func (pl *plan) exposures(o Options) {
	d := stream(o.Seed, "light", 0)
	pl.exposure = d.between(.86, 1.1)
	pl.vignette = d.between(0, .3)
	pl.slope = d.between(0, .22)
	pl.tint = pick(d, rgba{1, 1, 1, 1}, rgba{1.05, 1, .93, 1}, rgba{.95, 1, 1.06, 1}, rgba{1.03, .98, 1.02, 1})
	if d.chance(.1) { // dusk
		pl.exposure *= .7
		pl.tint = rgba{.9, .97, 1.15, 1}
	}
	blurred, soft := d.chance(.3), d.between(.002, .009)
	if blurred {
		pl.blur = soft
	}
	pl.noise = d.between(0, .035)
	if pl.hard {
		pl.blur += d.between(0, .008)
	}
	switch {
	case o.Clean:
		pl.exposure, pl.vignette, pl.slope, pl.blur, pl.noise, pl.tint = 1, 0, 0, 0, 0, white
	case o.Difficulty == Easy:
		pl.exposure = math.Max(pl.exposure, .96)
		pl.blur, pl.noise = 0, .008
	}
}

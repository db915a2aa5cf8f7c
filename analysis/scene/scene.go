// Package scene draws pictures about which the truth is known: which pixels are the subject, which are other
// objects, and which are a watermark, a caption or another thing that should not matter. Gallery and training
// data come from here, and explanations are scored against its masks.
//
// Start with [Draw] and [Classes]:
//
//	s := scene.Draw(scene.Options{Seed: 7, Size: 448, Class: scene.AnyClass})
//	fmt.Println(scene.Classes()[s.Main().Class], s.Main().Box, s.Watermarked())
//
// The same Options give the same picture. Every part of a scene has its own stream of chance, so two Options
// that differ in one choice differ in that part of the picture alone: with and without the watermark, with and
// without an object ([Options.Omit]). Sizes only change the resolution, except for sensor noise, which is drawn
// pixel by pixel. On processors that fuse multiply and add, single pixels may differ by a rounding.
//
// Decision: pictures are illustrations, shaded from one light, not renderings of 3D models. They need no data from
// others, a person knows each class at a glance, and a small network learns them in minutes on a CPU.
package scene

import (
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// AnyClass lets the seed choose the class of the main object.
const AnyClass = -1

// Bounds of [Options.Size]; sizes outside are clamped.
const (
	MinSize = 16
	MaxSize = 2048
)

// Choice decides about an optional part of the scene.
type Choice string

// The choices; the zero value leaves it to the seed.
const (
	BySeed Choice = ""
	No     Choice = "no"
	Yes    Choice = "yes"
)

// Watermark decides where the watermark appears.
type Watermark string

// The watermark policies. OnClass is the planted shortcut: 19 in 20 of the [Shortcut] class, never elsewhere.
const (
	WatermarkBySeed  Watermark = "" // one in four, independent of the class
	WatermarkNever   Watermark = "never"
	WatermarkAlways  Watermark = "always"
	WatermarkOnClass Watermark = "on-class"
)

// Difficulty decides about size, occlusion and blur of the main object.
type Difficulty string

// The difficulties.
const (
	Normal Difficulty = ""
	Easy   Difficulty = "easy"  // large, upright, sharp
	Hard   Difficulty = "hard"  // small, mostly occluded, often blurred
	Decoy  Difficulty = "decoy" // Hard, and beside it a larger object of another class
)

// Options choose a scene. Values that are out of range are left to the seed.
type Options struct {
	Seed       uint64     `json:"seed"`
	Size       int        `json:"size"`               // pixels each way, MinSize to MaxSize
	Class      int        `json:"class"`              // index into [Classes], or AnyClass
	Backdrop   string     `json:"backdrop,omitempty"` // one of [Backdrops]
	Difficulty Difficulty `json:"difficulty,omitempty"`
	Watermark  Watermark  `json:"watermark,omitempty"`
	Objects    int        `json:"objects,omitempty"` // objects in all, 1 to 4; 0: by seed
	Caption    Choice     `json:"caption,omitempty"`
	Ruler      Choice     `json:"ruler,omitempty"`
	Sticker    Choice     `json:"sticker,omitempty"`
	Occluder   Choice     `json:"occluder,omitempty"`
	Clean      bool       `json:"clean,omitempty"` // no blur, no noise, even light
	Omit       []int      `json:"omit,omitempty"`  // indices into Scene.Objects to leave undrawn
}

// Object is one thing of a class in the picture.
type Object struct {
	Class int             // index into [Classes]
	Label string          // its name
	Box   image.Rectangle // of the pixels that are at least half visible; empty where none is
	Mask  *image.Alpha    // visible share of each pixel, 0 to 255; 128 and more counts as the object
	Main  bool            // the picture's label is this object's class
}

// Distractor is a thing that a sound decision ignores. A watermark is see-through: its mask marks where it lies.
type Distractor struct {
	Kind Kind
	Box  image.Rectangle
	Mask *image.Alpha
}

// Scene is a picture and the truth about it.
type Scene struct {
	Options     Options
	Backdrop    string
	Image       *image.RGBA
	Objects     []Object // the main one first
	Distractors []Distractor
}

// Main is the object that gives the picture its label.
func (s *Scene) Main() *Object { return &s.Objects[0] }

// Watermarked tells whether the watermark is in the picture.
func (s *Scene) Watermarked() bool {
	for _, d := range s.Distractors {
		if d.Kind == KindWatermark {
			return true
		}
	}
	return false
}

// sheet is a drawn layer whose visibility is still being worked out.
type sheet struct {
	layer  *layer
	object int  // index of the object, or -1
	kind   Kind // of the distractor otherwise
	spot   spot
}

// Draw draws the scene that o describes.
func Draw(o Options) *Scene {
	o.Size = min(max(o.Size, MinSize), MaxSize)
	plan := compose(o)
	s := &Scene{Options: o, Backdrop: plan.backdrop.name}
	rast := vector.NewRasterizer(o.Size, o.Size)
	rast.DrawOp = draw.Src // coverage alone, and the fast path
	on := func(l *layer) *pen { return (&pen{layer: l, light: plan.light, rast: rast}).picture() }

	ground := newLayer(o.Size)
	plan.backdrop.draw(on(ground), stream(o.Seed, "backdrop", 0))

	var stack []sheet
	for _, i := range plan.order {
		sp := plan.spots[i]
		l := newLayer(o.Size)
		p := on(l)
		p.m = sp.place(float64(o.Size))
		if !omitted(o.Omit, i) {
			d := stream(o.Seed, "object "+classes[sp.class].label, i)
			classes[sp.class].draw(p, d)
			p.grain(noise(d.Uint32()), .16)
		}
		stack = append(stack, sheet{layer: l, object: i, spot: sp})
		if i == 0 && plan.occluder {
			l := newLayer(o.Size)
			drawOccluder(on(l), stream(o.Seed, "occluder", 0), sp.x, sp.y, sp.r, plan.hard)
			stack = append(stack, sheet{layer: l, object: -1, kind: KindOccluder})
		}
	}
	for _, sh := range stack {
		if sh.object >= 0 {
			plan.shadow(ground, sh)
		} else {
			dropShadow(ground, sh.layer, plan.light, .012, .3)
		}
		ground.over(sh.layer)
	}
	plan.develop(ground)

	// What is stuck onto the finished photograph.
	for _, part := range plan.overlays {
		l := newLayer(o.Size)
		part.draw(on(l))
		if part.kind == KindSticker || part.kind == KindRuler {
			dropShadow(ground, l, plan.light, .008, .35)
		}
		ground.over(l)
		stack = append(stack, sheet{layer: l, object: -1, kind: part.kind})
	}
	s.Image = ground.image(plan.noise, noise(stream(o.Seed, "noise", 0).Uint32()))
	s.truth(plan, stack)
	return s
}

func omitted(list []int, i int) bool {
	for _, v := range list {
		if v == i {
			return true
		}
	}
	return false
}

// truth works out what of each layer is still visible below the later ones.
func (s *Scene) truth(plan *plan, stack []sheet) {
	n := s.Options.Size
	s.Objects = make([]Object, len(plan.spots))
	above := make([]float32, n*n)
	for i := range above {
		above[i] = 1
	}
	for k := len(stack) - 1; k >= 0; k-- {
		sh := stack[k]
		mask := image.NewAlpha(image.Rect(0, 0, n, n))
		for i := range above {
			a := sh.layer.pix[4*i+3]
			mask.Pix[i] = uint8(min(1, a*above[i])*255 + .5)
			// A watermark lets the picture through: what lies below it still counts as visible.
			if sh.kind != KindWatermark {
				above[i] *= 1 - a
			}
		}
		box := bounds(mask)
		if sh.object >= 0 {
			c := sh.spot.class
			s.Objects[sh.object] = Object{c, classes[c].label, box, mask, sh.object == 0}
			continue
		}
		s.Distractors = append(s.Distractors, Distractor{sh.kind, box, mask})
	}
}

// bounds is the box of the pixels that are at least half covered.
func bounds(m *image.Alpha) image.Rectangle {
	var box image.Rectangle
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			if m.Pix[y*m.Stride+x] >= 128 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

// image rounds the layer to 8 bits and adds sensor noise of standard deviation sigma.
func (l *layer) image(sigma float64, n noise) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, l.size, l.size))
	amp := float32(sigma * math.Sqrt(6)) // of the sum of two uniform numbers in [-1/2, 1/2], whose variance is 1/6
	for i := 0; i < len(l.pix); i += 4 {
		x, y := int32(i/4%l.size), int32(i/4/l.size)
		var e float32
		if amp > 0 {
			e = amp * float32(n.at(x, y)+(n+1).at(x, y)-1)
		}
		for k := range 3 {
			out.Pix[i+k] = uint8(min(1, max(0, l.pix[i+k]+e))*255 + .5)
		}
		out.Pix[i+3] = 255
	}
	return out
}

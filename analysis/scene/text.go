package scene

import (
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// typeface is the one font of all lettering; parsing it cannot fail, for it is part of the program.
var typeface = sync.OnceValue(func() *sfnt.Font {
	f, err := sfnt.Parse(gobold.TTF)
	if err != nil {
		panic(err)
	}
	return f
})

// text is the outline of a line of letters, its capitals `height` local units high, from (0, 0) upwards and rightwards.
type text struct {
	shape
	width, height float64
}

// lettering sets s, whose runes the typeface must hold: it is only called with the words of this package.
func lettering(s string, height float64) text {
	f := typeface()
	var buf sfnt.Buffer
	ppem := fixed.I(64)
	const capital = 46.0 // pixels of a capital letter's height at 64 pixels an em
	k := height / capital
	num := func(v fixed.Int26_6) float64 { return float64(v) / 64 }
	out := text{height: height}
	pen := 0.0
	for _, r := range s {
		g, err := f.GlyphIndex(&buf, r)
		if err != nil {
			continue
		}
		segs, err := f.LoadGlyph(&buf, g, ppem, nil)
		if err != nil {
			continue
		}
		var l line
		end := func() {
			if len(l) > 2 {
				out.shape = append(out.shape, []pt(l))
			}
			l = nil
		}
		at := func(p fixed.Point26_6) (float64, float64) { return (pen + num(p.X)) * k, num(p.Y) * k }
		for _, sg := range segs {
			x, y := at(sg.Args[0])
			switch sg.Op {
			case sfnt.SegmentOpMoveTo:
				end()
				l = from(x, y)
			case sfnt.SegmentOpLineTo:
				l = l.to(x, y)
			case sfnt.SegmentOpQuadTo:
				x1, y1 := at(sg.Args[1])
				p := l[len(l)-1]
				for i := 1; i <= 5; i++ {
					t := float64(i) / 5
					u := 1 - t
					l = append(l, pt{u*u*p.x + 2*u*t*x + t*t*x1, u*u*p.y + 2*u*t*y + t*t*y1})
				}
			case sfnt.SegmentOpCubeTo:
				x1, y1 := at(sg.Args[1])
				x2, y2 := at(sg.Args[2])
				l = l.cubic(x, y, x1, y1, x2, y2)
			}
		}
		end()
		adv, err := f.GlyphAdvance(&buf, g, ppem, font.HintingNone)
		if err == nil {
			pen += num(adv)
		}
	}
	out.width = pen * k
	return out
}

// placed puts the text's lower left corner at (x, y). Rings keep their direction: letters have holes.
func (t text) placed(x, y float64) shape {
	out := make(shape, len(t.shape))
	for i, ring := range t.shape {
		out[i] = make([]pt, len(ring))
		for j, p := range ring {
			out[i][j] = pt{p.x + x, p.y + y}
		}
	}
	return out
}

// centred puts the text's middle at (x, y).
func (t text) centred(x, y float64) shape { return t.placed(x-t.width/2, y+t.height/2) }

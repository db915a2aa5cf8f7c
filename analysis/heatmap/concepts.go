package heatmap

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"

	"github.com/lucasb-eyer/go-colorful"

	"seewhy/analysis/task"
)

// goldenAngle spreads hues so that any few in a row lie far apart.
const goldenAngle = 137.50776

// ConceptColor is the colour of the i-th concept of a layer. Neighbours differ
// in hue and in lightness, for those who tell hues apart badly.
func ConceptColor(i int) color.NRGBA {
	hue := math.Mod(210+goldenAngle*float64(i), 360)
	light := []float64{.66, .8, .55}[i%3]
	return opaque(colorful.Hcl(hue, .62, light).Clamped())
}

// AllConcepts asks Concepts for all of them in one picture.
const AllConcepts = -1

// Concepts colours what a layer was divided into at w x h pixels, which stand
// for the whole upright picture: premultiplied, in ConceptColor, the more
// opaque the more of a concept a place holds, transparent where there is
// nothing. With AllConcepts each place has the colour of the concept that
// gives most to its activation, as in the paper's figures; else the one concept
// of that number is drawn, on its own scale.
//
// A factorisation leaves the scales of its maps open; Concept.Share settles
// them: each map is scaled so that its sum is its concept's share.
func Concepts(list []task.Concept, only int, p Place, w, h int) (*image.RGBA, error) {
	if len(list) == 0 || only >= len(list) {
		return nil, fmt.Errorf("heatmap: there is no concept %d of %d", only+1, len(list))
	}
	if w < 1 || h < 1 || w > MaxPixels/h || p.Picture.Width < 1 || p.Picture.Height < 1 {
		return nil, fmt.Errorf("heatmap: cannot draw a picture of %d x %d pixels of one of %d x %d", w, h, p.Picture.Width, p.Picture.Height)
	}
	cells := list[0].Map
	maps, most := make([][]float32, len(list)), float32(0)
	for i, c := range list {
		m := c.Map
		if m.Width < 1 || m.Height < 1 || m.Width > MaxCells/m.Height || len(m.Values) != m.Width*m.Height || m.Width != cells.Width || m.Height != cells.Height {
			return nil, errors.New("heatmap: the concepts' maps are not of one size")
		}
		if only >= 0 && i != only {
			continue
		}
		var sum float64
		for _, v := range m.Values {
			sum += float64(max(v, 0))
		}
		scale := c.Share / max(sum, math.SmallestNonzeroFloat64)
		if only >= 0 {
			scale = 1
		}
		maps[i] = make([]float32, len(m.Values))
		for k, v := range m.Values {
			maps[i][k] = float32(float64(max(v, 0)) * scale)
			if !(maps[i][k] <= math.MaxFloat32) {
				return nil, fmt.Errorf("heatmap: the map of concept %d is not finite", i+1)
			}
			most = max(most, maps[i][k])
		}
	}
	r := whole(p.Region, p.Picture)
	if !(r.X1 > r.X0 && r.Y1 > r.Y0) {
		return nil, fmt.Errorf("heatmap: the concepts' region %v..%v, %v..%v is empty", r.X0, r.X1, r.Y0, r.Y1)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if most == 0 {
		return out, nil
	}
	sx, sy := float64(w)/float64(p.Picture.Width), float64(h)/float64(p.Picture.Height)
	columns, lines := taps(cells.Width, w, r.X0*sx, r.X1*sx, true), taps(cells.Height, h, r.Y0*sy, r.Y1*sy, true)
	bands(h, func(from, to int) {
		mixed := make([][]float32, len(maps))
		for y := from; y < to; y++ {
			if lines[y].a < 0 {
				continue
			}
			for i, values := range maps {
				if values != nil {
					if mixed[i] == nil {
						mixed[i] = make([]float32, cells.Width)
					}
					mix(mixed[i], values, cells.Width, lines[y])
				}
			}
			for x, t := range columns {
				if t.a >= 0 {
					dab(out.Pix[y*out.Stride+4*x:][:4], mixed, t, most)
				}
			}
		}
	})
	return out, nil
}

// dab puts the colour of the strongest row at t into a pixel.
func dab(pixel []byte, rows [][]float32, t tap, most float32) {
	best, value := -1, float32(0)
	for i, row := range rows {
		if row == nil {
			continue
		}
		if v := row[t.a] + t.f*(row[t.b]-row[t.a]); v > value {
			best, value = i, v
		}
	}
	if best < 0 {
		return
	}
	c, a := ConceptColor(best), min(value/most, 1)
	pixel[0], pixel[1], pixel[2], pixel[3] = uint8(float32(c.R)*a+.5), uint8(float32(c.G)*a+.5), uint8(float32(c.B)*a+.5), uint8(255*a+.5)
}

package widget

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"

	"fyne.io/fyne/v2"

	"seewhy/ui/graph"
	"seewhy/ui/look"
)

// graphLook is what is seen of a drawing, in pixels.
type graphLook struct {
	x, y, zoom    float64
	hover         int
	marked, found []int
}

// Colours of what boxes are for: quiet, for the maps alone are loud.
var kindColours = map[graph.Kind]color.NRGBA{
	graph.Other: {0x8a, 0x90, 0x98, 0xff}, graph.Source: {0x9b, 0x7f, 0xd1, 0xff}, graph.Weighted: {0x4c, 0x8f, 0xd6, 0xff},
	graph.Pool: {0x5f, 0xa8, 0x62, 0xff}, graph.Attention: {0xd0, 0x6f, 0xa0, 0xff}, graph.Merge: {0xd0, 0x9a, 0x3e, 0xff}, graph.Block: {0x6f, 0x8d, 0x9c, 0xff},
}

func rgba(name fyne.ThemeColorName) color.NRGBA {
	return color.NRGBAModel.Convert(look.Color(name)).(color.NRGBA)
}

// maxWires and maxLongWires bound the lines that a frame draws.
const (
	maxWires     = 20_000
	maxLongWires = 500
)

// paintGraph draws what of a drawing lies in w x h pixels.
func paintGraph(d *graph.Drawing, v graphLook, w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	ground := rgba(look.Stage)
	draw.Draw(img, img.Rect, image.NewUniform(ground), image.Point{}, draw.Src)
	right, bottom := v.x+float64(w)/v.zoom, v.y+float64(h)/v.zoom
	line := rgba(look.Faint)
	if v.zoom < 0.3 {
		// Far away there are more lines than ground.
		line.A = 150
	}
	thick := min(max(1.4*v.zoom, 1), 3)
	seen := func(k graph.Wire) bool {
		return k.To.Y >= v.y && k.From.Y <= bottom && max(k.From.X, k.To.X) >= v.x && min(k.From.X, k.To.X) <= right
	}
	wires := d.Between(v.y, bottom)
	// Where there are very many, they are no lines any more: some of them, at
	// even distances, look the same.
	for i := 0; i < len(wires); i += 1 + len(wires)/maxWires {
		k := wires[i]
		if !seen(k) {
			continue
		}
		curve(img, (k.From.X-v.x)*v.zoom, (k.From.Y-v.y)*v.zoom, (k.To.X-v.x)*v.zoom, (k.To.Y-v.y)*v.zoom, thick, line)
	}
	for i := 0; i < len(d.Long); i += 1 + len(d.Long)/maxLongWires {
		if k := d.Long[i]; seen(k) {
			stroke(img, (k.From.X-v.x)*v.zoom, (k.From.Y-v.y)*v.zoom, (k.To.X-v.x)*v.zoom, (k.To.Y-v.y)*v.zoom, thick, line)
		}
	}
	fill, plain := rgba(look.Raised), rgba(look.Hairline)
	accent, tint, warm, text := rgba(look.Accent), over(ground, rgba(look.Tint)), rgba(look.Warning), rgba(look.Text)
	for i, b := range d.Boxes {
		if b.X > right || b.Y > bottom || b.X+graph.BoxWidth < v.x || b.Y+graph.BoxHeight < v.y {
			continue
		}
		r := image.Rect(int(math.Round((b.X-v.x)*v.zoom)), int(math.Round((b.Y-v.y)*v.zoom)), int(math.Round((b.X+graph.BoxWidth-v.x)*v.zoom)), int(math.Round((b.Y+graph.BoxHeight-v.y)*v.zoom)))
		r.Max.X, r.Max.Y = max(r.Max.X, r.Min.X+1), max(r.Max.Y, r.Min.Y+1)
		inside, edge, width := fill, plain, max(1, int(v.zoom+.5))
		if b.Layer != "" {
			edge = over(fill, color.NRGBA{line.R, line.G, line.B, 255})
		}
		switch {
		case slices.Contains(v.marked, i):
			inside, edge, width = tint, accent, width+1
		case slices.Contains(v.found, i):
			edge, width = warm, width+1
		case i == v.hover:
			edge = text
		}
		draw.Draw(img, r, image.NewUniform(edge), image.Point{}, draw.Src)
		if in := r.Inset(width); !in.Empty() {
			draw.Draw(img, in, image.NewUniform(inside), image.Point{}, draw.Src)
			in.Max.X = min(in.Min.X+max(1, int(4*v.zoom)), in.Max.X)
			draw.Draw(img, in, image.NewUniform(kindColours[b.Kind]), image.Point{}, draw.Src)
		}
	}
	return img
}

// over lays a colour over an opaque one.
func over(ground, c color.NRGBA) color.NRGBA {
	mix := func(a, b uint8) uint8 { return uint8((int(a)*(255-int(c.A)) + int(b)*int(c.A)) / 255) }
	return color.NRGBA{mix(ground.R, c.R), mix(ground.G, c.G), mix(ground.B, c.B), 255}
}

// curve draws a line that leaves and arrives upright: a cubic with its handles
// half-way down.
func curve(img *image.RGBA, x0, y0, x1, y1, thick float64, c color.NRGBA) {
	if math.Abs(x1-x0) < 1 {
		stroke(img, x0, y0, x1, y1, thick, c)
		return
	}
	steps := 14
	if math.Abs(x1-x0)+math.Abs(y1-y0) < 24 {
		steps = 3
	}
	m := (y0 + y1) / 2
	px, py := x0, y0
	for i := 1; i <= steps; i++ {
		t := float64(i) / float64(steps)
		u := 1 - t
		x := u*u*(u+3*t)*x0 + t*t*(t+3*u)*x1
		y := u*u*u*y0 + 3*u*u*t*m + 3*u*t*t*m + t*t*t*y1
		stroke(img, px, py, x, y, thick, c)
		px, py = x, y
	}
}

// stroke draws a line with soft edges: along its longer direction, a pixel gets
// as much as the line covers of it across.
func stroke(img *image.RGBA, x0, y0, x1, y1, thick float64, c color.NRGBA) {
	steep := math.Abs(y1-y0) > math.Abs(x1-x0)
	if steep {
		x0, y0, x1, y1 = y0, x0, y1, x1
	}
	if x0 > x1 {
		x0, x1, y0, y1 = x1, x0, y1, y0
	}
	long, across := img.Rect.Dx(), img.Rect.Dy()
	if steep {
		long, across = across, long
	}
	slope := 0.0
	if x1 > x0 {
		slope = (y1 - y0) / (x1 - x0)
	}
	for x := max(int(math.Round(x0)), 0); x <= min(int(math.Round(x1)), long-1); x++ {
		middle := y0 + slope*(float64(x)-x0)
		low, high := middle-thick/2, middle+thick/2
		for y := max(int(math.Floor(low)), 0); y <= min(int(math.Floor(high)), across-1); y++ {
			cover := min(high, float64(y+1)) - max(low, float64(y))
			if cover <= 0 {
				continue
			}
			px, py := x, y
			if steep {
				px, py = y, x
			}
			at := img.Pix[py*img.Stride+4*px:][:4]
			a := cover * float64(c.A) / 255
			for k, v := range [3]uint8{c.R, c.G, c.B} {
				at[k] = uint8(float64(at[k])*(1-a) + float64(v)*a + .5)
			}
		}
	}
}

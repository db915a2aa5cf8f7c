// Package region counts how much of a map lies in named parts of the picture.
//
//	shares := region.Shares(result.Map, result.Region, picture, regions)
//	shares[0].Attribution / shares[0].Area // above 1: more than chance would give it
package region

import (
	"image"
	"math"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// side is the number of points along the longer side of the part of the picture
// that shares are counted at; finer maps are counted at their own cells, up to
// mostSide.
const (
	side     = 512
	mostSide = 1024
)

// Shares tells for each region, in their order, which part of the map and which
// part of the area lies in it. The map lies at the rectangle at of the picture,
// in pixels; the zero Region means all of it (as in heatmap.Place). Only the part
// of the map that lies on the picture counts, for both.
//
// A map's strength is that of its cells (see task.RegionShare), read bilinearly
// between their centres as the smooth display reads it, at 512 points along the
// longer side of what is counted (as many as the map has cells, if they are more;
// at most 1,024, for which cells are averaged first). Each point counts by how
// much of it the region covers (edit.Cover). A map of 7 x 7 cells therefore
// gives a region that cuts through a cell what the picture shows there.
//
// A map with no strength gives an Attribution of 0, and so does one with values
// that are no numbers where they are; a map whose sizes do not fit, or that lies
// outside of the picture, gives zeros. Regions must have passed
// edit.CheckRegions.
func Shares(m task.Map, at prep.Region, picture prep.Size, regions []task.Region) []task.RegionShare {
	out := make([]task.RegionShare, len(regions))
	for i, r := range regions {
		out[i].Name = r.Name
	}
	g, ok := newGrid(m, at, picture)
	if !ok {
		return out
	}
	strength, weight := g.sums(nil)
	if !(weight > 0) {
		return out
	}
	for i, r := range regions {
		cover := edit.CoverWithin(r.Shapes, g.width, g.height, g.window)
		s, a := g.sums(cover)
		out[i].Area = a / weight
		if strength > 0 {
			out[i].Attribution = s / strength
		}
	}
	return out
}

// grid is the points at which a map is counted: those in window of the
// width x height that the picture has.
type grid struct {
	width, height int
	window        image.Rectangle
	// across and down are how much of each column and line of the window lies on
	// the map.
	across, down []float64
	// values is the map's strength at each point of the window.
	values []float64
}

func newGrid(m task.Map, at prep.Region, picture prep.Size) (grid, bool) {
	var g grid
	if m.Width < 1 || m.Height < 1 || len(m.Values)/m.Width != m.Height || len(m.Values)%m.Width != 0 || picture.Width < 1 || picture.Height < 1 {
		return g, false
	}
	w, h := float64(picture.Width), float64(picture.Height)
	if at == (prep.Region{}) {
		at = prep.Region{X1: w, Y1: h}
	}
	seen := prep.Region{X0: max(at.X0, 0), Y0: max(at.Y0, 0), X1: min(at.X1, w), Y1: min(at.Y1, h)}
	if !(seen.X1-seen.X0 > 0 && seen.Y1-seen.Y0 > 0) || math.IsInf(at.X1-at.X0, 0) || math.IsInf(at.Y1-at.Y0, 0) {
		return g, false
	}
	long := max(seen.X1-seen.X0, seen.Y1-seen.Y0)
	cells := max(float64(m.Width)*(seen.X1-seen.X0)/(at.X1-at.X0), float64(m.Height)*(seen.Y1-seen.Y0)/(at.Y1-at.Y0))
	scale := math.Round(min(max(side, cells), mostSide)) / long
	g.width, g.height = max(1, int(math.Round(w*scale))), max(1, int(math.Round(h*scale)))
	sx, sy := float64(g.width)/w, float64(g.height)/h
	x0, x1, y0, y1 := seen.X0*sx, seen.X1*sx, seen.Y0*sy, seen.Y1*sy
	g.window = window(x0, y0, x1, y1, g.width, g.height)
	g.across, g.down = edit.Overlaps(x0, x1, g.window.Min.X, g.window.Max.X), edit.Overlaps(y0, y1, g.window.Min.Y, g.window.Max.Y)
	v := strengths(m)
	columns := (at.X1 - at.X0) * sx
	lines := (at.Y1 - at.Y0) * sy
	v, cw, ch := averaged(v, m.Width, m.Height, int(math.Ceil(columns)), int(math.Ceil(lines)))
	g.values = read(v, cw, ch, reads(cw, g.window.Min.X, g.window.Max.X, at.X0*sx, columns), reads(ch, g.window.Min.Y, g.window.Max.Y, at.Y0*sy, lines))
	return g, true
}

// window is the points of width x height that a rectangle touches. An edge that
// lies on the picture's may be rounded to just beyond it, where there is no point.
func window(x0, y0, x1, y1 float64, width, height int) image.Rectangle {
	r := image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1)), int(math.Ceil(y1)))
	return r.Intersect(image.Rect(0, 0, width, height))
}

// strengths are the magnitudes of the map's cells, or what is left of them where
// the display drops negative ones.
func strengths(m task.Map) []float64 {
	out := make([]float64, len(m.Values))
	for i, f := range m.Values {
		v := float64(f)
		if m.ClampNegative {
			v = max(v, 0)
		}
		if v = math.Abs(v); !math.IsNaN(v) && !math.IsInf(v, 0) {
			out[i] = v
		}
	}
	return out
}

// averaged brings a map down to at most w x h cells; what a point reads then
// leaves no cell out.
func averaged(v []float64, width, height, w, h int) (out []float64, outW, outH int) {
	w, h = min(max(w, 1), width), min(max(h, 1), height)
	if w == width && h == height {
		return v, w, h
	}
	out = make([]float64, w*h)
	for y := range h {
		top, bottom := y*height/h, (y+1)*height/h
		for x := range w {
			left, right := x*width/w, (x+1)*width/w
			for line := top; line < bottom; line++ {
				for _, cell := range v[line*width+left : line*width+right] {
					out[y*w+x] += cell
				}
			}
			out[y*w+x] /= float64((right - left) * (bottom - top))
		}
	}
	return out, w, h
}

// tap reads (1-f) of cell a and f of cell b.
type tap struct {
	a, b int
	f    float64
}

// reads tells what the points from..to read of cells that begin at start and
// take up length points.
func reads(cells, from, to int, start, length float64) []tap {
	out := make([]tap, to-from)
	for i := range out {
		at := min(max((float64(from+i)+0.5-start)/length*float64(cells)-0.5, 0), float64(cells-1))
		a := int(at)
		out[i] = tap{a, min(a+1, cells-1), at - float64(a)}
	}
	return out
}

func read(v []float64, w, h int, across, down []tap) []float64 {
	out := make([]float64, 0, len(across)*len(down))
	line := make([]float64, w)
	for _, d := range down {
		for x := range line {
			line[x] = v[d.a*w+x] + d.f*(v[d.b*w+x]-v[d.a*w+x])
		}
		for _, t := range across {
			out = append(out, line[t.a]+t.f*(line[t.b]-line[t.a]))
		}
	}
	return out
}

// sums are the strength and the area of all points, or of what cover has of them.
func (g grid) sums(cover *image.Alpha) (strength, area float64) {
	for y, dy := range g.down {
		for x, dx := range g.across {
			k := dx * dy
			if cover != nil {
				k *= float64(cover.Pix[y*cover.Stride+x]) / 255
			}
			area += k
			strength += k * g.values[y*len(g.across)+x]
		}
	}
	return strength, area
}

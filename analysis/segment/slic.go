package segment

import (
	"math"
	"slices"
)

// SLIC clusters pixels around a grid of centres by place and colour (L*a*b*),
// ten rounds (Achanta et al., 2012), and sees to it that each segment hangs
// together. About count segments result; larger compactness (scikit-image's
// default is 10) makes them squarer. Pictures of one colour give the grid.
func SLIC(img Image, count int, compactness float64) Labels {
	count = min(max(count, 1), img.Width*img.Height)
	s := newSlic(img.stretched().lab(), count, compactness)
	for range 10 {
		s.assign()
		s.recentre()
	}
	size := float64(s.w*s.h) / float64(len(s.centres))
	return labelled(s.w, s.h, connected(s.w, s.h, s.nearest, int(0.5*size), int(3*size)))
}

// stretched scales a picture so that its smallest value is 0 and its largest 1.
func (img Image) stretched() Image {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, p := range img.Planes {
		lo, hi = min(lo, slices.Min(p)), max(hi, slices.Max(p))
	}
	if hi == lo {
		hi = lo + 1
	}
	out := blank(img.Width, img.Height)
	for c, p := range img.Planes {
		for i, v := range p {
			out.Planes[c][i] = (v - lo) / (hi - lo)
		}
	}
	return out
}

// slic is a clustering under way.
type slic struct {
	w, h         int
	stepX, stepY int
	// place weighs the squared distance on the grid.
	place    float64
	pixels   [][3]float64
	centres  []centre
	nearest  []int32
	distance []float64
}

type centre struct {
	y, x   float64
	colour [3]float64
}

func newSlic(lab Image, count int, compactness float64) *slic {
	s := &slic{w: lab.Width, h: lab.Height, pixels: make([][3]float64, lab.Width*lab.Height)}
	for i := range s.pixels {
		for c := range 3 {
			s.pixels[i][c] = lab.Planes[c][i] / compactness
		}
	}
	s.nearest, s.distance = make([]int32, len(s.pixels)), make([]float64, len(s.pixels))
	fromX, fromY := 0, 0
	fromX, s.stepX, fromY, s.stepY = regularGrid(s.w, s.h, count)
	// Centres begin without a colour, as scikit-image's do: the first round
	// goes by place alone.
	for y := fromY; y < s.h; y += s.stepY {
		for x := fromX; x < s.w; x += s.stepX {
			s.centres = append(s.centres, centre{y: float64(y), x: float64(x)})
		}
	}
	step := float64(max(s.stepX, s.stepY))
	s.place = 1 / (step * step)
	return s
}

// regularGrid spaces about count points evenly: where they begin and how far
// apart they are. A side shorter than the spacing has one point.
func regularGrid(w, h, count int) (fromX, stepX, fromY, stepY int) {
	short, long := float64(min(w, h)), float64(max(w, h))
	a := math.Sqrt(short * long / float64(count))
	b := a
	if short < a {
		a, b = short, long/float64(count)
	}
	of := func(step float64) (int, int) {
		return int(math.Floor(step / 2)), max(int(math.RoundToEven(step)), 1)
	}
	fromX, stepX = of(b)
	fromY, stepY = of(a)
	if w <= h {
		fromX, stepX, fromY, stepY = fromY, stepY, fromX, stepX
	}
	return fromX, stepX, fromY, stepY
}

// assign gives each pixel to the nearest centre within two steps.
func (s *slic) assign() {
	for i := range s.distance {
		s.distance[i] = math.Inf(1)
	}
	for k, m := range s.centres {
		top, bottom := int(max(m.y-float64(2*s.stepY), 0)), int(min(m.y+float64(2*s.stepY)+1, float64(s.h)))
		left, right := int(max(m.x-float64(2*s.stepX), 0)), int(min(m.x+float64(2*s.stepX)+1, float64(s.w)))
		for y := top; y < bottom; y++ {
			dy := (m.y - float64(y)) * (m.y - float64(y))
			for x := left; x < right; x++ {
				p := &s.pixels[y*s.w+x]
				d := (dy + (m.x-float64(x))*(m.x-float64(x))) * s.place
				for c, v := range p {
					t := v - m.colour[c]
					d += t * t
				}
				if d < s.distance[y*s.w+x] {
					s.distance[y*s.w+x], s.nearest[y*s.w+x] = d, int32(k)
				}
			}
		}
	}
}

// recentre moves each centre to the mean of its pixels; one without pixels stays.
func (s *slic) recentre() {
	sums, counts := make([]centre, len(s.centres)), make([]float64, len(s.centres))
	for i, k := range s.nearest {
		counts[k]++
		sums[k].y += float64(i / s.w)
		sums[k].x += float64(i % s.w)
		for c, v := range s.pixels[i] {
			sums[k].colour[c] += v
		}
	}
	for k, n := range counts {
		if n == 0 {
			continue
		}
		m := &s.centres[k]
		m.y, m.x = sums[k].y/n, sums[k].x/n
		for c := range m.colour {
			m.colour[c] = sums[k].colour[c] / n
		}
	}
}

// connected splits segments into connected pieces of at most most pixels, and
// gives pieces of fewer than least to a neighbour met before.
func connected(w, h int, marks []int32, least, most int) []int32 {
	const none = -1
	out := make([]int32, len(marks))
	for i := range out {
		out[i] = none
	}
	next := int32(0)
	var piece []int32
	for start := range marks {
		if out[start] != none {
			continue
		}
		adjacent := int32(0)
		out[start] = next
		piece = append(piece[:0], int32(start))
		for visited := 0; visited < len(piece) && len(piece) < most; visited++ {
			at := int(piece[visited])
			for _, d := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
				x, y := at%w+d[0], at/w+d[1]
				if x < 0 || y < 0 || x >= w || y >= h {
					continue
				}
				to := y*w + x
				switch {
				case marks[to] == marks[start] && out[to] == none:
					out[to] = next
					piece = append(piece, int32(to))
				case out[to] != none && out[to] != next:
					adjacent = out[to]
				}
				if len(piece) >= most {
					break
				}
			}
		}
		if len(piece) < least {
			for _, i := range piece {
				out[i] = adjacent
			}
		} else {
			next++
		}
	}
	return out
}

package edit

import "context"

// level is one grid of a hole: where it is open, what is left to find.
type level struct {
	w, h int
	// open is 1 for the cells that are to be found, 0 for those that are known.
	open []uint8
	// weight is how many known pixels lie under a cell; nil at the finest grid.
	weight []float32
	// runs are the open cells; edge those of them near a known one.
	runs, edge []run
}

// run is a part of line y that is open: the cells from..to of the grid.
type run struct{ y, from, to int }

// solvedCells is the size up to which a grid is solved. Finer ones take the
// solution over and are smoothed near the known cells alone: a hole of millions
// of pixels ends in time. What is lost is below what 8 bits show, since away
// from its edge the solution is smooth.
const solvedCells = 1 << 16

const (
	// cycles is how many V-cycles a grid that is solved gets; smoothings how
	// often the edges of finer ones are smoothed, edgeWidth cells wide.
	cycles     = 3
	smoothings = 6
	edgeWidth  = 10
)

// pyramid halves a grid down to one cell. A coarse cell is open where more than
// half of its cells are.
func pyramid(open []uint8, w, h int) []level {
	levels := []level{{w: w, h: h, open: open}}
	levels[0].findRuns()
	for w > 1 || h > 1 {
		fine := levels[len(levels)-1]
		w, h = (w+1)/2, (h+1)/2
		l := level{w: w, h: h, open: make([]uint8, w*h), weight: make([]float32, w*h)}
		for y := range h {
			for x := range w {
				n, all, weight := 0, 0, float32(0)
				for v := 2 * y; v < min(2*y+2, fine.h); v++ {
					for i := v*fine.w + 2*x; i < v*fine.w+min(2*x+2, fine.w); i++ {
						all++
						n += int(fine.open[i])
						weight += fine.known(i)
					}
				}
				l.weight[y*w+x] = weight
				if 2*n > all {
					l.open[y*w+x] = 1
				}
			}
		}
		l.findRuns()
		levels = append(levels, l)
	}
	return levels
}

// known is how many known pixels lie under cell i.
func (l *level) known(i int) float32 {
	if l.weight != nil {
		return l.weight[i]
	}
	return float32(1 - l.open[i])
}

func (l *level) findRuns() {
	for y := range l.h {
		for x := 0; x < l.w; x++ {
			if l.open[y*l.w+x] == 0 {
				continue
			}
			from := x
			for x < l.w && l.open[y*l.w+x] != 0 {
				x++
			}
			l.runs = append(l.runs, run{y, y*l.w + from, y*l.w + x})
		}
	}
	if l.w*l.h <= solvedCells {
		return
	}
	// The distance to the next known cell, along the axes, as far as it counts.
	far := make([]uint8, l.w*l.h)
	for _, r := range l.runs {
		for i := r.from; i < r.to; i++ {
			d := uint8(edgeWidth)
			if i > r.y*l.w {
				d = min(d, far[i-1])
			}
			if r.y > 0 {
				d = min(d, far[i-l.w])
			}
			far[i] = d + 1
		}
	}
	for k := len(l.runs) - 1; k >= 0; k-- {
		r := l.runs[k]
		for i := r.to - 1; i >= r.from; i-- {
			d := far[i] - 1
			if i+1 < (r.y+1)*l.w {
				d = min(d, far[i+1])
			}
			if r.y+1 < l.h {
				d = min(d, far[i+l.w])
			}
			far[i] = d + 1
		}
	}
	for _, r := range l.runs {
		for i := r.from; i < r.to; i++ {
			if far[i] > edgeWidth {
				continue
			}
			from := i
			for i < r.to && far[i] <= edgeWidth {
				i++
			}
			l.edge = append(l.edge, run{r.y, from, i})
		}
	}
}

// continued fills the open cells of v: each grid, from the coarsest on, begins
// with the solution of the one before, and the coarsest with the mean of what
// is known. Where ctx ends the solution is rough.
func continued(ctx context.Context, v []float32, levels []level) {
	values := make([][]float32, len(levels))
	values[0] = v
	for i := 1; i < len(levels); i++ {
		values[i] = means(values[i-1], &levels[i-1], &levels[i])
	}
	for i := len(levels) - 1; i >= 0 && ctx.Err() == nil; i-- {
		l := &levels[i]
		if i+1 < len(levels) {
			l.prolong(values[i], values[i+1], &levels[i+1], false)
		}
		if l.w*l.h > solvedCells {
			for range smoothings {
				l.relax(values[i], nil, l.edge)
			}
			continue
		}
		for range cycles {
			cycle(levels[i:], values[i], nil)
		}
	}
}

// means is, for each coarse cell, the mean of the known pixels under it.
func means(v []float32, fine, coarse *level) []float32 {
	out := make([]float32, coarse.w*coarse.h)
	for y := range coarse.h {
		bottom := min(2*y+2, fine.h)
		for x := range coarse.w {
			weight := coarse.weight[y*coarse.w+x]
			if weight == 0 {
				continue
			}
			sum := float32(0)
			for line := 2 * y; line < bottom; line++ {
				for i := line*fine.w + 2*x; i < line*fine.w+min(2*x+2, fine.w); i++ {
					if k := fine.known(i); k > 0 {
						sum += k * v[i]
					}
				}
			}
			out[y*coarse.w+x] = sum / weight
		}
	}
	return out
}

// prolong brings coarse values to the open cells of l, bilinearly: in the place
// of what is there, or added to it.
func (l *level) prolong(v, from []float32, coarse *level, add bool) {
	for _, r := range l.runs {
		// Three quarters of the cell above, one of its neighbour on that side.
		y0 := r.y / 2
		y1 := min(max(y0+2*(r.y%2)-1, 0), coarse.h-1)
		near, far := from[y0*coarse.w:][:coarse.w], from[y1*coarse.w:][:coarse.w]
		for i := r.from; i < r.to; i++ {
			x := i - r.y*l.w
			x0 := x / 2
			x1 := min(max(x0+2*(x%2)-1, 0), coarse.w-1)
			u := (9*near[x0] + 3*near[x1] + 3*far[x0] + far[x1]) / 16
			if add {
				u += v[i]
			}
			v[i] = u
		}
	}
}

// cycle is a V-cycle for A v = f on the open cells of levels[0], where
// (A v)_i = sum over i's neighbours j of (v_i - v_j); f is zero where it is nil.
func cycle(levels []level, v, f []float32) {
	l := &levels[0]
	l.relax(v, f, l.runs)
	l.relax(v, f, l.runs)
	if len(levels) == 1 || len(levels[1].runs) == 0 {
		for range 4 {
			l.relax(v, f, l.runs)
		}
		return
	}
	coarse := &levels[1]
	// What flows into a coarse cell is what flows into its cells together.
	rest := make([]float32, coarse.w*coarse.h)
	for _, r := range l.runs {
		for i := r.from; i < r.to; i++ {
			x := i - r.y*l.w
			sum, n := l.neighbours(v, x, r.y)
			d := sum - n*v[i]
			if f != nil {
				d += f[i]
			}
			rest[r.y/2*coarse.w+x/2] += d
		}
	}
	e := make([]float32, len(rest))
	cycle(levels[1:], e, rest)
	l.prolong(v, e, coarse, true)
	l.relax(v, f, l.runs)
	l.relax(v, f, l.runs)
}

// relax sets each cell of the runs to what its neighbours ask for, first those
// of one colour of a chessboard, then the others (Gauss-Seidel).
func (l *level) relax(v, f []float32, runs []run) {
	for colour := range 2 {
		for _, r := range runs {
			start, inner := r.y*l.w, r.y > 0 && r.y < l.h-1
			for i := r.from + (r.from-start+r.y+colour)%2; i < r.to; i += 2 {
				var sum float32
				if f != nil {
					sum = f[i]
				}
				if inner && i > start && i < start+l.w-1 {
					v[i] = (sum + v[i-1] + v[i+1] + v[i-l.w] + v[i+l.w]) * 0.25
					continue
				}
				if beside, n := l.neighbours(v, i-start, r.y); n > 0 {
					v[i] = (sum + beside) / n
				}
			}
		}
	}
}

// neighbours is the sum of the cells beside x, y, and how many there are.
func (l *level) neighbours(v []float32, x, y int) (sum, n float32) {
	i := y*l.w + x
	if x > 0 && y > 0 && x < l.w-1 && y < l.h-1 {
		return v[i-1] + v[i+1] + v[i-l.w] + v[i+l.w], 4
	}
	if x > 0 {
		sum, n = sum+v[i-1], n+1
	}
	if x < l.w-1 {
		sum, n = sum+v[i+1], n+1
	}
	if y > 0 {
		sum, n = sum+v[i-l.w], n+1
	}
	if y < l.h-1 {
		sum, n = sum+v[i+l.w], n+1
	}
	return sum, n
}

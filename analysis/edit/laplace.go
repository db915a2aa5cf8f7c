package edit

// level is one grid of a hole: where it is open, what is left to find.
type level struct {
	w, h int
	open []bool
	// any says that some cells are open.
	any bool
}

// solvedCells is the size up to which a grid is solved; finer ones take the
// solution over and are only smoothed, so that a hole of millions of pixels
// ends in time. What is lost is below what 8 bits show, since away from its
// border the solution is smooth.
const solvedCells = 1 << 17

const (
	// cycles is how many V-cycles a grid that is solved gets; smoothings how
	// often the finer ones are smoothed.
	cycles     = 5
	smoothings = 6
)

// pyramid halves a grid down to one cell. A coarse cell is open where more than
// half of its cells are.
func pyramid(open []bool, w, h int) []level {
	levels := []level{{w: w, h: h, open: open, any: true}}
	for w > 1 || h > 1 {
		fine := levels[len(levels)-1]
		w, h = (w+1)/2, (h+1)/2
		l := level{w: w, h: h, open: make([]bool, w*h)}
		for y := range h {
			for x := range w {
				n, all := 0, 0
				fine.under(x, y, func(i int) {
					all++
					if fine.open[i] {
						n++
					}
				})
				l.open[y*w+x] = 2*n > all
				l.any = l.any || 2*n > all
			}
		}
		levels = append(levels, l)
	}
	return levels
}

// under calls f for the cells of l that make up cell x, y of the next level.
func (l level) under(x, y int, f func(i int)) {
	for v := 2 * y; v < min(2*y+2, l.h); v++ {
		for u := 2 * x; u < min(2*x+2, l.w); u++ {
			f(v*l.w + u)
		}
	}
}

// continued fills the open cells of v: each grid, from the coarsest on, begins
// with the solution of the one before.
func continued(v []float32, levels []level) []float32 {
	values := make([][]float32, len(levels))
	values[0] = v
	for i := 1; i < len(levels); i++ {
		values[i] = known(values[i-1], levels[i-1], levels[i])
	}
	for i := len(levels) - 1; i >= 0; i-- {
		l := levels[i]
		if !l.any {
			continue
		}
		if i+1 < len(levels) {
			l.prolong(values[i], values[i+1], levels[i+1], false)
		}
		if l.w*l.h > solvedCells {
			for range smoothings {
				l.relax(values[i], nil)
			}
			continue
		}
		for range cycles {
			cycle(levels[i:], values[i], nil)
		}
	}
	return values[0]
}

// known is the mean of the closed cells of each coarse cell that is closed.
// Coarse cells that are open, at the top of the pyramid too, begin with the mean
// of what is closed under them.
func known(v []float32, fine, coarse level) []float32 {
	out := make([]float32, coarse.w*coarse.h)
	for y := range coarse.h {
		for x := range coarse.w {
			var sum, n float32
			fine.under(x, y, func(i int) {
				if !fine.open[i] {
					sum += v[i]
					n++
				}
			})
			if n > 0 {
				out[y*coarse.w+x] = sum / n
			}
		}
	}
	return out
}

// prolong brings coarse values to the open cells of l, bilinearly: in the place
// of what is there, or added to it.
func (l level) prolong(v, from []float32, coarse level, add bool) {
	for y := range l.h {
		// Three quarters of the cell above, one of its neighbour on that side.
		y0 := y / 2
		y1 := min(max(y0+2*(y%2)-1, 0), coarse.h-1)
		for x := range l.w {
			i := y*l.w + x
			if !l.open[i] {
				continue
			}
			x0 := x / 2
			x1 := min(max(x0+2*(x%2)-1, 0), coarse.w-1)
			u := 9*from[y0*coarse.w+x0] + 3*from[y0*coarse.w+x1] + 3*from[y1*coarse.w+x0] + from[y1*coarse.w+x1]
			if add {
				v[i] += u / 16
			} else {
				v[i] = u / 16
			}
		}
	}
}

// cycle is a V-cycle for A v = f on the open cells of levels[0], where
// (A v)_i = sum over i's neighbours j of (v_i - v_j); f is zero where it is nil.
func cycle(levels []level, v, f []float32) {
	l := levels[0]
	l.relax(v, f)
	l.relax(v, f)
	if len(levels) == 1 || !levels[1].any {
		for range 4 {
			l.relax(v, f)
		}
		return
	}
	coarse := levels[1]
	// What flows into a coarse cell is what flows into its cells together.
	rest := make([]float32, coarse.w*coarse.h)
	for y := range l.h {
		for x := range l.w {
			i := y*l.w + x
			if !l.open[i] {
				continue
			}
			sum, n := l.neighbours(v, x, y)
			r := sum - n*v[i]
			if f != nil {
				r += f[i]
			}
			rest[y/2*coarse.w+x/2] += r
		}
	}
	e := make([]float32, len(rest))
	cycle(levels[1:], e, rest)
	l.prolong(v, e, coarse, true)
	l.relax(v, f)
	l.relax(v, f)
}

// relax sets each open cell to what its neighbours ask for, first those of one
// colour of a chessboard, then the others (Gauss-Seidel).
func (l level) relax(v, f []float32) {
	for colour := range 2 {
		for y := range l.h {
			for x := (y + colour) % 2; x < l.w; x += 2 {
				i := y*l.w + x
				if !l.open[i] {
					continue
				}
				sum, n := l.neighbours(v, x, y)
				if f != nil {
					sum += f[i]
				}
				if n > 0 {
					v[i] = sum / n
				}
			}
		}
	}
}

// neighbours is the sum of the cells beside x, y, and how many there are.
func (l level) neighbours(v []float32, x, y int) (sum, n float32) {
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

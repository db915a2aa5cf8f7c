package method

import (
	"math"

	"seewhy/analysis/task"
)

// coarse is the distance of the pixels at which errors are measured; a cover
// is smooth over many more.
const coarse = 4

// riseSums adds up covers, each times its score, and the squares of that. The
// rows of pixels of a cover are mixtures of its few rows of cells at full width,
// so that only those are added up, apart for each vertical crop; an estimate
// mixes the sums. The covers themselves are never made.
type riseSums struct {
	riseMasks
	n int
	// wide has, for each vertical crop that occurred, the sums [s, w].
	wide [][]float64
	// second are the sums of squares at every so manyth pixel.
	second []float64
	// grid and row are of the cover at hand.
	grid []float32
	row  []float64
	// columns and rows are the taps for each crop along either side.
	columns, rows [][]tap
}

func newRiseSums(m riseMasks) *riseSums {
	s := &riseSums{riseMasks: m, wide: make([][]float64, m.cellH), grid: make([]float32, m.s*m.s), row: make([]float64, m.s*m.w)}
	s.second = make([]float64, (m.w+coarse-1)/coarse*((m.h+coarse-1)/coarse))
	for dx := range m.cellW {
		s.columns = append(s.columns, m.along(m.w, m.cellW, dx))
	}
	for dy := range m.cellH {
		s.rows = append(s.rows, m.along(m.h, m.cellH, dy))
	}
	return s
}

// add takes the score under cover i.
func (s *riseSums) add(i int, y float64) {
	s.n++
	dx, dy := s.draw(i, s.grid)
	if s.wide[dy] == nil {
		s.wide[dy] = make([]float64, len(s.row))
	}
	for k := range s.s {
		cells, line := s.grid[k*s.s:(k+1)*s.s], s.row[k*s.w:(k+1)*s.w]
		for x, t := range s.columns[dx] {
			line[x] = y * float64(cells[t.a]+t.share*(cells[t.b]-cells[t.a]))
		}
	}
	for at, v := range s.row {
		s.wide[dy][at] += v
	}
	at := 0
	for row := 0; row < s.h; row += coarse {
		t := s.rows[dy][row]
		a, b, share := s.row[t.a*s.w:(t.a+1)*s.w], s.row[t.b*s.w:(t.b+1)*s.w], float64(t.share)
		for x := 0; x < s.w; x += coarse {
			v := a[x] + share*(b[x]-a[x])
			s.second[at] += v * v
			at++
		}
	}
}

// first are the sums of covers, each times its score.
func (s *riseSums) first() []float64 {
	sums := make([]float64, s.w*s.h)
	for dy, wide := range s.wide {
		if wide == nil {
			continue
		}
		for y, t := range s.rows[dy] {
			a, b, share, line := wide[t.a*s.w:(t.a+1)*s.w], wide[t.b*s.w:(t.b+1)*s.w], float64(t.share), sums[y*s.w:(y+1)*s.w]
			for x := range line {
				line[x] += a[x] + share*(b[x]-a[x])
			}
		}
	}
	return sums
}

// attribution is the map so far and its standard error.
func (s *riseSums) attribution() Attribution {
	sums, n := s.first(), float64(s.n)
	m := task.Map{Width: s.w, Height: s.h, Values: make([]float32, len(sums))}
	for i, v := range sums {
		m.Values[i] = float32(v / (n * s.open))
	}
	columns := (s.w + coarse - 1) / coarse
	errs := make([]float32, len(s.second))
	for at, square := range s.second {
		v := sums[at/columns*coarse*s.w+at%columns*coarse]
		errs[at] = float32(math.Sqrt(max(square-v*v/n, 0)/(n-1)/n) / s.open)
	}
	e, mean := task.Map{Width: s.w, Height: s.h, Values: make([]float32, len(sums))}, 0.0
	for y := range s.h {
		for x := range s.w {
			v := errs[y/coarse*columns+x/coarse]
			e.Values[y*s.w+x] = v
			mean += float64(v)
		}
	}
	mean /= float64(len(sums))
	return Attribution{Map: m, Error: &e, Facts: []task.Fact{{ID: FactError, Value: mean}}}
}

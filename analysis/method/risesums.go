package method

import (
	"math"

	"seewhy/analysis/task"
)

// coarse is the distance of the pixels at which errors are measured; a cover
// is smooth over many more.
const coarse = 4

// riseSums adds up covers, each times its score, and the squares of that. A
// cover is linear in its cells, so that the covers themselves are never made:
// for each place that covers are cropped at, the cells are added up, each times
// the score. An estimate enlarges those sums.
type riseSums struct {
	riseMasks
	n int
	// places has, for each crop (dy, dx) that occurred, the sums of its cells.
	places [][]float64
	// second are the sums of squares at every so manyth pixel.
	second []float64
	grid   []float32
	// columns and rows are the taps for each crop along either side; between are
	// the columns' stretches.
	columns, rows [][]tap
	between       [][]stretch
}

// stretch is a run of pixels between the same two cells, with their shares.
type stretch struct {
	from   int
	a, b   int
	shares []float64
}

func stretches(taps []tap) []stretch {
	var out []stretch
	for i, t := range taps {
		if n := len(out); n == 0 || out[n-1].a != t.a || out[n-1].b != t.b {
			out = append(out, stretch{from: i, a: t.a, b: t.b})
		}
		last := &out[len(out)-1]
		last.shares = append(last.shares, float64(t.share))
	}
	return out
}

func newRiseSums(m riseMasks) *riseSums {
	s := &riseSums{riseMasks: m, places: make([][]float64, m.cellW*m.cellH), grid: make([]float32, m.s*m.s)}
	s.second = make([]float64, (m.w+coarse-1)/coarse*((m.h+coarse-1)/coarse))
	for dx := range m.cellW {
		taps := m.along(m.w, m.cellW, dx)
		s.columns, s.between = append(s.columns, taps), append(s.between, stretches(taps))
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
	place := &s.places[dy*s.cellW+dx]
	if *place == nil {
		*place = make([]float64, len(s.grid))
	}
	for k, v := range s.grid {
		(*place)[k] += y * float64(v)
	}
	// The cover at the coarse pixels: its rows of cells first, as in mask.
	columns := (s.w + coarse - 1) / coarse
	wide := make([]float64, s.s*columns)
	for row := range s.s {
		cells := s.grid[row*s.s : (row+1)*s.s]
		for k := range columns {
			t := s.columns[dx][k*coarse]
			wide[row*columns+k] = y * float64(cells[t.a]+t.share*(cells[t.b]-cells[t.a]))
		}
	}
	for at, row := 0, 0; row < s.h; row += coarse {
		t := s.rows[dy][row]
		a, b, share := wide[t.a*columns:(t.a+1)*columns], wide[t.b*columns:(t.b+1)*columns], float64(t.share)
		sums := s.second[at : at+columns]
		for k := range sums {
			v := a[k] + share*(b[k]-a[k])
			sums[k] += v * v
		}
		at += columns
	}
}

// first are the sums of covers, each times its score.
func (s *riseSums) first() []float64 {
	sums, wide := make([]float64, s.w*s.h), make([]float64, s.s*s.w)
	for dy := range s.cellH {
		clear(wide)
		some := false
		for dx := range s.cellW {
			cells := s.places[dy*s.cellW+dx]
			if cells == nil {
				continue
			}
			some = true
			for y := range s.s {
				line, row := wide[y*s.w:(y+1)*s.w], cells[y*s.s:(y+1)*s.s]
				for _, t := range s.between[dx] {
					low, rise, part := row[t.a], row[t.b]-row[t.a], line[t.from:t.from+len(t.shares)]
					for x, share := range t.shares {
						part[x] += low + share*rise
					}
				}
			}
		}
		if !some {
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
	e := task.Map{Width: s.w, Height: s.h, Values: make([]float32, len(sums))}
	columns, mean := (s.w+coarse-1)/coarse, 0.0
	for i := range e.Values {
		x, y := i%s.w/coarse, i/s.w/coarse
		v := sums[y*coarse*s.w+x*coarse]
		spread := max(s.second[y*columns+x]-v*v/n, 0) / (n - 1)
		err := math.Sqrt(spread/n) / s.open
		e.Values[i] = float32(err)
		mean += err / float64(len(sums))
	}
	return Attribution{Map: m, Error: &e, Facts: []task.Fact{{ID: FactError, Value: mean}}}
}

package method

import (
	"context"
	"math"
	"slices"
	"sync"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "rise", Title: "RISE", Family: FamilyPerturbation,
			Summary: "Shows the model thousands of randomly covered copies of the picture and averages the covers, each weighted by the score.",
			Paper:   "Petsiuk et al., RISE: Randomized Input Sampling for Explanation of Black-box Models, BMVC 2018, section 3",
			Seeded:  true,
			Params: []Param{
				{ID: "samples", Title: "Masks", Help: "Covered copies; the error shrinks with the square root of their number. The paper takes 4000 for VGG, 8000 for ResNet-50.", Default: 4000, Min: 10, Max: 100000, Step: 1},
				{ID: "cells", Title: "Cells", Help: "Cells of a cover along each side: fewer make a coarser map.", Default: 7, Min: 2, Max: 32, Step: 1},
				{ID: "open", Title: "Open", Help: "The share of cells that stay open.", Default: 0.5, Min: 0.05, Max: 0.95, Step: 0.05},
				baselineParam,
			},
			Presets: presets(map[string]float64{"samples": 500}),
		},
		Explain: rise,
	})
}

// riseMasks draws covers: a grid of s x s cells, each open with the chosen
// probability, enlarged to (s+1) cells and cropped at a random place.
type riseMasks struct {
	seed         uint64
	s, w, h      int
	cellW, cellH int
	open         float64
}

func newRiseMasks(r Request, w, h int) riseMasks {
	s := int(r.Params["cells"])
	return riseMasks{seed: r.Seed, s: s, w: w, h: h, cellW: (w + s - 1) / s, cellH: (h + s - 1) / s, open: r.Params["open"]}
}

// mask writes cover i into dst [h*w], from 0 (covered) to 1. Enlarging is
// bilinear with half-pixel centres, the grid mirrored at its border without
// repeating the edge, as the authors' program has it from scikit-image.
func (m riseMasks) mask(i int, dst []float32) {
	from := draws(m.seed, i)
	grid := make([]float32, m.s*m.s)
	for k := range grid {
		if from.Float64() < m.open {
			grid[k] = 1
		}
	}
	dx, dy := int(from.Float64()*float64(m.cellW)), int(from.Float64()*float64(m.cellH))
	columns, rows := m.along(m.w, m.cellW, dx), m.along(m.h, m.cellH, dy)
	// First the grid's rows at full width, then lines between two of them.
	wide := make([]float32, m.s*m.w)
	for y := range m.s {
		cells, line := grid[y*m.s:(y+1)*m.s], wide[y*m.w:(y+1)*m.w]
		for x, t := range columns {
			line[x] = cells[t.a] + t.share*(cells[t.b]-cells[t.a])
		}
	}
	for y, t := range rows {
		a, b, line := wide[t.a*m.w:(t.a+1)*m.w], wide[t.b*m.w:(t.b+1)*m.w], dst[y*m.w:(y+1)*m.w]
		for x := range line {
			line[x] = a[x] + t.share*(b[x]-a[x])
		}
	}
}

// tap is a place between the cells a and b, the share of the way to b.
type tap struct {
	a, b  int
	share float32
}

func (m riseMasks) along(length, cell, from int) []tap {
	taps := make([]tap, length)
	scale := float64(m.s) / float64((m.s+1)*cell)
	for i := range taps {
		at := (float64(i+from)+0.5)*scale - 0.5
		low := math.Floor(at)
		taps[i] = tap{m.inside(int(low)), m.inside(int(low) + 1), float32(at - low)}
	}
	return taps
}

// inside mirrors an index at the first and the last cell.
func (m riseMasks) inside(i int) int {
	if i < 0 {
		i = -i
	}
	if i >= m.s {
		i = 2*(m.s-1) - i
	}
	return i
}

// rise: S = 1/(N p) sum_i score(x under M_i) M_i. Its standard error is that of
// a mean of N independent terms.
func rise(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	off, err := baseline(r)
	if err != nil {
		return Attribution{}, err
	}
	bare := off.Data
	if int(r.Params[baselineParam.ID]) == baselineZero {
		bare = nil
	}
	g := gridOf(r.Input, r.Layout)
	masks := newRiseMasks(r, g.w, g.h)
	sums := newRiseSums(g.w, g.h, masks.open)
	// The covers of samples under way, each needed again when its score is known.
	var pool sync.Pool
	var under sync.Map
	draw := sampling{
		n: int(r.Params["samples"]), least: 2,
		fill: func(i int, dst []float32) error {
			mask, ok := pool.Get().(*[]float32)
			if !ok {
				fresh := make([]float32, g.w*g.h)
				mask = &fresh
			}
			masks.mask(i, *mask)
			g.fade(dst, r.Input.Data, bare, *mask)
			under.Store(i, mask)
			return nil
		},
		take: func(i int, y float64) {
			mask, _ := under.LoadAndDelete(i)
			for _, done := range sums.add(mask.(*[]float32), y) {
				pool.Put(done)
			}
		},
		estimate: func(int) (Attribution, error) { return sums.attribution(), nil },
	}
	a, done, err := draw.run(ctx, s, r, p)
	if err == nil {
		keptAt(&a, r, "samples", done)
	}
	return a, err
}

const (
	// together is how many covers are added at once: their sums are read and
	// written once for all of them.
	together = 8
	// coarse is the distance of the pixels at which errors are measured; a cover
	// is smooth over many more.
	coarse = 4
)

// riseSums adds up covers, each times its score, and the squares of that.
type riseSums struct {
	w, h   int
	open   float64
	n      int
	first  []float64
	second []float64
	// waiting are covers that are not added yet, with their scores.
	waiting []*[]float32
	scores  []float32
}

func newRiseSums(w, h int, open float64) *riseSums {
	return &riseSums{w: w, h: h, open: open, first: make([]float64, w*h), second: make([]float64, (w+coarse-1)/coarse*((h+coarse-1)/coarse))}
}

// add takes a cover and hands back those that it needs no more.
func (s *riseSums) add(mask *[]float32, y float64) []*[]float32 {
	s.n++
	at := 0
	for row := 0; row < s.h; row += coarse {
		for column := 0; column < s.w; column += coarse {
			v := y * float64((*mask)[row*s.w+column])
			s.second[at] += v * v
			at++
		}
	}
	s.waiting, s.scores = append(s.waiting, mask), append(s.scores, float32(y))
	if len(s.waiting) < together {
		return nil
	}
	return s.flush()
}

// flush adds what is waiting.
func (s *riseSums) flush() []*[]float32 {
	done := s.waiting
	if len(done) == together {
		y, m := [together]float32(s.scores), [together][]float32{}
		for k, mask := range done {
			m[k] = (*mask)[:len(s.first)]
		}
		for i := range s.first {
			s.first[i] += float64(y[0]*m[0][i]+y[1]*m[1][i]+y[2]*m[2][i]+y[3]*m[3][i]) + float64(y[4]*m[4][i]+y[5]*m[5][i]+y[6]*m[6][i]+y[7]*m[7][i])
		}
	} else {
		for k, mask := range done {
			for i, v := range *mask {
				s.first[i] += float64(s.scores[k] * v)
			}
		}
	}
	s.waiting, s.scores = nil, nil
	return done
}

// attribution is the map so far and its standard error.
func (s *riseSums) attribution() Attribution {
	sums := s.first
	if len(s.waiting) > 0 {
		// What waits stays where it is, so that looking changes nothing of the sums.
		ahead := &riseSums{w: s.w, h: s.h, first: slices.Clone(s.first), waiting: s.waiting, scores: s.scores}
		ahead.flush()
		sums = ahead.first
	}
	n := float64(s.n)
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

// FactError is the standard error of a map, averaged over its cells.
const FactError = "standard-error"

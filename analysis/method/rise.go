package method

import (
	"context"
	"math"
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

// draw is cover i: its cells, and where it is cropped.
func (m riseMasks) draw(i int, grid []float32) (dx, dy int) {
	from := draws(m.seed, i)
	for k := range grid {
		grid[k] = 0
		if from.Float64() < m.open {
			grid[k] = 1
		}
	}
	return int(from.Float64() * float64(m.cellW)), int(from.Float64() * float64(m.cellH))
}

// mask writes cover i into dst [h*w], from 0 (covered) to 1. Enlarging is
// bilinear with half-pixel centres, the grid mirrored at its border without
// repeating the edge, as the authors' program has it from scikit-image.
func (m riseMasks) mask(i int, dst []float32) {
	grid := make([]float32, m.s*m.s)
	dx, dy := m.draw(i, grid)
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

// describe is cover i as a Mix wants it. Mirroring the grid is mirroring the
// position in it.
func (m riseMasks) describe(i int, cells, rows, columns []float32) {
	dx, dy := m.draw(i, cells)
	m.positions(rows, m.cellH, dy)
	m.positions(columns, m.cellW, dx)
}

func (m riseMasks) positions(dst []float32, cell, from int) {
	scale, last := float64(m.s)/float64((m.s+1)*cell), float64(m.s-1)
	for i := range dst {
		at := math.Abs(float64(i+from)*scale + 0.5*scale - 0.5)
		if at > last {
			at = 2*last - at
		}
		dst[i] = float32(at)
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
	sums := newRiseSums(masks)
	var pool sync.Pool
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
			pool.Put(mask)
			return nil
		},
		mix:      &Mix{X: r.Input, Off: unless(r, off), Layout: r.Layout, CellRows: masks.s, CellColumns: masks.s, Describe: masks.describe},
		take:     sums.add,
		estimate: func(int) (Attribution, error) { return sums.attribution(), nil },
	}
	a, done, err := draw.run(ctx, s, r, p)
	if err == nil {
		keptAt(&a, r, "samples", done)
	}
	return a, err
}

// FactError is the standard error of a map, averaged over its cells.
const FactError = "standard-error"

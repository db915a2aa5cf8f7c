package method

import (
	"context"
	"math"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "sobol", Title: "Sobol", Family: FamilyPerturbation,
			Summary: "Which cells of a grid make the score vary when all are faded at random: the total Sobol index of each, its interplay with the others included.",
			Paper:   "Fel et al., Look at the Variance!, NeurIPS 2021, section 3, with Jansen's estimator",
			Seeded:  true,
			Params: []Param{
				gridSide,
				{ID: "design", Title: "Design points", Help: "Random fadings; each costs one picture more than there are cells.", Default: 32, Min: 4, Max: 1000, Step: 1},
				baselineParam,
			},
			Presets: presets(map[string]float64{"design": 8}),
		},
		Explain: sobol,
	})
}

// gridSide is the parameter of the methods that ask by the cells of a grid.
var gridSide = Param{ID: "grid", Title: "Grid", Help: "Cells along each side.", Default: 8, Min: 2, Max: 16, Step: 1}

// cellMask enlarges the cells of a grid of side n to pixels, each pixel taking
// the cell that it lies in.
func (g grid) cellMask(dst []float32, cells []float32, n int) {
	for y := range g.h {
		row := cells[y*n/g.h*n:]
		for x := range g.w {
			dst[y*g.w+x] = row[x*n/g.w]
		}
	}
}

// cellMix fades the cells of a grid of side n as open says for each sample.
func cellMix(r Request, bare tensor.Tensor, n int, open func(i int) []float32) *Mix {
	return &Mix{X: r.Input, Off: unless(r, bare), Layout: r.Layout, CellRows: n, CellColumns: n, Describe: func(i int, cells, rows, columns []float32) {
		copy(cells, open(i))
		nearest(rows, n)
		nearest(columns, n)
	}}
}

// design has the fadings of Jansen's estimator: each point j is a vector A_j,
// and for each cell i that vector with the cell's value taken from B_j.
type design struct {
	seed  uint64
	cells int
}

// at is sample k: of point k / (cells+1), first A itself, then cell after cell.
func (d design) at(k int) []float32 {
	from := draws(d.seed, k/(d.cells+1))
	a := make([]float32, d.cells)
	for i := range a {
		a[i] = float32(from.Float64())
	}
	if changed := k%(d.cells+1) - 1; changed >= 0 {
		for range changed {
			from.Float64()
		}
		a[changed] = float32(from.Float64())
	}
	return a
}

// sobol: ST_i = sum_j (f(A_j) - f(C_ij))^2 / (2 n Var f(A)).
func sobol(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	bare, err := baseline(r)
	if err != nil {
		return Attribution{}, err
	}
	g, side := gridOf(r.Input, r.Layout), int(r.Params[gridSide.ID])
	d := design{seed: r.Seed, cells: side * side}
	points := int(r.Params["design"])
	var base []float64
	first, second := make([]float64, d.cells), make([]float64, d.cells)
	row := d.cells + 1
	draw := sampling{
		n: points * row, least: 2 * row,
		fill: func(k int, dst []float32) error {
			mask := make([]float32, g.w*g.h)
			g.cellMask(mask, d.at(k), side)
			g.fade(dst, r.Input.Data, bare.Data, mask)
			return nil
		},
		mix: cellMix(r, bare, side, d.at),
		take: func(k int, y float64) {
			if k%row == 0 {
				base = append(base, y)
				return
			}
			square := (base[k/row] - y) * (base[k/row] - y)
			first[k%row-1] += square
			second[k%row-1] += square * square
		},
		estimate: func(done int) (Attribution, error) {
			// Cells that the last point has not reached yet have one square less.
			spread := max(variance(base[:done/row]), 1e-12)
			m := task.Map{Width: side, Height: side, Values: make([]float32, d.cells)}
			e := task.Map{Width: side, Height: side, Values: make([]float32, d.cells)}
			for i := range d.cells {
				n := float64((done - i - 2 + row) / row)
				mean := first[i] / n
				m.Values[i] = float32(mean / (2 * spread))
				e.Values[i] = float32(math.Sqrt(max(second[i]/n-mean*mean, 0)/(n-1)) / (2 * spread))
			}
			return Attribution{Map: m, Error: &e}, nil
		},
	}
	a, done, err := draw.run(ctx, s, r, p)
	if err == nil && done%row == 0 {
		keptAt(&a, r, "design", done/row)
	}
	return a, err
}

// variance is that of a sample, with n - 1 below.
func variance(v []float64) float64 {
	mean := 0.0
	for _, x := range v {
		mean += x / float64(len(v))
	}
	sum := 0.0
	for _, x := range v {
		sum += (x - mean) * (x - mean)
	}
	return sum / float64(max(len(v)-1, 1))
}

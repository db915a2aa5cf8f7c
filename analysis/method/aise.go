package method

import (
	"context"
	"math"
	"slices"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "aise", Title: "AISE", Family: FamilyPerturbation,
			Summary: "Looks for the round windows that keep the score when all else is covered, and lose it when they are: an optimiser chooses where to ask next.",
			Paper:   "AISE: Adaptive Input Sampling for Explanation of Black-box Models, as in OpenVINO XAI, 2024",
			Params: []Param{
				{ID: "samples", Title: "Windows", Help: "Windows tried of each width; each costs two pictures.", Default: 50, Min: 5, Max: 1000, Step: 1},
				{ID: "widths", Title: "Widths", Help: "How many widths of windows are tried.", Default: 3, Min: 1, Max: 8, Step: 1},
				{ID: "from", Title: "Smallest", Help: "The deviation of the narrowest Gaussian window, as a share of the picture's side.", Default: 0.1, Min: 0.02, Max: 1, Step: 0.025},
				{ID: "to", Title: "Largest", Help: "The deviation of the widest.", Default: 0.25, Min: 0.02, Max: 1, Step: 0.025},
				{ID: "epsilon", Title: "Exploration", Help: "How much better a region must promise to be before the optimiser stays near the best one.", Default: 0.1, Max: 1, Step: 0.05},
				baselineParam,
			},
			Presets: presets(map[string]float64{"samples": 25}),
		},
		Explain: aise,
	})
}

// bump is a Gaussian window of height 1 as the product of a row and a column.
type bump struct{ row, column []float64 }

// bumpAt is the window around (x, y), shares of the picture. Its largest value
// on a pixel is 1. The optimiser's first side runs along a row, as in OpenVINO
// XAI, whose program calls it h: it decides between equals.
func bumpAt(g grid, at [2]float64, sigma float64) bump {
	line := func(n int, centre float64) []float64 {
		out, largest := make([]float64, n), 0.0
		for i := range out {
			d := (float64(i)/float64(max(n-1, 1)) - centre) / sigma
			out[i] = math.Exp(-d * d / 2)
			largest = max(largest, out[i])
		}
		for i := range out {
			out[i] /= largest
		}
		return out
	}
	return bump{row: line(g.w, at[0]), column: line(g.h, at[1])}
}

// aiseLost is what a map of negative sums means: it is strongest where the
// optimiser asked least, which says nothing of the picture.
const aiseLost = "Of some width no window keeps more of the score than the rest of the picture does, so the map shows little; explain the probability instead."

// search is the optimiser of one width, with what it has seen.
type search struct {
	sigma float64
	best  *direct
	sum   []float64
	tried int
}

// aise: for each width, M = sum_i (F(x under w_i) - F(x under 1 - w_i)) w_i
// over the windows that DIRECT asks for, divided by its maximum; their sum.
func aise(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	bare, err := baseline(r)
	if err != nil {
		return Attribution{}, err
	}
	g := gridOf(r.Input, r.Layout)
	n := int(r.Params["widths"])
	searches := make([]*search, n)
	for i := range searches {
		share := 0.0
		if n > 1 {
			share = float64(i) / float64(n-1)
		}
		searches[i] = &search{sigma: r.Params["from"] + share*(r.Params["to"]-r.Params["from"]), best: newDirect(r.Params["epsilon"]), sum: make([]float64, g.w*g.h)}
	}
	wanted, done := int(r.Params["samples"]), 0
	look := newLooks(r)
	estimate := func() (Attribution, error) {
		a := Attribution{Map: heaped(g, searches)}
		if slices.ContainsFunc(searches, (*search).lost) {
			a.Notes = append(a.Notes, task.Note{Warning: true, Key: aiseLost})
		}
		return a, nil
	}
	// The widths take turns, so that an early end has seen all of them.
	for done < n*wanted && !(done > 0 && look.kept()) {
		p.Report(float64(done)/float64(n*wanted), "Forward passes")
		for _, w := range searches {
			if w.tried >= wanted {
				continue
			}
			points := w.best.ask()
			values, err := w.evaluate(ctx, s, r, g, points, bare)
			if err != nil {
				return Attribution{}, err
			}
			done += w.take(g, points, values, wanted)
		}
		if err := look.show(estimate); err != nil {
			return Attribution{}, err
		}
	}
	a, err := estimate()
	finish(&a, done, n*wanted)
	p.Report(1, "Done")
	return a, err
}

// evaluate is, for each point, how much more of the score its window keeps
// than the rest of the picture does.
func (w *search) evaluate(ctx context.Context, s Session, r Request, g grid, points [][2]float64, off tensor.Tensor) ([]float64, error) {
	values := make([]float64, len(points))
	err := stream(ctx, s, 2*len(points), w.mix(r, g, points, off), func(i int, dst []float32) error {
		b, mask := bumpAt(g, points[i/2], w.sigma), make([]float32, g.w*g.h)
		for at := range mask {
			mask[at] = float32(b.row[at%g.w] * b.column[at/g.w])
			if i%2 == 1 {
				mask[at] = 1 - mask[at]
			}
		}
		g.fade(dst, r.Input.Data, off.Data, mask)
		return nil
	}, r.Score, func(i int, v float64) {
		if i%2 == 1 {
			v = -v
		}
		values[i/2] += v
	})
	return values, err
}

// mix describes the windows and the rests: of four cells the last is the
// window's, or all but that, and its position is the window's height.
func (w *search) mix(r Request, g grid, points [][2]float64, off tensor.Tensor) *Mix {
	return &Mix{X: r.Input, Off: unless(r, off), Layout: r.Layout, CellRows: 2, CellColumns: 2, Describe: func(i int, cells, rows, columns []float32) {
		b := bumpAt(g, points[i/2], w.sigma)
		for at := range cells {
			cells[at] = float32(i % 2)
		}
		cells[3] = float32(1 - i%2)
		for at, v := range b.column {
			rows[at] = float32(v)
		}
		for at, v := range b.row {
			columns[at] = float32(v)
		}
	}}
}

// take adds the windows up to the number wanted, and tells the optimiser,
// which looks for the smallest value.
func (w *search) take(g grid, points [][2]float64, values []float64, wanted int) (taken int) {
	loss := make([]float64, len(values))
	for i, v := range values {
		loss[i] = -v
		if w.tried == wanted {
			continue
		}
		w.tried++
		taken++
		b := bumpAt(g, points[i], w.sigma)
		for at := range w.sum {
			w.sum[at] += v * b.row[at%g.w] * b.column[at/g.w]
		}
	}
	w.best.tell(loss)
	return taken
}

// lost says that windows were tried and that none of their sums is positive.
func (w *search) lost() bool {
	return w.tried > 0 && slices.Max(w.sum) <= 0
}

// heaped adds the widths' maps, each by its maximum where that is positive,
// and divides by the largest value.
func heaped(g grid, searches []*search) task.Map {
	sum, largest := make([]float64, g.w*g.h), 0.0
	for _, w := range searches {
		top := 0.0
		for _, v := range w.sum {
			top = max(top, v)
		}
		if top == 0 {
			top = 1
		}
		for at, v := range w.sum {
			sum[at] += v / top
		}
	}
	for _, v := range sum {
		largest = max(largest, v)
	}
	if largest == 0 {
		largest = 1
	}
	m := task.Map{Width: g.w, Height: g.h, Values: make([]float32, len(sum))}
	for at, v := range sum {
		m.Values[at] = float32(v / largest)
	}
	return m
}

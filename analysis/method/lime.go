package method

import (
	"context"
	"math"
	"slices"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "lime", Title: "LIME", Family: FamilyPerturbation,
			Summary: "Switches segments of the picture off at random and fits a weighted linear model: its coefficients tell what each segment gives to the score.",
			Paper:   "Ribeiro et al., \"Why Should I Trust You?\", KDD 2016, algorithm 1",
			Seeded:  true,
			Params: append([]Param{
				{ID: "samples", Title: "Samples", Help: "Pictures with segments switched off; the first is the whole picture.", Default: 1000, Min: 10, Max: 20000, Step: 1},
				offParam,
				{ID: "width", Title: "Kernel width", Help: "How soon a sample counts less the more of it is off: by cosine distance.", Default: 0.25, Min: 0.01, Max: 10, Step: 0.05},
				{ID: "ridge", Title: "Ridge", Help: "Pulls the coefficients towards zero; 0 is plain least squares.", Default: 1, Max: 100, Step: 0.1},
			}, segmentation(byQuickshift)...),
			Presets: presets(map[string]float64{"samples": 200}),
		},
		Explain: lime,
	})
}

// limeOn says which segments sample i leaves on: all for the first, else each
// by the toss of a coin.
func limeOn(seed uint64, i, m int) []bool {
	on := make([]bool, m)
	from := draws(seed, i)
	var word uint64
	for k := range on {
		if k%64 == 0 {
			word = from.Uint64()
		}
		on[k] = i == 0 || word>>(k%64)&1 == 1
	}
	return on
}

// limeWeight is sqrt(exp(-d^2 / width^2)) at the cosine distance d between a
// sample and the whole picture; a sample with nothing on is at distance 1.
func limeWeight(on []bool, width float64) float64 {
	count := 0
	for _, v := range on {
		if v {
			count++
		}
	}
	d := 1 - math.Sqrt(float64(count)/float64(len(on)))
	return math.Sqrt(math.Exp(-d * d / (width * width)))
}

// lime: minimise sum_i w_i (y_i - b - z_i.c)^2 + ridge |c|^2 over the samples.
func lime(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	segments, notes, err := segmentsOf(r)
	if err != nil {
		return Attribution{}, err
	}
	dark, err := off(r, segments)
	if err != nil {
		return Attribution{}, err
	}
	ends, err := s.Run(ctx, dark, r.Score)
	if err != nil {
		return Attribution{}, err
	}
	g, m := gridOf(r.Input, r.Layout), segments.Count
	sums := newGrouped(m)
	full := 0.0
	alpha := r.Params["ridge"]
	fit := func(n normal) ([]float64, bool) {
		c, _, ok := n.ridge(alpha)
		return c, ok
	}
	runs := runsOf(segments.Of)
	draw := sampling{
		n: int(r.Params["samples"]), least: 2,
		fill: func(i int, dst []float32) error {
			g.choose(dst, r.Input.Data, dark.Data, runs, limeOn(r.Seed, i, m))
			return nil
		},
		mix: segmentMix(r, dark, segments, func(i int) []bool { return limeOn(r.Seed, i, m) }),
		take: func(i int, y float64) {
			on := limeOn(r.Seed, i, m)
			w := limeWeight(on, r.Params["width"])
			if i == 0 {
				full = y
				sums.fixed.add(on, w, y)
				return
			}
			sums.groups[i%jackknifed].add(on, w, y)
		},
		estimate: func(int) (Attribution, error) {
			all := sums.total()
			c, b, ok := all.ridge(alpha)
			if !ok {
				// Plain least squares of fewer samples than segments.
				if c, b, ok = all.ridge(1e-6 * all.w); !ok {
					return Attribution{}, errUndecided
				}
			}
			a := surrogate(segments, task.Surrogate{
				Values: c, Intercept: b, Full: full, Off: ends[0], R2: all.explained(c, b), HasR2: true, Errors: sums.errors(fit),
			})
			a.Notes = append(slices.Clone(notes), task.Note{
				Key:     "The linear model of %d segments has a weighted R² of %.2f: that is the share of the score's variation that it explains.",
				Args:    []any{m, a.Surrogate.R2},
				Warning: a.Surrogate.R2 < 0.5,
			})
			return a, nil
		},
	}
	a, done, err := draw.run(ctx, s, r, p)
	if err == nil {
		keptAt(&a, r, "samples", done)
	}
	return a, err
}

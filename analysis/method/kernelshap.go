package method

import (
	"context"
	"math"
	"math/bits"
	"slices"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "kernelshap", Title: "Kernel SHAP", Family: FamilyPerturbation,
			Summary: "Shares out the score among segments by Shapley values: what each adds, averaged over all orders of switching them on.",
			Paper:   "Lundberg and Lee, A Unified Approach to Interpreting Model Predictions, NeurIPS 2017, section 4.1; pairs as in Covert and Lee, AISTATS 2021",
			Seeded:  true,
			Params: append([]Param{
				{ID: "samples", Title: "Samples", Help: "Pictures with segments switched off, in pairs that complete each other; from 2^segments on, for up to ten segments, all of them.", Default: 1000, Min: 10, Max: 20000, Step: 1},
				offParam,
			}, segmentation(bySLIC)...),
			Presets: presets(map[string]float64{"samples": 200, "segments": 25}),
		},
		Explain: kernelSHAP,
	})
}

// allUpTo is the number of segments up to which all coalitions may be asked.
const allUpTo = 10

// coalitions draws the samples of Kernel SHAP over m segments.
type coalitions struct {
	m    int
	seed uint64
	// sizes is the distribution function over 1..m-1 on.
	sizes []float64
	// all enumerates every coalition but the empty and the full one.
	all bool
}

// newCoalitions prepares for n samples. The size k has the Shapley kernel's
// probability, proportional to (m-1) / (k (m-k)).
func newCoalitions(m, n int, seed uint64) coalitions {
	c := coalitions{m: m, seed: seed, all: m <= allUpTo && n >= 1<<m-2}
	sum := 0.0
	for k := 1; k < m; k++ {
		sum += 1 / (float64(k) * float64(m-k))
		c.sizes = append(c.sizes, sum)
	}
	for i := range c.sizes {
		c.sizes[i] /= sum
	}
	return c
}

func (c coalitions) count(n int) int {
	if c.all {
		return 1<<c.m - 2
	}
	return n
}

// on is sample i and its weight in the regression: the kernel's where all are
// enumerated, 1 where they are drawn by it. Sample 2j+1 completes sample 2j.
func (c coalitions) on(i int) ([]bool, float64) {
	on := make([]bool, c.m)
	if c.all {
		for k := range on {
			on[k] = (i+1)>>k&1 == 1
		}
		size := bits.OnesCount(uint(i + 1))
		return on, float64(c.m-1) / (choose(c.m, size) * float64(size) * float64(c.m-size))
	}
	from := draws(c.seed, i/2)
	u, size := from.Float64(), 1
	for size < c.m-1 && u >= c.sizes[size-1] {
		size++
	}
	order := make([]int, c.m)
	for k := range order {
		order[k] = k
	}
	for k := range size {
		j := k + int(from.Float64()*float64(c.m-k))
		order[k], order[j] = order[j], order[k]
		on[order[k]] = true
	}
	if i%2 == 1 {
		for k := range on {
			on[k] = !on[k]
		}
	}
	return on, 1
}

// choose is the binomial coefficient.
func choose(n, k int) float64 {
	v := 1.0
	for i := range k {
		v = v * float64(n-i) / float64(i+1)
	}
	return math.Round(v)
}

// kernelSHAP: minimise sum_i w_i (y_i - F(off) - z_i.c)^2 with c adding up to
// F(x) - F(off).
func kernelSHAP(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	segments, notes, err := segmentsOf(r)
	if err != nil {
		return Attribution{}, err
	}
	dark, err := off(r, segments)
	if err != nil {
		return Attribution{}, err
	}
	ends, err := s.Run(ctx, tensor.Tensor{Shape: append([]int{2}, r.Input.Shape[1:]...), Data: append(append([]float32(nil), r.Input.Data...), dark.Data...)}, r.Score)
	if err != nil {
		return Attribution{}, err
	}
	full, empty := ends[0], ends[1]
	g, m := gridOf(r.Input, r.Layout), segments.Count
	asked := int(r.Params["samples"])
	from := newCoalitions(m, asked, r.Seed)
	sums := newGrouped(m)
	fit := func(n normal) ([]float64, bool) { return n.sharing(empty, full-empty) }
	runs := runsOf(segments.Of)
	draw := sampling{
		n: from.count(asked), least: 2,
		fill: func(i int, dst []float32) error {
			on, _ := from.on(i)
			g.choose(dst, r.Input.Data, dark.Data, runs, on)
			return nil
		},
		mix: segmentMix(r, dark, segments, func(i int) []bool {
			on, _ := from.on(i)
			return on
		}),
		take: func(i int, y float64) {
			on, w := from.on(i)
			sums.groups[i/2%jackknifed].add(on, w, y)
		},
		estimate: func(int) (Attribution, error) {
			all := sums.total()
			c, ok := fit(all)
			if !ok {
				// Fewer samples than segments: what they leave open is shared evenly.
				lean := newNormal(m)
				lean.plus(all, 1)
				for i := range m {
					lean.zz[i*(i+1)/2+i] += 1e-3 * all.w
				}
				if c, ok = fit(lean); !ok {
					return Attribution{}, errUndecided
				}
			}
			v := task.Surrogate{Values: c, Intercept: empty, Full: full, Off: empty, R2: all.explained(c, empty), HasR2: true, Additive: true}
			if !from.all {
				v.Errors = sums.errors(fit)
			}
			a := surrogate(segments, v)
			a.Notes = append(slices.Clone(notes), additive(c, full, empty))
			return a, nil
		},
	}
	if from.all {
		// The weights are those of the whole: there is no sense in a part of it.
		draw.least = draw.n
	}
	a, done, err := draw.run(ctx, s, r, p)
	if err == nil && !from.all {
		keptAt(&a, r, "samples", done)
	}
	return a, err
}

// additive tells that values add up to what they share out.
func additive(values []float64, full, empty float64) task.Note {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return task.Note{
		Key:     "The segments' values add up to %.4g; from all segments off to the whole picture the score rises by %.4g.",
		Args:    []any{sum, full - empty},
		Warning: math.Abs(sum-(full-empty)) > 1e-4*max(1, math.Abs(full-empty)),
	}
}

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
			ID: "guidedig", Title: "Guided-IG", Family: FamilyGradient,
			Summary: "Integrated Gradients along a way that changes first the values that the score hardly feels: less noise from steep detours.",
			Paper:   "Kapishnikov et al., Guided Integrated Gradients, CVPR 2021, section 4; PAIR saliency, GuidedIG",
			Needs:   Needs{InputGradient: true},
			Seeded:  true,
			Params: []Param{
				{ID: "steps", Title: "Steps", Help: "Points on the way, one after the other.", Default: 200, Min: 2, Max: maxSteps, Step: 1},
				{ID: "fraction", Title: "Share", Help: "How much of the input is changed at once: the values of the smallest gradients.", Default: 0.25, Min: 0.01, Max: 1, Step: 0.05},
				{ID: "distance", Title: "Largest detour", Help: "How far a value may be ahead of or behind the straight way; 0 is Integrated Gradients.", Default: 0.02, Min: 0, Max: 1, Step: 0.01},
				baselineParam, attributionChannels,
			},
		},
		Explain: guidedIG,
	})
}

// guidedIG sums dx dy/dx along the way; at each step the values of the smallest
// |dy/dx| go ahead until the L1 distance to x is what it is on the straight way.
func guidedIG(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	b, err := baseline(r)
	if err != nil {
		return Attribution{}, err
	}
	rise, err := scoreRise(ctx, s, r, b)
	if err != nil {
		return Attribution{}, err
	}
	w := newWay(r.Input, b, r.Params["fraction"])
	n := int(r.Params["steps"])
	x := tensor.New(r.Input.Shape...)
	for step := range n {
		p.Report(float64(step)/float64(n), "Forward and backward pass")
		for i, v := range w.x {
			x.Data[i] = float32(v)
		}
		out, err := s.Gradient(ctx, x, r.Score, GradientQuery{Input: true})
		if err != nil {
			return Attribution{}, err
		}
		w.step(out.Input.Data, float64(step+1)/float64(n), r.Params["distance"])
	}
	p.Report(1, "Done")
	a := Attribution{Map: attributionMap(r, w.values)}
	a.Notes, a.Facts = completeness(total(w.values), rise, n)
	return a, nil
}

// way is a path from a baseline to an input, value by value.
type way struct {
	from, to, x, values []float64
	whole, fraction     float64
	// Room for one step.
	size, sorted []float64
}

func newWay(to, from tensor.Tensor, fraction float64) *way {
	n := to.Len()
	w := &way{
		from: make([]float64, n), to: make([]float64, n), x: make([]float64, n), values: make([]float64, n),
		size: make([]float64, n), sorted: make([]float64, n), fraction: fraction,
	}
	for i := range n {
		w.from[i], w.to[i] = float64(from.Data[i]), float64(to.Data[i])
		w.whole += math.Abs(w.to[i] - w.from[i])
	}
	copy(w.x, w.from)
	return w
}

// left is the L1 distance that is still to go.
func (w *way) left() float64 {
	sum := 0.0
	for i, v := range w.x {
		sum += math.Abs(v - w.to[i])
	}
	return sum
}

// at is the point of the straight way, for value i.
func (w *way) at(i int, alpha float64) float64 { return w.from[i] + (w.to[i]-w.from[i])*alpha }

// step moves x so that the share alpha of the way is done, and counts what each
// value's move adds to the score by the gradient.
func (w *way) step(gradient []float32, alpha, distance float64) {
	if w.whole == 0 {
		return
	}
	least, most := max(alpha-distance, 0), min(alpha+distance, 1)
	target := w.whole * (1 - alpha)
	for i, g := range gradient {
		w.size[i] = math.Abs(float64(g))
	}
	move := func(i int, to float64) {
		w.values[i] += (to - w.x[i]) * float64(gradient[i])
		w.x[i] = to
	}
	for {
		for i, v := range w.x {
			if d := w.to[i] - w.from[i]; d != 0 && (v-w.from[i])/d < least {
				move(i, w.at(i, least))
			}
		}
		left := w.left()
		if nearly(left, target) {
			return
		}
		// Values at the end of their range take no further part.
		for i, v := range w.x {
			if v == w.at(i, most) {
				w.size[i] = math.Inf(1)
			}
		}
		threshold := w.lower()
		within := 0.0
		for i, v := range w.x {
			if w.size[i] <= threshold && !math.IsInf(w.size[i], 1) {
				within += math.Abs(v - w.at(i, most))
			}
		}
		if !(within > 0) {
			// Nothing is left to move: rounding alone keeps the target away, or
			// the gradient is no number.
			return
		}
		gamma := (left - target) / within
		for i, v := range w.x {
			if w.size[i] > threshold || math.IsInf(w.size[i], 1) {
				continue
			}
			end := w.at(i, most)
			if gamma <= 1 {
				end = v + (end-v)*gamma
			}
			move(i, end)
		}
		if gamma <= 1 {
			return
		}
	}
}

// nearly is Python's math.isclose with both tolerances at 1e-9.
func nearly(a, b float64) bool {
	return math.Abs(a-b) <= max(1e-9*max(math.Abs(a), math.Abs(b)), 1e-9)
}

// lower is the quantile of the sizes at the fraction, rounded down to one of them.
func (w *way) lower() float64 {
	copy(w.sorted, w.size)
	return nth(w.sorted, int(w.fraction*float64(len(w.sorted)-1)))
}

// nth is the value that would stand at place n if v were sorted; v is put into
// another order. It is Hoare's selection, with the middle of three as the pivot.
func nth(v []float64, n int) float64 {
	for low, high := 0, len(v)-1; ; {
		if low == high {
			return v[low]
		}
		pivot := median3(v[low], v[(low+high)/2], v[high])
		i, j := low, high
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case n <= j:
			high = j
		case n >= i:
			low = i
		default:
			return v[n]
		}
	}
}

func median3(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }

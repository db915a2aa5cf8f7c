package method

import (
	"container/heap"
	"context"
	"math"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "partitionshap", Title: "Partition SHAP", Family: FamilyPerturbation,
			Summary: "Halves the picture again and again where the score changes most, and shares it out between the halves by Owen values.",
			Paper:   "Lundberg and Lee, NeurIPS 2017, with the partition explainer of the SHAP library, 2020",
			Params: []Param{
				{ID: "samples", Title: "Evaluations", Help: "Pictures that are asked about; more make finer parts.", Default: 500, Min: 4, Max: 50000, Step: 1},
				{ID: "blur", Title: "Blur", Help: "What is off shows the picture blurred by a box of this side; 0 shows the baseline instead.", Default: 128, Max: 512, Step: 1, Unit: "px"},
				baselineParam,
			},
			Presets: presets(map[string]float64{"samples": 150}),
		},
		Explain: partitionSHAP,
	})
}

// rectangle is a part of the picture; right and bottom lie outside.
type rectangle struct{ left, top, right, bottom int }

func (r rectangle) pixels() int { return (r.right - r.left) * (r.bottom - r.top) }

// halves cuts along the longer side, the rows where both are alike.
func (r rectangle) halves() (a, b rectangle) {
	a, b = r, r
	if rows, columns := r.bottom-r.top, r.right-r.left; rows >= columns {
		a.bottom = r.top + rows/2
		b.top = a.bottom
	} else {
		a.right = r.left + columns/2
		b.left = a.right
	}
	return a, b
}

// shown is a set of rectangles: one, and those before it.
type shown struct {
	part rectangle
	rest *shown
}

// split is a part whose worth in one context is known: without is the score
// with the context alone, with has the part as well.
type split struct {
	part          rectangle
	context       *shown
	without, with float64
	weight        float64
	// priority is the change that refining promises; number decides ties.
	priority float64
	number   int
}

// queue gives the largest priority first, the older where two are alike.
type queue []split

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if q[i].priority != q[j].priority {
		return q[i].priority > q[j].priority
	}
	return q[i].number < q[j].number
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(split)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// splitsAtOnce is how many parts are refined before the queue is looked at
// again: the SHAP library's ten pictures.
const splitsAtOnce = 5

// owen is the refinement under way.
type owen struct {
	grid   grid
	queue  queue
	number int
	// settled has what single pixels got; sums of values are over the picture.
	settled []float64
}

func (o *owen) push(s split) {
	s.priority = math.Abs(s.with-s.without) * s.weight
	s.number = o.number
	o.number++
	heap.Push(&o.queue, s)
}

// spread adds a value evenly over a part.
func (o *owen) spread(sums []float64, part rectangle, value float64) {
	each := value / float64(part.pixels())
	for y := part.top; y < part.bottom; y++ {
		for x := part.left; x < part.right; x++ {
			sums[y*o.grid.w+x] += each
		}
	}
}

// values shares out what is known: parts that are not refined yet, evenly.
func (o *owen) values() task.Map {
	sums := append([]float64(nil), o.settled...)
	for _, s := range o.queue {
		o.spread(sums, s.part, (s.with-s.without)*s.weight)
	}
	m := task.Map{Width: o.grid.w, Height: o.grid.h, Values: make([]float32, len(sums)), Signed: true}
	for i, v := range sums {
		m.Values[i] = float32(v)
	}
	return m
}

// next takes the parts to refine; single pixels are settled on the way.
func (o *owen) next(most int) []split {
	var out []split
	for len(o.queue) > 0 && len(out) < splitsAtOnce && 2*len(out) < most {
		s := heap.Pop(&o.queue).(split)
		if s.part.pixels() == 1 {
			o.spread(o.settled, s.part, (s.with-s.without)*s.weight)
			continue
		}
		out = append(out, s)
	}
	return out
}

// refine replaces a part by its halves, each in two contexts: without the
// other half and with it. a and b are the scores of the context and one half.
func (o *owen) refine(s split, a, b float64) {
	left, right := s.part.halves()
	half := s.weight / 2
	o.push(split{part: left, context: s.context, without: s.without, with: a, weight: half})
	o.push(split{part: right, context: s.context, without: s.without, with: b, weight: half})
	o.push(split{part: left, context: &shown{right, s.context}, without: b, with: s.with, weight: half})
	o.push(split{part: right, context: &shown{left, s.context}, without: a, with: s.with, weight: half})
}

func partitionSHAP(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	g := gridOf(r.Input, r.Layout)
	dark, err := baseline(r)
	if side := int(r.Params["blur"]); side > 0 {
		dark, err = tensor.New(r.Input.Shape...), nil
		g.box(dark, r.Input, side)
	}
	if err != nil {
		return Attribution{}, err
	}
	ends, err := s.Run(ctx, tensor.Tensor{Shape: append([]int{2}, r.Input.Shape[1:]...), Data: append(append([]float32(nil), dark.Data...), r.Input.Data...)}, r.Score)
	if err != nil {
		return Attribution{}, err
	}
	o := &owen{grid: g, settled: make([]float64, g.w*g.h)}
	o.push(split{part: rectangle{0, 0, g.w, g.h}, without: ends[0], with: ends[1], weight: 1})
	look, done, wanted := newLooks(r), 2, int(r.Params["samples"])
	estimate := func() (Attribution, error) { return Attribution{Map: o.values()}, nil }
	for done < wanted && len(o.queue) > 0 && !look.kept() {
		p.Report(float64(done)/float64(wanted), "Forward passes")
		parts := o.next(wanted - done)
		scores := make([]float64, 2*len(parts))
		err := s.Stream(ctx, len(scores), func(i int, dst []float32) error {
			copy(dst, dark.Data)
			a, b := parts[i/2].part.halves()
			if i%2 == 1 {
				a = b
			}
			for at := (&shown{a, parts[i/2].context}); at != nil; at = at.rest {
				g.copyPart(dst, r.Input.Data, at.part)
			}
			return nil
		}, r.Score, func(i int, v float64) { scores[i] = v })
		if err != nil {
			return Attribution{}, err
		}
		for i, part := range parts {
			o.refine(part, scores[2*i], scores[2*i+1])
		}
		done += len(scores)
		if err := look.show(estimate); err != nil {
			return Attribution{}, err
		}
	}
	a, err := estimate()
	sum := 0.0
	for _, v := range a.Map.Values {
		sum += float64(v)
	}
	a.Facts = []task.Fact{{ID: FactSum, Value: sum}, {ID: FactRise, Value: ends[1] - ends[0]}, {ID: FactGap, Value: sum - (ends[1] - ends[0])}}
	a.Notes = []task.Note{{
		Key:     "The pixels' values add up to %.4g; from all pixels off to the whole picture the score rises by %.4g.",
		Args:    []any{sum, ends[1] - ends[0]},
		Warning: math.Abs(sum-(ends[1]-ends[0])) > 1e-4*max(1, math.Abs(ends[1]-ends[0])),
	}}
	if look.kept() {
		finish(&a, done, wanted)
		keptAt(&a, r, "samples", done)
	} else {
		finish(&a, done, done)
	}
	p.Report(1, "Done")
	return a, err
}

// copyPart writes a part of x into dst.
func (g grid) copyPart(dst, x []float32, part rectangle) {
	for c := range g.channels {
		for y := part.top; y < part.bottom; y++ {
			for x0 := part.left; x0 < part.right; x0++ {
				at := g.at(c, y*g.w+x0)
				dst[at] = x[at]
			}
		}
	}
}

// box writes x, blurred by the mean of a square of the given side, into dst, as
// OpenCV's blur does: the border mirrored without its edge, and of an even
// side the longer half before the pixel.
func (g grid) box(dst, x tensor.Tensor, side int) {
	rows := tensor.New(x.Shape...)
	along := func(to, from []float32, start, step, length int) {
		sums := make([]float64, length+side+1)
		for i := range length + side {
			sums[i+1] = sums[i] + float64(from[start+mirror101(i-side/2, length)*step])
		}
		for i := range length {
			to[start+i*step] = float32((sums[i+side] - sums[i]) / float64(side))
		}
	}
	for c := range g.channels {
		for y := range g.h {
			along(rows.Data, x.Data, g.at(c, y*g.w), g.column, g.w)
		}
		for i := range g.w {
			along(dst.Data, rows.Data, g.at(c, i), g.row, g.h)
		}
	}
}

// mirror101 brings an index into 0..n-1: ... 2 1 | 0 1 2 ... n-1 | n-2 ...
func mirror101(i, n int) int {
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	i = ((i % period) + period) % period
	if i >= n {
		i = period - i
	}
	return i
}

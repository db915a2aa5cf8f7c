package method

import (
	"cmp"
	"math"
	"slices"
)

// direct looks for the smallest value of a function of the unit square by
// dividing rectangles (Jones, Perttunen and Stuckman, Lipschitzian Optimization
// Without the Lipschitz Constant, 1993). It asks for the points that scipy
// 1.17's direct(locally_biased=False) asks for, in its order, because AISE's
// authors use that; where scipy leaves Jones, promising says so.
//
//	d := newDirect(epsilon)
//	for { points := d.ask(); d.tell(values of the points) }
type direct struct {
	// epsilon keeps the search from staying at the best place: what a rectangle
	// may promise must be better by this share.
	epsilon float64
	parts   []part
	// levels has the rectangles of each size, the largest size first, and of a
	// size the smallest value first, equal ones by age.
	levels [][]int
	least  float64
	// The rectangles that are being divided, and the sides of each.
	dividing []division
}

// part is a rectangle: its centre, the value there, and how often each side
// was cut in three.
type part struct {
	centre [2]float64
	cuts   [2]int
	value  float64
}

type division struct {
	part  int
	sides []int
}

// alike is how far apart the values of rectangles of one size are that are
// divided together.
const alike = 1e-13

func newDirect(epsilon float64) *direct { return &direct{epsilon: epsilon} }

// third is a side's length after so many cuts, divided by three.
func third(cuts int) float64 { return 1 / math.Pow(3, float64(cuts+1)) }

// level counts the sizes down: the longest side is cut first, so that sides
// differ by one cut at most.
func (p part) level() int { return p.cuts[0] + p.cuts[1] }

// sizeOf is half of the diagonal of a level's rectangles.
func sizeOf(level int) float64 {
	half := math.Sqrt(2) / 2
	if level%2 == 1 {
		half = math.Sqrt(1+1.0/9) / 2
	}
	return half / math.Pow(3, float64(level/2))
}

// ask gives the points to evaluate next: first the centre, then two for each
// longest side of each rectangle that may hold the smallest value.
func (d *direct) ask() [][2]float64 {
	if len(d.parts) == 0 {
		return [][2]float64{{0.5, 0.5}}
	}
	var points [][2]float64
	d.dividing = nil
	for _, i := range d.promising() {
		p := d.parts[i]
		div := division{part: i}
		longest := min(p.cuts[0], p.cuts[1])
		for side, cuts := range p.cuts {
			if cuts != longest {
				continue
			}
			div.sides = append(div.sides, side)
			for _, sign := range []float64{1, -1} {
				at := p.centre
				at[side] += sign * third(cuts)
				points = append(points, at)
			}
		}
		d.dividing = append(d.dividing, div)
	}
	return points
}

// tell takes the values of the points that ask gave, in their order.
func (d *direct) tell(values []float64) {
	if len(d.parts) == 0 {
		d.parts = []part{{centre: [2]float64{0.5, 0.5}, value: values[0]}}
		d.levels, d.least = [][]int{{0}}, values[0]
		return
	}
	for _, div := range d.dividing {
		n := 2 * len(div.sides)
		d.divide(div, values[:n])
		values = values[n:]
	}
}

// divide cuts a rectangle's sides in three. The side with the better new value
// is cut first: its pieces stay large.
func (d *direct) divide(div division, values []float64) {
	was := d.parts[div.part]
	d.levels[was.level()] = slices.DeleteFunc(d.levels[was.level()], func(i int) bool { return i == div.part })
	order := []int{0, 1}[:len(div.sides)]
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(min(values[2*a], values[2*a+1]), min(values[2*b], values[2*b+1]))
	})
	first := len(d.parts)
	d.parts = append(d.parts, make([]part, len(values))...)
	for _, k := range order {
		side := div.sides[k]
		step := third(was.cuts[side])
		d.parts[div.part].cuts[side]++
		for j, sign := range []float64{1, -1} {
			child := d.parts[div.part]
			child.centre[side] += sign * step
			child.value = values[2*k+j]
			d.parts[first+2*k+j] = child
			if child.value < d.least {
				d.least = child.value
			}
		}
	}
	for k := range div.sides {
		d.listPair(first+2*k, first+2*k+1)
	}
	d.list(div.part, 0)
}

// list puts a rectangle in its level's order, behind those of its value and
// behind the first so many.
func (d *direct) list(i, from int) {
	level := d.parts[i].level()
	for level >= len(d.levels) {
		d.levels = append(d.levels, nil)
	}
	at := from
	for at < len(d.levels[level]) && !(d.parts[i].value < d.parts[d.levels[level][at]].value) {
		at++
	}
	d.levels[level] = slices.Insert(d.levels[level], at, i)
}

// listPair lists the two pieces beside a centre, the better one first. Which of
// equals is older decides which is divided where only the first is.
func (d *direct) listPair(a, b int) {
	swapped := d.parts[b].value < d.parts[a].value
	if swapped {
		a, b = b, a
	}
	d.list(a, 0)
	level := d.parts[a].level()
	mine := d.levels[level]
	// Where the one leads, scipy puts the other ahead of an equal that led before.
	if !swapped && mine[0] == a && len(mine) > 1 && d.parts[b].value == d.parts[mine[1]].value {
		d.levels[level] = slices.Insert(mine, 1, b)
		return
	}
	d.list(b, 0)
}

// promising are the rectangles to divide, the largest first. Jones divides
// those on the lower right hull of (size, value): for some slope, none may hold
// a smaller value. Scipy means to (a comment in its program has swallowed the
// step that drops the others), but divides every rectangle that is better than
// all larger ones, except those on the hull that promise too little.
func (d *direct) promising() []int {
	var best []int
	for _, l := range d.levels {
		if len(l) > 0 {
			best = append(best, l[0])
		}
	}
	var chosen []int
	// From the smallest: what was dropped bounds no more.
	for k, i := range slices.Backward(best) {
		if d.promises(i, best[:k], chosen) {
			chosen = append(chosen, i)
		}
	}
	slices.Reverse(chosen)
	// All of a size and value, as Jones divides them.
	for _, i := range slices.Clone(chosen) {
		for _, j := range d.levels[d.parts[i].level()][1:] {
			if d.parts[j].value-d.parts[i].value > alike {
				break
			}
			chosen = append(chosen, j)
		}
	}
	return chosen
}

// promises says whether the best rectangle of its size, with the best ones of
// the larger sizes and the chosen ones of the smaller, is worth dividing.
func (d *direct) promises(i int, larger, smaller []int) bool {
	p := d.parts[i]
	size := sizeOf(p.level())
	slope := func(j int) float64 {
		return (d.parts[j].value - p.value) / (sizeOf(d.parts[j].level()) - size)
	}
	flattest, steepest := math.Inf(1), 0.0
	for _, j := range larger {
		s := slope(j)
		if s <= 0 {
			return false
		}
		if s < flattest {
			flattest = s
		}
	}
	for _, j := range smaller {
		if s := slope(j); s > steepest {
			steepest = s
		}
	}
	// The conversion keeps all processors' roundings the same.
	return steepest > flattest || !(p.value-float64(flattest*size) > d.least-float64(d.epsilon*math.Abs(d.least)))
}

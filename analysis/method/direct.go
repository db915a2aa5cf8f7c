package method

import (
	"cmp"
	"math"
	"slices"
)

// direct looks for the smallest value of a function of the unit square by
// dividing rectangles (Jones, Perttunen and Stuckman, Lipschitzian Optimization
// Without the Lipschitz Constant, 1993).
//
//	d := newDirect(epsilon)
//	for { points := d.ask(); d.tell(values of the points) }
type direct struct {
	// epsilon keeps the search from staying at the best place: what a rectangle
	// may promise must be better by this share.
	epsilon float64
	parts   []part
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

func newDirect(epsilon float64) *direct { return &direct{epsilon: epsilon} }

// third is a side's length after so many cuts, divided by three.
func third(cuts int) float64 { return math.Pow(3, -float64(cuts+1)) }

// size is half of a rectangle's diagonal.
func (p part) size() float64 {
	return math.Hypot(3*third(p.cuts[0]), 3*third(p.cuts[1])) / 2
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
		return
	}
	for _, div := range d.dividing {
		mine := values[:2*len(div.sides)]
		values = values[2*len(div.sides):]
		// The side with the better new value is cut first: its pieces stay large.
		order := []int{0, 1}[:len(div.sides)]
		slices.SortStableFunc(order, func(a, b int) int {
			return cmp.Compare(min(mine[2*a], mine[2*a+1]), min(mine[2*b], mine[2*b+1]))
		})
		for _, k := range order {
			side, p := div.sides[k], &d.parts[div.part]
			step := third(p.cuts[side])
			p.cuts[side]++
			for j, sign := range []float64{1, -1} {
				child := d.parts[div.part]
				child.centre[side] += sign * step
				child.value = mine[2*k+j]
				d.parts = append(d.parts, child)
			}
		}
	}
}

// promising are the rectangles on the lower right hull of (size, value): for
// some slope, none may hold a smaller value.
func (d *direct) promising() []int {
	// The best of each size; sizes ascend.
	var best []int
	for i, p := range d.parts {
		at, same := slices.BinarySearchFunc(best, p.size(), func(j int, size float64) int {
			if math.Abs(d.parts[j].size()-size) < 1e-13 {
				return 0
			}
			return cmp.Compare(d.parts[j].size(), size)
		})
		switch {
		case !same:
			best = slices.Insert(best, at, i)
		case p.value < d.parts[best[at]].value:
			best[at] = i
		}
	}
	smallest := math.Inf(1)
	for _, p := range d.parts {
		smallest = min(smallest, p.value)
	}
	var hull []int
	// The largest first: an end in the midst of a round has spread out then.
	for k, i := range slices.Backward(best) {
		p := d.parts[i]
		steepest, flattest := 0.0, math.Inf(1)
		for l, j := range best {
			slope := (p.value - d.parts[j].value) / (p.size() - d.parts[j].size())
			if l < k {
				steepest = max(steepest, slope)
			} else if l > k {
				flattest = min(flattest, slope)
			}
		}
		if steepest > flattest || flattest <= 0 {
			continue
		}
		if !math.IsInf(flattest, 1) && p.value-flattest*p.size() > smallest-d.epsilon*math.Abs(smallest) {
			continue
		}
		// All of this size and value, as Jones divides them.
		for j, q := range d.parts {
			if q.value == p.value && math.Abs(q.size()-p.size()) < 1e-13 {
				hull = append(hull, j)
			}
		}
	}
	return hull
}

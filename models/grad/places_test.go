package grad

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// written is the slow twin of places: the cell of every single element.
type written struct {
	shape []int
	cell  []int32
}

func (w written) at(index []int) int32 {
	from := 0
	for a, i := range index {
		from = from*w.shape[a] + i
	}
	return w.cell[from]
}

// build asks of for the cell at every index of a shape.
func build(shape []int, of func(index []int) int32) written {
	w := written{shape: shape, cell: make([]int32, product(shape))}
	index := make([]int, len(shape))
	for i := range w.cell {
		w.cell[i] = of(index)
		for a := len(index) - 1; a >= 0; a-- {
			if index[a]++; index[a] < shape[a] {
				break
			}
			index[a] = 0
		}
	}
	return w
}

// Chains of what exporters do to tokens (axes turned, split and merged,
// windows cut, rolled and padded) lead to the same cells as moving every
// element by hand.
func TestPlacesFollowElements(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	followed := 0
	for range 300 {
		h, w, c := 2+r.IntN(5), 2+r.IntN(5), 1+r.IntN(4)
		p := freshPlaces(4, 2, 3, h, w)
		twin := build([]int{1, c, h, w}, func(i []int) int32 { return int32(i[2]*w + i[3]) })
		for range 1 + r.IntN(6) {
			if p, twin = oneMove(r, p, twin); p == nil {
				break
			}
			if !p.fits(twin.shape) {
				t.Fatalf("places %v do not fit %v", p.dims, twin.shape)
			}
			if got := p.gather(twin.shape, strides(p.dims)).cell; !slices.Equal(got, twin.cell) {
				t.Fatalf("shape %v: cells %v, want %v", twin.shape, got, twin.cell)
			}
			followed++
		}
	}
	if followed < 500 {
		t.Errorf("only %d steps were followed", followed)
	}
}

func oneMove(r *rand.Rand, p *places, twin written) (*places, written) {
	rank := len(twin.shape)
	a := r.IntN(rank)
	size := twin.shape[a]
	moved := func(shape []int, from func(i []int) []int) written {
		return build(shape, func(i []int) int32 { return twin.at(from(i)) })
	}
	switch r.IntN(5) {
	case 0: // transpose
		perm := r.Perm(rank)
		shape := make([]int, rank)
		for i, b := range perm {
			shape[i] = twin.shape[b]
		}
		return p.transpose(perm), moved(shape, func(i []int) []int {
			from := make([]int, rank)
			for k, b := range perm {
				from[b] = i[k]
			}
			return from
		})
	case 1: // merge an axis with the next, or split it
		shape := slices.Clone(twin.shape)
		if a+1 < rank && r.IntN(2) == 0 {
			shape = slices.Delete(slices.Clone(shape), a, a+1)
			shape[a] *= size
		} else if size%2 == 0 {
			shape = slices.Insert(slices.Clone(shape), a, 2)
			shape[a+1] /= 2
		} else {
			shape = slices.Insert(slices.Clone(shape), a, 1)
		}
		return p.reshape(twin.shape, shape), written{shape, twin.cell}
	case 2: // roll: two cuts joined
		n := r.IntN(size + 1)
		first, second := axesFrom(n, size), axesFrom(0, n)
		if n == 0 || n == size {
			return p, twin
		}
		part1, part2 := slices.Clone(twin.shape), slices.Clone(twin.shape)
		part1[a], part2[a] = len(first), n
		return join(a, []part{{at: p.take(a, first), shape: part1}, {at: p.take(a, second), shape: part2}}), moved(twin.shape, func(i []int) []int {
			from := slices.Clone(i)
			from[a] = (i[a] + n) % size
			return from
		})
	case 3: // every other position
		if size < 2 {
			return p, twin
		}
		shape := slices.Clone(twin.shape)
		shape[a] = (size + 1) / 2
		keep := make([]int, shape[a])
		for i := range keep {
			keep[i] = 2 * i
		}
		return p.take(a, keep), moved(shape, func(i []int) []int {
			from := slices.Clone(i)
			from[a] *= 2
			return from
		})
	default: // a border
		if size < 2 || p.dims[a] == 1 {
			return p, twin
		}
		begin, end := make([]int64, rank), make([]int64, rank)
		begin[a], end[a] = 1, 2
		shape := slices.Clone(twin.shape)
		shape[a] += 3
		return p.widen(twin.shape, begin, end), build(shape, func(i []int) int32 {
			if i[a] < 1 || i[a] > size {
				return border
			}
			from := slices.Clone(i)
			from[a]--
			return twin.at(from)
		})
	}
}

// A fold and its way back, for tokens with class tokens on both ends and for
// windows: every place is found, and nothing else is touched.
func TestFoldAndBack(t *testing.T) {
	// [N, 2 + 3*4 + 1, C]: two tokens before the grid and one after it.
	tokens := join(1, []part{
		{shape: []int{1, 2, 5}, fill: noPlace},
		{at: freshPlaces(4, 1, 2, 3, 4).reshape([]int{1, 3, 4, 5}, []int{1, 12, 5}), shape: []int{1, 12, 5}},
		{shape: []int{1, 1, 5}, fill: noPlace},
	})
	// [N*4, 2*2, C]: windows of 2 x 2 on a grid of 4 x 4.
	windows := freshPlaces(4, 1, 2, 4, 4).reshape([]int{1, 4, 4, 3}, []int{1, 2, 2, 2, 2, 3}).transpose([]int{0, 1, 3, 2, 4, 5}).reshape([]int{1, 2, 2, 2, 2, 3}, []int{4, 4, 3})
	for _, c := range []struct {
		at    *places
		shape []int
		grid  Grid
		// place gives the row of tokens of a cell.
		place func(y, x int) int
	}{
		{tokens, []int{1, 15, 5}, Grid{2, 3, 4, 1}, func(y, x int) int { return 2 + 4*y + x }},
		{windows, []int{4, 4, 3}, Grid{0, 4, 4, 0}, func(y, x int) int { return (y/2*2+x/2)*4 + y%2*2 + x%2 }},
	} {
		f := newFold(c.at.whole(), c.shape)
		if f == nil || f.Grid != c.grid || f.kind() != "tokens" {
			t.Fatalf("fold %+v, want %+v", f, c.grid)
		}
		const samples = 2
		shape := append([]int{samples * c.shape[0]}, c.shape[1:]...)
		v := tensor.New(shape...)
		for i := range v.Data {
			v.Data[i] = float32(i + 1)
		}
		maps, err := f.Apply(v)
		if err != nil {
			t.Fatal(err)
		}
		features, size := c.shape[len(c.shape)-1], product(c.shape)
		at := 0
		for s := range samples {
			for k := range features {
				for y := range c.grid.Height {
					for x := range c.grid.Width {
						if want := float32(s*size + c.place(y, x)*features + k + 1); maps.Data[at] != want {
							t.Fatalf("sample %d, channel %d, cell %d %d is %g, want %g", s, k, y, x, maps.Data[at], want)
						}
						at++
					}
				}
			}
		}
		back, err := f.Unfold(maps, v)
		if err != nil || !slices.Equal(back.Data, v.Data) || !slices.Equal(back.Shape, v.Shape) {
			t.Errorf("the way back: %v", err)
		}
		if _, err := f.Apply(tensor.New(1, 2, 3)); err == nil {
			t.Error("a value of another shape is folded")
		}
	}
}

// A grid of which every other row and column is kept is a smaller one; cells
// in disorder, or some of them twice, are no layer to fold.
func TestCompact(t *testing.T) {
	p := freshPlaces(4, 2, 3, 4, 6).take(2, []int{0, 2}).take(3, []int{1, 3, 5}).compact()
	if p == nil || p.height != 2 || p.width != 3 || !slices.Equal(p.cell, []int32{0, 1, 2, 3, 4, 5}) {
		t.Errorf("places %+v", p)
	}
	ragged := &places{dims: []int{1, 3}, cell: []int32{0, 1, 2}, height: 2, width: 2}
	if ragged.compact() != nil {
		t.Error("three corners are no grid")
	}
	twice := &places{dims: []int{1, 5, 1}, cell: []int32{0, 1, 2, 3, 3}, height: 2, width: 2}
	if newFold(twice.whole(), []int{1, 5, 2}) != nil {
		t.Error("a cell that occurs twice is folded")
	}
	if freshPlaces(4, 2, 3, 1<<20, 1<<20) != nil {
		t.Error("a grid without bound is followed")
	}
}

// What is followed through a graph is bounded: values with cells of their own
// beyond the bound are left out, whatever the graph asks for.
func TestFollowingIsBounded(t *testing.T) {
	shape := []int{1, 1, 4096, 4096}
	m := &onnx.Model{Graph: &onnx.Graph{Init: map[string]*onnx.Tensor{}}}
	f := Facts{Shapes: map[string][]int{"x": shape}, Types: map[string]onnx.Type{}}
	at := "x"
	for i := range 12 {
		next := fmt.Sprint("x", i)
		m.Graph.Nodes = append(m.Graph.Nodes, &onnx.Node{Op: "Transpose", In: []string{at}, Out: []string{next}, Attrs: A{"perm": onnx.Ints(0, 1, 3, 2)}})
		f.Shapes[next] = shape
		at = next
	}
	followed := trace(&Prepared{Model: m, Facts: f, Input: "x"})
	if n := len(followed.trails); n > 2+maxFollowed/maxPlaces || followed.trails["x0"] == nil {
		t.Errorf("%d values of 64 MB are kept", n)
	}
}

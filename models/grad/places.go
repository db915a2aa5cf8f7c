package grad

import "slices"

// maxPlaces bounds the positions of one value that are followed: 4,096 x 4,096
// pixels. maxFollowed bounds those of all values that have cells of their own,
// 256 MB; what lies behind is not followed.
const (
	maxPlaces   = 1 << 24
	maxFollowed = 1 << 26
)

// places tells where the picture lies in a value: for each position along the
// value's axes the cell of a grid over the picture, row by row, or noPlace for
// a token that is none, or border for what a Pad added.
//
// Axes along which all positions share their cells (channels, heads) have
// length 1 in dims. The batch has one sample; windows of a sample that an
// exporter merged with the batch lie along axis 0.
type places struct {
	dims          []int
	cell          []int32
	height, width int
	// visible is one more than the positions that are places, once counted.
	visible int
	// order is 1 where the cells rise, -1 where they do not, once looked at.
	order int8
}

// Positions that are no cell of the grid.
const (
	// noPlace is a token beside the picture's: a class or register token.
	noPlace = -1
	// border was added to fill windows.
	border = -2
)

// freshPlaces is a grid that lies along two axes of a value, rows before
// columns.
func freshPlaces(rank, hAxis, wAxis, height, width int) *places {
	if height < 1 || width < 1 || height > maxPlaces/width {
		return nil
	}
	p := &places{dims: slices.Repeat([]int{1}, rank), cell: make([]int32, height*width), height: height, width: width}
	p.dims[hAxis], p.dims[wAxis] = height, width
	for i := range p.cell {
		p.cell[i] = int32(i)
	}
	return p
}

// strides are the row-major strides of dims, 0 along axes of length 1.
func strides(dims []int) []int {
	out := make([]int, len(dims))
	step := 1
	for i, d := range slices.Backward(dims) {
		if d > 1 {
			out[i] = step
		}
		step *= d
	}
	return out
}

// gather makes places of new dims; source tells, for each of them, the step
// through p's cells along it.
func (p *places) gather(dims, source []int) *places {
	out := &places{dims: slices.Clone(dims), cell: make([]int32, product(dims)), height: p.height, width: p.width}
	at := make([]int, len(dims))
	from := 0
	for i := range out.cell {
		out.cell[i] = p.cell[from]
		for a := len(dims) - 1; a >= 0; a-- {
			at[a]++
			from += source[a]
			if at[a] < dims[a] {
				break
			}
			from -= source[a] * dims[a]
			at[a] = 0
		}
	}
	return out
}

// transpose orders the axes anew: axis i of the result is axis perm[i].
func (p *places) transpose(perm []int) *places {
	steps := strides(p.dims)
	dims, source := make([]int, len(perm)), make([]int, len(perm))
	for i, a := range perm {
		dims[i], source[i] = p.dims[a], steps[a]
	}
	return p.gather(dims, source)
}

// take keeps positions along one axis; where all share their cells, nothing
// changes.
func (p *places) take(axis int, positions []int) *places {
	if len(positions) == 0 {
		return nil
	}
	if p.dims[axis] == 1 {
		return p
	}
	dims := slices.Clone(p.dims)
	dims[axis] = len(positions)
	out := &places{dims: dims, cell: make([]int32, 0, product(dims)), height: p.height, width: p.width}
	inner := product(p.dims[axis+1:])
	block := inner * p.dims[axis]
	for start := 0; start < len(p.cell); start += block {
		for _, i := range positions {
			if i < 0 || i >= p.dims[axis] {
				return nil
			}
			out.cell = append(out.cell, p.cell[start+i*inner:start+(i+1)*inner]...)
		}
	}
	return out.squash()
}

// squash shortens the axes along which nothing changes to length 1.
func (p *places) squash() *places {
	for a, d := range p.dims {
		inner := product(p.dims[a+1:])
		if d == 1 || !p.repeats(d, inner) {
			continue
		}
		next := &places{dims: slices.Clone(p.dims), height: p.height, width: p.width}
		next.dims[a] = 1
		for start := 0; start < len(p.cell); start += d * inner {
			next.cell = append(next.cell, p.cell[start:start+inner]...)
		}
		p = next
	}
	return p
}

// repeats says that all blocks of inner cells are equal within each d of them.
func (p *places) repeats(d, inner int) bool {
	for start := 0; start < len(p.cell); start += d * inner {
		first := p.cell[start : start+inner]
		for i := 1; i < d; i++ {
			if !slices.Equal(first, p.cell[start+i*inner:start+(i+1)*inner]) {
				return false
			}
		}
	}
	return true
}

// lift adds leading axes of length 1 up to a rank.
func (p *places) lift(rank int) *places {
	if len(p.dims) >= rank {
		return p
	}
	out := *p
	out.dims = append(slices.Repeat([]int{1}, rank-len(p.dims)), p.dims...)
	return &out
}

// fits says that the places are those of a value of the given shape.
func (p *places) fits(shape []int) bool {
	if len(p.dims) != len(shape) {
		return false
	}
	for i, d := range p.dims {
		if d != 1 && d != shape[i] {
			return false
		}
	}
	return true
}

// seen counts the positions that are places.
func (p *places) seen() int {
	if p.visible == 0 {
		p.visible = 1
		for _, c := range p.cell {
			if c >= 0 {
				p.visible++
			}
		}
	}
	return p.visible - 1
}

// inOrder says that the cells come row by row.
func (p *places) inOrder() bool {
	if p.order == 0 {
		p.order = -1
		if slices.IsSorted(p.cell) {
			p.order = 1
		}
	}
	return p.order > 0
}

// useful is nil for the places of a value in which all places have become one:
// the picture was pooled away. What holds no place at all (a class token)
// stays, as it is a token beside others.
func (p *places) useful() *places {
	if p == nil {
		return nil
	}
	first := int32(-1)
	for _, c := range p.cell {
		if c < 0 || c == first {
			continue
		}
		if first >= 0 {
			return p
		}
		first = c
	}
	if first >= 0 {
		return nil
	}
	return p
}

// compact numbers the cells anew by the rows and columns that occur: a grid of
// which every other cell was kept is a smaller grid. It is nil where the
// cells are no grid.
func (p *places) compact() *places {
	rows, columns := make([]int32, p.height), make([]int32, p.width)
	seen := make([]bool, p.height*p.width)
	count := 0
	for _, c := range p.cell {
		if c >= 0 && !seen[c] {
			seen[c] = true
			count++
			rows[int(c)/p.width], columns[int(c)%p.width] = 1, 1
		}
	}
	h, w := number(rows), number(columns)
	if count == 0 || count != h*w {
		return nil
	}
	if h == p.height && w == p.width {
		return p
	}
	out := &places{dims: p.dims, cell: make([]int32, len(p.cell)), height: h, width: w}
	for i, c := range p.cell {
		out.cell[i] = c
		if c >= 0 {
			out.cell[i] = rows[int(c)/p.width]*int32(w) + columns[int(c)%p.width]
		}
	}
	return out
}

// number replaces the ones of a list by 0, 1, 2 ... and counts them.
func number(used []int32) int {
	n := 0
	for i, u := range used {
		if u > 0 {
			used[i] = int32(n)
			n++
		}
	}
	return n
}

// same says that two places agree position by position.
func (p *places) same(q *places) bool {
	return p != nil && q != nil && p.height == q.height && p.width == q.width && slices.Equal(p.dims, q.dims) && slices.Equal(p.cell, q.cell)
}

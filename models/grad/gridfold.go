package grad

import (
	"fmt"
	"slices"

	"seewhy/models/tensor"
)

// Grid is where a layer's tokens lie: Height x Width places of the picture
// between Prefix and Suffix other tokens (class and register tokens).
type Grid struct{ Prefix, Height, Width, Suffix int }

// Fold arranges a layer's value as maps of a grid over the picture, and back.
type Fold struct {
	Grid Grid
	// shape is the value's for one sample, cells and features the offsets of
	// each place and of each feature in it.
	shape           []int
	cells, features []int
	// along has the length of the value's axes of places, 1 for the others.
	along []int
	// plain says that the value is [N, C, H, W] already.
	plain bool
}

// newFold needs every cell of the grid exactly once; nil where that is not so.
func newFold(p *places, shape []int) *Fold {
	if !p.fits(shape) {
		return nil
	}
	if p = p.compact(); p == nil || p.height < 2 || p.width < 2 {
		return nil
	}
	f := &Fold{shape: shape, cells: slices.Repeat([]int{-1}, p.height*p.width)}
	f.Grid.Height, f.Grid.Width = p.height, p.width
	steps := strides(shape)
	f.along = p.dims
	across := slices.Clone(shape)
	for a := range shape {
		if p.dims[a] > 1 {
			across[a] = 1
		}
	}
	f.features = offsets(across, steps)
	axes, found := 0, 0
	for i, at := range offsets(p.dims, steps) {
		c := p.cell[i]
		switch {
		case c == border:
		case c == noPlace && found == 0:
			f.Grid.Prefix++
		case c == noPlace:
			f.Grid.Suffix++
		case f.cells[c] >= 0:
			return nil
		default:
			f.cells[c] = at
			found++
		}
	}
	for _, d := range p.dims {
		if d > 1 {
			axes++
		}
	}
	if axes > 1 {
		f.Grid.Prefix, f.Grid.Suffix = 0, 0
	}
	f.plain = len(shape) == 4 && shape[0] == 1 && slices.IsSorted(f.cells) && slices.IsSorted(f.features) &&
		f.features[len(f.features)-1] == (len(f.features)-1)*len(f.cells) && len(f.cells)*len(f.features) == product(shape)
	return f
}

// offsets lists the positions of dims in row-major order by their offset.
func offsets(dims, steps []int) []int {
	out := []int{0}
	for a, d := range dims {
		if d == 1 {
			continue
		}
		next := make([]int, 0, len(out)*d)
		for _, at := range out {
			for i := range d {
				next = append(next, at+i*steps[a])
			}
		}
		out = next
	}
	return out
}

// Channels is the number of maps.
func (f *Fold) Channels() int { return len(f.features) }

// Plain says that the value is of the form [N, C, H, W] as it is.
func (f *Fold) Plain() bool { return f.plain }

// Apply turns a value with the batch first into maps [N, C, H, W]. Tokens that
// are no places are left out. A value that is of this shape already is handed
// back as it is.
func (f *Fold) Apply(t tensor.Tensor) (tensor.Tensor, error) {
	n, err := f.samples(t)
	if err != nil {
		return t, err
	}
	if f.plain {
		return t, nil
	}
	out := tensor.New(n, len(f.features), f.Grid.Height, f.Grid.Width)
	size, at := product(f.shape), 0
	for s := range n {
		sample := t.Data[s*size : (s+1)*size]
		for _, feature := range f.features {
			for _, cell := range f.cells {
				out.Data[at] = sample[feature+cell]
				at++
			}
		}
	}
	return out, nil
}

// Unfold is the way back: maps [N, C, H, W] in the shape of the value, with
// what is no place taken from like, a value of as many samples or of one.
func (f *Fold) Unfold(maps, like tensor.Tensor) (tensor.Tensor, error) {
	n, err := f.samples(like)
	if err != nil {
		return like, err
	}
	want := []int{maps.Shape[0], len(f.features), f.Grid.Height, f.Grid.Width}
	if !slices.Equal(maps.Shape, want) || n != 1 && n != maps.Shape[0] {
		return like, fmt.Errorf("maps of shape %v for a layer of %v, with the other tokens of %d samples", maps.Shape, want, n)
	}
	size, at := product(f.shape), 0
	out := tensor.New(append([]int{maps.Shape[0] * f.shape[0]}, f.shape[1:]...)...)
	for s := range maps.Shape[0] {
		sample := out.Data[s*size : (s+1)*size]
		copy(sample, like.Data[min(s, n-1)*size:])
		for _, feature := range f.features {
			for _, cell := range f.cells {
				sample[feature+cell] = maps.Data[at]
				at++
			}
		}
	}
	return out, nil
}

// samples checks that t is the layer's value and counts its samples.
func (f *Fold) samples(t tensor.Tensor) (int, error) {
	if len(t.Shape) != len(f.shape) || t.Shape[0]%f.shape[0] != 0 || !slices.Equal(t.Shape[1:], f.shape[1:]) || t.Len() != len(t.Data) {
		return 0, fmt.Errorf("a value of shape %v where a layer of %v for each sample was expected", t.Shape, f.shape)
	}
	return t.Shape[0] / f.shape[0], nil
}

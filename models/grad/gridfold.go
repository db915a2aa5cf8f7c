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
	// shape is the value's for one sample, at where its places lie.
	shape []int
	at    *places
	// plain says that the value is [N, C, H, W] already.
	plain bool
}

// whole is the grid of places in which every cell occurs exactly once; nil
// where that is not so.
func (p *places) whole() *places {
	if p = p.compact(); p == nil || p.height < 2 || p.width < 2 || p.seen() != p.height*p.width {
		return nil
	}
	// As many as there are cells, and by compact none is missing.
	return p
}

// newFold folds a value whose places are whole.
func newFold(p *places, shape []int) *Fold {
	if p == nil || !p.fits(shape) {
		return nil
	}
	f := &Fold{shape: shape, at: p, Grid: Grid{Height: p.height, Width: p.width}}
	if axes := p.axes(); len(axes) == 1 {
		found := false
		for _, c := range p.cell {
			switch {
			case c >= 0:
				found = true
			case c == noPlace && !found:
				f.Grid.Prefix++
			case c == noPlace:
				f.Grid.Suffix++
			}
		}
	}
	f.plain = len(shape) == 4 && shape[0] == 1 && slices.Equal(p.dims, []int{1, 1, p.height, p.width}) && p.inOrder()
	return f
}

// axes are those along which the cells change.
func (p *places) axes() (list []int) {
	for a, d := range p.dims {
		if d > 1 {
			list = append(list, a)
		}
	}
	return list
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

// across has the length of the axes of features, 1 for those of places.
func (f *Fold) across() []int {
	out := slices.Clone(f.shape)
	for _, a := range f.at.axes() {
		out[a] = 1
	}
	return out
}

// positions are the offsets, in one sample, of each cell and of each feature.
func (f *Fold) positions() (cells, features []int) {
	steps := strides(f.shape)
	cells = make([]int, f.Grid.Height*f.Grid.Width)
	for i, at := range offsets(f.at.dims, steps) {
		if c := f.at.cell[i]; c >= 0 {
			cells[c] = at
		}
	}
	return cells, offsets(f.across(), steps)
}

// Channels is the number of maps.
func (f *Fold) Channels() int { return product(f.across()) }

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
	cells, features := f.positions()
	out := tensor.New(n, len(features), f.Grid.Height, f.Grid.Width)
	size, at := product(f.shape), 0
	for s := range n {
		sample := t.Data[s*size : (s+1)*size]
		for _, feature := range features {
			for _, cell := range cells {
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
	cells, features := f.positions()
	want := []int{maps.Shape[0], len(features), f.Grid.Height, f.Grid.Width}
	if !slices.Equal(maps.Shape, want) || n != 1 && n != maps.Shape[0] {
		return like, fmt.Errorf("maps of shape %v for a layer of %v, with the other tokens of %d samples", maps.Shape, want, n)
	}
	size, at := product(f.shape), 0
	out := tensor.New(append([]int{maps.Shape[0] * f.shape[0]}, f.shape[1:]...)...)
	for s := range maps.Shape[0] {
		sample := out.Data[s*size : (s+1)*size]
		copy(sample, like.Data[min(s, n-1)*size:])
		for _, feature := range features {
			for _, cell := range cells {
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

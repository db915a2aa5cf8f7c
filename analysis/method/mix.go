package method

import (
	"context"
	"errors"
	"slices"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// Mix tells a session how samples can come about inside the model's graph, so
// that only a few numbers of each are made and fed: sample i is
//
//	mask_i x + (1 - mask_i) off
//
// with a mask of the picture's places that covers all channels alike. Methods
// offer it beside a fill that makes the same samples one by one, to 1e-5 of the
// largest value; a session that cannot use it takes that.
type Mix struct {
	X tensor.Tensor
	// Off is what a mask of 0 leaves; without data it is zero.
	Off    tensor.Tensor
	Layout string
	Masks  MaskKind
	// CellRows and CellColumns are the grid's; 0 for other kinds of masks.
	CellRows, CellColumns int
	// Labels has, for LookupMask, each pixel's label, 0..Values-1.
	Labels []int32
	Values int
	// Describe writes sample i: the grid's cells and, for each row and column of
	// pixels, its position among them; else the labels' values, or the one
	// share, into cells alone. It is called from several goroutines at once.
	Describe func(i int, cells, rows, columns []float32)
}

// MaskKind is how masks come from a few numbers.
type MaskKind int

const (
	// GridMask is bilinear between the cells of a grid. A row of pixels at
	// position 1.25 takes three quarters of the second row of cells and a quarter
	// of the third. Positions are within the grid.
	GridMask MaskKind = iota
	// ScaledGridMask is that, minus its least value, over its range plus 1e-8.
	ScaledGridMask
	// LookupMask has a value for each label.
	LookupMask
	// ShareMask is one number for the whole picture.
	ShareMask
)

// Mixer is a Session that can use a Mix.
type Mixer interface {
	// Mixed is Stream for the samples of mix; fill makes the same.
	Mixed(ctx context.Context, n int, mix Mix, fill func(i int, dst []float32) error, score Score, each func(i int, value float64)) error
	// MixedGradient is Gradient at n samples of mix, from one on. ErrNoMix says
	// that they must be made outside the model.
	MixedGradient(ctx context.Context, from, n int, mix Mix, score Score, q GradientQuery) (Gradients, error)
}

// ErrNoMix says that a session cannot make samples inside a model's graph.
var ErrNoMix = errors.New("the samples cannot be made inside the model's graph")

// Sizes are how many numbers Describe writes.
func (m Mix) Sizes() (cells, rows, columns int) {
	switch m.Masks {
	case LookupMask:
		return m.Values, 0, 0
	case ShareMask:
		return 1, 0, 0
	}
	g := gridOf(m.X, m.Layout)
	return m.CellRows * m.CellColumns, g.h, g.w
}

// Fill makes sample i as the graph does: slowly, for tests and as the
// definition.
func (m Mix) Fill(i int, dst []float32) {
	g := gridOf(m.X, m.Layout)
	a, b, c := m.Sizes()
	cells, rows, columns := make([]float32, a), make([]float32, b), make([]float32, c)
	m.Describe(i, cells, rows, columns)
	mask := make([]float32, g.w*g.h)
	for at := range mask {
		switch m.Masks {
		case LookupMask:
			mask[at] = cells[m.Labels[at]]
		case ShareMask:
			mask[at] = cells[0]
		default:
			for r := range m.CellRows {
				for k := range m.CellColumns {
					mask[at] += nearness(rows[at/g.w], r) * nearness(columns[at%g.w], k) * cells[r*m.CellColumns+k]
				}
			}
		}
	}
	if m.Masks == ScaledGridMask {
		low, high := slices.Min(mask), slices.Max(mask)
		for at := range mask {
			mask[at] = (mask[at] - low) / (high - low + 1e-8)
		}
	}
	for k := range g.channels {
		for p, share := range mask {
			at := g.at(k, p)
			dst[at] = share * m.X.Data[at]
			if m.Off.Data != nil {
				dst[at] += (1 - share) * m.Off.Data[at]
			}
		}
	}
}

// nearness is the share of cell k at a position.
func nearness(position float32, k int) float32 {
	away := position - float32(k)
	return max(0, 1-max(away, -away))
}

// unless is off, or nothing where the baseline is zero.
func unless(r Request, off tensor.Tensor) tensor.Tensor {
	if int(r.Params[baselineParam.ID]) == baselineZero {
		return tensor.Tensor{}
	}
	return off
}

// nearest writes the positions of n pixels that each take the value of one of
// so many cells.
func nearest(positions []float32, cells int) {
	for i := range positions {
		positions[i] = float32(i * cells / len(positions))
	}
}

// segmentMix shows the segments that are on in each sample, and dark elsewhere.
func segmentMix(r Request, dark tensor.Tensor, s task.Segments, on func(i int) []bool) *Mix {
	return &Mix{X: r.Input, Off: dark, Layout: r.Layout, Masks: LookupMask, Labels: s.Of, Values: s.Count, Describe: func(i int, values, _, _ []float32) {
		for k, v := range on(i) {
			values[k] = 0
			if v {
				values[k] = 1
			}
		}
	}}
}

// wayMix is the straight way from b to the picture, point i at share t of it.
func wayMix(r Request, b tensor.Tensor, t func(i int) float64) *Mix {
	return &Mix{X: r.Input, Off: unless(r, b), Layout: r.Layout, Masks: ShareMask, Describe: func(i int, share, _, _ []float32) {
		share[0] = float32(t(i))
	}}
}

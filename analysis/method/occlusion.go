package method

import (
	"context"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "occlusion", Title: "Occlusion", Family: FamilyPerturbation,
			Summary: "Covers one window after another and shows by how much the score falls.",
			Paper:   "Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014, section 4.1",
			Params: []Param{
				{ID: "window", Title: "Window", Help: "The side of the window; 0 is a seventh of the picture's shorter side.", Max: 1024, Step: 1, Unit: "px"},
				{ID: "stride", Title: "Stride", Help: "The step from window to window, one window at most; 0 is half a window. Where windows overlap, their falls are averaged.", Max: 1024, Step: 1, Unit: "px"},
				baselineParam,
			},
			Presets: presets(map[string]float64{"stride": 1024}),
		},
		Explain: occlusion,
	})
}

// windows are the places of a square window on a picture.
type windows struct {
	w, h, side, stride, columns, rows int
}

func newWindows(r Request, g grid) windows {
	o := windows{w: g.w, h: g.h, side: int(r.Params["window"]), stride: int(r.Params["stride"])}
	short := min(g.w, g.h)
	if o.side == 0 {
		o.side = max((short+3)/7, 1)
	}
	o.side = min(o.side, short)
	if o.stride == 0 {
		o.stride = max(o.side/2, 1)
	}
	// A longer step would leave gaps.
	o.stride = min(o.stride, o.side)
	// As Captum counts them: the last one may reach beyond the edge, and is clipped.
	o.columns, o.rows = 1+(g.w-o.side+o.stride-1)/o.stride, 1+(g.h-o.side+o.stride-1)/o.stride
	return o
}

// at is the i-th window, clipped. Successive ones lie far apart, so that a
// first impression covers the whole picture.
func (o windows) at(i int) (left, top, right, bottom int) {
	n := o.columns * o.rows
	k := i * spread(n) % n
	left, top = k%o.columns*o.stride, k/o.columns*o.stride
	return left, top, min(left+o.side, o.w), min(top+o.side, o.h)
}

// describe is the i-th window as a Mix wants it: of four cells the last is
// covered, and the rows and columns of the window lie in that.
func (o windows) describe(i int, cells, rows, columns []float32) {
	left, top, right, bottom := o.at(i)
	copy(cells, []float32{1, 1, 1, 0})
	within(rows, top, bottom)
	within(columns, left, right)
}

// within is 1 from one place up to another, and else 0.
func within(positions []float32, from, to int) {
	for i := range positions {
		positions[i] = 0
		if i >= from && i < to {
			positions[i] = 1
		}
	}
}

// spread is a step near the golden section of n that visits all of 0..n-1.
func spread(n int) int {
	step := max(int(0.6180339887*float64(n)), 1)
	for a, b := step, n; ; step++ {
		for a, b = step, n; b > 0; a, b = b, a%b {
		}
		if a == 1 {
			return step
		}
	}
}

// occlusion: M_ij = mean over the windows that cover ij of F(x) - F(x under it).
func occlusion(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	bare, err := baseline(r)
	if err != nil {
		return Attribution{}, err
	}
	full, err := s.Run(ctx, r.Input, r.Score)
	if err != nil {
		return Attribution{}, err
	}
	g := gridOf(r.Input, r.Layout)
	o := newWindows(r, g)
	sums, covers := make([]float64, g.w*g.h), make([]float64, g.w*g.h)
	draw := sampling{
		n: o.columns * o.rows, least: 1,
		fill: func(i int, dst []float32) error {
			copy(dst, r.Input.Data)
			left, top, right, bottom := o.at(i)
			for c := range g.channels {
				for y := top; y < bottom; y++ {
					for x := left; x < right; x++ {
						at := g.at(c, y*g.w+x)
						dst[at] = bare.Data[at]
					}
				}
			}
			return nil
		},
		mix: &Mix{X: r.Input, Off: unless(r, bare), Layout: r.Layout, CellRows: 2, CellColumns: 2, Describe: o.describe},
		take: func(i int, v float64) {
			left, top, right, bottom := o.at(i)
			for y := top; y < bottom; y++ {
				for x := left; x < right; x++ {
					sums[y*g.w+x] += full[0] - v
					covers[y*g.w+x]++
				}
			}
		},
		estimate: func(int) (Attribution, error) {
			m := task.Map{Width: g.w, Height: g.h, Values: make([]float32, len(sums)), Signed: true}
			for i, v := range sums {
				if covers[i] > 0 {
					m.Values[i] = float32(v / covers[i])
				}
			}
			return Attribution{Map: m}, nil
		},
	}
	a, _, err := draw.run(ctx, s, r, p)
	return a, err
}

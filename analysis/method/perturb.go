package method

import (
	"fmt"

	"seewhy/analysis/segment"
	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// fade writes off + mask (x - off) into dst: mask has a share of x for each
// pixel, row by row. All are of the layout of g; an off of nil is zero.
func (g grid) fade(dst, x, off, mask []float32) {
	if off == nil {
		g.cover(dst, x, mask)
		return
	}
	if g.column == 1 {
		for c := range g.channels {
			at := c * g.channel
			d, a, b := dst[at:at+len(mask)], x[at:at+len(mask)], off[at:at+len(mask)]
			for i, m := range mask {
				d[i] = b[i] + m*(a[i]-b[i])
			}
		}
		return
	}
	for i, m := range mask {
		for c := range g.channels {
			at := i*g.channels + c
			dst[at] = off[at] + m*(x[at]-off[at])
		}
	}
}

// cover writes mask x into dst.
func (g grid) cover(dst, x, mask []float32) {
	if g.column == 1 {
		for c := range g.channels {
			at := c * g.channel
			d, a := dst[at:at+len(mask)], x[at:at+len(mask)]
			for i, m := range mask {
				d[i] = m * a[i]
			}
		}
		return
	}
	for i, m := range mask {
		for at := i * g.channels; at < (i+1)*g.channels; at++ {
			dst[at] = m * x[at]
		}
	}
}

// run is a stretch of pixels, counted along the rows, of one segment.
type run struct {
	from, to int
	of       int32
}

// runsOf are the stretches of a picture's segments.
func runsOf(of []int32) []run {
	var runs []run
	for i, s := range of {
		if i > 0 && of[i-1] == s {
			runs[len(runs)-1].to++
			continue
		}
		runs = append(runs, run{i, i + 1, s})
	}
	return runs
}

// choose writes x where the pixel's segment is on, and off elsewhere.
func (g grid) choose(dst, x, off []float32, runs []run, on []bool) {
	copy(dst, off)
	if g.column == 1 {
		for c := range g.channels {
			at := c * g.channel
			d, a := dst[at:at+g.channel], x[at:at+g.channel]
			for _, r := range runs {
				if on[r.of] {
					copy(d[r.from:r.to], a[r.from:r.to])
				}
			}
		}
		return
	}
	for _, r := range runs {
		if on[r.of] {
			from, to := r.from*g.channels, r.to*g.channels
			copy(dst[from:to], x[from:to])
		}
	}
}

// segmentMeans is x with each segment in its mean colour.
func (g grid) segmentMeans(x tensor.Tensor, of []int32, count int) tensor.Tensor {
	out := tensor.New(x.Shape...)
	sums, pixels := make([]float64, count), make([]float64, count)
	for _, s := range of {
		pixels[s]++
	}
	for c := range g.channels {
		clear(sums)
		for i, s := range of {
			sums[s] += float64(x.Data[g.at(c, i)])
		}
		for i, s := range of {
			out.Data[g.at(c, i)] = float32(sums[s] / pixels[s])
		}
	}
	return out
}

// offParam chooses what a segment that is off shows; 0 is LIME's.
var offParam = Param{
	ID: "off", Title: "Off", Help: "What a segment that is switched off shows.",
	Max: 6, Step: 1, Choices: append([]string{"The segment's mean colour"}, baselineParam.Choices...),
}

// off is the picture with every segment off.
func off(r Request, s task.Segments) (tensor.Tensor, error) {
	choice := r.Params[offParam.ID]
	if choice == 0 {
		return gridOf(r.Input, r.Layout).segmentMeans(r.Input, s.Of, s.Count), nil
	}
	r.Params = Params{baselineParam.ID: choice - 1}
	return baseline(r)
}

// SwitchedOff is the request's input with some segments off, as its parameter
// "off" says; it is of the segments' size.
func SwitchedOff(r Request, s task.Segments, segments []int) (tensor.Tensor, error) {
	g := gridOf(r.Input, r.Layout)
	if s.Width != g.w || s.Height != g.h {
		return tensor.Tensor{}, fmt.Errorf("segments of %d x %d pixels do not fit an input of %d x %d", s.Width, s.Height, g.w, g.h)
	}
	dark, err := off(r, s)
	if err != nil {
		return tensor.Tensor{}, err
	}
	on := make([]bool, s.Count)
	for i := range on {
		on[i] = true
	}
	for _, k := range segments {
		if k < 0 || k >= s.Count {
			return tensor.Tensor{}, fmt.Errorf("there is no segment %d; there are %d", k, s.Count)
		}
		on[k] = false
	}
	out := tensor.New(r.Input.Shape...)
	g.choose(out.Data, r.Input.Data, dark.Data, runsOf(s.Of), on)
	return out, nil
}

// The segmentations, in the order of the parameter's choices.
const (
	byQuickshift = iota
	bySLIC
	byFelzenszwalb
	byGrid
)

// segmentation are the parameters that divide a picture.
func segmentation(kind int) []Param {
	return []Param{
		{ID: "segmentation", Title: "Segmentation", Help: "How the picture is divided into parts that are switched on and off.", Default: float64(kind), Max: 3, Step: 1, Choices: []string{"Quickshift", "SLIC", "Felzenszwalb", "Grid"}},
		{ID: "segments", Title: "Segments", Help: "About how many parts SLIC and the grid make; the others find their own number.", Default: 50, Min: 2, Max: 400, Step: 1},
		{ID: "kernel", Title: "Kernel", Help: "Quickshift: the width that densities are measured with; larger makes fewer parts.", Default: 4, Min: 1, Max: 20, Step: 0.5, Unit: "px"},
		{ID: "distance", Title: "Distance", Help: "Quickshift: the longest step between pixels of a part, in place and colour; larger makes fewer parts.", Default: 200, Min: 1, Max: 1000, Step: 1},
		{ID: "ratio", Title: "Colour", Help: "Quickshift: the weight of colour against place.", Default: 0.2, Max: 1, Step: 0.05},
		{ID: "compactness", Title: "Compactness", Help: "SLIC: the weight of place against colour; larger makes squarer parts.", Default: 10, Min: 0.1, Max: 100, Step: 0.1},
		{ID: "scale", Title: "Scale", Help: "Felzenszwalb: larger makes larger parts.", Default: 100, Min: 1, Max: 2000, Step: 1},
	}
}

// maxSegments bounds the parts of one picture: a surrogate's matrix has its square.
const maxSegments = 800

// segmentsOf divides the picture of a request as its parameters say. Where
// that finds one part only (a plain or a tiny picture), a grid takes its place,
// and a note says so.
func segmentsOf(r Request) (task.Segments, []task.Note, error) {
	g := gridOf(r.Input, r.Layout)
	p := r.Params
	var l segment.Labels
	switch int(p["segmentation"]) {
	case byQuickshift:
		l = segment.Quickshift(picture(r), segment.QuickshiftOptions{Kernel: p["kernel"], MaxDistance: p["distance"], Ratio: p["ratio"], Seed: r.Seed})
	case bySLIC:
		l = segment.SLIC(picture(r), int(p["segments"]), p["compactness"])
	case byFelzenszwalb:
		l = segment.Felzenszwalb(picture(r), p["scale"], 0.8, 20)
	case byGrid:
		columns, rows := cells(int(p["segments"]), g.w, g.h)
		l = segment.Grid(g.w, g.h, columns, rows)
	}
	var notes []task.Note
	if l.Count < 2 {
		columns, rows := cells(16, g.w, g.h)
		l = segment.Grid(g.w, g.h, columns, rows)
		notes = append(notes, task.Note{Warning: true, Key: "The segmentation found a single part; a grid of %d takes its place.", Args: []any{l.Count}})
	}
	s := task.Segments{Width: l.Width, Height: l.Height, Of: l.Of, Count: l.Count}
	if s.Count < 2 || s.Count > maxSegments {
		return s, nil, fmt.Errorf("the picture falls into %d segments; 2 to %d can be asked about: change the segmentation", s.Count, maxSegments)
	}
	return s, notes, nil
}

// cells divides a picture into about n cells, as square as may be.
func cells(n, w, h int) (columns, rows int) {
	best := -1.0
	for r := 1; r <= min(n, h); r++ {
		c := min(n/r, w)
		width, height := float64(w)/float64(c), float64(h)/float64(r)
		// The share of n that is reached, times how square the cells are.
		if got := float64(c*r) / float64(n) * min(width/height, height/width); got > best {
			best, columns, rows = got, c, r
		}
	}
	return columns, rows
}

// picture is what the model saw, for segmentations.
func picture(r Request) segment.Image {
	g := gridOf(r.Input, r.Layout)
	if r.Seen != nil && r.Seen.Bounds().Dx() == g.w && r.Seen.Bounds().Dy() == g.h {
		return segment.Of(r.Seen)
	}
	img := segment.Image{Width: g.w, Height: g.h}
	for c := range img.Planes {
		img.Planes[c] = make([]float64, g.w*g.h)
		from := min(c, g.channels-1)
		black, white := 0.0, 1.0
		if len(r.Black) == g.channels && len(r.White) == g.channels {
			black, white = r.Black[from], r.White[from]
		}
		for i := range img.Planes[c] {
			img.Planes[c][i] = min(max((float64(r.Input.Data[g.at(from, i)])-black)/(white-black), 0), 1)
		}
	}
	return img
}

// paint is the map that gives each pixel its segment's value.
func paint(s task.Segments, values []float64) task.Map {
	m := task.Map{Width: s.Width, Height: s.Height, Values: make([]float32, len(s.Of)), Signed: true}
	for i, k := range s.Of {
		m.Values[i] = float32(values[k])
	}
	return m
}

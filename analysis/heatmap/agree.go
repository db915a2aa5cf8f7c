package heatmap

import (
	"fmt"
	"math"
	"slices"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// Placed is a map and where in its picture it lies; a zero Region means all.
type Placed struct {
	Map    task.Map
	Region prep.Region
}

// Common is several maps read at the same points of a picture, so that they
// can be compared point by point.
type Common struct {
	Width, Height int
	// Region is the part of the picture that all maps cover.
	Region prep.Region
	// Values holds one list a map, each on its own full scale: 0..1, or -1..1
	// where Signed.
	Values [][]float32
	// Signed says that all maps are; else magnitudes are compared.
	Signed bool
}

// commonSide is the number of points along the longer side of what maps are
// compared on: finer than layers' grids, and quick to rank.
const commonSide = 128

// Together reads maps of one picture at the same points, bilinearly. It fails
// where a map cannot be drawn, has no structure, or where the maps have no
// place in common.
func Together(maps []Placed, picture prep.Size) (Common, error) {
	if len(maps) < 2 {
		return Common{}, fmt.Errorf("heatmap: comparing needs two maps, there are %d", len(maps))
	}
	out := Common{Signed: true, Region: prep.Region{X1: float64(picture.Width), Y1: float64(picture.Height)}}
	fields := make([]Field, len(maps))
	for i, m := range maps {
		f, err := Normalise(m.Map, ClipFor(m.Map))
		if err != nil {
			return Common{}, err
		}
		if f.Flat {
			return Common{}, fmt.Errorf("heatmap: map %d is flat: there is nothing to compare", i+1)
		}
		fields[i] = f
		out.Signed = out.Signed && f.Signed
		r := whole(m.Region, picture)
		out.Region.X0, out.Region.Y0 = max(out.Region.X0, r.X0), max(out.Region.Y0, r.Y0)
		out.Region.X1, out.Region.Y1 = min(out.Region.X1, r.X1), min(out.Region.Y1, r.Y1)
	}
	w, h := out.Region.X1-out.Region.X0, out.Region.Y1-out.Region.Y0
	if !(w > 0 && h > 0) {
		return Common{}, fmt.Errorf("heatmap: the maps have no part of the picture in common")
	}
	scale := commonSide / max(w, h)
	out.Width, out.Height = max(1, int(math.Round(w*scale))), max(1, int(math.Round(h*scale)))
	for i, f := range fields {
		if !out.Signed && f.Signed {
			f.Values = slices.Clone(f.Values)
			for j, v := range f.Values {
				f.Values[j] = float32(math.Abs(float64(v)))
			}
		}
		r := whole(maps[i].Region, picture)
		values := f.Values
		fw, fh := f.Width, f.Height
		// Fine maps are averaged first, else most of their cells would not count.
		values, fw, fh = shrink(values, fw, fh, max(1, int(float64(fw)*w/(r.X1-r.X0))/out.Width), max(1, int(float64(fh)*h/(r.Y1-r.Y0))/out.Height))
		at := func(v, origin, extent float64, n int) float64 { return (v - origin) / extent * float64(n) }
		columns := taps(fw, out.Width, at(r.X0, out.Region.X0, w, out.Width), at(r.X1, out.Region.X0, w, out.Width), true)
		lines := taps(fh, out.Height, at(r.Y0, out.Region.Y0, h, out.Height), at(r.Y1, out.Region.Y0, h, out.Height), true)
		read := make([]float32, 0, out.Width*out.Height)
		mixed := make([]float32, fw)
		for _, line := range lines {
			mix(mixed, values, fw, line)
			for _, t := range columns {
				a := mixed[t.a]
				read = append(read, a+t.f*(mixed[t.b]-a))
			}
		}
		out.Values = append(out.Values, read)
	}
	return out, nil
}

// Difference is map a less map b, each on its own full scale, as a signed map
// over the Region of c.
func (c Common) Difference(a, b int) task.Map {
	m := task.Map{Width: c.Width, Height: c.Height, Values: make([]float32, c.Width*c.Height), Signed: true}
	for i := range m.Values {
		m.Values[i] = c.Values[a][i] - c.Values[b][i]
	}
	return m
}

// RankVariance is, at each point, the variance of the point's rank over the
// maps, ranks counted 0..1 from weakest to strongest. Zero means that all maps
// put the point at the same place in their order; 1/4 is the most there can be.
func (c Common) RankVariance() task.Map {
	m := task.Map{Width: c.Width, Height: c.Height, Values: make([]float32, c.Width*c.Height)}
	n := float64(len(c.Values))
	sum, squares := make([]float64, len(m.Values)), make([]float64, len(m.Values))
	for _, v := range c.Values {
		for i, r := range ranks(v) {
			r /= float64(max(len(v)-1, 1))
			sum[i] += r
			squares[i] += r * r
		}
	}
	for i := range m.Values {
		mean := sum[i] / n
		m.Values[i] = float32(max(0, squares[i]/n-mean*mean))
	}
	return m
}

// ranks gives each value its place in ascending order from 0; equal values
// share the mean of their places.
func ranks(values []float32) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case values[a] < values[b]:
			return -1
		case values[a] > values[b]:
			return 1
		}
		return 0
	})
	out := make([]float64, len(values))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && values[order[j]] == values[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			out[k] = float64(i+j-1) / 2
		}
		i = j
	}
	return out
}

// correlation is Spearman's of two lists of equal length, -1..1: the Pearson
// correlation of their ranks, which it is given. It is 0 where a list has one
// value only.
func correlation(ra, rb []float64) float64 {
	mean := float64(len(ra)-1) / 2
	var ab, aa, bb float64
	for i := range ra {
		x, y := ra[i]-mean, rb[i]-mean
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

// Correlations is Spearman's rank correlation of every pair of maps, -1..1, 0
// where a map has one value only: a symmetric matrix with ones on its diagonal.
func (c Common) Correlations() [][]float64 {
	ranked, out := make([][]float64, len(c.Values)), make([][]float64, len(c.Values))
	for i, v := range c.Values {
		ranked[i], out[i] = ranks(v), make([]float64, len(c.Values))
		out[i][i] = 1
		for j := range i {
			out[i][j] = correlation(ranked[i], ranked[j])
			out[j][i] = out[i][j]
		}
	}
	return out
}

// Overlap is the share of the strongest points (that share of all, at least
// one) that all maps have in common: 1 where they are the same points. Among
// equal values the earlier point counts as the stronger.
func (c Common) Overlap(share float64) float64 {
	n := c.Width * c.Height
	k := min(max(1, int(math.Round(share*float64(n)))), n)
	votes := make([]int, n)
	for _, values := range c.Values {
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int {
			switch {
			case values[a] > values[b]:
				return -1
			case values[a] < values[b]:
				return 1
			}
			return 0
		})
		for _, i := range order[:k] {
			votes[i]++
		}
	}
	all := 0
	for _, v := range votes {
		if v == len(c.Values) {
			all++
		}
	}
	return float64(all) / float64(k)
}

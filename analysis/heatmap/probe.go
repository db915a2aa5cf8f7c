package heatmap

import "seewhy/analysis/task"

// CellAt finds the cell of a map under the point x, y of the picture, given
// as fractions 0..1 of it; false where the map does not reach.
func CellAt(m task.Map, p Place, x, y float64) (column, row int, ok bool) {
	r := whole(p.Region, p.Picture)
	fx := (x*float64(p.Picture.Width) - r.X0) / (r.X1 - r.X0)
	fy := (y*float64(p.Picture.Height) - r.Y0) / (r.Y1 - r.Y0)
	if !(fx >= 0 && fx < 1 && fy >= 0 && fy < 1) || len(m.Values) != m.Width*m.Height || len(m.Values) == 0 {
		return 0, 0, false
	}
	return min(int(fx*float64(m.Width)), m.Width-1), min(int(fy*float64(m.Height)), m.Height-1), true
}

// Scaled is where a raw value stands on the colour scale: 0..1, or -1..1
// around zero where signed, as Normalise puts it.
func (r Range) Scaled(v float64, signed bool) float64 {
	if signed {
		if !(r.Max > 0) {
			return 0
		}
		return min(max(v/r.Max, -1), 1)
	}
	if !(r.Max > r.Min) {
		return 0
	}
	return min(max((v-r.Min)/(r.Max-r.Min), 0), 1)
}

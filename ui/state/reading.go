package state

import (
	"image/color"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// Reading is what a pane's map says under the pointer.
type Reading struct {
	// Raw is in the map's own units, Scaled on its colour scale: 0..1, or
	// -1..1 of a signed map.
	Raw, Scaled float64
	// Error is the standard error of Raw, 0 where it is not known.
	Error float64
}

// Reading reads a pane's map under the pointer; false where there is none.
func (s State) Reading(pane int) (Reading, bool) {
	p := s.Panes[pane]
	m, ok := p.placed()
	if !ok || !s.Pointer.On || p.Overlay == nil || p.Overlay.Mixed || s.Photo.Info == nil {
		return Reading{}, false
	}
	column, row, ok := heatmap.CellAt(m.Map, s.place(m.Region), s.Pointer.X, s.Pointer.Y)
	if !ok {
		return Reading{}, false
	}
	at := row*m.Map.Width + column
	raw := float64(m.Map.Values[at])
	out := Reading{Raw: raw, Scaled: p.Overlay.Range.Scaled(raw, p.Overlay.Signed)}
	if p.Show == ShowMap && p.Result.Error != nil && len(p.Result.Error.Values) == len(m.Map.Values) {
		out.Error = float64(p.Result.Error.Values[at])
	}
	return out, true
}

// place is where a map of a region of the photo, which is open, lies.
func (s State) place(region prep.Region) heatmap.Place {
	return heatmap.Place{Region: region, Picture: prep.Size{Width: s.Photo.Info.Ref.Width, Height: s.Photo.Info.Ref.Height}}
}

// Pixel is the photo's pixel under the pointer and its colour.
func (s State) Pixel() (x, y int, c color.NRGBA, ok bool) {
	levels := s.LevelsOf(s.Pointer.Pane)
	if !s.Pointer.On || s.Photo.Info == nil || len(levels) == 0 {
		return 0, 0, c, false
	}
	// Large pictures are shown smaller than they are; the pixel is the file's.
	x, y = int(s.Pointer.X*float64(s.Photo.Info.Ref.Width)), int(s.Pointer.Y*float64(s.Photo.Info.Ref.Height))
	b := levels[0].Bounds()
	at := levels[0].At(b.Min.X+int(s.Pointer.X*float64(b.Dx())), b.Min.Y+int(s.Pointer.Y*float64(b.Dy())))
	return x, y, color.NRGBAModel.Convert(at).(color.NRGBA), true
}

// Spread is the mean standard error of a pane's map, and that as a share of its
// scale; false where the method tells none.
func (s State) Spread(pane int) (mean, share float64, ok bool) {
	p := s.Panes[pane]
	if p.Show != ShowMap || p.Result == nil || p.Result.Error == nil || p.Overlay == nil || len(p.Result.Error.Values) == 0 {
		return 0, 0, false
	}
	span := p.Overlay.Range.Max - p.Overlay.Range.Min
	if p.Overlay.Signed {
		span = p.Overlay.Range.Max
	}
	if !(span > 0) {
		return 0, 0, false
	}
	return p.meanError, p.meanError / span, true
}

// meanError is the mean standard error of a result's map, 0 where it is not known.
func meanError(r *task.Result) float64 {
	if r.Error == nil || len(r.Error.Values) == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range r.Error.Values {
		sum += float64(v)
	}
	return sum / float64(len(r.Error.Values))
}

package state

import (
	"math"

	"seewhy/analysis/heatmap"
)

// style handles how maps are shown. Only AlphaSet and AlphaStepped leave the
// painted overlays as they are.
func (u *update) style(m Msg) {
	switch m := m.(type) {
	case AlphaSet:
		u.alpha(m.Alpha)
	case AlphaStepped:
		u.alpha(u.Panes[u.Active].Style.Alpha + m.By)
	case ColormapPicked:
		if _, err := heatmap.ColormapByID(m.ID); err == nil && m.ID != u.Panes[u.Active].Style.Colormap {
			u.do(Remember{Key: "colormap", Value: m.ID})
			u.restyle(u.Active, func(s *heatmap.Style) { s.Colormap = m.ID })
		}
	case SmoothSet:
		u.restyle(u.Active, func(s *heatmap.Style) { s.Smooth = m.Smooth })
	case ModePicked:
		u.restyle(u.Active, func(s *heatmap.Style) {
			s.Mode = m.Mode
			if (m.Mode == heatmap.Mask || m.Mode == heatmap.Blur) && s.Threshold == 0 && s.Percentile == 0 {
				// Without a threshold these would show the plain photo.
				s.Percentile = usualPercentile
			}
		})
	case ThresholdSet:
		u.restyle(u.Active, func(s *heatmap.Style) { s.Threshold = percents(m.Threshold) })
	case PercentileSet:
		u.restyle(u.Active, func(s *heatmap.Style) { s.Percentile = percents(m.Percentile) })
	case ContoursSet:
		u.restyle(u.Active, func(s *heatmap.Style) { s.Contours = min(max(m.Contours, 0), heatmap.MaxContours) })
	case WipeSet:
		if u.has(m.Pane) {
			u.Panes[m.Pane].Wipe = Wipe{On: true, At: clamp(m.At, 0, 1)}
		}
	case WipeToggled:
		p := &u.Panes[u.Active]
		p.Wipe = Wipe{On: !p.Wipe.On, At: 0.5}
	}
}

// usualPercentile leaves the strongest fifth of the area.
const usualPercentile = 0.8

func percents(v float64) float64 { return math.Round(clamp(v, 0, 1)*100) / 100 }

// styled are the panes that a change of style in one reaches.
func (u *update) styled(pane int) []int {
	if !u.Links.Style {
		return []int{pane}
	}
	all := make([]int, MaxPanes)
	for i := range all {
		all[i] = i
	}
	return all
}

// alpha changes one number: the overlays stay as they are.
func (u *update) alpha(a float64) {
	for _, i := range u.styled(u.Active) {
		u.Panes[i].Style.Alpha = percents(a)
	}
}

// restyle edits the style of a pane, or of all where they are linked, and
// paints those anew that it changed.
func (u *update) restyle(pane int, edit func(*heatmap.Style)) {
	for _, i := range u.styled(pane) {
		p := &u.Panes[i]
		before := p.Style
		edit(&p.Style)
		if before.Alpha = p.Style.Alpha; p.Style != before {
			u.paint(i)
		}
	}
}

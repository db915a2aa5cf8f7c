package loop

import (
	"image"
	"sync"

	"seewhy/analysis/heatmap"
	"seewhy/assets/i18n"
	"seewhy/ui/state"
)

// overlayTicks is about how many numbers stand beside a colour bar.
const overlayTicks = 4

// painter turns maps into overlays. It keeps the last blurred photo, which
// every step of a threshold slider needs again, for all panes alike.
type painter struct {
	guard   sync.Mutex
	photo   image.Image
	blurred *image.RGBA
}

func (p *painter) paint(c state.Paint) state.Msg {
	if len(c.Concepts) > 0 {
		img, err := heatmap.Concepts(c.Concepts, heatmap.AllConcepts, c.Place, c.Width, c.Height)
		if err != nil {
			return state.Painted{Job: c.Job, Err: err.Error()}
		}
		return state.Painted{Job: c.Job, Overlay: state.Overlay{Image: img, Style: c.Style, Mixed: true}}
	}
	field, err := heatmap.Normalise(c.Map, c.Style.Clip)
	if err != nil {
		return state.Painted{Job: c.Job, Err: err.Error()}
	}
	if c.Style.Mode == heatmap.Blur && c.Photo != nil {
		c.Place.Blurred = p.blur(c.Photo, c.Width, c.Height)
	}
	img, err := field.Overlay(c.Place, c.Width, c.Height, c.Style)
	if err != nil {
		return state.Painted{Job: c.Job, Err: err.Error()}
	}
	return state.Painted{Job: c.Job, Overlay: state.Overlay{
		Image: img, Style: c.Style, Signed: field.Signed, Range: field.Range, Flat: field.Flat, Cut: field.Cut(c.Style),
		Ticks: heatmap.Ticks(field.Range.Min, field.Range.Max, overlayTicks),
	}}
}

func (p *painter) blur(photo image.Image, w, h int) *image.RGBA {
	p.guard.Lock()
	defer p.guard.Unlock()
	if p.photo != photo || p.blurred == nil || p.blurred.Rect != image.Rect(0, 0, w, h) {
		p.photo, p.blurred = photo, heatmap.Blurred(photo, w, h)
	}
	return p.blurred
}

// topShare is the share of the picture whose overlap is told.
const topShare = 0.1

// compare makes one map of several.
func compare(c state.Compare) state.Msg {
	common, err := heatmap.Together(c.Maps, c.Picture)
	if err != nil {
		for i, m := range c.Maps {
			if f, ferr := heatmap.Normalise(m.Map, 0); ferr == nil && f.Flat {
				return state.Compared{Job: c.Job, Err: i18n.T("The map in pane %d is flat: there is nothing to compare.", c.Panes[i]+1)}
			}
		}
		return state.Compared{Job: c.Job, Err: err.Error()}
	}
	d := state.Derived{Show: c.Show, Maps: len(c.Maps), Overlap: common.Overlap(topShare)}
	rho := common.Correlations()
	for i := range rho {
		for j := range i {
			d.Pairs = append(d.Pairs, state.Pair{A: c.Panes[j], B: c.Panes[i], Rho: rho[i][j]})
			d.Rho += rho[i][j]
		}
	}
	d.Rho /= float64(len(d.Pairs))
	d.Placed.Region = common.Region
	if c.Show == state.ShowDifference {
		d.Placed.Map = common.Difference(0, 1)
	} else {
		d.Placed.Map = common.RankVariance()
	}
	return state.Compared{Job: c.Job, Derived: d}
}

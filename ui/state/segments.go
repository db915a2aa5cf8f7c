package state

import (
	"image"
	"slices"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
)

// Switches is the play with the segments of a pane's map: their borders are
// shown, and a click switches one off and asks the model again.
type Switches struct {
	On bool
	// Off lists the segments that are off, in ascending order.
	Off []int
	Job JobID
	// Prediction is the answer with those off; nil while none is.
	Prediction *task.Prediction
	Err        string
	// Outline is drawn over the photo.
	Outline *image.RGBA

	outline JobID
}

// segments handles the play with segments.
func (u *update) segments(m Msg) {
	switch m := m.(type) {
	case SegmentsToggled:
		if u.segmented(m.Pane) {
			on := !u.Panes[m.Pane].Switches.On
			u.clearSwitches(m.Pane)
			if u.Panes[m.Pane].Switches.On = on; on {
				u.outline(m.Pane)
			}
		}
	case SegmentPressed:
		if u.segmented(m.Pane) && u.Panes[m.Pane].Switches.On {
			r := u.Panes[m.Pane].Result
			if i, ok := heatmap.SegmentAt(*r.Segments, u.place(r.Region), m.X, m.Y); ok {
				u.flip(m.Pane, i)
			}
		}
	case SegmentSwitched:
		if u.segmented(m.Pane) && m.Segment >= 0 && m.Segment < u.Panes[m.Pane].Result.Segments.Count {
			u.flip(m.Pane, m.Segment)
		}
	case SegmentsReset:
		if u.segmented(m.Pane) && len(u.Panes[m.Pane].Switches.Off) > 0 {
			u.clearSwitches(m.Pane)
			u.Panes[m.Pane].Switches.On = true
			u.outline(m.Pane)
		}
	case Outlined:
		for i := range u.Panes {
			if w := &u.Panes[i].Switches; m.Job != 0 && w.outline == m.Job {
				w.outline, w.Outline = 0, m.Image
			}
		}
	case Switched:
		for i := range u.Panes {
			if w := &u.Panes[i].Switches; m.Job != 0 && w.Job == m.Job {
				w.Job, w.Err, w.Prediction = 0, m.Err, nil
				if m.Err == "" {
					p := m.Prediction
					w.Prediction = &p
				}
			}
		}
	}
}

func (u *update) segmented(pane int) bool {
	return u.has(pane) && u.Panes[pane].Segmented() && u.Photo.Info != nil
}

// Segmented says whether a pane's map is made of segments.
func (p Pane) Segmented() bool {
	return p.Show == ShowMap && p.Result != nil && p.Result.Segments != nil && !p.Partial
}

func (u *update) clearSwitches(pane int) {
	w := &u.Panes[pane].Switches
	u.cancel(&w.Job)
	*w = Switches{}
}

// flip switches a segment and asks the model about what is left.
func (u *update) flip(pane, segment int) {
	u.Active = pane
	w := &u.Panes[pane].Switches
	off := slices.Clone(w.Off)
	if i, on := slices.BinarySearch(off, segment); on {
		off = slices.Delete(off, i, i+1)
	} else {
		off = slices.Insert(off, i, segment)
	}
	w.Off, w.On, w.Err = off, true, ""
	u.outline(pane)
	u.cancel(&w.Job)
	if len(off) == 0 {
		w.Prediction = nil
		return
	}
	w.Job = u.job()
	r := u.Panes[pane].Result
	u.do(Switch{Job: w.Job, Task: r.Task, Segments: *r.Segments, Off: off})
}

func (u *update) outline(pane int) {
	w, r := &u.Panes[pane].Switches, u.Panes[pane].Result
	w.outline = u.job()
	place := u.place(r.Region)
	width, height := overlaySize(place.Picture, u.side())
	u.do(OutlineSegments{Job: w.outline, Segments: *r.Segments, Off: w.Off, Place: place, Width: width, Height: height})
}

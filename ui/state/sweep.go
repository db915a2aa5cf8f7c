package state

import (
	"image"
	"reflect"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// Sweep is the strip of every candidate layer's map for the question of the
// pane that was active last.
type Sweep struct {
	On   bool
	Job  JobID
	Work Work
	Maps []task.LayerMap
	// Thumbs are the maps over the photo, one a layer.
	Thumbs []image.Image
	// Pane is the one whose question was asked, and into which a layer goes.
	Pane int
	Err  string

	// asked is what the strip answers, colours that it is painted with;
	// answered says that Maps are the answer, not those of an older question.
	asked    task.Task
	colours  string
	answered bool
}

// sweep handles the strip of layers.
func (u *update) sweep(m Msg) {
	switch m := m.(type) {
	case SweepToggled:
		if u.Sweep.On {
			u.cancel(&u.Sweep.Job)
			u.Sweep = Sweep{}
			return
		}
		u.Sweep.On = true
	case Swept:
		if m.Job == 0 || m.Job != u.Sweep.Job {
			return
		}
		u.Sweep.Job, u.Sweep.Maps, u.Sweep.Thumbs, u.Sweep.Err = 0, m.Maps, m.Thumbs, m.Err
		u.Sweep.answered = m.Err == ""
	}
}

// followSweep asks for the strip anew where the active pane asks something else.
func (u *update) followSweep() {
	w := &u.Sweep
	pane := u.Active
	if !w.On || u.Marking.Stroke != nil || !u.open() || u.Photo.Job != 0 || u.Panes[pane].Show != ShowMap {
		return
	}
	t := u.task(pane)
	if m, ok := u.Method(pane); !ok || !m.Sweeps || m.Why != "" {
		t.Method, t.Params, t.Seed = defaultMethod, nil, 0
		if m, ok := method(u.ModelOf(pane), defaultMethod); !ok || m.Why != "" || !m.Sweeps {
			u.cancel(&w.Job)
			*w = Sweep{On: true, Pane: pane, Err: i18n.T("No method makes a map at every layer of this model.")}
			return
		}
	}
	t.Layer, t.Layers = "", nil
	colours := u.Panes[pane].Style.Colormap
	w.Pane = pane
	same := reflect.DeepEqual(t, w.asked)
	if same && colours == w.colours {
		return
	}
	u.cancel(&w.Job)
	w.answered = w.answered && same
	if t.Image != w.asked.Image || t.Model != w.asked.Model {
		w.Maps, w.Thumbs = nil, nil
	}
	w.Job, w.Work, w.Err, w.asked, w.colours = u.job(), Work{Done: -1}, "", t, colours
	c := SweepLayers{Job: w.Job, Task: t, Style: u.Panes[pane].Style}
	if w.answered {
		// Other colours are no other maps.
		c.Maps = w.Maps
	}
	if levels := u.LevelsOf(pane); len(levels) > 0 {
		c.Photo = levels[len(levels)-1]
	}
	u.do(c)
}

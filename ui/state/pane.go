package state

import (
	"math"
	"reflect"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// overlaySide is an overlay's longer side where it has the stage to itself;
// more is not seen and costs time to upload.
const overlaySide = 1024

// ask handles what changes a pane's question.
func (u *update) ask(m Msg) {
	switch m := m.(type) {
	case PaneActivated:
		if u.has(m.Pane) {
			u.Active = m.Pane
		}
	case ClassPicked:
		u.change(m.Pane, func(p *Pane) { p.Class, p.Like = m.Class, nil })
	case KindPicked:
		u.change(m.Pane, func(p *Pane) { p.Kind, p.KindParam, p.Like = m.Kind, 0, nil })
	case RatherPicked:
		u.change(m.Pane, func(p *Pane) { p.Kind, p.KindParam, p.Rather, p.Like = task.Margin, 0, m.Class, nil })
	case KindParamSet:
		if !u.has(m.Pane) {
			return
		}
		if _, err := target.Of(u.Panes[m.Pane].Kind).Setting(m.Value); err == nil {
			u.change(m.Pane, func(p *Pane) { p.KindParam = m.Value })
		}
	case MethodPicked:
		if !u.has(m.Pane) {
			return
		}
		if info, ok := method(u.ModelOf(m.Pane), m.ID); ok && info.Why == "" {
			if u.Panes[m.Pane].Show != ShowMap {
				u.Panes[m.Pane].Show = ShowMap
				u.emptyPane(m.Pane)
			}
			u.change(m.Pane, func(p *Pane) { p.Method = m.ID })
			u.wake(m.Pane)
		}
	case LayerPicked:
		// The graph and the strip may still be those of another model.
		if u.has(m.Pane) && (m.Value == task.Auto || hasLayer(u.ModelOf(m.Pane).Info, m.Value)) {
			u.change(m.Pane, func(p *Pane) { p.Layer, p.Layers = m.Value, nil })
		}
	case LayerTicked:
		u.layerTicked(m)
	case NaturalLayersPicked:
		u.naturalLayersPicked(m.Pane)
	case ParamSet:
		u.setParam(m)
	case ParamsReset:
		u.change(m.Pane, func(p *Pane) { p.Params, p.Seed, p.Size = with(p.Params, p.Method, nil), 0, prep.Size{} })
	case MethodPresetPicked:
		u.presetPicked(m)
	case SizePicked:
		u.sizePicked(m)
	case SeedSet:
		u.change(m.Pane, func(p *Pane) { p.Seed = m.Seed })
	}
}

func (u *update) has(pane int) bool { return pane >= 0 && pane < u.Shown }

// change edits a pane and, where the question is a new one, asks it.
func (u *update) change(pane int, edit func(*Pane)) {
	if !u.has(pane) {
		return
	}
	u.Active = pane
	before := u.task(pane)
	edit(&u.Panes[pane])
	after := u.task(pane)
	p := u.Panes[pane]
	if equalTasks(before, after) && !(p.Partial && p.Job == 0) {
		return
	}
	u.explain(pane)
}

func equalTasks(a, b task.Task) bool { return reflect.DeepEqual(a, b) }

func (u *update) explainAll() {
	for i := range u.Shown {
		u.explain(i)
	}
}

// explain asks a pane's question; an older one of the same pane is given up.
func (u *update) explain(pane int) {
	p := &u.Panes[pane]
	if p.Show != ShowMap {
		u.derive(pane)
		return
	}
	u.cancel(&p.Job)
	p.chase = chase{asked: u.editsOf(pane)}
	if !u.open() {
		return
	}
	p.Err, p.Lighter = "", nil
	if info, ok := u.Method(pane); ok && info.Why != "" {
		u.emptyPane(pane)
		p.Err = info.Why
		u.deriveAll()
		return
	}
	p.Job, p.Work = u.job(), Work{Done: -1}
	u.do(Explain{Job: p.Job, Task: u.task(pane)})
}

// byJob is the pane whose work has that number; -1 where none has.
func (u *update) byJob(job JobID) int {
	if job != 0 {
		for i := range u.Panes {
			if u.Panes[i].Job == job {
				return i
			}
		}
	}
	return -1
}

// heat handles what a map brings.
func (u *update) heat(m Msg) {
	switch m := m.(type) {
	case Waited:
		u.unsure(m.Job)
		if pane := u.byJob(m.Job); pane >= 0 {
			u.explain(pane)
		}
	case Explained:
		if pane := u.byJob(m.Job); pane >= 0 {
			p, r := &u.Panes[pane], m.Result
			p.Job, p.Result, p.Partial, p.Err, p.answered, p.meanError = 0, &r, false, "", p.Question, meanError(&r)
			u.clearSwitches(pane)
			u.warned(&r)
			u.Last = Timing{Total: r.Total, Forward: r.Forward, Device: r.Device}
			u.readMemory(r.Device)
			p.paint = 0
			u.paint(pane)
			u.deriveAll()
		}
	case Sharpened:
		if pane := u.byJob(m.Job); pane >= 0 {
			p, r := &u.Panes[pane], m.Result
			u.clearSwitches(pane)
			p.Result, p.Partial, p.Err, p.answered, p.meanError = &r, true, "", p.Question, meanError(&r)
			u.paint(pane)
		}
	case Kept:
		if u.has(m.Pane) && u.Panes[m.Pane].Job != 0 {
			u.do(Keep{Job: u.Panes[m.Pane].Job})
		}
	case ExplainFailed:
		if pane := u.byJob(m.Job); pane >= 0 {
			u.Panes[pane].Job = 0
			u.emptyPane(pane)
			u.Panes[pane].Err, u.Panes[pane].Lighter = m.Err, m.Lighter
			u.deriveAll()
		}
	case Painted:
		u.painted(m)
	}
}

func (u *update) painted(m Painted) {
	for i := range u.Panes {
		p := &u.Panes[i]
		if m.Job == 0 || p.paint != m.Job {
			continue
		}
		p.paint = 0
		if m.Err != "" {
			p.Overlay, p.Err = nil, m.Err
			return
		}
		o := m.Overlay
		p.Overlay = &o
		if p.stale {
			u.paint(i)
		}
	}
}

// placed is what a pane's colours are made of, if there is anything.
func (p Pane) placed() (heatmap.Placed, bool) {
	switch {
	case p.Show != ShowMap && p.Derived != nil:
		return p.Derived.Placed, true
	case p.Show == ShowMap && p.Result != nil:
		return heatmap.Placed{Map: p.Result.Map, Region: p.Result.Region}, true
	}
	return heatmap.Placed{}, false
}

// mixed are the concepts that a pane shows in one picture, instead of one's map.
func (p Pane) mixed() []task.Concept {
	if !p.Mixed || p.Show != ShowMap || p.Result == nil {
		return nil
	}
	return p.Result.Concepts
}

// paint asks for a pane's map in colours. While one is being painted a newer
// style waits for it: what is shown follows a moving slider at the speed of
// the painter, and never waits for the slider to rest.
func (u *update) paint(pane int) {
	p := &u.Panes[pane]
	m, ok := p.placed()
	if !ok || u.Photo.Info == nil {
		return
	}
	if p.paint != 0 {
		p.stale = true
		return
	}
	p.paint, p.stale = u.job(), false
	c := Paint{Job: p.paint, Map: m.Map, Style: p.Style, Place: u.place(m.Region)}
	c.Style.Clip = heatmap.ClipFor(m.Map)
	if levels := u.LevelsOf(pane); c.Style.Mode == heatmap.Blur && len(levels) > 0 {
		c.Photo = levels[len(levels)-1]
	}
	c.Concepts = p.mixed()
	p.painted = u.side()
	c.Width, c.Height = overlaySize(c.Place.Picture, p.painted)
	u.do(c)
}

// overlaySize is how large an overlay is painted. Small photos get a larger
// one, so that a smooth map stays smooth when it fills the pane.
func overlaySize(photo prep.Size, side int) (w, h int) {
	long := max(photo.Width, photo.Height)
	if long <= 0 {
		return photo.Width, photo.Height
	}
	scaled := func(length int) int { return max(1, int(math.Round(float64(length)*float64(side)/float64(long)))) }
	return scaled(photo.Width), scaled(photo.Height)
}

// side is an overlay's longer side, in pixels. The more panes, the smaller
// they are: the graphics card drops lines from a picture that it has to shrink
// by more than two.
func (u *update) side() int {
	switch n := len(u.Visible()); {
	case n <= 1:
		return overlaySide
	case n == 2:
		return overlaySide * 3 / 4
	case n <= 4:
		return overlaySide * 5 / 8
	}
	return overlaySide * 7 / 16
}

// followSize paints anew what the stage shows at another size than before.
func (u *update) followSize() {
	side := u.side()
	for _, i := range u.Visible() {
		if p := u.Panes[i]; p.Overlay != nil && p.painted != side && p.paint == 0 {
			u.paint(i)
		}
	}
}

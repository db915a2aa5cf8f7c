package state

import (
	"math"
	"reflect"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// overlaySide bounds an overlay's longer side; more is not seen and costs
// time to upload.
const overlaySide = 1024

// ask handles what changes a pane's question.
func (u *update) ask(m Msg) {
	switch m := m.(type) {
	case PaneActivated:
		if u.has(m.Pane) {
			u.Active = m.Pane
		}
	case ClassPicked:
		u.change(m.Pane, func(p *Pane) { p.Class = m.Class })
	case KindPicked:
		u.change(m.Pane, func(p *Pane) { p.Kind = m.Kind })
	case RatherPicked:
		u.change(m.Pane, func(p *Pane) { p.Kind, p.Rather = task.Margin, m.Class })
	case MethodPicked:
		if !u.has(m.Pane) {
			return
		}
		if info, ok := method(u.ModelOf(m.Pane), m.ID); ok && info.Why == "" {
			u.change(m.Pane, func(p *Pane) { p.Method = m.ID })
		}
	case LayerPicked:
		u.change(m.Pane, func(p *Pane) { p.Layer = m.Value })
	case ParamSet:
		u.setParam(m)
	case ParamsReset:
		u.change(m.Pane, func(p *Pane) { p.Params, p.Seed = with(p.Params, p.Method, nil), 0 })
	case SeedSet:
		u.change(m.Pane, func(p *Pane) { p.Seed = m.Seed })
	case CompareToggled:
		u.compare()
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
	if reflect.DeepEqual(before, after) {
		return
	}
	u.explain(pane)
}

// compare opens a second pane with the same question put to another method,
// so that there is something to compare at once.
func (u *update) compare() {
	if u.Shown > 1 {
		for i := 1; i < u.Shown; i++ {
			u.cancel(&u.Panes[i].Job)
		}
		u.Shown, u.Active = 1, 0
		return
	}
	u.Shown = 2
	second := &u.Panes[1]
	if second.Own == nil && second.Result == nil && second.Method == u.Panes[0].Method && second.Layer == u.Panes[0].Layer && second.Class == u.Panes[0].Class {
		second.Method = u.another(second.Method)
	}
	if second.Own != nil && second.Forward.Prediction == nil {
		u.predict(1)
	}
	if second.Result == nil {
		u.explain(1)
	}
}

// another is a method that shows something else: of pixels rather than of a
// layer where there is one, as quick to compute.
func (u *update) another(than string) string {
	if m, ok := method(u.Model.Opened, pixelMethod); ok && m.Why == "" && m.ID != than {
		return m.ID
	}
	if u.Model.Info != nil {
		for _, m := range u.Model.Info.Methods {
			if m.Why == "" && m.ID != than {
				return m.ID
			}
		}
	}
	return than
}

func (u *update) explainAll() {
	for i := range u.Shown {
		u.explain(i)
	}
}

// explain asks a pane's question; an older one of the same pane is given up.
func (u *update) explain(pane int) {
	p := &u.Panes[pane]
	u.cancel(&p.Job)
	if !u.open() {
		return
	}
	p.Err = ""
	if info, ok := u.Method(pane); ok && info.Why != "" {
		p.Err, p.Result, p.Overlay, p.paint = info.Why, nil, nil, 0
		return
	}
	p.Job, p.Work = u.job(), Work{Done: -1}
	u.do(Explain{Job: p.Job, Pane: pane, Task: u.task(pane)})
}

// heat handles what a map brings and how it is shown.
func (u *update) heat(m Msg) {
	switch m := m.(type) {
	case Waited:
		for i := range u.Panes {
			if m.Job != 0 && u.Panes[i].Job == m.Job {
				u.explain(i)
			}
		}
	case Explained:
		if p := &u.Panes[m.Pane]; p.Job == m.Job {
			r := m.Result
			p.Job, p.Result, p.Err, p.answered = 0, &r, "", p.Question
			u.Last = Timing{Total: r.Total, Forward: r.Forward, Device: r.Device}
			u.paint(m.Pane)
		}
	case ExplainFailed:
		if p := &u.Panes[m.Pane]; p.Job == m.Job {
			p.Job, p.Result, p.Overlay, p.paint, p.Err = 0, nil, nil, 0, m.Err
		}
	case Painted:
		if p := &u.Panes[m.Pane]; p.paint == m.Job && m.Job != 0 {
			p.paint = 0
			if m.Err != "" {
				p.Overlay, p.Err = nil, m.Err
				return
			}
			o := m.Overlay
			p.Overlay = &o
		}
	case AlphaSet:
		u.alpha(m.Alpha)
	case AlphaStepped:
		u.alpha(u.Style.Alpha + m.By)
	case ColormapPicked:
		if m.ID != u.Style.Colormap {
			u.Style.Colormap = m.ID
			u.do(Remember{Key: "colormap", Value: m.ID})
			u.paintAll()
		}
	case SmoothSet:
		if m.Smooth != u.Style.Smooth {
			u.Style.Smooth = m.Smooth
			u.paintAll()
		}
	}
}

// alpha changes one number: the overlays stay as they are.
func (u *update) alpha(a float64) {
	u.Style.Alpha = math.Round(min(max(a, 0), 1)*100) / 100
}

func (u *update) paintAll() {
	for i := range u.Panes {
		if u.Panes[i].Result != nil {
			u.paint(i)
		}
	}
}

func (u *update) paint(pane int) {
	p := &u.Panes[pane]
	p.paint = u.job()
	w, h := u.Photo.Info.Ref.Width, u.Photo.Info.Ref.Height
	c := Paint{
		Job: p.paint, Pane: pane, Map: p.Result.Map, Style: u.Style, Width: w, Height: h,
		Place: heatmap.Place{Region: p.Result.Region, Picture: prep.Size{Width: w, Height: h}},
	}
	c.Style.Clip = heatmap.ClipFor(p.Result.Map)
	// Small photos are painted larger, so that a smooth map stays smooth when
	// it fills the pane.
	if long := max(w, h); long > 0 {
		c.Width = max(1, int(math.Round(float64(w)*overlaySide/float64(long))))
		c.Height = max(1, int(math.Round(float64(h)*overlaySide/float64(long))))
	}
	u.do(c)
}

package state

import (
	"math"
	"slices"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// Stroke is a shape that is being drawn.
type Stroke struct {
	Pane  int
	Shape task.Shape
	// Picked are the segments of the pick tool.
	Picked []int

	// fill is empty where the shape is selected; edits are those of the photo
	// with this one, as far as it can be used.
	fill  task.Fill
	edits []task.Edit
	// erases says that the shape is taken out of the selection.
	erases bool
}

// What the user draws with a tool; places are fractions of the photo. Only the
// last changes the picture's edits.
type (
	StrokeBegun struct {
		Pane int
		X, Y float64
	}
	StrokeMoved struct{ X, Y float64 }
	StrokeEnded struct{}
)

func (StrokeBegun) msg() {}
func (StrokeMoved) msg() {}
func (StrokeEnded) msg() {}

const (
	// finest is the least way, in fractions of the longer side, between two
	// points of a stroke; least the smallest side of a box.
	finest = 0.0015
	least  = 0.003
	// mostStroke is how many points a stroke has before another is begun.
	mostStroke = 2000
)

func (u *update) beginStroke(m StrokeBegun) {
	k := &u.Marking
	it, _ := u.Item(u.Photo.Item)
	if k.Tool == NoTool || it == nil || !u.has(m.Pane) || u.Photo.Info == nil || u.Photo.Job != 0 {
		return
	}
	s := Stroke{Pane: m.Pane, fill: k.Fill, edits: it.Edits}
	switch {
	case k.Tool == EraserTool && k.Selecting && len(k.Selection) > 0:
		s.fill, s.erases = "", true
	case k.Tool == EraserTool:
		s.fill = task.FillRestore
	case k.Selecting:
		s.fill = ""
	}
	switch {
	case s.fill == "" && !s.erases && len(k.Selection) >= edit.MaxEdits, s.fill != "" && len(it.Edits) >= edit.MaxEdits:
		u.say(true, i18n.T("The picture has %d marks, and holds no more. Clear some first.", edit.MaxEdits))
		return
	case s.fill != "" && u.Panes[m.Pane].Original:
		u.say(false, i18n.T("This pane shows the original: what is hidden shows in the others."))
	}
	switch k.Tool {
	case BrushTool, EraserTool:
		s.Shape = task.Shape{Kind: task.Brush, Radius: k.Radius}
	case BoxTool:
		p := reached(task.Point{X: m.X, Y: m.Y})
		s.Shape = task.Shape{Kind: task.Box, Points: []task.Point{p, p}}
	case LassoTool:
		s.Shape = task.Shape{Kind: task.Lasso}
	case PickTool:
		if k.Segments == nil || k.Segments.Count == 0 {
			return
		}
		s.Shape = task.Shape{Kind: task.Mask}
	}
	k.Stroke = &s
	u.moveStroke(task.Point{X: m.X, Y: m.Y})
}

// reached is a place within what edits may reach.
func reached(p task.Point) task.Point {
	return task.Point{X: clamp(p.X, -1, 2), Y: clamp(p.Y, -1, 2)}
}

// moveStroke draws the stroke in hand on.
func (u *update) moveStroke(p task.Point) {
	k := &u.Marking
	if k.Stroke == nil {
		return
	}
	p = reached(p)
	s := *k.Stroke
	n := len(s.Shape.Points)
	switch s.Shape.Kind {
	case task.Box:
		s.Shape.Points = []task.Point{s.Shape.Points[0], p}
	case task.Mask:
		i := u.segmentAt(p.X, p.Y)
		if i < 0 || slices.Contains(s.Picked, i) {
			return
		}
		s.Picked = append(slices.Clip(s.Picked), i)
		s.Shape = edit.MaskOfSegments(*k.Segments, s.Picked...)
	default:
		if n > 0 && u.apart(s.Shape.Points[n-1], p) < max(finest, s.Shape.Radius/8) {
			return
		}
		if n >= mostStroke && s.Shape.Kind == task.Brush {
			last := s.Shape.Points[n-1]
			if !u.endStroke() {
				return
			}
			u.beginStroke(StrokeBegun{Pane: s.Pane, X: last.X, Y: last.Y})
			if k.Stroke == nil {
				return
			}
			s = *k.Stroke
		} else if n >= mostStroke {
			return
		}
		s.Shape.Points = append(slices.Clip(s.Shape.Points), p)
	}
	if s.fill != "" && s.whole() {
		base := s.edits
		if it, _ := u.Item(u.Photo.Item); it != nil {
			base = it.Edits
		}
		s.edits = append(slices.Clip(base), task.Edit{Shape: s.Shape, Fill: s.fill})
	}
	k.Stroke = &s
}

// apart is how far two points are from each other, in fractions of the photo's
// longer side.
func (s State) apart(a, b task.Point) float64 {
	w, h := float64(s.Photo.Info.Ref.Width), float64(s.Photo.Info.Ref.Height)
	return math.Hypot((a.X-b.X)*w, (a.Y-b.Y)*h) / max(w, h)
}

// whole says whether a stroke is a shape that marks something.
func (s *Stroke) whole() bool {
	p := s.Shape.Points
	switch s.Shape.Kind {
	case task.Box:
		return math.Abs(p[0].X-p[1].X) >= least && math.Abs(p[0].Y-p[1].Y) >= least
	case task.Lasso:
		return len(p) >= 3
	case task.Mask:
		return len(s.Picked) > 0
	}
	return len(p) > 0
}

// endStroke hides or selects what was drawn, in one step; false where that
// cannot be kept.
func (u *update) endStroke() bool {
	k := &u.Marking
	s := k.Stroke
	if s == nil {
		return true
	}
	k.Stroke = nil
	switch {
	case !s.whole():
	case s.erases:
		k.Selection = u.without(k.Selection, s.Shape)
	case s.fill == "":
		k.Selection = append(slices.Clip(k.Selection), s.Shape)
	default:
		u.Edited.coarse = true
		// The very list that was asked about while the stroke went on: what it
		// brought is the answer.
		return u.keepEdits(s.edits)
	}
	return true
}

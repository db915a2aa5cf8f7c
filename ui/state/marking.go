package state

import (
	"math"
	"slices"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// Tool is what the mouse draws on the photo.
type Tool string

// The tools. An eraser is a brush that shows the picture as it was.
const (
	NoTool     Tool = ""
	BrushTool  Tool = "brush"
	BoxTool    Tool = "box"
	LassoTool  Tool = "lasso"
	PickTool   Tool = "pick"
	EraserTool Tool = "eraser"
)

// Sized says whether a tool has a radius.
func (t Tool) Sized() bool { return t == BrushTool || t == EraserTool }

// Marking is how parts of the photo are marked, and what becomes of them.
type Marking struct {
	// Open says that the bar of tools is shown.
	Open bool
	Tool Tool
	// Fill is what a finished shape is hidden with; where Selecting is set it is
	// selected instead, to be named.
	Fill      task.Fill
	Selecting bool
	// Radius is the brush's, as a fraction of the photo's longer side.
	Radius float64
	// Pieces is about how many the pick tool divides the photo into.
	Pieces int
	// Stroke is the one in hand; nil while none is drawn. It is replaced at
	// each move.
	Stroke *Stroke
	// Selection is what was selected in the photo.
	Selection []task.Shape
	// Peek shows the picture as it was while it is held.
	Peek bool
	// Segments are those of the photo that the pick tool takes.
	Segments *task.Segments

	segmenting JobID
}

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

// What the user does with tools.
type (
	// ToolsToggled shows the bar of tools with the brush in the hand, or hides
	// it and puts the tool away.
	ToolsToggled struct{}
	// ToolPicked takes a tool into the hand; the one that is there is put away.
	ToolPicked struct{ Tool Tool }
	// FillPicked sets what shapes are hidden with; SelectingSet selects instead.
	FillPicked   struct{ Fill task.Fill }
	SelectingSet struct{ On bool }
	// BrushSized sets the brush's radius, as a fraction of the photo's longer
	// side; BrushStepped makes it, or the pieces of the pick tool, larger or
	// smaller by so many steps.
	BrushSized   struct{ Radius float64 }
	BrushStepped struct{ By int }
	// StrokeBegun, StrokeMoved and StrokeEnded draw with the tool; places are
	// fractions of the photo. Only the last changes the picture's edits.
	StrokeBegun struct {
		Pane int
		X, Y float64
	}
	StrokeMoved struct{ X, Y float64 }
	StrokeEnded struct{}
)

// SegmentPhoto divides a picture into about so many segments to be picked.
type SegmentPhoto struct {
	Job   JobID
	Image task.ImageRef
	About int
}

// Superpixelled is a picture's segments; Err says in words why there are none.
type Superpixelled struct {
	Job      JobID
	Segments task.Segments
	Err      string
}

func (ToolsToggled) msg()  {}
func (ToolPicked) msg()    {}
func (FillPicked) msg()    {}
func (SelectingSet) msg()  {}
func (BrushSized) msg()    {}
func (BrushStepped) msg()  {}
func (StrokeBegun) msg()   {}
func (StrokeMoved) msg()   {}
func (StrokeEnded) msg()   {}
func (Superpixelled) msg() {}
func (SegmentPhoto) cmd()  {}

// The brush's radius, in fractions of the photo's longer side.
const (
	LeastRadius   = 0.005
	MostRadius    = 0.25
	defaultRadius = 0.045
	radiusStep    = 1.18
)

const (
	// finest is the least way, in fractions of the longer side, between two
	// points of a stroke; least the smallest side of a box.
	finest = 0.0015
	least  = 0.003
	// mostStroke is how many points a stroke has before another is begun.
	mostStroke = 2000
)

func freshMarking() Marking {
	return Marking{Fill: task.FillBlur, Radius: defaultRadius, Pieces: defaultPieces}
}

// unmark drops what belongs to a photo.
func (u *update) unmark() {
	m := &u.Marking
	u.cancel(&m.segmenting)
	m.Stroke, m.Selection, m.Segments = nil, nil, nil
}

func (u *update) marking(m Msg) {
	k := &u.Marking
	switch m := m.(type) {
	case ToolsToggled:
		u.openTools(!k.Open)
	case ToolPicked:
		k.Stroke = nil
		if k.Tool == m.Tool {
			m.Tool = NoTool
		}
		k.Tool = m.Tool
		if k.Tool != NoTool {
			k.Open = true
		}
	case FillPicked:
		k.Fill, k.Selecting = m.Fill, false
	case SelectingSet:
		k.Selecting = m.On
	case BrushSized:
		k.Radius = clamp(m.Radius, LeastRadius, MostRadius)
	case BrushStepped:
		if k.Tool == PickTool {
			u.stepPieces(m.By)
			return
		}
		k.Radius = clamp(k.Radius*math.Pow(radiusStep, float64(m.By)), LeastRadius, MostRadius)
	case StrokeBegun:
		u.beginStroke(m)
	case StrokeMoved:
		u.moveStroke(task.Point{X: m.X, Y: m.Y})
	case StrokeEnded:
		u.endStroke()
	case Superpixelled:
		if m.Job == 0 || m.Job != k.segmenting {
			return
		}
		k.segmenting = 0
		// Without segments an empty division stands, so that it is not asked for again.
		k.Segments = &m.Segments
		if m.Err != "" {
			u.say(true, i18n.Tell(m.Err))
		}
	}
}

// openTools shows the bar of tools or hides it. With the brush in the hand at
// once, the first drag hides something: without a tool it would move the photo.
func (u *update) openTools(on bool) {
	k := &u.Marking
	k.Open = on
	switch {
	case !on:
		k.Tool, k.Stroke = NoTool, nil
	case k.Tool == NoTool:
		k.Tool = BrushTool
	}
}

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

// keepEdits makes edits those of the photo's picture. What goes past the bounds
// could be saved with no session: it is told, and the picture stays as it was.
func (u *update) keepEdits(edits []task.Edit) bool {
	if len(edits) > edit.MaxEdits {
		u.say(true, i18n.T("The picture has %d marks, and holds no more. Clear some first.", edit.MaxEdits))
		return false
	}
	if err := edit.Check(edits); err != nil {
		u.say(true, i18n.T("The mark cannot be kept: %s", i18n.Tell(err.Error())))
		return false
	}
	u.replace(u.Photo.Item, func(it *Item) { it.Edits = edits })
	return true
}

// segmentAt is the segment at a place of the photo; -1 where there is none.
func (s State) segmentAt(x, y float64) int {
	g := s.Marking.Segments
	if g == nil || g.Count == 0 || x < 0 || y < 0 || x >= 1 || y >= 1 || len(g.Of) != g.Width*g.Height {
		return -1
	}
	return int(g.Of[int(y*float64(g.Height))*g.Width+int(x*float64(g.Width))])
}

// under is the segment under the pointer that the pick tool would take, or -1.
func (s State) under() int {
	if s.Marking.Tool != PickTool || !s.Pointer.On {
		return -1
	}
	return s.segmentAt(s.Pointer.X, s.Pointer.Y)
}

// letGo is Esc for tools: the stroke in hand is dropped, else an idle tool is
// put away. It says whether there was anything to let go of.
func (u *update) letGo() bool {
	k := &u.Marking
	switch {
	case k.Stroke != nil:
		k.Stroke = nil
	case k.Tool != NoTool && !u.Busy():
		k.Tool = NoTool
	default:
		return false
	}
	return true
}

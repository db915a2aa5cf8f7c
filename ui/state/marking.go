package state

import (
	"math"

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
)

func (ToolsToggled) msg() {}
func (ToolPicked) msg()   {}
func (FillPicked) msg()   {}
func (SelectingSet) msg() {}
func (BrushSized) msg()   {}
func (BrushStepped) msg() {}

// The brush's radius, in fractions of the photo's longer side.
const (
	LeastRadius   = 0.005
	MostRadius    = 0.25
	defaultRadius = 0.045
	radiusStep    = 1.18
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

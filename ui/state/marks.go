package state

import (
	"image"
	"image/color"
	"slices"

	"seewhy/analysis/region"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// Marks is what is drawn over the photo: outlines of regions, the selection,
// the segments that can be picked.
type Marks struct {
	drawing
	// Hidden says that regions and boxes are not outlined.
	Hidden bool
}

// drawing is a picture of marks, and the work on the next one.
type drawing struct {
	Image *image.RGBA

	job   JobID
	asked marksKey
}

// marksKey is what Marks are drawn from. Lists stand for themselves by their
// first elements, for they are replaced, never changed.
type marksKey struct {
	photo     *task.ImageInfo
	regions   *task.Region
	n         int
	boxes     *task.Prediction
	selection *task.Shape
	selected  int
	stroke    *Stroke
	segments  *task.Segments
	under     int
	side      int
}

// Outline is a part that is drawn over the photo.
type Outline struct {
	Shapes []task.Shape
	Color  color.NRGBA
	// Filled tints what is inside.
	Filled bool
}

// BoxMark is a box of a detector's, drawn with its number. Asked is the one that
// the scores are of.
type BoxMark struct {
	Shape  task.Shape
	Number int
	Asked  bool
}

// PaintMarks draws outlines and boxes, and the borders of segments with the one under the
// pointer, at Width x Height.
type PaintMarks struct {
	Job           JobID
	Outlines      []Outline
	Boxes         []BoxMark
	Segments      *task.Segments
	Under         int
	Width, Height int
}

// MarksPainted is that drawing.
type MarksPainted struct {
	Job   JobID
	Image *image.RGBA
}

func (MarksPainted) msg() {}
func (PaintMarks) cmd()   {}

// selectionColor is seen on photos and differs from the regions'.
var selectionColor = color.NRGBA{R: 255, G: 255, B: 255, A: 255}

// followMarks draws what lies over the photo anew where it has changed, and
// asks for the segments that the pick tool needs.
func (u *update) followMarks() {
	k := &u.Marking
	if k.Tool == PickTool && k.Segments == nil && k.segmenting == 0 && u.Photo.Info != nil && u.Photo.Job == 0 {
		k.segmenting = u.job()
		u.do(SegmentPhoto{Job: k.segmenting, Image: u.Photo.Info.Ref, About: k.Pieces})
	}
	u.draw(&u.Marks.drawing, u.Forward.Prediction)
	for i := 1; i < u.Shown; i++ {
		p := &u.Panes[i]
		if !u.ownMarks(i) {
			p.marks = drawing{}
			continue
		}
		u.draw(&p.marks, p.Forward.Prediction)
	}
}

// ownMarks says that a pane has a model of its own, and that one of the two has
// boxes: what is drawn over it is then not what is drawn over the others.
func (s *State) ownMarks(pane int) bool {
	p := s.Panes[pane]
	return p.Own != nil && (boxed(p.Forward.Prediction) || boxed(s.Forward.Prediction))
}

func boxed(p *task.Prediction) bool { return p != nil && len(p.At) > 0 }

// MarksOf is what is drawn over the photo in a pane; nil where that is nothing.
func (s State) MarksOf(pane int) *image.RGBA {
	if s.ownMarks(pane) {
		return s.Panes[pane].marks.Image
	}
	return s.Marks.Image
}

// draw makes a drawing follow what it shows, boxes being those of an answer.
func (u *update) draw(w *drawing, boxes *task.Prediction) {
	c, key := u.outlines(boxes)
	if key == w.asked || w.job != 0 {
		return
	}
	w.asked = key
	if len(c.Outlines) == 0 && len(c.Boxes) == 0 && c.Segments == nil {
		w.Image = nil
		return
	}
	w.job = u.job()
	c.Job = w.job
	u.do(c)
}

func (u *update) marksPainted(m MarksPainted) {
	if m.Job == 0 {
		return
	}
	if u.Marks.job == m.Job {
		u.Marks.job, u.Marks.Image = 0, m.Image
	}
	for i := range u.Panes {
		if w := &u.Panes[i].marks; w.job == m.Job {
			w.job, w.Image = 0, m.Image
		}
	}
}

// outlines are what is to be drawn over the photo.
func (u *update) outlines(boxes *task.Prediction) (PaintMarks, marksKey) {
	var c PaintMarks
	key := marksKey{photo: u.Photo.Info, under: -1}
	if u.Photo.Info == nil {
		return c, key
	}
	k := &u.Marking
	if regions := u.Regions(); len(regions) > 0 && !u.Marks.Hidden {
		key.regions, key.n = &regions[0], len(regions)
		for i, r := range regions {
			c.Outlines = append(c.Outlines, Outline{Shapes: r.Shapes, Color: region.Color(i)})
		}
	}
	if boxed(boxes) && !u.Marks.Hidden {
		key.boxes, c.Boxes = boxes, boxMarks(boxes)
		if len(c.Boxes) == 0 {
			c.Outlines = append(c.Outlines, Outline{Shapes: boxes.At, Color: AskedColor})
		}
	}
	selection := k.Selection
	if s := k.Stroke; s != nil && s.whole() {
		switch {
		case s.erases:
			key.stroke = s
			c.Outlines = append(c.Outlines, Outline{Shapes: []task.Shape{s.Shape}, Color: selectionColor})
		case s.fill == "":
			key.stroke, selection = s, append(slices.Clip(selection), s.Shape)
		case s.Shape.Kind != task.Brush:
			key.stroke = s
			c.Outlines = append(c.Outlines, Outline{Shapes: []task.Shape{s.Shape}, Color: selectionColor})
		}
	}
	if len(selection) > 0 {
		key.selection, key.selected = &selection[0], len(selection)
		if key.stroke != nil {
			// The list is made anew each time; the stroke tells it apart.
			key.selection = nil
		}
		c.Outlines = append(c.Outlines, Outline{Shapes: selection, Color: selectionColor, Filled: true})
	}
	if k.Tool == PickTool && k.Segments != nil && k.Segments.Count > 0 {
		c.Segments, c.Under = k.Segments, u.under()
		key.segments, key.under = k.Segments, c.Under
	}
	key.side = u.side()
	c.Width, c.Height = overlaySize(u.place(prep.Region{}).Picture, key.side)
	return c, key
}

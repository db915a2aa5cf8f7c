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
	Image *image.RGBA
	// Hidden says that regions are not outlined.
	Hidden bool

	job   JobID
	asked marksKey
}

// marksKey is what Marks are drawn from. Lists stand for themselves by their
// first elements, for they are replaced, never changed.
type marksKey struct {
	photo     *task.ImageInfo
	regions   *task.Region
	n         int
	box       *task.Shape
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

// PaintMarks draws outlines, and the borders of segments with the one under the
// pointer, at Width x Height.
type PaintMarks struct {
	Job           JobID
	Outlines      []Outline
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

// boxColor is that of the box that a detector's scores are of.
var boxColor = color.NRGBA{R: 255, G: 214, B: 64, A: 255}

// followMarks draws what lies over the photo anew where it has changed, and
// asks for the segments that the pick tool needs.
func (u *update) followMarks() {
	k := &u.Marking
	if k.Tool == PickTool && k.Segments == nil && k.segmenting == 0 && u.Photo.Info != nil && u.Photo.Job == 0 {
		k.segmenting = u.job()
		u.do(SegmentPhoto{Job: k.segmenting, Image: u.Photo.Info.Ref, About: k.Pieces})
	}
	c, key := u.outlines()
	w := &u.Marks
	if key == w.asked || w.job != 0 {
		return
	}
	w.asked = key
	if len(c.Outlines) == 0 && c.Segments == nil {
		w.Image = nil
		return
	}
	w.job = u.job()
	c.Job = w.job
	u.do(c)
}

// outlines are what is to be drawn over the photo.
func (u *update) outlines() (PaintMarks, marksKey) {
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
	if f := u.Forward.Prediction; f != nil && len(f.At) > 0 && !u.Marks.Hidden {
		key.box = &f.At[0]
		c.Outlines = append(c.Outlines, Outline{Shapes: f.At, Color: boxColor})
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

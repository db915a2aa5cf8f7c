package state

import (
	"image/color"
	"slices"

	"seewhy/analysis/task"
)

// What the user does with a detector's boxes.
type (
	// BoxPicked asks about one of the boxes that the model of a pane is sure of,
	// by its place in the list; the first one, the most confident, is what is asked
	// about anyway.
	BoxPicked struct{ Pane, Box int }
	// BoxPressed asks about the smallest box under a point of the photo, given in
	// fractions of it.
	BoxPressed struct {
		Pane int
		X, Y float64
	}
)

func (BoxPicked) msg()  {}
func (BoxPressed) msg() {}

// AskedColor is that of the box that a detector's scores are of.
var AskedColor = color.NRGBA{R: 255, G: 214, B: 64, A: 255}

// Boxes are those that the model of a pane is sure of, best first.
func (s State) Boxes(pane int) []task.FoundBox {
	if p := s.ForwardOf(pane).Prediction; p != nil {
		return p.Boxes
	}
	return nil
}

func (u *update) boxes(m Msg) {
	switch m := m.(type) {
	case BoxPicked:
		u.pickBox(m.Pane, m.Box)
	case BoxPressed:
		if u.has(m.Pane) {
			if box := boxUnder(u.Boxes(m.Pane), m.X, m.Y); box >= 0 {
				u.pickBox(m.Pane, box)
			}
		}
	}
}

// pickBox asks about a box, by its best class; followAsked does the rest.
func (u *update) pickBox(pane, box int) {
	if !u.has(pane) {
		return
	}
	all := u.Boxes(pane)
	if box < 0 || box >= len(all) || all[box].Asked {
		return
	}
	u.Active = pane
	var at []task.Shape
	if box > 0 {
		at = []task.Shape{all[box].Shape}
	}
	u.replace(u.Photo.Item, func(it *Item) {
		it.Box = at
		if slices.ContainsFunc(it.Regions, func(r task.Region) bool { return r.Asked }) {
			it.Regions = slices.Clone(it.Regions)
			for i := range it.Regions {
				it.Regions[i].Asked = false
			}
		}
	})
	// What another box was asked for is no question to this one.
	p := &u.Panes[pane]
	p.Class, p.Rather = task.AutoClass, task.AutoClass
}

// boxUnder is the smallest box around a point; -1 where there is none.
func boxUnder(all []task.FoundBox, x, y float64) int {
	best, least := -1, 0.0
	for i, b := range all {
		p, q := b.Shape.Points[0], b.Shape.Points[1]
		if x < p.X || x > q.X || y < p.Y || y > q.Y {
			continue
		}
		if area := (q.X - p.X) * (q.Y - p.Y); best < 0 || area < least {
			best, least = i, area
		}
	}
	return best
}

// boxMarks are the boxes of an answer as they are drawn: the one asked about last,
// over the others, and better ones over lesser ones.
func boxMarks(p *task.Prediction) []BoxMark {
	var out []BoxMark
	for i, b := range slices.Backward(p.Boxes) {
		if !b.Asked {
			out = append(out, BoxMark{Shape: b.Shape, Number: i + 1})
		}
	}
	for i, b := range p.Boxes {
		if b.Asked {
			out = append(out, BoxMark{Shape: b.Shape, Number: i + 1, Asked: true})
		}
	}
	return out
}

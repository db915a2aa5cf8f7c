package state

import (
	"image"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
)

// ConceptStrip is the strip of all concepts that the active pane's layer was
// divided into.
type ConceptStrip struct {
	// Of is the result that they belong to; nil where there are none.
	Of   *task.Result
	Pane int
	// Thumbs are all in one picture, then each concept's, over the photo. They
	// stay while newer ones are painted.
	Thumbs []image.Image

	job JobID
}

// conceptParam is the parameter that says which concept is shown.
const conceptParam = "concept"

// concepts handles what the strip of concepts does.
func (u *update) concepts(m Msg) {
	switch m := m.(type) {
	case ConceptPicked:
		if !u.has(m.Pane) || u.Panes[m.Pane].Result == nil || m.Concept < 0 || m.Concept > len(u.Panes[m.Pane].Result.Concepts) {
			return
		}
		p := &u.Panes[m.Pane]
		u.Active = m.Pane
		if mixed := m.Concept == 0; mixed != p.Mixed {
			p.Mixed = mixed
			u.paint(m.Pane)
		}
		if m.Concept > 0 && p.Result.ShownConcept() != m.Concept-1 {
			u.setParam(ParamSet{Pane: m.Pane, ID: conceptParam, Value: float64(m.Concept)})
		}
	case ConceptsPainted:
		if m.Job != 0 && m.Job == u.Concepts.job {
			u.Concepts.job, u.Concepts.Thumbs = 0, m.Thumbs
		}
	}
}

// followConcepts asks for the strip anew where the active pane shows others.
func (u *update) followConcepts() {
	w, p := &u.Concepts, u.Panes[u.Active]
	if p.Show != ShowMap || p.Result == nil || len(p.Result.Concepts) == 0 || u.Photo.Info == nil {
		if w.Of != nil {
			u.cancel(&w.job)
			*w = ConceptStrip{}
		}
		return
	}
	if w.Of == p.Result && w.Pane == u.Active {
		return
	}
	u.cancel(&w.job)
	w.Of, w.Pane, w.job = p.Result, u.Active, u.job()
	c := PaintConcepts{Job: w.job, Concepts: p.Result.Concepts, Place: u.place(p.Result.Region)}
	if n := len(u.Photo.Levels); n > 0 {
		c.Photo = u.Photo.Levels[n-1]
	}
	u.do(c)
}

// Commands and answers of the strip.
type (
	// ConceptPicked shows the concept of that number, from 1 on, or with 0 all
	// in one picture, each place in the colour of the strongest.
	ConceptPicked struct{ Pane, Concept int }
	// PaintConcepts makes a small picture of all concepts and one of each.
	PaintConcepts struct {
		Job      JobID
		Concepts []task.Concept
		Place    heatmap.Place
		Photo    image.Image
	}
	// ConceptsPainted answers it: all in one, then each.
	ConceptsPainted struct {
		Job    JobID
		Thumbs []image.Image
	}
)

func (ConceptPicked) msg()   {}
func (ConceptsPainted) msg() {}
func (PaintConcepts) cmd()   {}

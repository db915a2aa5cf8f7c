package state

import (
	"image"
	"path/filepath"
	"slices"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// LikePicked makes a pane ask how like the photo is to another picture, by path or
// by a name such as "gallery:NAME"; without a Ref it asks for a class again.
type LikePicked struct {
	Pane int
	Ref  string
}

// OpenReference reads a picture to compare with, and a small form of it.
type OpenReference struct {
	Job JobID
	Ref string
}

// ReferenceOpened answers it; Err says in words why there is none.
type ReferenceOpened struct {
	Job   JobID
	Info  task.ImageInfo
	Image image.Image
	Err   string
}

func (LikePicked) msg()      {}
func (ReferenceOpened) msg() {}
func (OpenReference) cmd()   {}

// Likeness is the picture that a pane's reference looks like.
type Likeness struct {
	Image image.Image

	// of is the reference of Image; job brings the next one, picked says that it is
	// one that the person has just picked.
	of     task.ImageRef
	job    JobID
	picked bool
}

// Likens says that a model's output can be taken for an embedding.
func Likens(m Opened) bool { return m.Info != nil && m.Info.Output == task.Scores }

// LikeOf is the picture that a pane compares with; nil where it asks for a class.
func (s State) LikeOf(pane int) *task.ImageRef { return likeOf(s.ModelOf(pane), s.Panes[pane]) }

func likeOf(m Opened, p Pane) *task.ImageRef {
	if !Likens(m) {
		return nil
	}
	return p.Like
}

func (u *update) likeness(m Msg) {
	switch m := m.(type) {
	case LikePicked:
		switch {
		case !u.has(m.Pane):
		case m.Ref == "":
			u.cancel(&u.Panes[m.Pane].Likeness.job)
			u.change(m.Pane, func(p *Pane) { p.Like = nil })
		case Likens(u.ModelOf(m.Pane)):
			u.Active = m.Pane
			u.openReference(m.Pane, m.Ref, true)
		default:
			u.say(true, i18n.T("This model gives no embedding to compare two pictures by."))
		}
	case ReferenceOpened:
		u.referenceOpened(m)
	}
}

func (u *update) openReference(pane int, ref string, picked bool) {
	w := &u.Panes[pane].Likeness
	u.cancel(&w.job)
	w.job, w.picked = u.job(), picked
	u.do(OpenReference{Job: w.job, Ref: ref})
}

func (u *update) referenceOpened(m ReferenceOpened) {
	pane := slices.IndexFunc(u.Panes[:], func(p Pane) bool { return m.Job != 0 && p.Likeness.job == m.Job })
	if pane < 0 {
		return
	}
	p := &u.Panes[pane]
	w := &p.Likeness
	w.job = 0
	switch {
	case m.Err != "":
		if w.picked {
			u.say(true, i18n.Tell(m.Err))
		} else if p.Like != nil {
			// It is not asked for again; the map says what is wrong.
			*w = Likeness{of: *p.Like}
		}
		return
	case !w.picked:
		if p.Like != nil {
			*w = Likeness{Image: m.Image, of: *p.Like}
		}
		return
	}
	like := m.Info.Ref
	*w = Likeness{Image: m.Image, of: like}
	if pane < u.Shown {
		active := u.Active
		u.change(pane, func(p *Pane) { p.Like = &like })
		u.Active = active
	}
}

// followLikeness gets the pictures of references that came with a session, another
// pane's question or undo.
func (u *update) followLikeness() {
	for i := range u.Shown {
		p := &u.Panes[i]
		if p.Like == nil || p.Likeness.job != 0 || p.Likeness.of == *p.Like || u.Phase != Ready {
			continue
		}
		if k := slices.IndexFunc(u.Panes[:], func(o Pane) bool { return o.Likeness.of == *p.Like && o.Likeness.Image != nil }); k >= 0 {
			p.Likeness = u.Panes[k].Likeness
			p.Likeness.job = 0
			continue
		}
		u.openReference(i, p.Like.Path, false)
	}
}

// LikeTitle is what a reference is called on the screen.
func (s State) LikeTitle(pane int) string {
	like := s.LikeOf(pane)
	if like == nil {
		return ""
	}
	if title := like.Title(func(key string) string { return i18n.T(key) }); title != "" {
		return title
	}
	return filepath.Base(like.Path)
}

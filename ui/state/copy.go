package state

import (
	"image"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// What the user copies and saves of a pane.
type (
	// PictureCopied copies a pane's picture under its map, at the picture's own
	// resolution; PictureSaved writes it to a PNG file.
	PictureCopied struct{ Pane int }
	PictureSaved  struct {
		Pane int
		Path string
	}
	// ValuesCopied copies a pane's map as a table: a line a row, tabs between.
	ValuesCopied struct{ Pane int }
	// TextCopied copies words; What says in words what they are.
	TextCopied struct{ Text, What string }
)

func (PictureCopied) msg() {}
func (PictureSaved) msg()  {}
func (ValuesCopied) msg()  {}
func (TextCopied) msg()    {}

// ComposePicture lays a map over a photo and copies it, or writes it to Path.
type ComposePicture struct {
	Photo image.Image
	// Bare says that there is no map to lay over it.
	Bare     bool
	Map      task.Map
	Concepts []task.Concept
	Place    heatmap.Place
	Style    heatmap.Style
	Path     string
}

// CopyValues copies a map as a table.
type CopyValues struct{ Map task.Map }

// CopyText copies words.
type CopyText struct{ Text, What string }

func (ComposePicture) cmd() {}
func (CopyValues) cmd()     {}
func (CopyText) cmd()       {}

func (u *update) copies(m Msg) {
	switch m := m.(type) {
	case PictureCopied:
		u.compose(m.Pane, "")
	case PictureSaved:
		u.compose(m.Pane, m.Path)
	case ValuesCopied:
		if !u.has(m.Pane) {
			return
		}
		if at, ok := u.Panes[m.Pane].placed(); ok {
			u.do(CopyValues{Map: at.Map})
		} else {
			u.say(true, i18n.T("There is no finished heat map to copy yet."))
		}
	case TextCopied:
		u.do(CopyText(m))
	}
}

func (u *update) compose(pane int, path string) {
	if !u.has(pane) {
		return
	}
	levels := u.LevelsOf(pane)
	if u.Photo.Info == nil || len(levels) == 0 {
		u.say(true, i18n.T("There is no picture to copy yet."))
		return
	}
	p := u.Panes[pane]
	c := ComposePicture{Photo: levels[0], Bare: true, Path: path}
	if at, ok := p.placed(); ok {
		c.Bare, c.Map, c.Style, c.Place = false, at.Map, p.Style, u.place(at.Region)
		c.Style.Clip = heatmap.ClipFor(at.Map)
		c.Concepts = p.mixed()
	}
	u.do(c)
}

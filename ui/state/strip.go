package state

import (
	"path/filepath"
	"slices"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// ahead is how many places beyond the visible ones get thumbnails early.
const ahead = 6

func (u *update) strip(m Msg) {
	switch m := m.(type) {
	case FilesGiven:
		if len(m.Paths) == 0 {
			return
		}
		if u.Phase != Ready {
			u.options.Files = append(slices.Clone(u.options.Files), m.Paths...)
			return
		}
		u.do(SortFiles(m))
	case FilesSorted:
		u.filesSorted(m)
	case ItemPicked:
		if it, _ := u.Item(m.Item); it != nil {
			u.Selected = nil
			u.anchor = m.Item
			if m.Item != u.Current {
				u.show(it)
			}
		}
	case ItemStepped:
		u.step(m.By)
	case ItemMarked:
		u.mark(m.Mark)
	case ItemsVisible:
		if m.First != u.first || m.Last != u.last {
			u.first, u.last = m.First, m.Last
			u.thumbs()
		}
	case StripMade:
		u.made(m)
	}
}

func (u *update) filesSorted(m FilesSorted) {
	if len(m.Models) > 0 {
		u.openModel(m.Models[0], 0)
	}
	if m.Project != "" {
		u.do(ReadProject{Path: m.Project})
	}
	first := u.addAll(m.Images)
	u.opened(m.Given, nil)
	switch {
	case m.Refused != "" && slices.Contains(u.Recent.Pictures, m.Refused):
		u.say(true, i18n.T("%s is not where it was.", filepath.Base(m.Refused)))
	case m.Refused != "" && m.Others > 0:
		u.say(true, i18n.T("%s and %d more are neither pictures nor ONNX models.", filepath.Base(m.Refused), m.Others))
	case m.Refused != "":
		u.say(true, i18n.T("%s is neither a picture nor an ONNX model.", filepath.Base(m.Refused)))
	case m.Cut:
		u.say(true, i18n.T("The folder holds more pictures; the first %d were added.", len(m.Images)))
	case len(m.Models) > 1:
		u.say(true, i18n.T("Several models were given; %s is opened.", filepath.Base(m.Models[0])))
	case len(m.Images) == 0 && len(m.Models) == 0 && m.Project == "":
		u.say(true, i18n.T("There are no pictures in what was dropped."))
	case len(m.Images) > 1:
		u.say(false, i18n.T("%d pictures added.", len(m.Images)))
	}
	if first != nil {
		u.show(first)
	} else if u.Current == 0 && len(u.Items) > 0 {
		u.show(u.Items[0])
	}
	u.thumbs()
}

// show makes an item the current one. The stage keeps the old photo until the
// new one is decoded, so that walking does not flicker.
func (u *update) show(it *Item) {
	if u.kept != it.ID {
		u.kept = 0
	}
	u.Current, u.Selected, u.anchor = it.ID, nil, it.ID
	u.cancel(&u.Photo.Job)
	u.Photo.Err = ""
	u.Photo.Job = u.job()
	u.do(OpenPhoto{Job: u.Photo.Job, Item: it.ID, Ref: it.Ref, Edits: it.Edits})
}

// thumbs asks for what the visible part of the filmstrip lacks.
func (u *update) thumbs() {
	if u.Phase != Ready {
		return
	}
	u.followFilm()
	base := task.Task{}
	sha := ""
	if u.Model.Info != nil {
		base = u.taskOf(u.Model.Opened, freshPane())
		base.Image, base.Edits = task.ImageRef{}, nil
		sha = u.Model.Info.Ref.SHA256
	}
	// What is on the screen comes first.
	var seen, beside []ThumbWant
	for i := max(u.first-ahead, 0); i < min(u.last+ahead, u.FilmLen()); i++ {
		it := u.FilmItem(i)
		w := ThumbWant{Item: it.ID, Ref: it.Ref, Thumb: it.Thumb == nil, Label: sha != "" && it.LabelModel != sha, Asked: u.Film.asked}
		switch {
		case it.Err != "" || !w.Thumb && !w.Label:
		case i >= u.first && i < u.last:
			seen = append(seen, w)
		default:
			beside = append(beside, w)
		}
	}
	u.do(Thumbs{Wanted: append(seen, beside...), Task: base})
}

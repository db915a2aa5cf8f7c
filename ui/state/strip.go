package state

import (
	"path/filepath"
	"slices"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// maxThumbs bounds the thumbnails kept; at 160 x 120 pixels they take 46 MB.
const maxThumbs = 600

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
		if it, _ := u.Item(m.Item); it != nil && m.Item != u.Current {
			u.show(it)
		}
	case ItemStepped:
		_, i := u.Item(u.Current)
		i = min(max(i+m.By, 0), len(u.Items)-1)
		if i >= 0 && u.Items[i].ID != u.Current {
			u.show(u.Items[i])
		}
	case ItemMarked:
		u.replace(u.Current, func(it *Item) {
			if it.Mark == m.Mark {
				it.Mark = ""
			} else {
				it.Mark = m.Mark
			}
		})
	case ItemsVisible:
		if m.First != u.first || m.Last != u.last {
			u.first, u.last = m.First, m.Last
			u.thumbs()
		}
	case ThumbMade:
		u.replace(m.Item, func(it *Item) { it.Thumb, it.Err = m.Thumb, m.Err })
		u.read(m.Item, m.SHA256)
		u.trim()
	case ItemLabelled:
		if u.Model.Info != nil && m.Model == u.Model.Info.Ref.SHA256 {
			u.label(m.Item, m.Top)
		}
	}
}

func (u *update) label(id ItemID, top task.Score) {
	u.replace(id, func(it *Item) {
		it.Label, it.Probability, it.LabelModel = top.Label, top.Probability, u.Model.Info.Ref.SHA256
	})
}

func (u *update) filesSorted(m FilesSorted) {
	if len(m.Models) > 0 {
		u.openModel(m.Models[0], 0)
	}
	if m.Project != "" {
		u.do(ReadProject{Path: m.Project})
	}
	var first *Item
	for _, path := range m.Images {
		i := slices.IndexFunc(u.Items, func(it *Item) bool { return it.Ref == path })
		var it *Item
		if i >= 0 {
			it = u.Items[i]
		} else {
			it = u.add(Item{Ref: path, Name: filepath.Base(path)})
		}
		if first == nil {
			first = it
		}
	}
	switch {
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

func (u *update) add(it Item) *Item {
	u.ids++
	it.ID = u.ids
	u.Items = append(slices.Clip(u.Items), &it)
	return &it
}

// show makes an item the current one. The stage keeps the old photo until the
// new one is decoded, so that walking does not flicker.
func (u *update) show(it *Item) {
	if u.kept != it.ID {
		u.kept = 0
	}
	u.Current = it.ID
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
	base := task.Task{}
	sha := ""
	if u.Model.Info != nil {
		base = u.taskOf(u.Model.Opened, freshPane())
		base.Image, base.Edits = task.ImageRef{}, nil
		sha = u.Model.Info.Ref.SHA256
	}
	var wanted []ThumbWant
	for i := max(u.first-ahead, 0); i < min(u.last+ahead, len(u.Items)); i++ {
		it := u.Items[i]
		w := ThumbWant{Item: it.ID, Ref: it.Ref, Thumb: it.Thumb == nil, Label: sha != "" && it.LabelModel != sha}
		if it.Err == "" && (w.Thumb || w.Label) {
			wanted = append(wanted, w)
		}
	}
	// What is on the screen comes first.
	slices.SortStableFunc(wanted, func(a, b ThumbWant) int { return u.offscreen(a.Item) - u.offscreen(b.Item) })
	u.do(Thumbs{Wanted: wanted, Task: base})
}

func (u *update) offscreen(id ItemID) int {
	if _, i := u.Item(id); i >= u.first && i < u.last {
		return 0
	}
	return 1
}

// trim drops the thumbnails farthest from the screen when there are too many.
func (u *update) trim() {
	count := 0
	for _, it := range u.Items {
		if it.Thumb != nil {
			count++
		}
	}
	if count <= maxThumbs {
		return
	}
	middle := (u.first + u.last) / 2
	far, at := -1, -1
	for i, it := range u.Items {
		if d := max(i-middle, middle-i); it.Thumb != nil && d > far {
			far, at = d, i
		}
	}
	u.replace(u.Items[at].ID, func(it *Item) { it.Thumb = nil })
}

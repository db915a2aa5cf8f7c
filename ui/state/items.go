package state

import (
	"image"
	"path/filepath"
	"slices"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
)

// maxThumbs bounds the thumbnails kept; at 176 x 132 pixels they take 56 MB.
const maxThumbs = 600

// StripMade is what was made for the filmstrip in the background since the
// last one. It comes a few times a second, however fast pictures are read, so
// that ten thousand of them are not ten thousand copies of the list.
type StripMade struct {
	Thumbs []ThumbMade
	Labels []ItemLabelled
}

// ThumbMade is a small picture; Err says in words why there is none.
type ThumbMade struct {
	Item  ItemID
	Thumb image.Image
	// SHA256 is that of the file.
	SHA256 string
	Err    string
	Fault  prep.Fault
}

// ItemLabelled is the model's answer for a picture of the filmstrip.
type ItemLabelled struct {
	Item  ItemID
	Model string
	Top   task.Score
	// Asked is that of the ThumbWant: what was asked for before the settings
	// changed is not taken.
	Asked int
}

func (StripMade) msg() {}

// made takes all of it in one copy of Items.
func (u *update) made(m StripMade) {
	items := slices.Clone(u.Items)
	change := func(id ItemID, f func(*Item)) {
		if _, i := u.Item(id); i >= 0 {
			u.swap(items, i, f)
		}
	}
	for _, t := range m.Thumbs {
		change(t.Item, func(it *Item) {
			it.Err, it.Fault = t.Err, t.Fault
			if t.Thumb != nil {
				it.Thumb = t.Thumb
			}
			if t.SHA256 != "" {
				u.compare(it, t.SHA256)
				it.SHA256 = t.SHA256
			}
		})
	}
	for _, l := range m.Labels {
		if u.Model.Info != nil && l.Asked == u.Film.asked && l.Model == u.Model.Info.Ref.SHA256 {
			change(l.Item, labelled(l.Top, l.Model))
		}
	}
	if len(m.Thumbs) > 0 {
		u.trim()
	}
}

// compare tells of a picture whose content is not what was saved.
func (u *update) compare(it *Item, sha string) {
	if it.SHA256 != "" && it.SHA256 != sha {
		u.say(true, i18n.T("%s has changed since it was saved.", it.Title()))
	}
}

func (u *update) label(id ItemID, top task.Score) {
	u.replace(id, labelled(top, u.Model.Info.Ref.SHA256))
}

func labelled(top task.Score, model string) func(*Item) {
	return func(it *Item) { it.Label, it.Probability, it.LabelModel = top.Label, top.Probability, model }
}

// warned notes whether a picture's newest map came with a warning.
func (u *update) warned(r *task.Result) {
	warned := slices.ContainsFunc(r.Notes, func(n task.Note) bool { return n.Warning })
	if it, _ := u.Item(u.Photo.Item); it != nil && it.Warned != warned {
		u.replace(it.ID, func(it *Item) { it.Warned = warned })
	}
}

// mark marks the selected pictures, or the current one; where all of them have
// the mark, it is taken off.
func (u *update) mark(mark string) {
	ids := u.Marked()
	all := !slices.ContainsFunc(ids, func(id ItemID) bool { it, _ := u.Item(id); return it == nil || it.Mark != mark })
	if all {
		mark = ""
	}
	items := slices.Clone(u.Items)
	for _, id := range ids {
		if it, i := u.Item(id); it != nil && it.Mark != mark {
			u.swap(items, i, func(it *Item) { it.Mark = mark })
		}
	}
}

func (u *update) add(it Item) *Item {
	u.ids++
	it.ID = u.ids
	u.Items = append(slices.Clip(u.Items), &it)
	return &it
}

// addAll adds the files that are not there yet, and gives the first of all.
func (u *update) addAll(paths []string) *Item {
	there := make(map[string]*Item, len(u.Items)+len(paths))
	for _, it := range u.Items {
		there[it.Ref] = it
	}
	items := slices.Grow(slices.Clone(u.Items), len(paths))
	for _, path := range paths {
		if there[path] == nil {
			u.ids++
			it := &Item{ID: u.ids, Ref: path, Name: filepath.Base(path)}
			there[path] = it
			items = append(items, it)
		}
	}
	u.Items = items
	if len(paths) == 0 {
		return nil
	}
	return there[paths[0]]
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
	// What the filter leaves out is farthest of all.
	middle, far := (u.first+u.last)/2, len(u.Items)
	distance := make([]int, len(u.Items))
	if u.Film.whole {
		for i := range distance {
			distance[i] = far
		}
	}
	for k := range u.FilmLen() {
		i := k
		if u.Film.whole {
			i = u.Film.order[k]
		}
		distance[i] = max(k-middle, middle-k)
	}
	var with []int
	for i, it := range u.Items {
		if it.Thumb != nil {
			with = append(with, i)
		}
	}
	slices.SortFunc(with, func(a, b int) int { return distance[b] - distance[a] })
	items := slices.Clone(u.Items)
	for _, i := range with[:count-maxThumbs] {
		u.swap(items, i, func(it *Item) { it.Thumb = nil })
	}
}

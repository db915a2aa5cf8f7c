package state

import (
	"slices"

	"seewhy/analysis/task"
)

// RegionAsked makes a region what a segmentation is asked about, or the box of a
// detector, or does so no longer.
type RegionAsked struct{ Region int }

func (RegionAsked) msg() {}

// Asking is what models that are no classifiers were asked about last.
type Asking struct {
	photo   *task.ImageInfo
	at, box []task.Shape
}

// Places says that a model's scores are of a part of the picture.
func Places(m Opened) bool {
	return m.Info != nil && (m.Info.Output == task.Segmentation || m.Info.Output == task.Detection)
}

// askedAt is the part of the photo that a model is asked about; nil leaves it to
// the engine.
func (u *update) askedAt(m Opened) []task.Shape {
	if !Places(m) {
		return nil
	}
	if it, _ := u.Item(u.Photo.Item); it != nil && m.Info.Output == task.Detection && len(it.Box) > 0 {
		return it.Box
	}
	for _, r := range u.Regions() {
		if r.Asked {
			return r.Shapes
		}
	}
	return nil
}

// askRegion turns asking about a region on or off; there is one at most.
func (u *update) askRegion(region int) {
	all := slices.Clone(u.Regions())
	if region < 0 || region >= len(all) {
		return
	}
	for i := range all {
		all[i].Asked = i == region && !all[i].Asked
	}
	u.replace(u.Photo.Item, func(it *Item) { it.Regions, it.Box = all, nil })
}

// followAsked asks anew where another part of the photo is asked about, whoever
// changed that. A photo that is only just there is asked at it anyway. What was
// answered stays until the new answers are there.
func (u *update) followAsked() {
	var at, box []task.Shape
	for i := range u.Shown {
		m := u.ModelOf(i)
		if part := u.askedAt(m); at == nil {
			at = part
		}
		if it, _ := u.Item(u.Photo.Item); it != nil && m.Info != nil && m.Info.Output == task.Detection {
			box = it.Box
		}
	}
	k := &u.Asking
	if k.photo == u.Photo.Info && same(k.at, at) && same(k.box, box) {
		return
	}
	is := k.photo == u.Photo.Info
	k.photo, k.at, k.box = u.Photo.Info, at, box
	if is && u.open() && u.Photo.Job == 0 {
		u.predictAll()
		u.explainAll()
	}
}

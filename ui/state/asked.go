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
	photo *task.ImageInfo
	at    []task.Shape
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
	u.replace(u.Photo.Item, func(it *Item) { it.Regions = all })
}

// followAsked asks anew where another part of the photo is asked about, whoever
// changed that. A photo that is only just there is asked at it anyway.
func (u *update) followAsked() {
	at := u.askedAt(u.Model.Opened)
	for i := 1; i < u.Shown && at == nil; i++ {
		at = u.askedAt(u.ModelOf(i))
	}
	k := &u.Asking
	if k.photo == u.Photo.Info && same(k.at, at) {
		return
	}
	is := k.photo == u.Photo.Info
	k.photo, k.at = u.Photo.Info, at
	if is && u.open() && u.Photo.Job == 0 {
		u.clear()
		u.predictAll()
		u.explainAll()
	}
}

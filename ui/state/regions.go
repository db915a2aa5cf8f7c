package state

import (
	"slices"
	"strings"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// What the user does with selections and regions.
type (
	// SelectionCleared drops the selection; SelectionHidden hides it.
	SelectionCleared struct{}
	SelectionHidden  struct{}
	// RegionNamed makes a region of the selection or, without one, of what is
	// hidden; a name that is there already gets it added.
	RegionNamed struct{ Name string }
	// RegionRenamed, RegionDeleted and RegionHidden act on a region by its
	// place in the list; the last hides what it covers.
	RegionRenamed struct {
		Region int
		Name   string
	}
	RegionDeleted struct{ Region int }
	RegionHidden  struct{ Region int }
	// RegionsShown outlines the regions on the photo, or does not.
	RegionsShown struct{ On bool }
)

func (SelectionCleared) msg() {}
func (SelectionHidden) msg()  {}
func (RegionNamed) msg()      {}
func (RegionRenamed) msg()    {}
func (RegionDeleted) msg()    {}
func (RegionHidden) msg()     {}
func (RegionsShown) msg()     {}

// Regions are those of the photo.
func (s State) Regions() []task.Region {
	if it, _ := s.Item(s.Photo.Item); it != nil && s.Photo.Info != nil {
		return it.Regions
	}
	return nil
}

// Nameable says whether there is something that can become a region.
func (s State) Nameable() bool { return len(s.Marking.Selection) > 0 || len(s.Edited.now) > 0 }

func (u *update) regions(m Msg) {
	switch m := m.(type) {
	case SelectionCleared:
		u.Marking.Selection = nil
	case SelectionHidden:
		if len(u.Marking.Selection) > 0 && u.hide(u.Marking.Selection) {
			u.Marking.Selection = nil
		}
	case RegionNamed:
		u.nameRegion(m.Name)
	case RegionRenamed:
		u.renameRegion(m.Region, m.Name)
	case RegionDeleted:
		if m.Region >= 0 && m.Region < len(u.Regions()) {
			u.replace(u.Photo.Item, func(it *Item) {
				it.Regions = slices.Delete(slices.Clone(it.Regions), m.Region, m.Region+1)
			})
		}
	case RegionAsked:
		u.askRegion(m.Region)
	case RegionHidden:
		if all := u.Regions(); m.Region >= 0 && m.Region < len(all) {
			u.hide(all[m.Region].Shapes)
		}
	case KnownRegionsTaken:
		if it, _ := u.Item(u.Photo.Item); it != nil && u.InGallery() {
			u.do(FindRegions{Item: it.ID, Ref: it.Ref})
		}
	case RegionsFound:
		u.foundRegions(m)
	case RegionsShown:
		u.Marks.Hidden = !m.On
	case Shared:
		for i := range u.Panes {
			if w := &u.Panes[i].Shares; m.Job != 0 && w.job == m.Job {
				w.job, w.Of = 0, m.Shares
			}
		}
	case MarksPainted:
		u.marksPainted(m)
	}
}

// nameRegion makes a region of the selection or of what is hidden.
func (u *update) nameRegion(name string) {
	name = strings.Join(strings.Fields(name), " ")
	it, _ := u.Item(u.Photo.Item)
	if name == "" || it == nil || u.Photo.Info == nil {
		return
	}
	shapes := u.Marking.Selection
	if len(shapes) == 0 {
		shapes = u.hidden(it.Edits)
	}
	if len(shapes) == 0 {
		u.say(false, i18n.T("Nothing is marked yet. Choose Select, draw around a part of the picture, and name it."))
		return
	}
	all := slices.Clone(it.Regions)
	if i := slices.IndexFunc(all, func(r task.Region) bool { return r.Name == name }); i >= 0 {
		all[i].Shapes = append(slices.Clip(all[i].Shapes), shapes...)
	} else {
		all = append(all, task.Region{Name: name, Shapes: shapes})
	}
	if err := edit.CheckRegions(all); err != nil {
		u.say(true, i18n.T("The region cannot be kept: %s", i18n.Tell(err.Error())))
		return
	}
	u.replace(it.ID, func(it *Item) { it.Regions = all })
	u.Marking.Selection, u.Marks.Hidden = nil, false
}

func (u *update) renameRegion(region int, name string) {
	name = strings.Join(strings.Fields(name), " ")
	old := u.Regions()
	if region < 0 || region >= len(old) || name == "" || name == old[region].Name {
		return
	}
	all := slices.Clone(old)
	all[region].Name = name
	if err := edit.CheckRegions(all); err != nil {
		u.say(true, i18n.T("The region cannot be kept: %s", i18n.Tell(err.Error())))
		return
	}
	u.replace(u.Photo.Item, func(it *Item) { it.Regions = all })
}

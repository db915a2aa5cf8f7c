package state

import (
	"slices"
	"strconv"
	"strings"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// KnownRegionsTaken adds the regions that are known of a gallery's picture.
type KnownRegionsTaken struct{}

// FindRegions asks what is known of the parts of a gallery's picture.
type FindRegions struct {
	Item ItemID
	Ref  string
}

// RegionsFound is the answer; Err says in words why there is none.
type RegionsFound struct {
	Item    ItemID
	Regions []task.Region
	Err     string
}

func (KnownRegionsTaken) msg() {}
func (FindRegions) cmd()       {}
func (RegionsFound) msg()      {}

// InGallery says that more is known of the photo than it shows.
func (s State) InGallery() bool {
	it, _ := s.Item(s.Photo.Item)
	return it != nil && s.Photo.Info != nil && slices.ContainsFunc(s.gallery, func(g task.GalleryItem) bool { return g.Ref == it.Ref })
}

// foundRegions adds what is known of a picture; a region that is there already
// under that name is left as it is.
func (u *update) foundRegions(m RegionsFound) {
	it, _ := u.Item(m.Item)
	if it == nil {
		return
	}
	if m.Err != "" {
		u.say(true, i18n.Tell(m.Err))
		return
	}
	all := slices.Clone(it.Regions)
	for _, r := range m.Regions {
		// Of several of a name the later ones are numbered.
		name, number, numbered := strings.Cut(r.Name, " ")
		if _, err := strconv.Atoi(number); numbered && err == nil {
			r.Name = i18n.T(name) + " " + number
		} else {
			r.Name = i18n.T(r.Name)
		}
		if !slices.ContainsFunc(all, func(k task.Region) bool { return k.Name == r.Name }) {
			all = append(all, r)
		}
	}
	if len(all) == len(it.Regions) {
		u.say(false, i18n.T("Nothing more is known of this picture."))
		return
	}
	if err := edit.CheckRegions(all); err != nil {
		u.say(true, i18n.T("The region cannot be kept: %s", i18n.Tell(err.Error())))
		return
	}
	u.replace(it.ID, func(it *Item) { it.Regions = all })
	u.Marks.Hidden = false
}

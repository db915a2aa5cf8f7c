package state

import (
	"maps"
	"slices"

	"seewhy/assets/i18n"
)

type (
	// ItemsExtended selects all pictures of the filmstrip from the one picked
	// last to this one, and shows it; where By is not 0, to the one so many
	// places beside the current one.
	ItemsExtended struct {
		Item ItemID
		By   int
	}
	// ItemToggled adds a picture to the selection or takes it out.
	ItemToggled struct{ Item ItemID }
	// AllSelected selects all that the filmstrip shows.
	AllSelected struct{}
	// ItemsRemoved takes the selected pictures, or the current one, from the
	// filmstrip. Their files stay where they are.
	ItemsRemoved struct{}
)

func (ItemsExtended) msg() {}
func (ItemToggled) msg()   {}
func (AllSelected) msg()   {}
func (ItemsRemoved) msg()  {}

// Marked are the pictures that marks go to, in the order of Items.
func (s State) Marked() []ItemID {
	if len(s.Selected) == 0 {
		if it, _ := s.Item(s.Current); it == nil {
			return nil
		}
		return []ItemID{s.Current}
	}
	return slices.Sorted(maps.Keys(s.Selected))
}

func (u *update) selection(m Msg) {
	switch m := m.(type) {
	case ItemsExtended:
		to := u.FilmPlace(m.Item)
		if m.By != 0 {
			to = u.placeBeside(m.By)
		}
		if to >= 0 {
			u.extend(to)
		}
	case ItemToggled:
		if it, _ := u.Item(m.Item); it == nil {
			return
		}
		selected := maps.Clone(u.Selected)
		if len(selected) == 0 {
			selected = map[ItemID]bool{}
			if u.Current != 0 {
				selected[u.Current] = true
			}
		}
		if selected[m.Item] {
			delete(selected, m.Item)
		} else {
			selected[m.Item] = true
			u.anchor = m.Item
		}
		u.choose(selected)
	case AllSelected:
		selected := make(map[ItemID]bool, u.FilmLen())
		for i := range u.FilmLen() {
			selected[u.FilmItem(i).ID] = true
		}
		u.choose(selected)
	case ItemsRemoved:
		u.remove(u.Marked())
	}
}

// extend selects from the anchor to a place, and shows the picture there.
func (u *update) extend(to int) {
	from := u.FilmPlace(u.anchor)
	if from < 0 {
		if from = u.FilmPlace(u.Current); from < 0 {
			// It is left out: the selection begins on that side of it where it goes.
			at := u.neighbour(u.Current)
			if from = at; to < at {
				from = at - 1
			}
		}
		u.anchor = u.FilmItem(from).ID
	}
	anchor := u.anchor
	selected := map[ItemID]bool{}
	for i := min(from, to); i <= max(from, to); i++ {
		selected[u.FilmItem(i).ID] = true
	}
	if it := u.FilmItem(to); it.ID != u.Current {
		u.show(it)
	}
	u.anchor = anchor
	u.choose(selected)
}

// choose takes a selection; that of the current picture alone is none.
func (u *update) choose(selected map[ItemID]bool) {
	if len(selected) == 0 || len(selected) == 1 && selected[u.Current] {
		selected = nil
	}
	u.Selected = selected
}

// remove takes pictures from the filmstrip and shows the nearest that stays.
func (u *update) remove(gone []ItemID) {
	if len(gone) == 0 {
		return
	}
	next := u.nearest(gone)
	out := func(it *Item) bool {
		_, found := slices.BinarySearch(gone, it.ID)
		return found
	}
	name := ""
	if it, _ := u.Item(gone[0]); it != nil {
		name = it.Title()
	}
	if u.Items = slices.DeleteFunc(slices.Clone(u.Items), out); len(u.Items) == 0 {
		u.Items = nil
	}
	u.Selected, u.anchor = nil, 0
	if len(gone) == 1 {
		u.say(false, i18n.T("%s was taken from the filmstrip; its file stays.", name))
	} else {
		u.say(false, i18n.T("%d pictures were taken from the filmstrip; their files stay.", len(gone)))
	}
	if it, _ := u.Item(u.Current); it != nil {
		u.thumbs()
		return
	}
	if it, _ := u.Item(next); it != nil {
		u.show(it)
	} else {
		u.noPhoto()
	}
	u.thumbs()
}

// nearest is the picture after the current one in the filmstrip that is not
// among those, or else the one before; without any, the first of Items.
func (u *update) nearest(gone []ItemID) ItemID {
	stays := func(id ItemID) bool {
		_, found := slices.BinarySearch(gone, id)
		return !found
	}
	at := max(u.FilmPlace(u.Current), 0)
	for i := at; i < u.FilmLen(); i++ {
		if id := u.FilmItem(i).ID; stays(id) {
			return id
		}
	}
	for i := min(at, u.FilmLen()) - 1; i >= 0; i-- {
		if id := u.FilmItem(i).ID; stays(id) {
			return id
		}
	}
	for _, it := range u.Items {
		if stays(it.ID) {
			return it.ID
		}
	}
	return 0
}

package state

import "slices"

// Film is the filmstrip as it is shown: which pictures, in which order.
type Film struct {
	Filter Filter
	// Known counts the pictures with an answer of the model, or none to be
	// had; it is kept up while the filter asks for answers.
	Known int

	// order are places in Items; without whole it is unused, and all are
	// shown as they were opened. It is worked out anew when it is not of these
	// items and this filter.
	whole bool
	order []int
	items []*Item
	by    Filter
	// surveyed is what answers were asked for.
	surveyed surveyed
	// asked counts the changes of what a label answers.
	asked int
}

type (
	// FilterSet filters and sorts the filmstrip.
	FilterSet struct{ Filter Filter }
	// FilterCleared shows all pictures again, in the order chosen.
	FilterCleared struct{}
)

func (FilterSet) msg()     {}
func (FilterCleared) msg() {}

// FilmLen is how many pictures the filmstrip shows.
func (s State) FilmLen() int {
	if s.Film.whole {
		return len(s.Film.order)
	}
	return len(s.Items)
}

// FilmItem is the picture at a place of the filmstrip.
func (s State) FilmItem(i int) *Item {
	if s.Film.whole {
		return s.Items[s.Film.order[i]]
	}
	return s.Items[i]
}

// FilmPlace is a picture's place in the filmstrip; -1 where it is left out.
func (s State) FilmPlace(id ItemID) int {
	_, i := s.Item(id)
	if i >= 0 && s.Film.whole {
		return slices.Index(s.Film.order, i)
	}
	return i
}

// FilmClass is a predicted class with the number of its pictures.
type FilmClass struct {
	Label string
	Count int
}

// FilmClasses are the classes predicted so far, the most frequent first.
func (s State) FilmClasses() []FilmClass {
	count := map[string]int{}
	for _, it := range s.Items {
		if it.Label != "" {
			count[it.Label]++
		}
	}
	out := make([]FilmClass, 0, len(count))
	for l, n := range count {
		out = append(out, FilmClass{Label: l, Count: n})
	}
	slices.SortFunc(out, func(a, b FilmClass) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return natural(a.Label, b.Label)
	})
	return out
}

// film handles what filters the filmstrip.
func (u *update) film(m Msg) {
	switch m := m.(type) {
	case FilterSet:
		u.Film.Filter = m.Filter
	case FilterCleared:
		u.Film.Filter = u.Film.Filter.Clear()
	}
}

// followFilm works the filmstrip out anew where its pictures or its filter
// have changed: once after a message, whatever that message did.
func (u *update) followFilm() {
	f := &u.Film
	if f.by == f.Filter && same(f.items, u.Items) {
		return
	}
	before := *f
	f.by, f.items = f.Filter, u.Items
	f.whole = f.Filter != Filter{}
	f.order = nil
	if f.whole {
		v := u.sieve(f.Filter)
		for i, it := range u.Items {
			if v.passes(it) {
				f.order = append(f.order, i)
			}
		}
		if f.Filter.Sort != "" || f.Filter.Descending {
			slices.SortFunc(f.order, func(a, b int) int { return v.compare(u.Items[a], u.Items[b]) })
		}
	}
	u.followSurvey()
	if before.whole != f.whole || !slices.Equal(before.order, f.order) {
		u.thumbs()
	}
}

// unseen says that the filmstrip is the same with either picture in its place.
func (f *Film) unseen(a, b *Item) bool {
	labels := a.Label == b.Label && a.LabelModel == b.LabelModel && a.Probability == b.Probability
	if !labels && (f.Filter.Asks() || f.Filter.Text != "") {
		return false
	}
	return a.Name == b.Name && a.Note == b.Note && a.Mark == b.Mark && a.Truth == b.Truth && a.Err == b.Err && a.Warned == b.Warned
}

// step walks the filmstrip from the current picture. From one that has been
// left out it goes to those that stand beside its place.
func (u *update) step(by int) {
	at := u.placeBeside(by)
	if at < 0 {
		return
	}
	if it := u.FilmItem(at); it.ID != u.Current {
		u.show(it)
	}
}

// placeBeside is so many places beside the current picture, within the strip;
// -1 where that is empty. Of a picture that is left out, the next one is where
// it would stand.
func (s State) placeBeside(by int) int {
	at := s.FilmPlace(s.Current)
	if at < 0 {
		at = s.neighbour(s.Current)
		if by > 0 {
			at--
		}
	}
	return min(max(at+by, 0), s.FilmLen()-1)
}

// neighbour is the place before which a picture would stand that is left out.
func (s State) neighbour(id ItemID) int {
	it, _ := s.Item(id)
	if it == nil {
		return 0
	}
	v := s.sieve(s.Film.Filter)
	at, _ := slices.BinarySearchFunc(s.Film.order, it, func(i int, it *Item) int { return v.compare(s.Items[i], it) })
	return at
}

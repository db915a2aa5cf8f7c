package state

import (
	"image"
	"slices"
	"strings"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
)

// ItemID names an entry of the filmstrip for as long as the program runs; 0 means none.
type ItemID int

// Item is a picture in the filmstrip. Items are replaced, never changed.
type Item struct {
	ID    ItemID
	Ref   string
	Name  string
	Truth string
	Thumb image.Image
	// SHA256 is that of the file; empty until it has been read.
	SHA256 string
	// Mark is the person's: "", session.Starred or session.Rejected.
	Mark string
	// Note is what the person wrote about it.
	Note string
	// Edits hide parts of the picture before the models see it, in order;
	// Regions are its named parts. Both slices are replaced, never changed.
	Edits   []task.Edit
	Regions []task.Region
	// Box is that of a detector's boxes which is asked about, one shape; none is
	// the most confident one. The slice is replaced too.
	Box []task.Shape
	// Warned says that the newest map of it came with a warning.
	Warned bool
	// Err says in words why it cannot be shown, Fault in one.
	Err   string
	Fault prep.Fault
	// Label and Probability are the answer of the model with hash LabelModel.
	Label       string
	Probability float64
	LabelModel  string
}

// Item finds a picture and its place in Items; nil and -1 where there is none.
// Items stand in the order in which they were opened, that of their IDs.
func (s State) Item(id ItemID) (*Item, int) {
	i, found := slices.BinarySearchFunc(s.Items, id, func(it *Item, id ItemID) int { return int(it.ID - id) })
	if !found {
		return nil, -1
	}
	return s.Items[i], i
}

// Title is what a picture is called on the screen: titles of the gallery are
// keys of the translation, names of files are none.
func (it *Item) Title() string {
	if it.inside() {
		return i18n.T(it.Name)
	}
	return it.Name
}

// inside says that a picture came with the program.
func (it *Item) inside() bool { return strings.HasPrefix(it.Ref, task.GalleryPrefix) }

// replace swaps an item for a changed copy.
func (s *State) replace(id ItemID, change func(*Item)) {
	_, i := s.Item(id)
	if i < 0 {
		return
	}
	s.swap(slices.Clone(s.Items), i, change)
}

// swap puts a changed copy of an item into a copy of Items, which takes the
// place of Items.
func (s *State) swap(items []*Item, i int, change func(*Item)) {
	changed := *items[i]
	change(&changed)
	// Where the filmstrip cannot tell them apart, it need not be worked out anew.
	unseen := same(s.Film.items, s.Items) && s.Film.unseen(items[i], &changed)
	items[i] = &changed
	s.Items = items
	s.Film.items = nil
	if unseen {
		s.Film.items = items
	}
}

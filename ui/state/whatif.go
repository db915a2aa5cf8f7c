package state

import (
	"image"
	"reflect"
	"slices"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// Edited is the photo with its edits made on it.
type Edited struct {
	// Levels are as in Photo; none where there are no edits.
	Levels []image.Image

	// now are the edits that hold: the picture's, with the stroke in hand.
	now []task.Edit
	// asked are those that Levels show or will show when the job ends; coarse
	// says that a stroke's quick picture waits for the full one.
	asked  []task.Edit
	job    JobID
	coarse bool
}

// What the user does with edits.
type (
	// EditsCleared shows the picture as it was.
	EditsCleared struct{}
	// PaneOriginalSet shows the picture without its edits in a pane, or with them.
	PaneOriginalSet struct {
		Pane     int
		Original bool
	}
	// OriginalHeld shows the picture without its edits everywhere for a moment.
	OriginalHeld struct{ On bool }
	// BesideToggled shows the original beside the edited picture, and undoes it.
	BesideToggled struct{}
)

// EditPhoto makes edits on Levels. A Live one is for the moment: it may be
// smaller.
type EditPhoto struct {
	Job    JobID
	Levels []image.Image
	Edits  []task.Edit
	Live   bool
}

// PhotoEdited is the picture with its edits, or in Err why it cannot be made.
type PhotoEdited struct {
	Job    JobID
	Levels []image.Image
	Err    string
}

func (EditsCleared) msg()    {}
func (PaneOriginalSet) msg() {}
func (OriginalHeld) msg()    {}
func (BesideToggled) msg()   {}
func (PhotoEdited) msg()     {}
func (EditPhoto) cmd()       {}

// Edits are those that the photo is shown with, the stroke in hand among them.
func (s State) Edits() []task.Edit { return s.Edited.now }

// edits finds them.
func (s State) edits() []task.Edit {
	if k := s.Marking.Stroke; k != nil && k.fill != "" {
		return k.edits
	}
	if it, _ := s.Item(s.Photo.Item); it != nil && s.Photo.Info != nil {
		return it.Edits
	}
	return nil
}

// editsOf are those of the picture that a pane shows.
func (s State) editsOf(pane int) []task.Edit {
	if s.Panes[pane].Original {
		return nil
	}
	return s.Edited.now
}

// LevelsOf is the picture that a pane shows, at halving sizes.
func (s State) LevelsOf(pane int) []image.Image {
	if len(s.Edited.now) == 0 || s.Edited.Levels == nil || s.Panes[pane].Original || s.Marking.Peek {
		return s.Photo.Levels
	}
	return s.Edited.Levels
}

// Changed is the answer to the picture without its edits, where a pane shows
// the one to the picture with them; nil where there is nothing to compare.
func (s State) Changed(pane int) *task.Prediction {
	if len(s.Edited.now) == 0 || s.Panes[pane].Original || s.Marking.Peek {
		return nil
	}
	after, before := s.answers(pane)
	if after.Prediction == nil || before.Prediction == nil || len(after.Prediction.Scores) != len(before.Prediction.Scores) {
		return nil
	}
	return before.Prediction
}

// same says that two lists are one: lists are replaced, never changed.
func same[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func (u *update) whatIf(m Msg) {
	switch m := m.(type) {
	case EditsCleared:
		if it, _ := u.Item(u.Photo.Item); it != nil && len(it.Edits) > 0 {
			u.Marking.Stroke = nil
			u.replace(it.ID, func(it *Item) { it.Edits = nil })
		}
	case PaneOriginalSet:
		if u.has(m.Pane) {
			u.Panes[m.Pane].Original = m.Original
		}
	case OriginalHeld:
		u.Marking.Peek = m.On
	case BesideToggled:
		u.beside()
	case PhotoEdited:
		if m.Job == 0 || m.Job != u.Edited.job {
			return
		}
		u.Edited.job = 0
		if m.Err != "" {
			u.notEdited(m.Err)
			return
		}
		u.Edited.Levels = m.Levels
	}
}

func (u *update) notEdited(why string) {
	u.say(true, i18n.T("The picture cannot be edited: %s", i18n.Tell(why)))
}

// beside adds a pane, so that one shows the original and one the edited
// picture. Where a pane shows the original already, all show the edited one
// again, and a last pane that then repeats another's question goes.
func (u *update) beside() {
	if slices.ContainsFunc(u.Panes[:u.Shown], func(p Pane) bool { return p.Original }) {
		for i := range u.Panes[:u.Shown] {
			u.Panes[i].Original = false
		}
		last := u.Shown - 1
		if p := u.Panes[last]; slices.ContainsFunc(u.Panes[:last], func(k Pane) bool {
			return k.Own == p.Own && k.Show == p.Show && reflect.DeepEqual(k.Question, p.Question)
		}) {
			u.closePane(last)
		}
		return
	}
	switch {
	case len(u.Edited.now) == 0:
		u.openTools(true)
		u.say(false, i18n.T("Nothing is hidden yet. Paint over a part of the picture."))
	case u.Shown == MaxPanes:
		u.say(true, i18n.T("The stage holds %d panes. Close one first.", MaxPanes))
	case u.Panes[u.Active].Show != ShowMap:
		u.say(false, i18n.T("Choose a pane with a map of its own first."))
	default:
		from := u.Panes[u.Active]
		u.Panes[u.Active].Original, from.Original = true, false
		u.repeat(from)
	}
}

// keepEdits makes edits those of the photo's picture. What goes past the bounds
// could be saved with no session: it is told, and the picture stays as it was.
func (u *update) keepEdits(edits []task.Edit) bool {
	if len(edits) > edit.MaxEdits {
		u.say(true, i18n.T("The picture has %d marks, and holds no more. Clear some first.", edit.MaxEdits))
		return false
	}
	if err := edit.Check(edits); err != nil {
		u.say(true, i18n.T("The mark cannot be kept: %s", i18n.Tell(err.Error())))
		return false
	}
	u.replace(u.Photo.Item, func(it *Item) { it.Edits = edits })
	return true
}

// hide adds an edit for each shape, in one step.
func (u *update) hide(shapes []task.Shape) bool {
	it, _ := u.Item(u.Photo.Item)
	if it == nil || u.Photo.Info == nil {
		return false
	}
	edits := slices.Clone(it.Edits)
	for _, s := range shapes {
		edits = append(edits, task.Edit{Shape: s, Fill: u.Marking.Fill})
	}
	if !u.keepEdits(edits) {
		return false
	}
	u.Marking.Stroke = nil
	return true
}

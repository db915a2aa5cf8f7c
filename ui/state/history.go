package state

import (
	"fmt"
	"reflect"
	"slices"

	"seewhy/assets/i18n"
)

// The history is a stack of documents (see parts), taken before each step of
// the person. Undo puts one back and asks again for what differs; what answers
// have changed since the step goes with it, so that redo brings that back too.
//
// Zoom and pan, the language, the theme and the device are no document.

// maxSteps bounds how far undo goes back.
const maxSteps = 200

// What the person does with the history, and what ends a stroke.
type (
	// Undone takes the last step back; Redone does it again.
	Undone struct{}
	Redone struct{}
	// Rested says that nothing was done for a while since Stroke was Serial:
	// what comes later is another step.
	Rested struct{ Serial int }
)

func (Undone) msg() {}
func (Redone) msg() {}
func (Rested) msg() {}

// history is what undo and redo go back to. Its slices are replaced, never
// changed.
type history struct {
	past, future []step
	// stroke is what the newest step can be joined by; empty where it is ended.
	stroke string
	// serial counts changes; rests says that a rest ends the stroke.
	serial int
	rests  bool
	// wish names the step that a model under way will be.
	wish string
	// starting says that files named at the start are still to come.
	starting bool
}

// step is a document, with the name of what was done to it.
type step struct {
	name     string
	document State
}

// Undoable names the step that Undone takes back, in words; empty where there
// is none. Redoable names the one that Redone does again.
func (s State) Undoable() string {
	if s.history.wish != "" && s.Model.Job != 0 {
		return i18n.T(s.history.wish)
	}
	return nameOf(s.history.past)
}

// Redoable is told at Undoable.
func (s State) Redoable() string { return nameOf(s.history.future) }

func nameOf(steps []step) string {
	if len(steps) == 0 {
		return ""
	}
	return i18n.T(steps[len(steps)-1].name)
}

// record makes a step of what a message has changed.
func (u *update) record(before *State, m Msg) {
	what, ok := doings[reflect.TypeOf(m)]
	if !ok {
		what = doing{act: steps, name: "change"}
	}
	h := &u.history
	if _, opened := m.(ModelOpened); opened && h.wish != "" {
		// The model that was asked for is there.
		what = doing{act: steps, name: h.wish}
	} else if _, ready := m.(EngineReady); ready {
		h.starting = len(u.options.Files) > 0
		return
	} else if what.act == answers || what.act == looks || u.Phase != Ready {
		if u.Model.Job == 0 {
			h.wish = ""
		}
		return
	}
	if _, files := m.(FilesSorted); files && h.starting {
		// What the program was started with is no step.
		h.starting = false
		return
	}
	if before.resuming() {
		// What stood in the panes was not what the person had.
		return
	}
	changed := !sameDocument(before, &u.State)
	if changed {
		u.push(before, m, what)
	}
	if u.Model.Job != before.Model.Job {
		// A model that comes of a step belongs to it; one that is asked for
		// alone will be a step when it is there.
		h.wish = ""
		if u.Model.Job != 0 && !changed {
			h.wish = modelStep(m, what.name)
		}
	}
}

// modelStep names the step that a model is, for files that were given too.
func modelStep(m Msg, name string) string {
	if _, files := m.(FilesSorted); files {
		return doings[reflect.TypeFor[ModelPicked]()].name
	}
	return name
}

// push puts a step on the stack, or joins it to the last one.
func (u *update) push(before *State, m Msg, what doing) {
	h := &u.history
	h.future = nil
	h.serial++
	stroke := ""
	if what.act == strokes || what.act == walks {
		stroke = what.name
	}
	if what.act == strokes {
		stroke = fmt.Sprint(what.name, " ", u.Active)
		if what.of != nil {
			stroke += what.of(m)
		}
	}
	if stroke != "" && stroke == h.stroke && len(h.past) > 0 {
		return
	}
	h.stroke, h.rests = stroke, what.act == strokes
	var film []*Item
	if n := len(h.past); n > 0 {
		film = h.past[n-1].document.Items
	}
	past := append(slices.Clip(h.past), step{what.name, documentOf(before, film)})
	h.past = past[max(len(past)-maxSteps, 0):]
}

// rewind handles undo and redo.
func (u *update) rewind(m Msg) {
	h := &u.history
	switch m := m.(type) {
	case Undone:
		if h.wish != "" && u.Model.Job != 0 {
			u.say(false, i18n.T("Undone: %s", i18n.T(h.wish)))
			u.stopModel()
			h.wish = ""
			return
		}
		if u.turn(&h.past, &h.future) {
			u.say(false, i18n.T("Undone: %s", u.Redoable()))
		} else {
			u.say(false, i18n.T("There is nothing to undo."))
		}
	case Redone:
		if u.turn(&h.future, &h.past) {
			u.say(false, i18n.T("Done again: %s", u.Undoable()))
		} else {
			u.say(false, i18n.T("There is nothing to do again."))
		}
	case Rested:
		if m.Serial == u.Stroke() {
			h.stroke = ""
		}
	}
}

// Stroke is a number while a stroke goes on, which changes as it does; 0 while
// none does. See Rested.
func (s State) Stroke() int {
	if s.history.stroke == "" || !s.history.rests {
		return 0
	}
	return s.history.serial
}

// turn goes to the last document of one stack and puts the present one on the
// other.
func (u *update) turn(from, to *[]step) bool {
	n := len(*from)
	if n == 0 || u.Phase != Ready {
		return false
	}
	last := (*from)[n-1]
	*from = slices.Clip((*from)[:n-1])
	if u.resuming() {
		// A project that is half there is nothing to come back to.
		*to = nil
	} else {
		*to = append(slices.Clip(*to), step{last.name, documentOf(&u.State, last.document.Items)})
	}
	u.history.stroke = ""
	u.become(last.document)
	return true
}

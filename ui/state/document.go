package state

import (
	"fmt"
	"reflect"
	"slices"
)

// parts say, for each type, which of its fields are the document: what a
// person makes in the window, and what undo takes back. This is the one place
// for a new field of State, Pane or Item; those that are no part of it stand in
// the test, each with its reason, and a field that stands in neither fails it.
//
// A change of what is Made is a step. What goes Along is put back with it, but
// is no step by itself: that the active pane is another one, say. Of a picture
// that is still there, what goes along stays as it is.
var parts = map[reflect.Type]part{
	reflect.TypeFor[State](): {
		Made:  []string{"Model", "Items", "Current", "Panes", "Shown", "Solo", "Links", "Film", "Marking"},
		Along: []string{"Active", "Selected"},
	},
	reflect.TypeFor[Model]():    {Made: []string{"Opened"}, Along: []string{"Ref"}},
	reflect.TypeFor[Pane]():     {Made: []string{"Own", "Question", "Show", "A", "B", "Original", "Mixed", "Switches", "Style", "Wipe"}},
	reflect.TypeFor[Film]():     {Made: []string{"Filter"}},
	reflect.TypeFor[Marking]():  {Made: []string{"Selection"}},
	reflect.TypeFor[Switches](): {Made: []string{"On", "Off"}},
	reflect.TypeFor[Item](): {
		Made:  []string{"ID", "Mark", "Note", "Edits", "Regions", "Box"},
		Along: []string{"Ref", "Name", "Truth", "SHA256"},
	},
}

// part lists fields of one type by name.
type part struct{ Made, Along []string }

// fields are the places of named fields of a type.
type fields struct{ made, along []int }

// places are the parts, looked up once.
var places = func() map[reflect.Type]fields {
	find := func(t reflect.Type, names []string) (out []int) {
		for _, name := range names {
			f, ok := t.FieldByName(name)
			if !ok || len(f.Index) != 1 {
				panic(fmt.Sprintf("state: %v has no field %s", t, name))
			}
			out = append(out, f.Index[0])
		}
		return out
	}
	out := map[reflect.Type]fields{}
	for t, p := range parts {
		out[t] = fields{find(t, p.Made), find(t, p.Along)}
	}
	return out
}()

var itemsType = reflect.TypeFor[[]*Item]()

// copyPart copies the document's share of a value; of a type without a share
// all of it.
func copyPart(to, from reflect.Value, along bool) {
	t := to.Type()
	f, ok := places[t]
	switch {
	case ok:
		for _, i := range f.made {
			copyPart(to.Field(i), from.Field(i), along)
		}
		if along {
			for _, i := range f.along {
				to.Field(i).Set(from.Field(i))
			}
		}
	case t.Kind() == reflect.Array && hasPart(t.Elem()):
		for i := range t.Len() {
			copyPart(to.Index(i), from.Index(i), along)
		}
	case t == itemsType:
		// Pictures have more to them than is kept; see documentOf.
	default:
		to.Set(from)
	}
}

func hasPart(t reflect.Type) bool { _, ok := places[t]; return ok }

// samePart compares what copyPart copies.
func samePart(a, b reflect.Value) bool {
	t := a.Type()
	f, ok := places[t]
	switch {
	case ok:
		return !slices.ContainsFunc(f.made, func(i int) bool { return !samePart(a.Field(i), b.Field(i)) })
	case t.Kind() == reflect.Array && hasPart(t.Elem()):
		for i := range t.Len() {
			if !samePart(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case t == itemsType:
		return sameFilm(a.Interface().([]*Item), b.Interface().([]*Item))
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// sameFilm compares pictures; most are the very same.
func sameFilm(a, b []*Item) bool {
	if len(a) != len(b) {
		return false
	}
	if len(a) == 0 || &a[0] == &b[0] {
		return true
	}
	for i := range a {
		if a[i] != b[i] && !sameItem(a[i], b[i]) {
			return false
		}
	}
	return true
}

// sameItem is samePart for pictures, of which there are ten thousand at each
// step; keptItem is copyPart for them. A test holds them to it.
func sameItem(a, b *Item) bool {
	return a.ID == b.ID && a.Mark == b.Mark && a.Note == b.Note && sameSlice(a.Edits, b.Edits) && sameSlice(a.Regions, b.Regions) && sameSlice(a.Box, b.Box)
}

func keptItem(it *Item) *Item {
	return &Item{
		ID: it.ID, Mark: it.Mark, Note: it.Note, Edits: it.Edits, Regions: it.Regions, Box: it.Box,
		Ref: it.Ref, Name: it.Name, Truth: it.Truth, SHA256: it.SHA256,
	}
}

// sameSlice looks into slices only where they are not the very same.
func sameSlice[T any](a, b []T) bool {
	if len(a) != len(b) || (a == nil) != (b == nil) {
		return false
	}
	return len(a) == 0 || &a[0] == &b[0] || reflect.DeepEqual(a, b)
}

// sameDocument says whether two states hold the same document.
func sameDocument(a, b *State) bool {
	return samePart(reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem())
}

// documentOf is a state's document without all else: no pictures' pixels and
// no maps are kept alive by it. What has not changed since last is shared.
func documentOf(s *State, last []*Item) State {
	var d State
	copyPart(reflect.ValueOf(&d).Elem(), reflect.ValueOf(s).Elem(), true)
	if len(s.Items) == len(last) && sameFilm(s.Items, last) {
		d.Items = last
		return d
	}
	d.Items = make([]*Item, len(s.Items))
	var known map[ItemID]*Item
	for i, it := range s.Items {
		var was *Item
		switch {
		case i < len(last) && last[i].ID == it.ID:
			was = last[i]
		case known == nil:
			// Some were removed, added or moved.
			known = make(map[ItemID]*Item, len(last))
			for _, k := range last {
				known[k.ID] = k
			}
			fallthrough
		default:
			was = known[it.ID]
		}
		if was == nil || !sameItem(it, was) {
			was = keptItem(it)
		}
		d.Items[i] = was
	}
	return d
}

// filmOf are a document's pictures, each with what is known of it now.
func filmOf(document, now []*Item) []*Item {
	if len(document) == 0 {
		return nil
	}
	known := make(map[ItemID]*Item, len(now))
	for _, it := range now {
		known[it.ID] = it
	}
	out := make([]*Item, len(document))
	for i, it := range document {
		k, here := known[it.ID]
		switch {
		case !here:
			out[i] = it
		case sameItem(k, it):
			out[i] = k
		default:
			changed := *k
			copyPart(reflect.ValueOf(&changed).Elem(), reflect.ValueOf(*it), false)
			out[i] = &changed
		}
	}
	return out
}

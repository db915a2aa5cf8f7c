package state

import (
	"reflect"
	"slices"
)

// enter gives a pane that comes to the stage for the first time the active one's
// question, put to a method that no earlier pane shows.
func (u *update) enter(pane int, from Pane) {
	p := &u.Panes[pane]
	if p.Own != nil || p.Result != nil || p.Show != ShowMap {
		return
	}
	fresh := reflect.DeepEqual(p.Question, freshPane().Question)
	if fresh && from.Own == nil && from.Show == ShowMap {
		p.Class, p.Kind, p.KindParam, p.Rather, p.Layer, p.Layers, p.Size, p.Like = from.Class, from.Kind, from.KindParam, from.Rather, from.Layer, from.Layers, from.Size, from.Like
	}
	if fresh || u.asked(pane) {
		p.Method = u.another(pane)
	}
}

// vary gives panes that ask just what an earlier one asks another method: they
// came before their model was known, or the new model lacks what told them apart.
// A pane that waits for a model of its own, or shows the original, has another
// reason to ask the same.
func (u *update) vary() {
	for i := 1; i < u.Shown; i++ {
		p := u.Panes[i]
		waits := slices.ContainsFunc(u.Model.then, func(k later) bool { return k.pane == i })
		if waits || p.Own != nil || p.Show != ShowMap {
			continue
		}
		if slices.ContainsFunc(u.Panes[:i], func(k Pane) bool {
			return k.Own == nil && k.Show == ShowMap && k.Original == p.Original && reflect.DeepEqual(k.Question, p.Question)
		}) {
			u.Panes[i].Method = u.another(i)
		}
	}
}

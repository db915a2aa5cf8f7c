package state

import (
	"reflect"

	"seewhy/analysis/heatmap"
	"seewhy/ui/view"
)

// Layouts are the numbers of panes that the stage is divided into at once.
// Pinning and closing panes may leave other numbers for a while.
func Layouts() []int { return []int{1, 2, 3, 4, 6, 9} }

// Show is what a pane shows.
type Show string

// What a pane can show: its own map, the difference of two other panes' maps,
// or where all panes' maps agree.
const (
	ShowMap        Show = ""
	ShowDifference Show = "difference"
	ShowAgreement  Show = "agreement"
)

// Links say what panes share: a change in one is then a change in all.
type Links struct{ View, Style bool }

// Wipe is a before/after line on a pane: the photo is bare to the left of At,
// a fraction of its width.
type Wipe struct {
	On bool
	At float64
}

// Pointer is where the mouse is over the photo, as fractions of it.
type Pointer struct {
	On   bool
	Pane int
	X, Y float64
}

// Derived is what is computed from other panes' maps.
type Derived struct {
	Show   Show
	Placed heatmap.Placed
	// Maps is how many were compared, Pairs what each two have in common, and
	// Rho the mean of the pairs' rank correlations.
	Maps  int
	Pairs []Pair
	Rho   float64
	// Overlap is the share of the strongest tenth that all maps have in common.
	Overlap float64
}

// Pair is the rank correlation of two panes' maps.
type Pair struct {
	A, B int
	Rho  float64
}

// stage handles what divides the stage and moves in it.
func (u *update) stage(m Msg) {
	switch m := m.(type) {
	case LayoutPicked:
		if m.Panes >= 1 && m.Panes <= MaxPanes {
			u.divide(m.Panes)
		}
	case CompareToggled:
		if u.Shown > 1 {
			u.divide(1)
		} else {
			u.divide(2)
		}
	case MethodsCompared:
		u.compareMethods()
	case LayersCompared:
		u.compareLayers()
	case ClassesCompared:
		u.compareClasses()
	case ClassPinned:
		u.pin(func(p *Pane) { p.Class, p.Like = m.Class, nil })
	case PaneClosed:
		u.closePane(m.Pane)
	case PaneSoloed:
		if u.has(m.Pane) {
			u.Active, u.Solo = m.Pane, !u.Solo && u.Shown > 1
		}
	case ShowPicked:
		u.showPicked(m)
	case Compared:
		u.compared(m)
	case LinksSet:
		u.link(m.Links)
	case PointerMoved:
		u.Pointer = Pointer{}
		if m.On && u.has(m.Pane) && m.X >= 0 && m.X < 1 && m.Y >= 0 && m.Y < 1 {
			u.Pointer = Pointer{On: true, Pane: m.Pane, X: m.X, Y: m.Y}
		}
	case PanHeld:
		u.Panning = m.On
	case Zoomed:
		u.move(m.Pane, func(v view.View) view.View { return v.Zoomed(m.Factor, m.X, m.Y, m.Port) })
	case Panned:
		u.move(m.Pane, func(v view.View) view.View { return v.Panned(m.DX, m.DY, m.Port) })
	case Fitted:
		u.move(m.Pane, func(view.View) view.View { return view.View{Fit: true} })
	case ActualSized:
		u.move(m.Pane, func(v view.View) view.View { return v.Actual(m.Port) })
	}
}

// Visible lists the panes that are on the screen.
func (s State) Visible() []int {
	if s.Solo {
		return []int{s.Active}
	}
	out := make([]int, s.Shown)
	for i := range out {
		out[i] = i
	}
	return out
}

// move changes the view of a pane, and of all where they are linked.
func (u *update) move(pane int, f func(view.View) view.View) {
	if !u.has(pane) {
		return
	}
	v := f(u.Panes[pane].View)
	if !u.Links.View {
		u.Panes[pane].View = v
		return
	}
	for i := range u.Panes {
		u.Panes[i].View = v
	}
}

// link joins or frees panes; those that are joined take the active one's.
func (u *update) link(l Links) {
	joinView, joinStyle := l.View && !u.Links.View, l.Style && !u.Links.Style
	u.Links = l
	active := u.Panes[u.Active]
	if joinView {
		u.move(u.Active, func(v view.View) view.View { return v })
	}
	if joinStyle {
		u.restyle(u.Active, func(s *heatmap.Style) { *s = active.Style })
	}
}

// divide shows n panes. Those that come new ask the active one's question by a
// method that is not shown yet.
func (u *update) divide(n int) {
	for i := n; i < u.Shown; i++ {
		u.cancel(&u.Panes[i].Job)
	}
	from, active := u.Shown, u.Panes[u.Active]
	u.Shown, u.Solo = n, false
	u.Active = min(u.Active, n-1)
	for i := from; i < n; i++ {
		u.Panes[i].Original = false
		u.enter(i, active)
		u.wake(i)
	}
	u.deriveAll()
}

// wake asks what a pane that has come to the stage lacks.
func (u *update) wake(pane int) {
	p := &u.Panes[pane]
	if p.Own != nil && p.Forward.Prediction == nil {
		u.predict(pane)
	}
	if p.Job == 0 && (p.Result == nil && p.Derived == nil || p.Show == ShowMap && !u.current(pane)) {
		u.explain(pane)
	}
}

// current says that a pane's map answers its question about the picture as it
// is: a pane may have left the stage before its answer came.
func (u *update) current(pane int) bool {
	p := u.Panes[pane]
	return p.Result != nil && reflect.DeepEqual(p.answered, p.Question) && same(p.Result.Task.Edits, u.editsOf(pane))
}

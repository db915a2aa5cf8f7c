package state

import (
	"slices"

	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// asked says whether an earlier pane puts the same question.
func (u *update) asked(pane int) bool {
	p := u.Panes[pane]
	return slices.ContainsFunc(u.Panes[:pane], func(k Pane) bool {
		return k.Show == ShowMap && k.Method == p.Method && k.Layer == p.Layer && slices.Equal(k.Layers, p.Layers) && k.Class == p.Class
	})
}

// preferred are methods that show different things and are quick, in the order
// in which new panes take them.
var preferred = []string{
	defaultMethod, pixelMethod, "layercam", "inputxgradient", "eigencam", "lrp", "attnlrp", "rollout", "hirescam", "integratedgradients", "deeplift", "guidedbackprop",
}

// runnable lists the methods that a model can run, preferred ones first.
func runnable(model Opened) []string {
	if model.Info == nil {
		return nil
	}
	var out []string
	for _, id := range preferred {
		if m, ok := method(model, id); ok && m.Why == "" {
			out = append(out, id)
		}
	}
	for _, m := range model.Info.Methods {
		if m.Why == "" && !slices.Contains(out, m.ID) {
			out = append(out, m.ID)
		}
	}
	return out
}

// another is a method that no earlier pane shows, so that there is something
// to compare at once.
func (u *update) another(pane int) string {
	for _, id := range runnable(u.ModelOf(pane)) {
		if m, _ := method(u.ModelOf(pane), id); m.ClassScores && target.Of(u.Panes[pane].Kind).Derived {
			continue
		}
		if !slices.ContainsFunc(u.Panes[:pane], func(k Pane) bool { return k.Show == ShowMap && k.Method == id }) {
			return id
		}
	}
	return u.Panes[pane].Method
}

// fill puts questions into panes, one a pane from the first on, that ask the
// active pane's model; the stage is divided to hold them.
func (u *update) fill(questions []Question) {
	from := u.Panes[u.Active]
	own := from.Own
	// The first pane has the window's model: layers and classes of another one
	// mean nothing to it, so it stays as it is.
	first := 0
	if own != nil {
		first = 1
	}
	questions = questions[:max(len(questions)-first, 0)]
	if len(questions) == 0 {
		return
	}
	shown := len(questions) + first
	for i := shown; i < u.Shown; i++ {
		u.cancel(&u.Panes[i].Job)
	}
	u.Shown, u.Solo = shown, false
	for k, q := range questions {
		i := first + k
		p := &u.Panes[i]
		same := p.Show == ShowMap && p.Result != nil && !p.Partial && p.Job == 0 && p.Own == own
		before := u.task(i)
		if p.Own != own {
			u.cancel(&p.Forward.Job)
			u.cancel(&p.Before.Job)
			p.Own, p.Forward, p.Before = own, from.Forward.known(), from.Before.known()
		}
		p.Question, p.Show, p.Original = q, ShowMap, from.Original
		if own != nil && p.Forward.Prediction == nil && p.Forward.Job == 0 {
			u.predict(i)
		}
		if !same || !equalTasks(before, u.task(i)) {
			u.explain(i)
		}
	}
	u.Active = min(u.Active, u.Shown-1)
	u.deriveAll()
}

// seats is how many panes an action that fills the stage makes: those that are
// there, or four; never more than there are things to show.
func (u *update) seats(things int) int {
	n := u.Shown
	if n < 3 {
		n = 4
	}
	n = min(n, things)
	layouts := Layouts()
	for i := len(layouts) - 1; i >= 0; i-- {
		if layouts[i] <= n {
			return layouts[i]
		}
	}
	return 1
}

func (u *update) compareMethods() {
	ids := runnable(u.ModelOf(u.Active))
	q := u.Panes[u.Active].Question
	// The method at hand comes first.
	ids = append([]string{q.Method}, slices.DeleteFunc(ids, func(id string) bool { return id == q.Method })...)
	var questions []Question
	for _, id := range ids[:u.seats(len(ids))] {
		k := q
		k.Method = id
		questions = append(questions, k)
	}
	u.fill(questions)
}

// compareLayers spreads the natural layers of the model over the panes, the
// last one first.
func (u *update) compareLayers() {
	info, q := u.ModelOf(u.Active).Info, u.Panes[u.Active].Question
	if info == nil {
		return
	}
	if m, ok := u.Method(u.Active); !ok || !m.NeedsLayer {
		q.Method = defaultMethod
	}
	natural := naturalLayers(info)
	n := u.seats(len(natural))
	var questions []Question
	for i := range min(n, len(natural)) {
		k := q
		k.Layers = nil
		k.Layer = natural[i*(len(natural)-1)/max(n-1, 1)]
		questions = append(questions, k)
	}
	u.fill(questions)
}

func (u *update) compareClasses() {
	f, q := u.ForwardOf(u.Active).Prediction, u.Panes[u.Active].Question
	if f == nil {
		return
	}
	var questions []Question
	for _, class := range f.Order[:u.seats(len(f.Order))] {
		k := q
		k.Class, k.Like = class, nil
		questions = append(questions, k)
	}
	u.fill(questions)
}

// pin adds a pane that asks the active one's question about another class.
func (u *update) pin(ask func(*Pane)) {
	if u.ModelOf(u.Active).Info == nil {
		return
	}
	if u.Shown == MaxPanes {
		u.say(true, i18n.T("The stage holds %d panes. Close one first.", MaxPanes))
		return
	}
	from := u.Panes[u.Active]
	if u.Shown == 1 && from.Class == task.AutoClass {
		// Beside a pinned class, the other pane keeps to what it shows.
		if f := u.ForwardOf(u.Active).Prediction; f != nil && len(f.Order) > 0 {
			u.Panes[u.Active].Class = f.Order[0]
		}
	}
	ask(&from)
	u.repeat(from)
}

// repeat adds a pane that puts another's question to the same model, and makes it
// the active one. What that model has answered is taken over.
func (u *update) repeat(from Pane) {
	at := u.Shown
	u.Shown, u.Solo = at+1, false
	u.clearPane(at)
	p := &u.Panes[at]
	p.Own, p.Question, p.Show, p.Original = from.Own, from.Question, ShowMap, from.Original
	p.Forward, p.Before = from.Forward.known(), from.Before.known()
	u.Active = at
	u.wake(at)
}

// closePane takes a pane away; the first one holds the window's model and stays.
func (u *update) closePane(pane int) {
	if pane == 0 || !u.has(pane) {
		return
	}
	u.clearPane(pane)
	closed := u.Panes[pane]
	copy(u.Panes[pane:], u.Panes[pane+1:u.Shown])
	closed.Own, closed.Question, closed.Show, closed.Original = nil, freshPane().Question, ShowMap, false
	u.Panes[u.Shown-1] = closed
	u.Shown--
	u.Solo = false
	if u.Model.Pane == pane {
		u.cancel(&u.Model.Job)
		u.Model.Pane, u.Model.saved = 0, nil
	} else if u.Model.Pane > pane {
		u.Model.Pane--
	}
	var then []later
	for _, k := range u.Model.then {
		if k.pane = shifted(k.pane, pane); k.pane > 0 {
			then = append(then, k)
		}
	}
	u.Model.then = then
	if u.Active >= pane {
		u.Active = max(u.Active-1, 0)
	}
	for i := range u.Panes[:u.Shown] {
		p := &u.Panes[i]
		p.A, p.B = shifted(p.A, pane), shifted(p.B, pane)
	}
	u.deriveAll()
}

// shifted is a pane's number after another was closed; -1 for the closed one.
func shifted(source, closed int) int {
	switch {
	case source == closed:
		return -1
	case source > closed:
		return source - 1
	}
	return source
}

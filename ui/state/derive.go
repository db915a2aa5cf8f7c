package state

import (
	"slices"

	"seewhy/analysis/heatmap"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
)

// showPicked sets what a pane shows.
func (u *update) showPicked(m ShowPicked) {
	if m.Pane == u.Shown && m.Show != ShowMap {
		if u.Shown == MaxPanes {
			u.say(true, i18n.T("The stage holds %d panes. Close one first.", MaxPanes))
			return
		}
		if u.Shown == 1 {
			// What is compared needs two beside it.
			u.divide(2)
			m.Pane = 2
		}
		u.Shown, u.Solo = u.Shown+1, false
		u.clearPane(m.Pane)
	}
	if !u.has(m.Pane) {
		return
	}
	if m.Show != ShowMap && u.Shown == 1 {
		// What is compared needs others beside it.
		u.divide(2)
		m.Pane = 1
	}
	u.Active = m.Pane
	p := &u.Panes[m.Pane]
	before := p.Show
	p.Show, p.A, p.B = m.Show, m.A, m.B
	switch {
	case m.Show == ShowMap && before != ShowMap:
		u.emptyPane(m.Pane)
		u.wake(m.Pane)
		return
	case m.Show == ShowMap:
		return
	case m.Show == ShowDifference && (m.A == m.B || !u.source(m.A) || !u.source(m.B)):
		p.A, p.B = u.firstTwo(m.Pane)
	}
	if before != m.Show {
		u.emptyPane(m.Pane)
	}
	u.deriveAll()
}

// emptyPane takes away what a pane shows, but not its model's answer.
func (u *update) emptyPane(pane int) {
	p := &u.Panes[pane]
	u.cancel(&p.Job)
	u.clearSwitches(pane)
	p.chase, p.Shares = chase{asked: p.chase.asked}, Shares{}
	p.Result, p.Partial, p.Derived, p.Overlay, p.Err, p.Lighter, p.paint, p.stale = nil, false, nil, nil, "", nil, 0, false
}

// source says whether a pane has a map of its own to compare.
func (u *update) source(pane int) bool { return u.has(pane) && u.Panes[pane].Show == ShowMap }

// firstTwo are the first panes with maps of their own beside the given one.
func (u *update) firstTwo(but int) (a, b int) {
	var found []int
	for i := range u.Shown {
		if i != but && u.source(i) {
			found = append(found, i)
		}
	}
	switch len(found) {
	case 0:
		return -1, -1
	case 1:
		return found[0], -1
	}
	return found[0], found[1]
}

// sources are the panes that a pane's comparison reads.
func (u *update) sources(pane int) []int {
	p := u.Panes[pane]
	var out []int
	if p.Show == ShowDifference {
		out = []int{p.A, p.B}
	} else {
		for i := range u.Shown {
			out = append(out, i)
		}
	}
	return slices.DeleteFunc(out, func(i int) bool { return !u.source(i) || u.Panes[i].Result == nil || u.Panes[i].Partial })
}

// deriveAll computes what is made of other panes' maps anew.
func (u *update) deriveAll() {
	for i := range u.Shown {
		if u.Panes[i].Show != ShowMap {
			u.derive(i)
		}
	}
}

func (u *update) derive(pane int) {
	p := &u.Panes[pane]
	u.cancel(&p.Job)
	sources := u.sources(pane)
	if u.Photo.Info == nil || len(sources) < 2 {
		u.emptyPane(pane)
		return
	}
	c := Compare{Job: u.job(), Show: p.Show, Panes: sources, Picture: u.place(prep.Region{}).Picture}
	for _, i := range sources {
		r := u.Panes[i].Result
		c.Maps = append(c.Maps, heatmap.Placed{Map: r.Map, Region: r.Region})
	}
	p.Job, p.Work, p.Err = c.Job, Work{Done: -1}, ""
	u.do(c)
}

// compared takes what was derived.
func (u *update) compared(m Compared) {
	pane := u.byJob(m.Job)
	if pane < 0 {
		return
	}
	p := &u.Panes[pane]
	p.Job = 0
	if m.Err != "" {
		u.emptyPane(pane)
		p.Err = m.Err
		return
	}
	d := m.Derived
	p.Derived = &d
	u.paint(pane)
}

// Wanting says in words what a comparing pane lacks; nothing where it has all.
func (s State) Wanting(pane int) string {
	p := s.Panes[pane]
	if p.Show == ShowMap || p.Derived != nil || p.Job != 0 || p.Err != "" {
		return ""
	}
	return i18n.T("Two panes with finished maps are needed to compare.")
}

package state

import (
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// ModelOf is the model that a pane asks.
func (s State) ModelOf(pane int) Opened {
	if own := s.Panes[pane].Own; own != nil {
		return *own
	}
	return s.Model.Opened
}

// answers are where the answers of that model stand: to the picture with its
// edits, and to it without them.
func (s *State) answers(pane int) (after, before *Forward) {
	if p := &s.Panes[pane]; p.Own != nil {
		return &p.Forward, &p.Before
	}
	return &s.Forward, &s.Before
}

// ForwardOf is that model's answer to the picture as the pane shows it.
func (s State) ForwardOf(pane int) Forward {
	after, before := s.answers(pane)
	if len(s.Edited.now) > 0 && (s.Panes[pane].Original || s.Marking.Peek) {
		return *before
	}
	return *after
}

// known is an answer that has come; one that is on its way comes to its own slot
// alone.
func (f Forward) known() Forward {
	if f.Job != 0 {
		return Forward{}
	}
	return f
}

// Holder is the pane that a pane's model belongs to: itself, or 0 for the window's.
func (s State) Holder(pane int) int {
	if s.Panes[pane].Own != nil {
		return pane
	}
	return 0
}

// Method finds what is known of a pane's method for its model.
func (s State) Method(pane int) (task.MethodInfo, bool) {
	return method(s.ModelOf(pane), s.Panes[pane].Method)
}

func method(m Opened, id string) (task.MethodInfo, bool) {
	if m.Info != nil {
		for _, k := range m.Info.Methods {
			if k.ID == id {
				return k, true
			}
		}
	}
	return task.MethodInfo{}, false
}

// Label names a class of a pane's model.
func (s State) Label(pane, class int) string {
	if m := s.ModelOf(pane).Info; m != nil && class >= 0 && class < len(m.Labels) {
		return m.Labels[class]
	}
	return ""
}

// Busy says whether anything runs that Esc would stop.
func (s State) Busy() bool {
	if s.Model.Job != 0 || s.Export != 0 || s.Sweep.Job != 0 {
		return true
	}
	for _, p := range s.Panes[:s.Shown] {
		if p.Job != 0 {
			return true
		}
	}
	return false
}

// Unready lists the panes of the stage whose own maps are on their way.
func (s State) Unready() []int {
	var out []int
	for i, p := range s.Panes[:s.Shown] {
		if p.Show == ShowMap && p.Job != 0 {
			out = append(out, i)
		}
	}
	return out
}

// PaneTitle says in a word what a pane shows: its method, or how it is made of
// others.
func (s State) PaneTitle(pane int) string {
	switch s.Panes[pane].Show {
	case ShowDifference:
		return i18n.T("Difference")
	case ShowAgreement:
		return i18n.T("Agreement")
	}
	if m, ok := s.Method(pane); ok && m.Title != "" {
		return i18n.T(m.Title)
	}
	return s.Panes[pane].Method
}

// Exportable lists the panes of the stage with finished maps of their own:
// those that a report shows.
func (s State) Exportable() []int {
	var out []int
	for i, p := range s.Panes[:s.Shown] {
		if p.Show == ShowMap && p.Result != nil && !p.Partial && p.Job == 0 {
			out = append(out, i)
		}
	}
	return out
}

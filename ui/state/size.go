package state

import (
	"seewhy/analysis/task"
	"seewhy/models/prep"
	"seewhy/ui/session"
)

// SizePicked runs a pane's model at another input size than its own; the zero
// size, or its own, is its own.
type SizePicked struct {
	Pane int
	Size prep.Size
}

func (SizePicked) msg() {}

// AnySize says that a pane's model takes pictures of any size.
func (s State) AnySize(pane int) bool {
	m := s.ModelOf(pane)
	return m.Info != nil && m.Info.AnySize()
}

// SizeOf is the input size that a pane asks at, 0 x 0 without a model.
func (s State) SizeOf(pane int) prep.Size {
	m := s.ModelOf(pane)
	if m.Info == nil {
		return prep.Size{}
	}
	if size := askedSize(m, s.Panes[pane]); size != (prep.Size{}) {
		return size
	}
	return m.Info.InputSize
}

// askedSize is a pane's size where the model takes any and it is not its own;
// another model's size stays with the pane until one takes it again.
func askedSize(m Opened, p Pane) prep.Size {
	if m.Info == nil || !m.Info.AnySize() || p.Size == m.Info.InputSize {
		return prep.Size{}
	}
	return p.Size
}

// Resized says that a pane asks at another size than its model's own.
func (s State) Resized(pane int) bool {
	return askedSize(s.ModelOf(pane), s.Panes[pane]) != (prep.Size{})
}

func (u *update) sizePicked(m SizePicked) {
	if !u.has(m.Pane) || !u.AnySize(m.Pane) || !session.FitSize(m.Size) {
		return
	}
	if m.Size == u.ModelOf(m.Pane).Info.InputSize {
		m.Size = prep.Size{}
	}
	u.change(m.Pane, func(p *Pane) { p.Size = m.Size })
}

// Offers are what needs less memory than a pane's question, which failed for
// want of it; none where something else is wrong.
func (s State) Offers(pane int) []task.Lighter {
	p := s.Panes[pane]
	if p.Err == "" || p.Job != 0 || p.Show != ShowMap {
		return nil
	}
	return p.Lighter
}

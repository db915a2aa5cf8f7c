package state

// Carry is a pane that is dragged by its grip.
type Carry struct {
	Pane int
	// X and Y are the pointer's place in the window.
	X, Y float64
	// Out says that it is where letting go saves the pane: past the window's
	// edge, or over the filmstrip.
	Out bool
}

type (
	// PaneCarried tells where a pane is dragged; one without a picture is not.
	PaneCarried Carry
	// PaneLetGo ends that; where it is Out the pane is the one to save.
	PaneLetGo struct{}
)

func (PaneCarried) msg() {}
func (PaneLetGo) msg()   {}

// carry handles them.
func (u *update) carry(m Msg) {
	switch m := m.(type) {
	case PaneCarried:
		if u.has(m.Pane) && u.Photo.Info != nil && !u.dropped {
			c := Carry(m)
			u.Carried = &c
		}
	case PaneLetGo:
		if c := u.Carried; c != nil && c.Out {
			u.Active = c.Pane
		}
		u.Carried, u.dropped = nil, false
	}
}

// drop ends a drag whose button is still held, for Esc: what is left of it
// carries nothing. It says whether there was one.
func (u *update) drop() bool {
	if u.Carried == nil {
		return false
	}
	u.Carried, u.dropped = nil, true
	return true
}

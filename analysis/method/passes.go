package method

// Passes says how much of a backward pass a method needs, and with it how much
// memory a sample takes.
type Passes int

// What a method needs, least first.
const (
	// ForwardOnly keeps no values for a way back.
	ForwardOnly Passes = iota
	// BackToLayer keeps those between a layer and the score.
	BackToLayer
	// BackToInput keeps those of the whole model.
	BackToInput
)

// Passes of a method.
func (n Needs) Passes() Passes {
	switch {
	case n.InputGradient || n.Composite.ID != "":
		return BackToInput
	case n.LayerGradient || n.AttentionGradient || n.Curvature:
		return BackToLayer
	}
	return ForwardOnly
}

// usual are the methods to offer first in the place of one that needs too much.
var usual = []string{"gradcam", "legrad", "rise"}

// Lighter lists methods that need fewer passes than the given one, the usual
// ones first, then in the order of the registry; those of one need stand
// together, the nearest first.
func Lighter(m Method) []Method {
	var list []Method
	for p := m.Needs.Passes() - 1; p >= ForwardOnly; p-- {
		for _, id := range usual {
			if u, err := ByID(id); err == nil && u.Needs.Passes() == p {
				list = append(list, u)
			}
		}
		for _, o := range All() {
			if o.Needs.Passes() == p && !contains(list, o.ID) {
				list = append(list, o)
			}
		}
	}
	return list
}

func contains(list []Method, id string) bool {
	for _, m := range list {
		if m.ID == id {
			return true
		}
	}
	return false
}

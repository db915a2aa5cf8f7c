package task

// LayerMap is one layer's map in a sweep over all of a model's candidates.
type LayerMap struct {
	Layer Layer  `json:"layer"`
	Map   Map    `json:"map"`
	Notes []Note `json:"notes,omitempty"`
	// Gradient is the root of the mean square of the gradient at the layer; 0
	// for methods that use none.
	Gradient float64 `json:"gradient"`
	// OtherClass is the correlation, -1 to 1, of this map with the one of Other,
	// a class that is not the task's; Other is -1 where there is none.
	OtherClass float64 `json:"otherClass"`
	Other      int     `json:"other"`
	// What is wrong with the map at this layer; several may hold.
	//
	// Vanished: the gradient is zero, so the map says nothing. Empty: nothing
	// speaks for the class, or all cells are alike. Same: another class has the
	// same map, so that it does not tell why this class.
	Vanished bool `json:"vanished,omitempty"`
	Empty    bool `json:"empty,omitempty"`
	Same     bool `json:"same,omitempty"`
}

// Degenerate says that the map at the layer is no explanation of the class.
func (l LayerMap) Degenerate() bool { return l.Vanished || l.Empty || l.Same }

// Wrong tells why the map is degenerate, worst first: English texts, the keys
// of their translations.
func (l LayerMap) Wrong() []string {
	var list []string
	if l.Vanished {
		list = append(list, "no gradient arrives here")
	}
	if l.Empty && !l.Vanished {
		list = append(list, "the map is empty")
	}
	if l.Same {
		list = append(list, "the same for another class")
	}
	return list
}

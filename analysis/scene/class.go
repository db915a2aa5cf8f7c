package scene

// class is one kind of object. Drawers work in local units, in about [-1, 1] both ways.
type class struct {
	label    string
	draw     func(p *pen, d dice)
	tilt     float64  // largest turn either way, radians
	base     float64  // local y of the line on which it stands, floats or hangs; 0: it stands nowhere
	mirrors  bool     // may be drawn facing the other way
	backdrop []string // where it looks at home; the gallery uses it, training does not
}

// classes are all kinds in the order of the models' outputs. Appending is safe; reordering needs new models.
var classes = []class{
	boatClass, balloonClass, houseClass, carClass, umbrellaClass, mushroomClass,
	butterflyClass, fishClass, cupClass, catClass, flowerClass, clockClass,
}

// Classes are the names of all object classes; the index of a name is the class number and the model's output.
func Classes() []string {
	out := make([]string, len(classes))
	for i, c := range classes {
		out[i] = c.label
	}
	return out
}

package onnx

import (
	"errors"
	"slices"
)

func upgradeUpsample(u *upgrader, n *Node) error {
	scales := n.Input(1)
	if u.from < 9 {
		scales = u.floats(n, "scales", n.Attrs["scales"].Floats)
	}
	return u.legacyResize(n, n.Output(0), n.Input(0), scales, "floor")
}

// upgradeResize serves opset 10, whose second input is the scales, and the
// one mode of 11 and 12 that newer ones dropped.
func upgradeResize(u *upgrader, n *Node) error {
	if u.from >= 11 {
		if n.AttrString("coordinate_transformation_mode", "half_pixel") == "tf_half_pixel_for_nn" {
			return u.halfPixelForNearest(n)
		}
		return u.emit(n)
	}
	in, out, scales := n.Input(0), n.Output(0), n.Input(1)
	if n.AttrString("mode", "nearest") != "nearest" {
		return u.legacyResize(n, out, in, scales, "floor")
	}
	// The nearest pixel: floor where an axis grows, ceil where it shrinks.
	factors, err := u.factors(n, scales)
	if err != nil {
		return err
	}
	grows := slices.ContainsFunc(factors, func(f float32) bool { return f > 1 })
	shrinks := slices.ContainsFunc(factors, func(f float32) bool { return f < 1 })
	switch {
	case !shrinks:
		return u.legacyResize(n, out, in, scales, "floor")
	case !grows:
		return u.legacyResize(n, out, in, scales, "ceil")
	case u.constant(scales) == nil:
		return errors.New("it grows along one axis and shrinks along another by factors that only a run can tell")
	}
	// Axes are independent: one node shrinks, the next grows.
	down, up := slices.Clone(factors), slices.Clone(factors)
	for i, f := range factors {
		down[i], up[i] = min(f, 1), max(f, 1)
	}
	middle := u.name(n, "down")
	if err := u.legacyResize(&Node{Name: middle, Attrs: n.Attrs, Out: n.Out}, middle, in, u.floats(n, "scales", down), "ceil"); err != nil {
		return err
	}
	return u.legacyResize(n, out, middle, u.floats(n, "scales", up), "floor")
}

// halfPixelForNearest: tf_half_pixel_for_nn lies half an element beyond
// half_pixel, so that its floor is there the rounding up of halves, and its
// rounding down of halves the ceiling.
func (u *upgrader) halfPixelForNearest(n *Node) error {
	nearest := map[string]string{"floor": "round_prefer_ceil", "round_prefer_floor": "ceil"}[n.AttrString("nearest_mode", "round_prefer_floor")]
	if nearest == "" || n.AttrString("mode", "nearest") != "nearest" {
		return errors.New("attribute coordinate_transformation_mode is tf_half_pixel_for_nn, which newer opsets have no equal for in this form; export the model at opset 13 or later")
	}
	n.Attrs["coordinate_transformation_mode"], n.Attrs["nearest_mode"] = Str("half_pixel"), Str(nearest)
	return u.emit(n)
}

// factors are the scales, or the ratios of the known shapes.
func (u *upgrader) factors(n *Node, scales string) ([]float32, error) {
	if t := u.constant(scales); t != nil {
		return t.Floats()
	}
	in, out := u.shapes[n.Input(0)], u.shapes[n.Output(0)]
	if len(in) == 0 || len(in) != len(out) {
		return nil, errors.New("whether it grows or shrinks is not known")
	}
	factors := make([]float32, len(in))
	for i := range in {
		switch {
		case in[i] > 0 && out[i] > 0:
			factors[i] = float32(out[i]) / float32(in[i])
		case i == 0:
			// An open batch.
			factors[i] = 1
		default:
			return nil, errors.New("whether it grows or shrinks is not known")
		}
	}
	return factors, nil
}

// legacyResize writes Upsample and the first Resize: asymmetric coordinates.
func (u *upgrader) legacyResize(n *Node, out, in, scales, nearest string) error {
	return u.emit(&Node{
		Name: n.Name, Op: "Resize", In: []string{in, "", scales}, Out: []string{out},
		Attrs: map[string]Attr{
			"mode": Str(n.AttrString("mode", "nearest")), "nearest_mode": Str(nearest),
			"coordinate_transformation_mode": Str("asymmetric"),
		},
	})
}

func (u *upgrader) floats(n *Node, what string, v []float32) string {
	name := u.name(n, what)
	u.g.Init[name] = NewFloats(name, []int64{int64(len(v))}, v)
	return name
}

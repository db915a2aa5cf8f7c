package grad

import (
	"fmt"

	"seewhy/models/onnx"
)

// resizeScales reads the scales of all axes, from input 2 or from the sizes.
func (b *Builder) resizeScales(n *onnx.Node, in, out []int) ([]float64, error) {
	scales := make([]float64, len(in))
	for i := range in {
		scales[i] = 1
		if in[i] > 0 {
			scales[i] = float64(out[i]) / float64(in[i])
		}
	}
	axes, err := resizeAxes(n, len(in))
	if err != nil {
		return nil, err
	}
	t := b.Const(n.Input(2))
	if t == nil && n.Input(2) != "" {
		// The ratio of the sizes is not the scale that made them, which decides where places lie.
		return nil, fmt.Errorf("its scales (input 2, %q) are computed while the model runs, which is not offered", n.Input(2))
	}
	if t == nil || t.Len() == 0 {
		return scales, b.keepAspect(n, in, axes, scales)
	}
	given, err := t.Floats()
	if err != nil {
		return nil, err
	}
	if len(axes) != len(given) {
		return nil, fmt.Errorf("%d scales for %d axes", len(given), len(axes))
	}
	for i, a := range axes {
		scales[a] = float64(given[i])
	}
	return scales, nil
}

// resizeAxes are the axes that scales, sizes and regions are given for.
func resizeAxes(n *onnx.Node, rank int) ([]int64, error) {
	axes := n.AttrInts("axes")
	if axes == nil {
		for i := range rank {
			axes = append(axes, int64(i))
		}
	}
	out := make([]int64, len(axes))
	for i, a := range axes {
		var err error
		if out[i], err = axis(a, rank); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// keepAspect sets one scale for all axes where the sizes are bounds.
func (b *Builder) keepAspect(n *onnx.Node, in []int, axes []int64, scales []float64) error {
	policy := n.AttrString("keep_aspect_ratio_policy", "stretch")
	if policy == "stretch" {
		return nil
	}
	sizes, _, err := b.ConstInts(n, 3)
	if err != nil {
		return err
	}
	if len(sizes) != len(axes) || len(axes) == 0 {
		return fmt.Errorf("%d sizes for %d axes", len(sizes), len(axes))
	}
	common := 0.0
	for i, a := range axes {
		if in[a] < 1 {
			return fmt.Errorf("axis %d is of unknown size", a)
		}
		s := float64(float32(sizes[i]) / float32(in[a]))
		if i == 0 || policy == "not_larger" && s < common || policy == "not_smaller" && s > common {
			common = s
		}
	}
	for _, a := range axes {
		scales[a] = common
	}
	return nil
}

// region is the part of an axis that tf_crop_and_resize shows, from 0 to 1.
type region struct{ start, end float32 }

var whole = region{0, 1}

func (b *Builder) resizeRegions(n *onnx.Node, rank int) ([]region, error) {
	out := make([]region, rank)
	for i := range out {
		out[i] = whole
	}
	if n.AttrString("coordinate_transformation_mode", "half_pixel") != "tf_crop_and_resize" {
		return out, nil
	}
	axes, err := resizeAxes(n, rank)
	if err != nil {
		return nil, err
	}
	t := b.Const(n.Input(1))
	if t == nil {
		return nil, fmt.Errorf("its region (input 1) is computed; a gradient through that is not offered")
	}
	v, err := t.Floats()
	if err != nil {
		return nil, err
	}
	if len(v) != 2*len(axes) {
		return nil, fmt.Errorf("its region (input 1) has %d numbers for %d axes; each axis has a start and an end", len(v), len(axes))
	}
	for i, a := range axes {
		out[a] = region{v[i], v[len(axes)+i]}
	}
	return out, nil
}

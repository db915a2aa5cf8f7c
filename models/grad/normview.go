package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// normView is a normalisation by its input's own statistics in one form for
// all: y = weight (x - mean) / sqrt(mean((x - mean)^2) + eps) + bias, the means
// over axes of count elements.
type normView struct {
	// shaped brings a value of the input's shape into the form, back undoes it;
	// the batch stays the first dimension.
	shaped func(Value) Value
	back   func(Value) (Value, error)
	weight Value
	axes   []int64
	count  int
	// centred says that the mean is taken off; an RMS normalisation leaves it.
	centred bool
}

// mean is over the axes of the form, which stay.
func (v normView) mean(b *Builder, x Value) Value {
	return b.Scale(b.SumAxes(x, true, v.axes...), 1/float64(v.count))
}

// root is sqrt(mean(c^2) + eps) for c without its mean.
func (v normView) root(b *Builder, n *onnx.Node, c Value) Value {
	return b.Op("Sqrt", b.Add(v.mean(b, b.Mul(c, c)), b.Scalar(float64(n.AttrFloat("epsilon", 1e-5)))))
}

// centre takes the mean off, where the normalisation does.
func (v normView) centre(b *Builder, x Value) Value {
	if !v.centred {
		return x
	}
	return b.Sub(x, v.mean(b, x))
}

func (b *Builder) normView(n *onnx.Node) (normView, error) {
	v := normView{
		shaped: func(x Value) Value { return x }, back: func(x Value) (Value, error) { return x, nil },
		weight: Value(n.In[1]), centred: n.Op != "RMSNormalization",
	}
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return v, err
	}
	if n.Op == "LayerNormalization" || n.Op == "RMSNormalization" {
		v.axes, v.count, err = b.tailAxes(n)
		return v, err
	}
	if len(shape) < 3 || slices.Min(shape[1:]) < 1 {
		return v, fmt.Errorf("its input has shape %v; the dimensions behind the batch must be known", shape)
	}
	if n.Op == "InstanceNormalization" {
		dims := []int64{1, int64(shape[1])}
		for i := 2; i < len(shape); i++ {
			v.axes, dims = append(v.axes, int64(i)), append(dims, 1)
		}
		v.weight, v.count = b.Op("Reshape", v.weight, b.Ints(dims...)), product(shape[2:])
		return v, nil
	}
	groups := int(n.AttrInt("num_groups", 1))
	if groups < 1 || shape[1]%groups != 0 {
		return v, fmt.Errorf("%d groups do not divide the channels of an input of shape %v", groups, shape)
	}
	per, space := shape[1]/groups, product(shape[2:])
	four := b.Ints(-1, int64(groups), int64(per), int64(space))
	// The scale is one a group before opset 21, one a channel since.
	scales := b.Ints(1, int64(groups), int64(per), 1)
	if b.m.Opset() < 21 {
		scales = b.Ints(1, int64(groups), 1, 1)
	}
	v.shaped = func(x Value) Value { return b.Op("Reshape", x, four) }
	v.back = func(x Value) (Value, error) { return b.ReshapeLike(x, n.In[0]) }
	v.weight, v.axes, v.count = b.Op("Reshape", v.weight, scales), []int64{2, 3}, per*space
	return v, nil
}

package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// heldRule is the rule of normalisations by their input's own statistics: with
// the deviation s held constant, y = w (x - mean(x)) / s + b is linear in x, and
//
//	R_in = x J^T g,  g = R / stabilise(y),  J^T g = c - mean(c),  c = w g / s
//
// (RMS normalisation has no mean). It is what lxt, the reference of AttnLRP,
// does; the bias takes its share.
func heldRule(s *scope, epsilon float64) Rule {
	return Rule{VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
		shape, err := b.Shape(n.In[0])
		if err != nil {
			return nil, err
		}
		x, w, g := Value(n.In[0]), Value(n.In[1]), b.share(d[0], Value(n.Out[0]), epsilon)
		view, axes, count := func(v Value) Value { return v }, []int64(nil), 1
		rank := len(shape)
		switch n.Op {
		case "LayerNormalization", "RMSNormalization":
			if axes, count, err = b.tailAxes(n); err != nil {
				return nil, err
			}
		case "InstanceNormalization":
			if rank < 3 || slices.Min(shape[1:]) < 1 {
				return nil, fmt.Errorf("shape %v", shape)
			}
			dims := []int64{1, int64(shape[1])}
			for i := 2; i < rank; i++ {
				axes, dims, count = append(axes, int64(i)), append(dims, 1), count*shape[i]
			}
			w = b.Op("Reshape", w, b.Ints(dims...))
		case "GroupNormalization":
			groups := int(n.AttrInt("num_groups", 1))
			if rank < 3 || slices.Min(shape[1:]) < 1 || groups < 1 || shape[1]%groups != 0 {
				return nil, fmt.Errorf("%d groups of shape %v", groups, shape)
			}
			per, space := shape[1]/groups, product(shape[2:])
			four := b.Ints(-1, int64(groups), int64(per), int64(space))
			view = func(v Value) Value { return b.Op("Reshape", v, four) }
			scales := b.Ints(1, int64(groups), int64(per), 1)
			if b.m.Opset() < 21 {
				scales = b.Ints(1, int64(groups), 1, 1)
			}
			w, axes, count = b.Op("Reshape", w, scales), []int64{2, 3}, per*space
		}
		mean := func(v Value) Value { return b.Scale(b.SumAxes(v, true, axes...), 1/float64(count)) }
		x, g = view(x), view(g)
		centred := x
		if n.Op != "RMSNormalization" {
			centred = b.Sub(x, mean(x))
		}
		variance := b.Add(mean(b.Mul(centred, centred)), b.Scalar(float64(n.AttrFloat("epsilon", 1e-5))))
		c := b.Div(b.Mul(w, g), b.Op("Sqrt", variance))
		if n.Op != "RMSNormalization" {
			c = b.Sub(c, mean(c))
		}
		r := b.Mul(x, c)
		if n.Op == "GroupNormalization" {
			r, err = b.ReshapeLike(r, n.In[0])
		}
		return []Value{r}, err
	}}
}

package grad

import (
	"slices"

	"seewhy/models/onnx"
)

func init() {
	register(
		reduction("ReduceSum", func(b *Builder, x, y, dy Value, axes []int64, count int) Value { return dy }),
		reduction("ReduceMean", func(b *Builder, x, y, dy Value, axes []int64, count int) Value {
			if count < 0 {
				// The batch is among the axes.
				return b.Mul(dy, b.Div(b.toFloat(b.Op("Size", y)), b.toFloat(b.Op("Size", x))))
			}
			return b.Scale(dy, 1/float64(count))
		}),
		// d sum(x^2) = 2 x
		reduction("ReduceSumSquare", func(b *Builder, x, y, dy Value, axes []int64, count int) Value {
			return b.Mul(dy, b.Scale(x, 2))
		}),
		// y = sqrt(sum x^2):  dx = dy x / y
		reduction("ReduceL2", func(b *Builder, x, y, dy Value, axes []int64, count int) Value { return b.Mul(b.Div(dy, y), x) }),
		reduction("ReduceL1", func(b *Builder, x, y, dy Value, axes []int64, count int) Value { return b.Mul(dy, b.Op("Sign", x)) }),
		// d log(sum x) = 1 / sum(x) = exp(-y)
		reduction("ReduceLogSum", func(b *Builder, x, y, dy Value, axes []int64, count int) Value {
			return b.Mul(dy, b.Op("Exp", b.Neg(y)))
		}),
		reduction("ReduceLogSumExp", func(b *Builder, x, y, dy Value, axes []int64, count int) Value {
			return b.Mul(dy, b.Op("Exp", b.Sub(x, y)))
		}),
		reduction("ReduceMax", shareOver),
		reduction("ReduceMin", shareOver),
		// Where no factor is zero: dx = dy y / x.
		reduction("ReduceProd", func(b *Builder, x, y, dy Value, axes []int64, count int) Value { return b.Mul(dy, b.Div(y, x)) }),
	)
}

func shareOver(b *Builder, x, y, dy Value, axes []int64, count int) Value {
	return b.shareMaxima(x, y, dy, axes)
}

// reduction makes a rule from a factor formula in which y and dy keep the
// reduced axes as 1; the result is spread over x's shape. count is the number
// of elements that one result is made of, -1 where the batch is among them.
func reduction(op string, formula func(b *Builder, x, y, dy Value, axes []int64, count int) Value) Rule {
	return Rule{Op: op, VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
		shape, err := b.Shape(n.In[0])
		if err != nil {
			return nil, err
		}
		axes, err := b.reducedAxes(n, len(shape))
		if err != nil {
			return nil, err
		}
		if len(axes) == 0 {
			// Nothing is reduced, but squares, logarithms and absolute values are taken.
			switch op {
			case "ReduceMax", "ReduceMin":
				return []Value{d[0]}, nil
			}
			return []Value{formula(b, Value(n.In[0]), Value(n.Out[0]), d[0], nil, 1)}, nil
		}
		kept := slices.Clone(shape)
		count, target := 1, make([]int64, len(shape))
		for i := range target {
			target[i] = 1
		}
		known := true
		for _, a := range axes {
			kept[a] = 1
			count *= shape[a]
			target[a] = int64(shape[a])
			known = known && shape[a] >= 0
		}
		x, y, dy := Value(n.In[0]), Value(n.Out[0]), d[0]
		if n.AttrInt("keepdims", 1) == 0 {
			y, dy = b.Unsqueeze(y, axes...), b.Unsqueeze(dy, axes...)
		}
		to := b.Ints(target...)
		if !known {
			count = -1
			to = b.Op("Shape", x)
		}
		return []Value{b.outsideLike(b.Op("Expand", formula(b, x, y, dy, axes, count), to), n.In[0])}, nil
	}}
}

// reducedAxes reads the axes from the input or the attribute, sorted and
// non-negative; nil where nothing is reduced.
func (b *Builder) reducedAxes(n *onnx.Node, rank int) ([]int64, error) {
	axes, ok, err := b.ConstInts(n, 1)
	if err != nil {
		return nil, err
	}
	if !ok {
		axes = n.AttrInts("axes")
	}
	if len(axes) == 0 {
		if n.AttrInt("noop_with_empty_axes", 0) == 1 {
			return nil, nil
		}
		axes = make([]int64, rank)
		for i := range axes {
			axes[i] = int64(i)
		}
	}
	axes = slices.Clone(axes)
	for i := range axes {
		if axes[i], err = axis(axes[i], rank); err != nil {
			return nil, err
		}
	}
	slices.Sort(axes)
	return axes, nil
}

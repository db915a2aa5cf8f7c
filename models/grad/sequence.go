package grad

import (
	"fmt"

	"seewhy/models/onnx"
)

func init() {
	register(
		Rule{Op: "Compress", VJP: vjpCompress},
		// Reversed once more, each element is at its old place.
		Rule{Op: "ReverseSequence", VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			return []Value{b.Node("ReverseSequence", n.Clone().Attrs, d[0], Value(n.In[1]))}, nil
		}},
		Rule{Op: "CenterCropPad", VJP: vjpCenterCropPad},
	)
}

// vjpCompress: the rows that were kept take their gradient, the others none.
func vjpCompress(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	kept := b.Op("Reshape", b.Op("NonZero", Value(n.In[1])), b.Ints(-1))
	if _, ok := n.Attrs["axis"]; !ok {
		zeros := b.Op("Reshape", b.ZerosLike(n.In[0]), b.Ints(-1))
		g, err := b.ReshapeLike(b.scatterAdd(zeros, kept, d[0], 0), n.In[0])
		return []Value{g}, err
	}
	a, err := axis(n.AttrInt("axis", 0), len(shape))
	if err != nil {
		return nil, err
	}
	along := make([]int64, len(shape))
	for i := range along {
		along[i] = 1
	}
	along[a] = -1
	at := b.Op("Expand", b.Op("Reshape", kept, b.Ints(along...)), b.Op("Shape", d[0]))
	return []Value{b.scatterAdd(b.ZerosLike(n.In[0]), at, d[0], a)}, nil
}

// vjpCenterCropPad: what was cut away gets zeros, what was added is cut away.
func vjpCenterCropPad(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	in, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	out, err := b.Shape(n.Out[0])
	if err != nil {
		return nil, err
	}
	if len(in) != len(out) {
		return nil, fmt.Errorf("its output has shape %v and its input %v: their ranks must be the same", out, in)
	}
	pads := make([]int64, 2*len(in))
	for i := range in {
		change := int64(in[i] - out[i])
		switch {
		case in[i] == out[i]:
		case in[i] < 0 || out[i] < 0:
			return nil, fmt.Errorf("axis %d is of unknown size", i)
		case change > 0:
			pads[i] = change / 2
		default:
			pads[i] = -(-change / 2)
		}
		pads[len(in)+i] = change - pads[i]
	}
	return []Value{b.pad(d[0], pads)}, nil
}

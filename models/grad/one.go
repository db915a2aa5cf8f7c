package grad

import (
	"slices"

	"seewhy/models/onnx"
)

// One is the model for exactly one sample: the open batch is 1 in every shape.
// The runtime then keeps the backward pass of a convolutional network in its
// blocked layout, which it does only between values whose shapes it knows to
// be equal. A model without an open batch, one whose shapes for one sample are
// not all known, and one of more matrix products than convolutions, which gains
// nothing, come back as they are.
func (p *Prepared) One() *Prepared {
	shape := p.Facts.Shapes[p.Input]
	if len(shape) == 0 || shape[0] >= 0 || !convolutional(p.Model.Graph) {
		return p
	}
	out := *p
	out.Facts = p.Facts.Clone()
	shape = slices.Clone(shape)
	shape[0] = 1
	out.Facts.Shapes[p.Input] = shape
	for v, s := range out.Facts.Shapes {
		if slices.Contains(s, -1) {
			if s = out.Facts.single[v]; s == nil || slices.Contains(s, -1) {
				return p
			}
			out.Facts.Shapes[v] = s
		}
	}
	out.Model = WithInputShape(p.Model, p.Input, shape)
	return &out
}

func convolutional(g *onnx.Graph) bool {
	lead := 0
	for _, n := range g.Nodes {
		switch n.Op {
		case "Conv":
			lead++
		case "MatMul", "Gemm":
			lead--
		}
	}
	return lead > 0
}

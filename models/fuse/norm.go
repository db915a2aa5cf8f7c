package fuse

import (
	"math"

	"seewhy/models/onnx"
)

// gelu appends x (1 + erf(x / sqrt 2)) / 2.
func gelu(o op, x operand) op {
	o = o.on(Affine, x, math.Sqrt2/2, 0).after(Erf, 0, 0).after(HardSigmoid, 0.5, 0.5)
	return o.with(Mul, x, o.last())
}

// joinedGelu takes the runtime's own forms of Gelu, with a bias or without.
func (p *plan) joinedGelu(n *onnx.Node) op {
	for _, v := range n.In {
		if !p.floats[v] {
			return nil
		}
	}
	switch {
	case n.Op == "Gelu" && len(n.In) == 1:
		return gelu(op{}, value(n.In[0]))
	case n.Op == "BiasGelu" && len(n.In) == 2:
		o := binary(Add, n.In[0], n.In[1])
		return gelu(o, o.last())
	}
	return nil
}

// layerNorm takes one over the last axis: scale (x - mean) / sqrt(var + epsilon) + bias.
func (p *plan) layerNorm(n *onnx.Node) op {
	rank, known := p.ranks[n.In[0]]
	axis := n.AttrInt("axis", -1)
	if axis != -1 && !(known && axis == int64(rank-1)) || n.AttrInt("stash_type", 1) != 1 || len(n.In) < 2 {
		return nil
	}
	x := value(n.In[0])
	o := unary(Mean, n.In[0], 0, 0)
	o = o.with(Sub, x, o.last())
	c := o.last()
	o = o.with(Mul, c, c)
	o = o.after(Mean, 0, 0).after(Affine, 1, n.AttrFloat("epsilon", 1e-5)).after(Sqrt, 0, 0).after(Reciprocal, 0, 0)
	o = o.with(Mul, c, o.last())
	o = o.with(Mul, o.last(), value(n.In[1]))
	if bias := n.Input(2); bias != "" {
		o = o.with(Add, o.last(), value(bias))
	}
	return o
}

package fuse

import (
	"math"

	"seewhy/models/onnx"
)

// then appends a step on operands.
func (o op) then(what Operation, a, b operand, p, q float32) op {
	return append(o, step{what: what, a: a, b: b, p: p, q: q})
}

// last is the value that the last step makes.
func (o op) last() operand { return operand{place: len(o) - 1} }

// gelu appends x (1 + erf(x / sqrt 2)) / 2.
func gelu(o op, x operand) op {
	o = o.then(Affine, x, x, math.Sqrt2/2, 0)
	o = o.after(Erf, 0, 0).after(HardSigmoid, 0.5, 0.5)
	return o.then(Mul, x, o.last(), 0, 0)
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
		return gelu(op{}, operand{name: n.In[0]})
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
	x := operand{name: n.In[0]}
	o := unary(Mean, n.In[0], 0, 0)
	o = o.then(Sub, x, o.last(), 0, 0)
	c := o.last()
	o = o.then(Mul, c, c, 0, 0)
	o = o.after(Mean, 0, 0).after(Affine, 1, n.AttrFloat("epsilon", 1e-5)).after(Sqrt, 0, 0).after(Reciprocal, 0, 0)
	o = o.then(Mul, c, o.last(), 0, 0)
	o = o.then(Mul, o.last(), operand{name: n.In[1]}, 0, 0)
	if bias := n.Input(2); bias != "" {
		o = o.then(Add, o.last(), operand{name: bias}, 0, 0)
	}
	return o
}

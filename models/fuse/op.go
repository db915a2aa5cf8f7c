package fuse

import (
	"math"

	"seewhy/models/onnx"
)

// An Operation is what a step of a program does with its operands a and b and
// its numbers p and q; the kernel's header tells what each is.
type Operation int64

// The operations, numbered as in the kernel.
const (
	Add Operation = iota
	Sub
	Mul
	Div
	Affine
	Relu
	Leaky
	Clip
	HardSigmoid
	Sigmoid
	Tanh
	Erf
	Exp
	Sqrt
	Reciprocal
	Abs
	Quotient
	Mean
	Sum
	Maximum
	operations
)

// Operations names all of them, each at its number.
var Operations = [operations]string{
	"Add", "Sub", "Mul", "Div", "Affine", "Relu", "Leaky", "Clip", "HardSigmoid", "Sigmoid", "Tanh", "Erf", "Exp", "Sqrt",
	"Reciprocal", "Abs", "Quotient", "Mean", "Sum", "Maximum",
}

// step is an operation on values: those of the graph by name, earlier steps of
// the same op by "" and their place.
type step struct {
	what Operation
	a, b operand
	p, q float32
}

type operand struct {
	name  string
	place int
}

// op is what a node does, in steps; the last one makes its value.
type op []step

func (o op) steps() int { return len(o) }

// reads are the graph's values that an op reads.
func (o op) reads() (names []string) {
	for _, s := range o {
		for _, v := range []operand{s.a, s.b} {
			if v.name != "" {
				names = append(names, v.name)
			}
		}
	}
	return names
}

// reduces tells an operation over the last axis from one on each element.
func (o Operation) reduces() bool { return o >= Mean }

// last is the value that the last step makes.
func (o op) last() operand { return operand{place: len(o) - 1} }

// with appends a step on two operands; on takes one, and after the value of the
// step before.
func (o op) with(what Operation, a, b operand) op { return append(o, step{what: what, a: a, b: b}) }

func (o op) on(what Operation, x operand, p, q float32) op {
	return append(o, step{what: what, a: x, b: x, p: p, q: q})
}

func (o op) after(what Operation, p, q float32) op { return o.on(what, o.last(), p, q) }

func value(name string) operand { return operand{name: name} }

func unary(what Operation, name string, p, q float32) op {
	return op{}.on(what, value(name), p, q)
}

func binary(what Operation, a, b string) op { return op{}.with(what, value(a), value(b)) }

// nothing is what changes no sum: 0 would make 0 of -0.
var nothing = float32(math.Copysign(0, -1))

// opOf tells what a node does, nil where no program can do it.
func (p *plan) opOf(n *onnx.Node) op {
	if n.Domain == LayoutDomain && n.Op == "Conv" {
		return p.layoutConv(n)
	}
	if n.Domain == "com.microsoft" {
		return p.joinedGelu(n)
	}
	if n.Domain != "" && n.Domain != "ai.onnx" {
		return nil
	}
	for _, v := range n.In {
		if v != "" && (n.Op != "ReduceMean" && n.Op != "ReduceSum" && n.Op != "ReduceMax") && !p.floats[v] {
			return nil
		}
	}
	x := n.Input(0)
	switch n.Op {
	case "Add", "Sub", "Mul", "Div":
		return p.arithmetic(n)
	case "Relu":
		return unary(Relu, x, 0, 0)
	case "LeakyRelu":
		return unary(Leaky, x, n.AttrFloat("alpha", 0.01), 0)
	case "HardSigmoid":
		return unary(HardSigmoid, x, n.AttrFloat("alpha", 0.2), n.AttrFloat("beta", 0.5))
	case "HardSwish":
		o := unary(HardSigmoid, x, 1.0/6, 0.5)
		return o.with(Mul, value(x), o.last())
	case "Sigmoid":
		return unary(Sigmoid, x, 0, 0)
	case "Tanh":
		return unary(Tanh, x, 0, 0)
	case "Erf":
		return unary(Erf, x, 0, 0)
	case "Exp":
		return unary(Exp, x, 0, 0)
	case "Sqrt":
		return unary(Sqrt, x, 0, 0)
	case "Reciprocal":
		return unary(Reciprocal, x, 0, 0)
	case "Abs":
		return unary(Abs, x, 0, 0)
	case "Neg":
		return unary(Affine, x, -1, nothing)
	case "Gelu":
		if n.AttrString("approximate", "none") == "none" {
			return gelu(op{}, value(x))
		}
	case "LayerNormalization":
		return p.layerNorm(n)
	case "Clip":
		return p.clip(n)
	case "ReduceMean":
		return p.reduction(n, Mean)
	case "ReduceSum":
		return p.reduction(n, Sum)
	case "ReduceMax":
		return p.reduction(n, Maximum)
	}
	return nil
}

// arithmetic takes a constant without axes into the step.
func (p *plan) arithmetic(n *onnx.Node) op {
	if len(n.In) != 2 {
		return nil
	}
	a, b := n.In[0], n.In[1]
	left, leftKnown := p.number(a)
	right, rightKnown := p.number(b)
	switch {
	case leftKnown && rightKnown:
		return nil
	case leftKnown && n.Op == "Div":
		return unary(Quotient, b, left, 0)
	case leftKnown && n.Op == "Sub":
		return unary(Affine, b, -1, left)
	case rightKnown && n.Op == "Sub":
		return unary(Affine, a, 1, -right)
	case leftKnown:
		// The others are the same either way.
		a, right, rightKnown = b, left, true
	}
	switch {
	case rightKnown && n.Op == "Add":
		return unary(Affine, a, 1, right)
	case rightKnown && n.Op == "Mul":
		return unary(Affine, a, right, nothing)
	}
	return binary(map[string]Operation{"Add": Add, "Sub": Sub, "Mul": Mul, "Div": Div}[n.Op], a, b)
}

// number is a constant without axes, which changes no shape.
func (p *plan) number(name string) (float32, bool) {
	t := p.g.Init[name]
	if t == nil || len(t.Dims) != 0 {
		return 0, false
	}
	v, err := t.Floats()
	if err != nil || len(v) != 1 || math.IsNaN(float64(v[0])) {
		return 0, false
	}
	return v[0], true
}

func (p *plan) clip(n *onnx.Node) op {
	low, high := float32(-math.MaxFloat32), float32(math.MaxFloat32)
	for i, to := range map[int]*float32{1: &low, 2: &high} {
		if n.Input(i) == "" {
			continue
		}
		t := p.g.Init[n.Input(i)]
		if t == nil || t.Len() != 1 {
			return nil
		}
		v, err := t.Floats()
		if err != nil || len(v) != 1 {
			return nil
		}
		*to = v[0]
	}
	// Before opset 11 they were attributes.
	low, high = n.AttrFloat("min", low), n.AttrFloat("max", high)
	return op{}.clip(value(n.Input(0)), low, high)
}

// clip appends one; not with limits that are no limits, of which the runtime
// makes something else.
func (o op) clip(x operand, low, high float32) op {
	if !(low <= high) {
		return nil
	}
	return o.on(Clip, x, low, high)
}

// reduction takes those over the last axis alone, which stays with length 1.
func (p *plan) reduction(n *onnx.Node, what Operation) op {
	axes := n.AttrInts("axes")
	if name := n.Input(1); name != "" {
		t := p.g.Init[name]
		if t == nil {
			return nil
		}
		v, err := t.Ints()
		if err != nil {
			return nil
		}
		axes = v
	}
	rank, known := p.ranks[n.Input(0)]
	if len(axes) != 1 || axes[0] != -1 && !(known && axes[0] == int64(rank-1)) || n.AttrInt("keepdims", 1) != 1 || !p.floats[n.Input(0)] {
		return nil
	}
	return unary(what, n.In[0], 0, 0)
}

package grad

import (
	"slices"

	"seewhy/models/onnx"
)

// Layer-wise relevance propagation. What is carried back is relevance: it
// starts as the score itself and is handed down node by node, each rule
// sharing out what arrives among the node's inputs,
//
//	R_in = x * J^T(R_out / stabilise(z))
//
// for a node z = f(x) with Jacobian J, x and J modified as the rule says. In
// the formulas below x+ = max(x, 0), x- = min(x, 0), and W+, W- likewise.

// linear is a node that is linear in its one input that relevance flows to:
// a convolution, or a matrix product with weights.
type linear struct {
	node *onnx.Node
	// x and w index the node's inputs.
	x, w int
	// bias is the added constant, "" where there is none; apart says that a
	// following Add adds it. out is the value behind the bias.
	bias, out string
	apart     bool
}

// linearAt tells whether n is such a node.
func (s *scope) linearAt(n *onnx.Node) (linear, bool) {
	l := linear{node: n, x: 0, w: 1}
	if n.Domain != "" {
		return l, false
	}
	switch n.Op {
	case "Conv", "ConvTranspose":
		if !s.flows(n, 0) || s.flows(n, 1) || s.flows(n, 2) {
			return l, false
		}
	case "Gemm", "MatMul":
		if s.flows(n, 0) == s.flows(n, 1) || s.flows(n, 2) {
			return l, false
		}
		if s.flows(n, 1) {
			l.x, l.w = 1, 0
		}
	default:
		return l, false
	}
	l.out, l.bias = n.Out[0], n.Input(2)
	if add, bias := s.addsBias(n); l.bias == "" && add != nil {
		l.out, l.bias, l.apart = add.Out[0], bias, true
	}
	return l, true
}

// convolves says that a linear node is a convolution.
func (l linear) convolves() bool { return l.node.Op == "Conv" || l.node.Op == "ConvTranspose" }

// addsBias finds the Add that alone reads n's output and adds a constant of
// no larger shape.
func (s *scope) addsBias(n *onnx.Node) (add *onnx.Node, bias string) {
	readers := s.readers[n.Out[0]]
	if len(readers) != 1 || readers[0].Op != "Add" || readers[0].Domain != "" || slices.Contains(s.wants, n.Out[0]) {
		return nil, ""
	}
	add = readers[0]
	at := slices.Index(add.In, n.Out[0])
	if s.flows(add, 1-at) || s.graph.Init[add.In[1-at]] == nil || !slices.Equal(s.facts.Shapes[add.Out[0]], s.facts.Shapes[n.Out[0]]) {
		return nil, ""
	}
	return add, add.In[1-at]
}

// isBias says that n is the Add of a linear node's bias: its relevance goes
// down as it is, and the linear node's rule takes the bias into account.
func (s *scope) isBias(n *onnx.Node) bool {
	for i := range n.In {
		if p := s.producers[n.In[i]]; n.Op == "Add" && p != nil && s.flows(n, i) {
			if l, ok := s.linearAt(p); ok && l.apart && l.out == n.Out[0] {
				return true
			}
		}
	}
	return false
}

// constantWeights says that the rules that change weights can be applied: the
// weights are constants, and scaled by nothing.
func (s *scope) constantWeights(l linear) bool {
	w := s.graph.Init[l.node.In[l.w]]
	bias := s.graph.Init[l.bias]
	scaled := l.node.Op == "Gemm" && (l.node.AttrFloat("alpha", 1) != 1 || l.node.AttrFloat("beta", 1) != 1)
	return w != nil && w.Type == onnx.Float32 && (l.bias == "" || bias != nil && bias.Type == onnx.Float32) && !scaled
}

// first lists the linear nodes that no other linear node comes before.
func (s *scope) first() map[*onnx.Node]bool {
	if s.firsts != nil {
		return s.firsts
	}
	s.firsts = map[*onnx.Node]bool{}
	behind := map[string]bool{}
	for _, n := range s.path.nodes {
		_, is := s.linearAt(n)
		after := slices.ContainsFunc(n.In, func(v string) bool { return behind[v] })
		if is && !after {
			s.firsts[n] = true
		}
		for _, o := range n.Out {
			behind[o] = is || after
		}
	}
	return s.firsts
}

// forward emits the linear node on another input, with other weights and
// another bias ("" for none).
func (b *Builder) forward(l linear, x, w, bias Value) Value {
	in := []Value{x, w}
	if l.x == 1 {
		in = []Value{w, x}
	}
	if bias != "" && !l.apart {
		in = append(in, bias)
	}
	y := b.Node(l.node.Op, l.node.Attrs, in...)
	if bias != "" && l.apart {
		y = b.Add(y, bias)
	}
	return y
}

// transpose carries g back through the linear node as if it had the weights w:
// J^T g.
func (b *Builder) transpose(l linear, g, w Value) (Value, error) {
	n := l.node.Clone()
	n.In = n.In[:2]
	n.In[l.w] = string(w)
	d, err := rules[opKey{n.Domain, n.Op}].VJP(b, n, []Value{g})
	if err != nil {
		return "", err
	}
	return d[l.x], nil
}

// mapped is a constant with f applied to each element, made once for each tag.
func (b *Builder) mapped(name, tag string, f func(v float32) float32) Value {
	if name == "" {
		return ""
	}
	key := tag + ":" + name
	if v, ok := b.consts[key]; ok {
		return v
	}
	t := b.Const(name)
	v := floatsOf(t)
	for i := range v {
		v[i] = f(v[i])
	}
	made := b.constant(onnx.NewFloats("", t.Dims, v))
	b.consts[key] = made
	return made
}

func positivePart(v float32) float32 { return max(v, 0) }

func negativePart(v float32) float32 { return min(v, 0) }

// parts are x+ and x-; the second is "" where x is known not to be negative.
func (b *Builder) parts(s *scope, x string) (plus, minus Value) {
	if s.notNegative(x) {
		return Value(x), ""
	}
	return b.Op("Relu", Value(x)), b.Op("Min", Value(x), b.Scalar(0))
}

// share is r / stabilise(z), stabilise(z) = z + epsilon sign(z) with sign(0) = 1.
func (b *Builder) share(r, z Value, epsilon float64) Value {
	if epsilon != 0 {
		z = b.Add(z, b.Op("Where", b.Op("GreaterOrEqual", z, b.Scalar(0)), b.Scalar(epsilon), b.Scalar(-epsilon)))
	}
	return b.Div(r, z)
}

// notNegative says that a value cannot be below zero, by what makes it.
func (s *scope) notNegative(v string) bool {
	if known, ok := s.positive[v]; ok {
		return known
	}
	// A value on the way to itself cannot be: graphs have no cycles.
	known := s.judge(v)
	s.positive[v] = known
	return known
}

func (s *scope) judge(v string) bool {
	n := s.producers[v]
	if n == nil {
		t := s.graph.Init[v]
		return t != nil && t.Type == onnx.Float32 && t.Len() > 0 && slices.Min(floatsOf(t)) >= 0
	}
	if n.Domain != "" {
		return false
	}
	switch n.Op {
	case "Relu", "Sigmoid", "HardSigmoid", "Softmax", "Softplus", "Exp", "Abs", "Sqrt":
		return true
	case "Clip":
		t := s.graph.Init[n.Input(1)]
		return t != nil && t.Type == onnx.Float32 && t.Len() == 1 && floatsOf(t)[0] >= 0
	case "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "ReduceMax", "ReduceSum",
		"Identity", "Dropout", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Split", "Gather", "Expand":
		return s.notNegative(n.In[0])
	case "Add", "Mul", "Sum", "Concat", "Max":
		all := true
		for _, in := range n.In {
			all = all && s.notNegative(in)
		}
		return all
	}
	return false
}

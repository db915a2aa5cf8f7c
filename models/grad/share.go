package grad

import (
	"math"
	"slices"

	"seewhy/models/onnx"
)

// Some forward ops compute what their gradient needs and keep it to
// themselves. Written out in parts, they share it: LayerNormalization its
// normalised value, Gelu its normal distribution function.

// instead writes out the forward node n in parts: emit makes the nodes, in n's
// place, and returns the value that n's first output names from now on. Where
// n is not the node of the path whose rule is asked, was written out before or
// has further outputs, it stays and the parts stand alone.
func (b *Builder) instead(n *onnx.Node, emit func() Value) {
	if n != b.node || b.written[n] != nil || slices.ContainsFunc(n.Out[1:], func(o string) bool { return o != "" }) {
		emit()
		return
	}
	g := b.m.Graph
	start := len(g.Nodes)
	v := emit()
	b.written[n] = append(slices.Clone(g.Nodes[start:]), &onnx.Node{Name: n.Name, Op: "Identity", In: []string{string(v)}, Out: n.Out[:1]})
	g.Nodes = g.Nodes[:start]
}

// settle puts the parts in the places of the nodes that they stand for.
func (b *Builder) settle() {
	for _, parts := range b.written {
		b.ahead += len(parts) - 1
	}
	respell(b.m.Graph, b.written)
}

// gelus is the exact Gelu as exporters spell it where the opset has none:
//
//	u = x / sqrt 2;  y = x (1 + erf u) / 2, the product in any order
//
// Each spelling that lies on a path becomes one Gelu node, in the graph and
// on the paths, so that its rule can share more than five rules of one op each.
// spelled maps it to the nodes that it stands for.
func gelus(g *onnx.Graph, scopes []*scope, q Query) (spelled map[*onnx.Node][]*onnx.Node) {
	path := together(g, scopes)
	f := newFinder(g, path, q)
	spelled = map[*onnx.Node][]*onnx.Node{}
	gone := map[*onnx.Node]*onnx.Node{}
	for _, n := range path.nodes {
		if n.Op != "Erf" || n.Domain != "" {
			continue
		}
		nodes, x, ok := f.gelu(n)
		if !ok {
			continue
		}
		last := nodes[len(nodes)-1]
		whole := &onnx.Node{Name: last.Name, Op: "Gelu", In: []string{x}, Out: last.Out, Attrs: A{}}
		spelled[whole] = nodes
		for _, n := range nodes {
			gone[n] = nil
		}
		gone[last] = whole
	}
	swap := func(list []*onnx.Node) []*onnx.Node {
		out := make([]*onnx.Node, 0, len(list))
		for _, n := range list {
			if whole, ok := gone[n]; !ok {
				out = append(out, n)
			} else if whole != nil {
				out = append(out, whole)
			}
		}
		return out
	}
	if len(spelled) > 0 {
		g.Nodes = swap(g.Nodes)
		for _, s := range scopes {
			s.path.nodes = swap(s.path.nodes)
		}
	}
	return spelled
}

// respell replaces nodes by the parts that spell them: what a rule wrote out,
// and the exporter's spelling of those Gelu nodes that no rule wrote out.
func respell(g *onnx.Graph, spelled map[*onnx.Node][]*onnx.Node) {
	if len(spelled) == 0 {
		return
	}
	out := make([]*onnx.Node, 0, len(g.Nodes))
	for _, n := range g.Nodes {
		if parts, ok := spelled[n]; ok {
			out = append(out, parts...)
		} else {
			out = append(out, n)
		}
	}
	g.Nodes = out
}

// finder follows values through a graph.
type finder struct {
	g *onnx.Graph
	// place is where a node stands on the path, from 1 on.
	place     map[*onnx.Node]int
	producers map[string]*onnx.Node
	readers   map[string][]*onnx.Node
	// kept are values that somebody asked for.
	kept map[string]bool
}

func newFinder(g *onnx.Graph, path *route, q Query) *finder {
	f := &finder{g: g, place: map[*onnx.Node]int{}, producers: g.Producers(), readers: map[string][]*onnx.Node{}, kept: map[string]bool{}}
	for _, n := range g.Nodes {
		for _, v := range onnx.Reads(n) {
			f.readers[v] = append(f.readers[v], n)
		}
	}
	for i, n := range path.nodes {
		f.place[n] = i + 1
	}
	for _, v := range q.Values {
		f.kept[v] = true
	}
	for i := range 1 + len(q.More) {
		f.kept[q.pass(i).Score] = true
		for _, v := range q.pass(i).Wants {
			f.kept[v] = true
		}
	}
	return f
}

// next is the only reader of n's output, if it applies op.
func (f *finder) next(n *onnx.Node, op string) *onnx.Node {
	r := f.readers[n.Out[0]]
	if len(r) != 1 || f.kept[n.Out[0]] || r[0].Op != op || r[0].Domain != "" || len(r[0].In) != 2 || f.place[r[0]] == 0 {
		return nil
	}
	return r[0]
}

// beside is the input of a binary node that is not v.
func beside(n *onnx.Node, v string) string {
	if n.In[0] == v {
		return n.In[1]
	}
	return n.In[0]
}

// is says that a value is a constant scalar, near to a number.
func (f *finder) is(v string, number float64) bool {
	t := f.g.Init[v]
	if t == nil || t.Type != onnx.Float32 || t.Len() != 1 || len(t.Dims) > 1 {
		return false
	}
	return math.Abs(float64(floatsOf(t)[0])-number) < 1e-6*number
}

// gelu matches the spelling around an Erf node; nodes are in graph order, x is
// the input.
func (f *finder) gelu(erf *onnx.Node) (nodes []*onnx.Node, x string, ok bool) {
	scale := f.producers[erf.In[0]]
	if scale == nil || len(scale.In) != 2 || !f.feedsOnly(scale, erf) {
		return nil, "", false
	}
	switch {
	case scale.Op == "Div" && f.is(scale.In[1], math.Sqrt2):
		x = scale.In[0]
	case scale.Op == "Mul" && f.is(scale.In[1], math.Sqrt2/2):
		x = scale.In[0]
	case scale.Op == "Mul" && f.is(scale.In[0], math.Sqrt2/2):
		x = scale.In[1]
	default:
		return nil, "", false
	}
	plus := f.next(erf, "Add")
	if plus == nil || !f.is(beside(plus, erf.Out[0]), 1) {
		return nil, "", false
	}
	first := f.next(plus, "Mul")
	if first == nil {
		return nil, "", false
	}
	other := beside(first, plus.Out[0])
	if half := f.producers[other]; half != nil && half.Op == "Mul" && f.next(half, "Mul") == first &&
		(half.In[0] == x && f.is(half.In[1], 0.5) || half.In[1] == x && f.is(half.In[0], 0.5)) {
		return f.ordered(scale, erf, plus, half, first), x, true
	}
	second := f.next(first, "Mul")
	if second == nil {
		return nil, "", false
	}
	last := beside(second, first.Out[0])
	if other == x && f.is(last, 0.5) || last == x && f.is(other, 0.5) {
		return f.ordered(scale, erf, plus, first, second), x, true
	}
	return nil, "", false
}

// feedsOnly says that a node's output goes to one reader and nowhere else.
func (f *finder) feedsOnly(n, reader *onnx.Node) bool {
	r := f.readers[n.Out[0]]
	return len(r) == 1 && r[0] == reader && !f.kept[n.Out[0]]
}

func (f *finder) ordered(nodes ...*onnx.Node) []*onnx.Node {
	slices.SortFunc(nodes, func(a, b *onnx.Node) int { return f.place[a] - f.place[b] })
	return nodes
}

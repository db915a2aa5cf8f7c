package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// Builder appends nodes to a graph. Its methods emit one op each and return
// the value it makes; rules read like formulas with them.
type Builder struct {
	m     *onnx.Model
	facts Facts
	path  *route
	// grads holds the contributions that arrived at each value so far.
	grads map[string][]Value
	made  int
	// ahead counts the nodes of the forward pass, which come first.
	ahead int
	// node is that of the path whose rule runs; written are the parts in the
	// places of forward nodes, see instead.
	node    *onnx.Node
	written map[*onnx.Node][]*onnx.Node
	// phases and kernels are those of the Query; plain says that no composite
	// changes rules.
	plain   bool
	phases  bool
	kernels bool
	// stood says that a stand-in was written.
	stood bool
	// by finds the node that made a value here; producers and readers are the
	// forward graph's, wanted are Query.Wants.
	by        map[Value]*onnx.Node
	producers map[string]*onnx.Node
	readers   map[string]int
	wanted    map[string]bool
	// held are the rectifiers whose gradient was stopped behind them already,
	// apart the phases of gradients: see made.go, woven.go.
	held  map[*onnx.Node]bool
	apart map[Value]woven
	// out are gradients made outside a CPU's blocked layout, with their channels;
	// in are those made within it: see blocked.go.
	out map[Value]int
	in  map[Value]bool
	// consts shares equal small constants, and what else is made once.
	consts map[string]Value
}

// A is shorthand for a node's attributes.
type A = map[string]onnx.Attr

func newBuilder(m *onnx.Model, f Facts) *Builder {
	b := &Builder{
		m: m, facts: f.Clone(), grads: map[string][]Value{}, ahead: len(m.Graph.Nodes), written: map[*onnx.Node][]*onnx.Node{}, consts: map[string]Value{},
		by: map[Value]*onnx.Node{}, producers: m.Graph.Producers(), readers: map[string]int{}, wanted: map[string]bool{},
		held: map[*onnx.Node]bool{}, apart: map[Value]woven{},
		out: map[Value]int{}, in: map[Value]bool{},
	}
	for _, n := range m.Graph.Nodes {
		for _, v := range onnx.Reads(n) {
			b.readers[v]++
		}
	}
	return b
}

// backward walks the path of one pass from its score down, applying the rules,
// and names what arrives at the wanted values.
func (b *Builder) backward(s *scope, pass int, q Pass) error {
	p := s.path
	b.begin(p, q)
	start := Value(PassSeed(pass))
	if s.recipe.start != nil {
		start = s.recipe.start(b, Value(q.Score), start)
	}
	b.grads[q.Score] = []Value{start}
	for _, n := range slices.Backward(p.nodes) {
		d := make([]Value, len(n.Out))
		any := false
		for i, o := range n.Out {
			if o != "" && p.on[o] {
				d[i] = b.total(o)
				any = any || d[i] != ""
			}
		}
		if !any {
			continue
		}
		if err := b.facts.steady(n); err != nil {
			return ungraded(n, err)
		}
		b.node = n
		r, _ := s.rule(n)
		dx, err := r.VJP(b, n, d)
		if err != nil {
			return ungraded(n, err)
		}
		if len(dx) > len(n.In) {
			return ungraded(n, fmt.Errorf("the rule returned %d gradients for %d inputs", len(dx), len(n.In)))
		}
		if b.plain {
			if err := b.whole(r, n, d, dx); err != nil {
				return ungraded(n, err)
			}
		}
		for i, g := range dx {
			if g == "" || !b.Wants(n, i) {
				continue
			}
			if r.Broadcasts {
				if g, err = b.sumTo(g, n.Out[0], n.In[i]); err != nil {
					return ungraded(n, err)
				}
			}
			b.grads[n.In[i]] = append(b.grads[n.In[i]], g)
		}
	}
	return b.end(pass, q)
}

// ungraded says at which node a rule failed, and what remains.
func ungraded(n *onnx.Node, err error) error {
	return fmt.Errorf("gradient of %s: %w; layers above it and methods that need no gradient still work", n.Label(), err)
}

// whole refuses to lose a part of a gradient silently: one that arrives at an
// output which the rule does not look at, or is due at an input for which the
// rule gives none.
func (b *Builder) whole(r Rule, n *onnx.Node, d, dx []Value) error {
	for i := 1; i < len(d) && !r.EveryOutput; i++ {
		if d[i] != "" {
			return fmt.Errorf("a gradient through its output %d (%q) is not offered", i, n.Out[i])
		}
	}
	for i := range n.In {
		if b.Wants(n, i) && b.facts.Types[n.In[i]] == onnx.Float32 && (i >= len(dx) || dx[i] == "") {
			return fmt.Errorf("its input %d (%q) is computed from the input; a gradient through it is not offered", i, n.In[i])
		}
	}
	return nil
}

// Wants says whether the gradient of input i of n is of use.
func (b *Builder) Wants(n *onnx.Node, i int) bool {
	v := n.Input(i)
	return v != "" && b.path.on[v]
}

// total adds up what arrived at a value, once.
func (b *Builder) total(v string) Value {
	list := b.grads[v]
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0]
	}
	sum := b.sum(list)
	b.grads[v] = []Value{sum}
	return sum
}

// finish names the outputs, drops what no output needs, and declares the seeds.
func (b *Builder) finish(q Query) *Program {
	g := b.m.Graph
	p := &Program{Model: b.m, Seed: SeedName, Gradients: map[string]string{}, Facts: b.facts, Kernels: b.stood}
	for _, w := range q.Wants {
		p.Gradients[w] = GradientName(w)
	}
	outputs := []string{q.Score}
	if q.Composite.Paired() {
		outputs = append(outputs, TwinName(q.Score))
	}
	outputs = append(outputs, q.Values...)
	for _, m := range q.More {
		outputs = append(outputs, m.Score)
	}
	g.Inputs, g.Outputs = g.FreeInputs(), nil
	for i, o := range outputs {
		if !slices.Contains(outputs[:i], o) {
			g.Outputs = append(g.Outputs, b.facts.declare(o, o))
		}
	}
	seeds := map[string]bool{}
	for i := range 1 + len(q.More) {
		pass := q.pass(i)
		seeds[PassSeed(i)] = true
		g.Inputs = append(g.Inputs, onnx.Value{
			Name: PassSeed(i), Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(b.facts.Shapes[pass.Score]...),
		})
		for _, w := range pass.Wants {
			g.Outputs = append(g.Outputs, b.facts.declare(PassGradient(i, w), w))
		}
	}
	g.Values = map[string]onnx.Value{}
	pruneBut(g, seeds)
	return p
}

// GradientName is the output that holds the gradient of a wanted value.
func GradientName(value string) string { return "seewhy.grad." + value }

// prune keeps the nodes, inputs and constants that an output needs.
func prune(g *onnx.Graph) { pruneBut(g, nil) }

// pruneBut is prune with inputs that stay in any case.
func pruneBut(g *onnx.Graph, inputs map[string]bool) {
	need := map[string]bool{}
	for _, o := range g.Outputs {
		need[o.Name] = true
	}
	kept := make([]*onnx.Node, 0, len(g.Nodes))
	for _, n := range slices.Backward(g.Nodes) {
		if !slices.ContainsFunc(n.Out, func(v string) bool { return need[v] }) {
			continue
		}
		kept = append(kept, n)
		for _, v := range onnx.Reads(n) {
			need[v] = true
		}
	}
	slices.Reverse(kept)
	g.Nodes = kept
	for name := range g.Init {
		if !need[name] {
			delete(g.Init, name)
		}
	}
	g.Inputs = slices.DeleteFunc(g.Inputs, func(v onnx.Value) bool { return !need[v.Name] && !inputs[v.Name] })
}

package grad

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"seewhy/models/onnx"
)

// One graph can hold several ways back behind one forward pass: of another
// class at the same layers, or of scores that are read at other places. Each has
// a seed and gradients of its own names; what it shares with another is there
// once.

// Pass is a way back: a score, and the values whose gradient is wanted.
type Pass struct {
	Score string
	Wants []string
}

// PassSeed is the graph input of a pass: the Query's own is 0, those of More
// follow.
func PassSeed(pass int) string {
	if pass == 0 {
		return SeedName
	}
	return fmt.Sprintf("%s.%d", SeedName, pass)
}

// PassGradient is the output that holds the gradient of a value in a pass.
func PassGradient(pass int, value string) string {
	if pass == 0 {
		return GradientName(value)
	}
	return fmt.Sprintf("seewhy.pass.%d.grad.%s", pass, value)
}

// pass is one of a query's, its own first.
func (q Query) pass(i int) Pass {
	if i == 0 {
		return Pass{q.Score, q.Wants}
	}
	return q.More[i-1]
}

// plans finds the path of each pass, and that all of it has rules.
func plans(m *onnx.Model, f Facts, q Query) ([]*scope, error) {
	if len(q.More) > 0 && (q.Composite.ID != "" || q.Segments > 1) {
		return nil, fmt.Errorf("several passes go with no composite and no segments")
	}
	missing := map[string][]string{}
	var scopes []*scope
	for i := range 1 + len(q.More) {
		one := q
		one.Score, one.Wants = q.pass(i).Score, q.pass(i).Wants
		s, err := plan(m, f, one)
		if err != nil {
			return nil, err
		}
		for op, nodes := range s.missing() {
			for _, n := range nodes {
				if !slices.Contains(missing[op], n) {
					missing[op] = append(missing[op], n)
				}
			}
		}
		scopes = append(scopes, s)
	}
	if len(missing) > 0 {
		return nil, &MissingRuleError{missing}
	}
	return scopes, nil
}

// together is the path of all passes.
func together(g *onnx.Graph, scopes []*scope) *route {
	all, nodes := &route{on: map[string]bool{}}, map[*onnx.Node]bool{}
	for _, s := range scopes {
		maps.Copy(all.on, s.path.on)
		for _, n := range s.path.nodes {
			nodes[n] = true
		}
	}
	for _, n := range g.Nodes {
		if nodes[n] {
			all.nodes = append(all.nodes, n)
		}
	}
	return all
}

// begin forgets what holds for the pass before alone.
func (b *Builder) begin(p *route, q Pass) {
	b.path, b.node = p, nil
	b.grads, b.wanted = map[string][]Value{}, map[string]bool{}
	b.held, b.apart = map[*onnx.Node]bool{}, map[Value]woven{}
	for _, w := range q.Wants {
		b.wanted[w] = true
	}
}

// end names the gradients that a pass was asked for, and notes the shapes of
// those on its way.
func (b *Builder) end(pass int, q Pass) error {
	for _, w := range q.Wants {
		total := b.total(w)
		if total == "" {
			return fmt.Errorf("no gradient reaches %q", w)
		}
		// An output of its own name: the same value may serve two wants, and a
		// graph input (the seed) cannot be an output.
		name := PassGradient(pass, w)
		b.m.Graph.Nodes = append(b.m.Graph.Nodes, &onnx.Node{Name: name, Op: "Identity", In: []string{string(total)}, Out: []string{name}})
	}
	for v, list := range b.grads {
		for _, g := range list {
			if _, known := b.facts.Shapes[string(g)]; !known && b.facts.Shapes[v] != nil {
				b.facts.Shapes[string(g)] = b.facts.Shapes[v]
			}
		}
	}
	return nil
}

// Early adds to a model the score that it would give if it went straight from
// one value to a later one of the same shape: a transformer that ends after one
// of its blocks. EarlyName of the score names it. What lies behind the later
// value is there a second time, with the same weights.
func Early(p *Prepared, score, from, to string) (*Prepared, error) {
	if from == to {
		return p, nil
	}
	a, ok := p.Facts.Shapes[from]
	if b := p.Facts.Shapes[to]; !ok || !slices.Equal(a, b) {
		return nil, fmt.Errorf("the values %q and %q have shapes %v and %v: one cannot stand for the other", from, to, a, b)
	}
	out := *p
	out.Model, out.Facts = p.Model.Shallow(), p.Facts.Clone()
	g := out.Model.Graph
	// What the score reads of what lies behind the later value.
	behind, need := map[string]bool{to: true}, map[string]bool{score: true}
	for _, n := range g.Nodes {
		if slices.ContainsFunc(onnx.Reads(n), func(v string) bool { return behind[v] }) {
			for _, v := range n.Out {
				behind[v] = true
			}
		}
	}
	if !behind[score] {
		return nil, fmt.Errorf("the score %q does not depend on %q", score, to)
	}
	name := func(v string) string {
		switch {
		case v == to:
			return from
		case behind[v] && v != "":
			return EarlyName(v, from, to)
		}
		return v
	}
	var copies []*onnx.Node
	for _, n := range slices.Backward(g.Nodes) {
		if slices.Contains(n.Out, to) || !slices.ContainsFunc(n.Out, func(v string) bool { return v != "" && need[v] && behind[v] }) {
			continue
		}
		if captures(n) {
			return nil, fmt.Errorf("%s holds a graph of its own: the score cannot be read before it", n.Label())
		}
		c := n.Clone()
		if n.Name != "" {
			c.Name = EarlyName(n.Name, from, to)
		}
		for i, v := range n.In {
			need[v] = true
			c.In[i] = name(v)
		}
		for i, v := range n.Out {
			c.Out[i] = name(v)
			out.Facts.like(c.Out[i], v)
		}
		copies = append(copies, c)
	}
	slices.Reverse(copies)
	g.Nodes = append(slices.Clip(g.Nodes), copies...)
	return &out, nil
}

// EarlyName is a value's counterpart in Early.
func EarlyName(v, from, to string) string {
	if from == to {
		return v
	}
	return strings.Join([]string{"seewhy.early", from, to, v}, ".")
}

// like gives a new value the facts of another.
func (f Facts) like(v, other string) {
	if v == "" {
		return
	}
	f.Types[v] = f.Types[other]
	if s, ok := f.Shapes[other]; ok {
		f.Shapes[v] = s
	}
	if s, ok := f.single[other]; ok {
		f.single[v] = s
	}
}

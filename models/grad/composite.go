package grad

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"seewhy/models/onnx"
)

// Composite chooses the rules by which a score is carried back: modified
// backpropagation as data. ID names a registered composite and Params sets its
// numbers, those left out taking their default. The zero Composite is the
// plain gradient, by the table's rules.
//
//	q := grad.Query{Score: "logits", Wants: []string{"input"}, Composite: grad.Composite{ID: "guided"}}
//
// What a Program then gives for a wanted value is no gradient but what the
// composite's rules make of the seed: see the composite's own file.
type Composite struct {
	ID     string
	Params map[string]float64
}

// String is a key: equal for composites that do the same.
func (c Composite) String() string {
	var b strings.Builder
	b.WriteString(c.ID)
	for _, id := range slices.Sorted(maps.Keys(c.Params)) {
		fmt.Fprintf(&b, " %s=%g", id, c.Params[id])
	}
	return b.String()
}

// Composites lists the registered composites, sorted.
func Composites() []string { return slices.Sorted(maps.Keys(recipes)) }

// Paired says that the composite compares samples with others: its Program has
// a second input for those, TwinName of the input, and gives their scores as
// TwinName of the score.
func (c Composite) Paired() bool { return recipes[c.ID].paired }

// HandsDown says that what is carried back starts as the score's own value
// (relevance), not as the seed alone.
func (c Composite) HandsDown() bool { return recipes[c.ID].start != nil }

// recipe is a registered composite.
type recipe struct {
	id string
	// defaults are its numbers.
	defaults map[string]float64
	paired   bool
	// rewrite changes the forward graph before its rules are chosen, and
	// leaves the values that the query names.
	rewrite func(m *onnx.Model, f Facts, q Query) (Facts, error)
	// start makes what is carried back from the seed; nil: the seed itself.
	start func(b *Builder, score, seed Value) Value
	// choose picks the rule of a node; ok is false where the table's stays.
	choose func(s *scope, n *onnx.Node) (r Rule, ok bool)
	// hinders says what keeps it from a graph, in words; nil: nothing.
	hinders func(s *scope) string
}

var recipes = map[string]recipe{}

func registerComposite(r recipe) {
	if _, dup := recipes[r.id]; dup || r.id == "" {
		panic("grad: composite " + r.id + " twice")
	}
	recipes[r.id] = r
}

// recipe finds the composite; the zero one has no rules of its own.
func (c Composite) recipe() (recipe, error) {
	if c.ID == "" {
		if len(c.Params) > 0 {
			return recipe{}, fmt.Errorf("parameters for a composite, and no composite")
		}
		return recipe{}, nil
	}
	r, ok := recipes[c.ID]
	if !ok {
		return r, fmt.Errorf("composite %q is unknown; there are: %s", c.ID, strings.Join(Composites(), ", "))
	}
	for id, v := range c.Params {
		if _, ok := r.defaults[id]; !ok {
			return r, fmt.Errorf("composite %s has no parameter %q", c.ID, id)
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return r, fmt.Errorf("composite %s: %s is %v", c.ID, id, v)
		}
	}
	return r, nil
}

// scope is what the choice of a rule may look at: the graph, the part of it
// that lies between the wanted values and the score, and the numbers.
type scope struct {
	graph     *onnx.Graph
	facts     Facts
	path      *route
	producers map[string]*onnx.Node
	readers   map[string][]*onnx.Node
	params    map[string]float64
	recipe    recipe
	// wants are the query's.
	wants []string
	// firsts and positive remember what first and notNegative found.
	firsts   map[*onnx.Node]bool
	positive map[string]bool
}

func newScope(g *onnx.Graph, f Facts, p *route, r recipe, q Query) *scope {
	s := &scope{
		graph: g, facts: f, path: p, recipe: r, wants: q.Wants, producers: g.Producers(), readers: map[string][]*onnx.Node{},
		params: map[string]float64{}, positive: map[string]bool{},
	}
	maps.Copy(s.params, r.defaults)
	maps.Copy(s.params, q.Composite.Params)
	for _, n := range g.Nodes {
		for _, v := range n.In {
			s.readers[v] = append(s.readers[v], n)
		}
	}
	return s
}

// rule is the rule of a node: the composite's, or the table's.
func (s *scope) rule(n *onnx.Node) (Rule, bool) {
	if s.recipe.choose != nil {
		if r, ok := s.recipe.choose(s, n); ok {
			return r, true
		}
	}
	r, ok := rules[opKey{n.Domain, n.Op}]
	return r, ok
}

// flows says that relevance or gradient is wanted at input i of n.
func (s *scope) flows(n *onnx.Node, i int) bool {
	v := n.Input(i)
	return v != "" && s.path.on[v]
}

// missing lists the nodes of the path without a rule, by op.
func (s *scope) missing() map[string][]string {
	out := map[string][]string{}
	for _, n := range s.path.nodes {
		if _, ok := s.rule(n); !ok {
			out[n.FullOp()] = append(out[n.FullOp()], n.Label())
		}
	}
	return out
}

// Hindrance says in words what keeps a composite from a model, apart from
// missing rules; empty where nothing does. It runs nothing.
func Hindrance(p *Prepared, q Query) (string, error) {
	r, err := q.Composite.recipe()
	if err != nil {
		return "", err
	}
	if r.hinders == nil {
		return "", nil
	}
	path, err := walk(p.Model.Graph, q)
	if err != nil {
		return "", err
	}
	return r.hinders(newScope(p.Model.Graph, p.Facts, path, r, q)), nil
}

// Package grad builds the backward graph of an ONNX model as ordinary ONNX
// nodes: exact gradients of a score with respect to the input and any inner
// value, run by whatever runs ONNX.
//
//	p, err := grad.Build(model, facts, grad.Query{Score: "logits", Wants: []string{"input"}})
//	bytes, err := onnx.Marshal(p.Model) // feed input and p.Seed, fetch p.Gradients["input"]
//
// It is reverse mode over a table of rules (vector-Jacobian products), one
// op family a file. A rule writes nodes for dX given dY, in the letters of
// the formula above it. Broadcasting is not its concern: the builder sums a
// gradient back to its source's shape, adds up fan-in, and walks only nodes
// that lie between a wanted value and the score.
//
// At kinks the rules choose as PyTorch does: Relu'(0) = 0, a maximum's
// gradient goes to the first of equal elements in a pool.
//
// Decision (2026-11): the seed is an input of the graph, of the score's
// shape, so that one session serves every class, margin and batch.
package grad

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"seewhy/models/onnx"
)

// Facts are what is known of the values of a model at the input size at
// hand. A dimension of -1 is the dynamic batch.
type Facts struct {
	Shapes map[string][]int
	Types  map[string]onnx.Type
	// single holds shapes for one sample; see Sample.
	single map[string][]int
	// content names, for values whose size follows the picture's content, the
	// node that decides it.
	content map[string]string
	// apart names a node for which the model must run in a process of its own.
	apart []string
}

// Rule is the vector-Jacobian product of an op: given the gradients d of the
// node's outputs ("" where none arrived) it emits nodes and returns the
// gradients of the node's inputs ("" for those that get none).
type Rule struct {
	Op     string
	Domain string
	// Broadcasts says that returned gradients have the output's shape and are
	// to be summed back to the input's.
	Broadcasts bool
	// EveryOutput says that the rule takes the gradients of all outputs, not
	// of the first alone.
	EveryOutput bool
	VJP         func(b *Builder, n *onnx.Node, d []Value) ([]Value, error)
}

// Value names a tensor of the graph that is being built; "" is none.
type Value string

type opKey struct{ domain, op string }

var (
	rules  = map[opKey]Rule{}
	noFlow = map[opKey]string{}
)

// register adds a rule; the op families call it when the program starts.
func register(list ...Rule) {
	for _, r := range list {
		k := opKey{r.Domain, r.Op}
		if _, dup := rules[k]; dup {
			panic("grad: two rules for " + r.Op)
		}
		rules[k] = r
	}
}

// registerNoFlow lists ops through which no gradient flows, with the reason.
func registerNoFlow(why string, ops ...string) {
	for _, op := range ops {
		k := opKey{"", op}
		if _, dup := rules[k]; dup {
			panic("grad: rule and no-flow for " + op)
		}
		noFlow[k] = why
	}
}

// Ops lists the ops that have a rule, sorted; NoFlowOps those through which
// no gradient flows.
func Ops() []string { return names(rules) }

// NoFlowOps lists the ops through which no gradient flows, sorted.
func NoFlowOps() []string { return names(noFlow) }

func names[T any](m map[opKey]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		name := k.op
		if k.domain != "" {
			name = k.domain + "." + k.op
		}
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

// MissingRuleError names the ops on the path that have no rule.
type MissingRuleError struct {
	// Ops maps an op to the labels of the nodes that apply it.
	Ops map[string][]string
}

func (e *MissingRuleError) Error() string {
	var ops []string
	for op := range e.Ops {
		ops = append(ops, op)
	}
	sort.Strings(ops)
	where := e.Ops[ops[0]][0]
	if more := len(e.Ops[ops[0]]) - 1; more > 0 {
		where = fmt.Sprintf("%s and %d more", where, more)
	}
	if len(ops) > 1 {
		return fmt.Sprintf("no gradient rule for op %s at %s; also none for %s: layers above them and methods that need no gradient still work", ops[0], where, strings.Join(ops[1:], ", "))
	}
	return fmt.Sprintf("no gradient rule for op %s at %s: layers above it and methods that need no gradient still work", ops[0], where)
}

// Query says what to build.
type Query struct {
	// Score is the value whose linear functional is differentiated.
	Score string
	// Wants are the values whose gradient is wanted.
	Wants []string
	// Values are forward values to expose beside them.
	Values []string
	// Composite changes the rules; the zero one is the plain gradient.
	Composite Composite
	// Phases writes the gradients of strided convolutions as plain ones, a phase
	// each: faster than ConvTranspose on a CPU.
	Phases bool
	// Kernels says that package fuse rewrites the program before it runs, as
	// runtime's sessions on a CPU do: the gradient of a max pool is left to a
	// kernel, and until then a stand-in that gives NaN.
	Kernels bool
	// Segments, from 2 on, trades time for memory: the forward pass is cut into
	// that many parts, whose inner values are computed again on the way back
	// instead of being kept.
	Segments int
	// More are further ways back behind the same forward pass (passes.go). They
	// go with no composite and no segments.
	More []Pass
}

// Program is a model that computes the score, the exposed values and the gradients.
type Program struct {
	Model *onnx.Model
	// Seed is the added input: dScore of the score value's shape. Further passes
	// have inputs of their own, see PassSeed.
	Seed string
	// Gradients maps each wanted value to the output holding its gradient; for
	// those of further passes see PassGradient.
	Gradients map[string]string
	// Facts are those of the forward values, and the shapes of the gradients
	// that arrive at them; what lies between is not known.
	Facts Facts
	// Kernels says that the model holds stand-ins for kernels (Query.Kernels): it
	// gives NaN unless its session has them (runtime.Options.Kernels).
	Kernels bool
}

// SeedName is the graph input that carries the seed.
const SeedName = "seewhy.seed"

// Build appends the backward graph for q. The model must be float32 and of an
// opset of at least onnx.TargetOpset (see onnx.Upgrade), with constants inlined.
func Build(m *onnx.Model, f Facts, q Query) (*Program, error) {
	out := m.Shallow()
	scopes, err := plans(out, f, q)
	if err != nil {
		return nil, err
	}
	var spelled map[*onnx.Node][]*onnx.Node
	if q.Composite.ID == "" {
		spelled = gelus(out.Graph, scopes, q)
	}
	b := newBuilder(out, scopes[0].facts)
	b.phases, b.kernels, b.plain = q.Phases, q.Kernels, q.Composite.ID == ""
	for i, s := range scopes {
		if err := b.backward(s, i, q.pass(i)); err != nil {
			return nil, err
		}
	}
	b.settle()
	back := slices.Clone(out.Graph.Nodes[b.ahead:])
	respell(out.Graph, spelled)
	p := b.finish(q)
	if q.Segments > 1 {
		b.recompute(back, q.Segments)
	}
	return p, nil
}

// plan finds the path and the rules on it; a composite may change the graph
// of m, which is the caller's own copy.
func plan(m *onnx.Model, f Facts, q Query) (*scope, error) {
	r, err := q.Composite.recipe()
	if err != nil {
		return nil, err
	}
	if r.rewrite != nil {
		if f, err = r.rewrite(m, f, q); err != nil {
			return nil, err
		}
	}
	path, err := walk(m.Graph, q)
	if err != nil {
		return nil, err
	}
	return newScope(m.Graph, f, path, r, q), nil
}

// route is the part of the graph between the wanted values and the score.
type route struct {
	// nodes lie on it, in graph order.
	nodes []*onnx.Node
	// on holds every value on it.
	on map[string]bool
}

// walk finds the nodes that lie on a path from a wanted value to the score.
func walk(g *onnx.Graph, q Query) (*route, error) {
	producers := g.Producers()
	if producers[q.Score] == nil {
		return nil, fmt.Errorf("score %q is made by no node of the graph", q.Score)
	}
	below := map[string]bool{}
	for _, w := range q.Wants {
		below[w] = true
	}
	for _, n := range g.Nodes {
		// What a branch or a loop captures is read as well.
		if slices.ContainsFunc(onnx.Reads(n), func(v string) bool { return below[v] }) && !stops(n) {
			for _, o := range n.Out {
				below[o] = true
			}
		}
	}
	above := map[string]bool{q.Score: true}
	p := &route{on: map[string]bool{q.Score: true}}
	for _, n := range slices.Backward(g.Nodes) {
		if !slices.ContainsFunc(n.Out, func(v string) bool { return above[v] }) {
			continue
		}
		if stops(n) || !slices.ContainsFunc(onnx.Reads(n), func(v string) bool { return v != "" && below[v] }) {
			continue
		}
		p.nodes = append(p.nodes, n)
		for _, v := range onnx.Reads(n) {
			if v != "" && below[v] {
				above[v], p.on[v] = true, true
			}
		}
	}
	slices.Reverse(p.nodes)
	for _, w := range q.Wants {
		if !p.on[w] {
			return nil, fmt.Errorf("no gradient reaches %q: it does not influence the score %q through differentiable ops", w, q.Score)
		}
	}
	return p, nil
}

// stops says that no gradient passes the node: its op is listed so, or it
// leaves the real numbers.
func stops(n *onnx.Node) bool {
	if _, ok := noFlow[opKey{n.Domain, n.Op}]; ok {
		return true
	}
	if n.Op == "Cast" && n.Domain == "" {
		switch onnx.Type(n.AttrInt("to", 1)) {
		case onnx.Float32, onnx.Float16, onnx.Float64, onnx.BFloat16:
			return false
		}
		return true
	}
	return false
}

// Coverage counts the nodes between the wanted values and the score, and
// lists those without a rule by op. It runs nothing.
func Coverage(g *onnx.Graph, q Query) (nodes, covered int, missing map[string][]string, err error) {
	r, err := q.Composite.recipe()
	if err != nil {
		return 0, 0, nil, err
	}
	p, err := walk(g, q)
	if err != nil {
		return 0, 0, nil, err
	}
	missing = newScope(g, Facts{}, p, r, q).missing()
	covered = len(p.nodes)
	for _, list := range missing {
		covered -= len(list)
	}
	return len(p.nodes), covered, missing, nil
}

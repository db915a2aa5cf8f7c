package grad

import (
	"errors"
	"fmt"
	"strings"

	"seewhy/models/onnx"
)

// Second is a model that computes the score, a value A, the gradient G of the
// score at A, and the product H A of A with the score's Hessian there.
type Second struct {
	Model *onnx.Model
	// Seed is the input for dScore; Value, Gradient and Product are outputs.
	Seed, Value, Gradient, Product string
}

// ErrLinear says that the gradient at a value does not depend on the value: the
// score is linear in it (almost everywhere), and the Hessian is zero.
var ErrLinear = errors.New("the score is linear behind this layer, up to its kinks")

// firstPrefix marks what the first backward pass made, so that the second may
// use the same names.
const firstPrefix = "seewhy.first."

// BuildSecond differentiates the backward graph once more: H A is the gradient
// of <G, v> at A, with v = A held fixed (Pearlmutter, Fast Exact Multiplication
// by the Hessian, Neural Computation 1994). At the kinks of ReLU and max pool
// the second derivative counts as zero, as in PyTorch.
//
// It fails with ErrLinear where there is nothing to differentiate, and with a
// MissingRuleError where an op of the first backward pass has no rule.
func BuildSecond(m *onnx.Model, f Facts, score, value string, o Oracle) (*Second, error) {
	first, q, err := firstPass(m, f, score, value)
	if err != nil {
		return nil, err
	}
	if err := curved(first.Graph, q); err != nil {
		return nil, err
	}
	facts, err := InferFacts(first, o)
	if err != nil {
		return nil, fmt.Errorf("the backward graph: %w", err)
	}
	q.Values = []string{value, score}
	p, err := Build(first, facts, q)
	if err != nil {
		return nil, err
	}
	// The seed of the second pass is A itself.
	g := p.Model.Graph
	for i, n := range g.Nodes {
		c := *n
		c.In = renamed(n.In, func(v string) string {
			if v == p.Seed {
				return value
			}
			return v
		})
		g.Nodes[i] = &c
	}
	inputs := g.Inputs[:0:0]
	for _, v := range g.Inputs {
		if v.Name != p.Seed {
			inputs = append(inputs, v)
		}
	}
	g.Inputs = inputs
	s := SecondNames(value)
	s.Model = p.Model
	return &s, nil
}

// SecondNames are the names that BuildSecond gives, without the model.
func SecondNames(value string) Second {
	return Second{Seed: firstPrefix + SeedName, Value: value, Gradient: firstPrefix + GradientName(value), Product: GradientName(value)}
}

// SecondCoverage gives the error that BuildSecond would give for what the graph
// lacks, ErrLinear among them; it runs nothing.
func SecondCoverage(m *onnx.Model, f Facts, score, value string) error {
	first, q, err := firstPass(m, f, score, value)
	if err != nil {
		return err
	}
	return curved(first.Graph, q)
}

// firstPass is the model with the backward graph of a value, and the query for
// the second pass through it.
func firstPass(m *onnx.Model, f Facts, score, value string) (*onnx.Model, Query, error) {
	p, err := Build(m, f, Query{Score: score, Wants: []string{value}, Values: []string{value}})
	if err != nil {
		return nil, Query{}, err
	}
	own := func(v string) string {
		if strings.HasPrefix(v, "seewhy.") && f.Shapes[v] == nil {
			return firstPrefix + v
		}
		return v
	}
	g := p.Model.Graph
	for i, n := range g.Nodes {
		c := *n
		c.Name, c.In, c.Out = own(n.Name), renamed(n.In, own), renamed(n.Out, own)
		g.Nodes[i] = &c
	}
	for i, v := range g.Inputs {
		g.Inputs[i].Name = own(v.Name)
	}
	for i, v := range g.Outputs {
		g.Outputs[i].Name = own(v.Name)
	}
	init := map[string]*onnx.Tensor{}
	for name, t := range g.Init {
		if own(name) != name {
			c := *t
			c.Name = own(name)
			t = &c
		}
		init[own(name)] = t
	}
	g.Init = init
	return p.Model, Query{Score: own(p.Gradients[value]), Wants: []string{value}}, nil
}

func renamed(list []string, name func(string) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		if v != "" {
			out[i] = name(v)
		}
	}
	return out
}

// curved says that the gradient depends on the value, by ops that have rules.
func curved(g *onnx.Graph, q Query) error {
	path, err := walk(g, q)
	if err != nil {
		return ErrLinear
	}
	if missing := newScope(g, Facts{}, path, recipe{}, q).missing(); len(missing) > 0 {
		return &MissingRuleError{missing}
	}
	return nil
}

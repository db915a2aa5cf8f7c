package onnx

import (
	"fmt"
	"maps"
	"slices"
)

// InlineFunctions replaces every call of a model-local function by the
// function's nodes, so that what differentiates the graph sees standard
// operators only. Functions that call themselves, calls that multiply beyond
// a million nodes and constants beyond 2 GB are refused, as Read does.
func InlineFunctions(m *Model) (*Model, error) {
	if len(m.Functions) == 0 {
		return m, nil
	}
	if err := checkFunctions(m); err != nil {
		return nil, err
	}
	out := m.Shallow()
	out.Functions = nil
	e := &expander{namer: newNamer(m.Graph), functions: map[string]*Function{}, opsets: out.Opsets}
	for _, f := range m.Functions {
		e.functions[functionKey(f.Domain, f.Name, f.Overload)] = f
	}
	var err error
	if out.Graph.Nodes, err = e.nodes(out.Graph.Nodes); err != nil {
		return nil, err
	}
	used := map[string]bool{"": true}
	domains(out.Graph, used)
	for _, f := range m.Functions {
		if !used[f.Domain] {
			delete(out.Opsets, f.Domain)
		}
	}
	if err := checkGraph(out.Graph, nil); err != nil {
		return nil, fmt.Errorf("with its functions written out: %w", err)
	}
	nameOutputs(out.Graph)
	return out, checkSizes(out)
}

// domains collects the operator domains that a graph and its subgraphs use.
func domains(g *Graph, used map[string]bool) {
	for _, n := range g.Nodes {
		used[n.Domain] = true
		for _, sub := range n.subgraphs() {
			domains(sub, used)
		}
	}
}

type expander struct {
	*namer
	functions map[string]*Function
	opsets    map[string]int64
}

// nodes gives the list with all calls written out, in subgraphs too.
func (e *expander) nodes(list []*Node) ([]*Node, error) {
	out := make([]*Node, 0, len(list))
	for _, n := range list {
		if len(n.subgraphs()) > 0 {
			n = n.Clone()
			if err := eachSubgraph(n, func(g *Graph) (err error) {
				g.Nodes, err = e.nodes(g.Nodes)
				return err
			}); err != nil {
				return nil, err
			}
		}
		f := e.functions[functionKey(n.Domain, n.Op, n.Overload)]
		if f == nil {
			out = append(out, n)
			continue
		}
		body, err := e.call(f, n)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", n.Label(), err)
		}
		if body, err = e.nodes(body); err != nil {
			return nil, err
		}
		out = append(out, body...)
	}
	return out, nil
}

// call is the body of f with the caller's values and attributes put in.
func (e *expander) call(f *Function, n *Node) ([]*Node, error) {
	if len(n.In) > len(f.Inputs) || len(n.Out) > len(f.Outputs) {
		return nil, fmt.Errorf("it has %d inputs and %d outputs, its function %d and %d", len(n.In), len(n.Out), len(f.Inputs), len(f.Outputs))
	}
	if err := e.importOpsets(f); err != nil {
		return nil, err
	}
	c := &instance{namer: e.namer, label: n.Name, rename: map[string]string{}, attrs: maps.Clone(f.Defaults), function: true}
	if c.label == "" {
		c.label = n.Output(0)
	}
	for name, a := range n.Attrs {
		if c.attrs == nil {
			c.attrs = map[string]Attr{}
		}
		c.attrs[name] = a
	}
	for i, v := range f.Inputs {
		c.rename[v] = n.Input(i)
	}
	return c.instantiate(f.Nodes, f.Outputs, n.Out)
}

// importOpsets checks that the function's operators mean what they mean in
// the model, and takes over domains that only the function names.
func (e *expander) importOpsets(f *Function) error {
	for domain, version := range f.Opsets {
		have, ok := e.opsets[domain]
		if !ok {
			e.opsets[domain] = version
			continue
		}
		if domain != "" || have == version {
			continue
		}
		for _, n := range f.Nodes {
			if n.Domain != "" {
				continue
			}
			if op, at := changedBetween(n, version, have); op != "" {
				return fmt.Errorf("function %q is of opset %d and the model of %d, between which %s changed (%d)", f.Name, version, have, op, at)
			}
		}
	}
	return nil
}

// reforms lists the opsets from 8 on at which the meaning of an operator's written form changed, or a form went away.
var reforms = map[string][]int64{
	"Split": {13, 18}, "Pad": {11}, "Resize": {10, 11, 13}, "Clip": {11}, "Slice": {10}, "TopK": {10}, "Squeeze": {13}, "Unsqueeze": {13},
	"Softmax": {13}, "LogSoftmax": {13}, "Hardmax": {13}, "Dropout": {12}, "BatchNormalization": {9, 14}, "ReduceSum": {13},
	"ReduceMean": {18}, "ReduceMax": {18}, "ReduceMin": {18}, "ReduceProd": {18}, "ReduceL1": {18}, "ReduceL2": {18},
	"ReduceLogSum": {18}, "ReduceLogSumExp": {18}, "ReduceSumSquare": {18}, "GroupNormalization": {21}, "GridSample": {20}, "AveragePool": {19},
	"RoiAlign": {16}, "DFT": {20},
}

// changedBetween tells whether the node is written otherwise in the two
// versions of the standard operators, and since when.
func changedBetween(n *Node, a, b int64) (op string, since int64) {
	for _, at := range reforms[n.Op] {
		if (a < at) != (b < at) {
			return n.Op, at
		}
	}
	return "", 0
}

// eachSubgraph gives f a copy of each graph in the node's attributes and
// keeps it; the node is the caller's own.
func eachSubgraph(n *Node, f func(*Graph) error) error {
	for _, name := range slices.Sorted(maps.Keys(n.Attrs)) {
		a := n.Attrs[name]
		if a.G != nil {
			a.G = a.G.shallow()
			if err := f(a.G); err != nil {
				return err
			}
		}
		a.Graphs = slices.Clone(a.Graphs)
		for i, g := range a.Graphs {
			a.Graphs[i] = g.shallow()
			if err := f(a.Graphs[i]); err != nil {
				return err
			}
		}
		n.Attrs[name] = a
	}
	return nil
}

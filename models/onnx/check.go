package onnx

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// check verifies names and brings the nodes into an order in which they can
// run; a cycle or an undefined value is an error that names a node.
func check(m *Model) error {
	if len(m.Graph.Outputs) == 0 {
		return errors.New("the graph has no output")
	}
	if len(m.Graph.FreeInputs()) == 0 {
		return errors.New("the graph has no input: nothing could be explained")
	}
	for _, v := range append(m.Graph.FreeInputs(), m.Graph.Outputs...) {
		if v.other != nil {
			return fmt.Errorf("%q is not a tensor; models whose inputs and outputs are tensors can be explained", v.Name)
		}
	}
	outputs := map[string]bool{}
	for _, o := range m.Graph.Outputs {
		if outputs[o.Name] {
			return fmt.Errorf("graph output %q is declared twice", o.Name)
		}
		outputs[o.Name] = true
	}
	if err := checkGraph(m.Graph, nil); err != nil {
		return invalid(err)
	}
	return nil
}

// invalid adds to what is wrong with a graph what can be done.
func invalid(err error) error {
	return fmt.Errorf("%w; this is no valid graph: export the model again", err)
}

// scope is the set of names that a graph may read: its own, and those of the
// graphs around it.
type scope struct {
	names map[string]bool
	outer *scope
}

func (s *scope) has(name string) bool {
	for ; s != nil; s = s.outer {
		if s.names[name] {
			return true
		}
	}
	return false
}

func checkGraph(g *Graph, outer *scope) error {
	known := &scope{names: make(map[string]bool, len(g.Nodes)+len(g.Init)), outer: outer}
	for _, v := range g.Inputs {
		if v.Name == "" {
			return errors.New("a graph input has no name")
		}
		if known.names[v.Name] {
			return fmt.Errorf("graph input %q is declared twice", v.Name)
		}
		known.names[v.Name] = true
	}
	for v := range g.Init {
		known.names[v] = true
	}
	made := map[string]bool{}
	for _, n := range g.Nodes {
		if err := operandsNamed(n); err != nil {
			return err
		}
		for _, o := range n.Out {
			if o == "" {
				continue
			}
			if made[o] || known.names[o] {
				return fmt.Errorf("%s: value %q is defined twice", n.Label(), o)
			}
			made[o] = true
		}
	}
	if err := order(g, known, made); err != nil {
		return err
	}
	for _, o := range g.Outputs {
		if !known.has(o.Name) {
			return fmt.Errorf("graph output %q is made by no node", o.Name)
		}
	}
	for _, n := range g.Nodes {
		for _, sub := range n.subgraphs() {
			if err := checkGraph(sub, known); err != nil {
				return fmt.Errorf("%s, in its subgraph %q: %w", n.Label(), sub.Name, err)
			}
		}
	}
	return nil
}

// order sorts the nodes topologically, keeping the file's order where that
// is already right (Kahn's algorithm over a stable queue). known gains every value made.
func order(g *Graph, known *scope, made map[string]bool) error {
	waiting := make([]int, len(g.Nodes))
	users := map[string][]int{}
	queue := make([]int, 0, len(g.Nodes))
	for i, n := range g.Nodes {
		for _, v := range uses(n) {
			if v == "" || !made[v] && known.has(v) {
				continue
			}
			if !made[v] {
				return fmt.Errorf("%s reads %q, which nothing makes", n.Label(), v)
			}
			waiting[i]++
			users[v] = append(users[v], i)
		}
		if waiting[i] == 0 {
			queue = append(queue, i)
		}
	}
	sorted := make([]*Node, 0, len(g.Nodes))
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		n := g.Nodes[i]
		sorted = append(sorted, n)
		for _, o := range n.Out {
			if o == "" {
				continue
			}
			known.names[o] = true
			for _, u := range users[o] {
				if waiting[u]--; waiting[u] == 0 {
					queue = append(queue, u)
				}
			}
		}
	}
	if len(sorted) < len(g.Nodes) {
		for i, n := range g.Nodes {
			if waiting[i] > 0 {
				return fmt.Errorf("%s is part of a cycle, or waits for one: the graph cannot run", n.Label())
			}
		}
	}
	if !fileOrderRuns(g) {
		g.Nodes = sorted
	}
	return nil
}

// fileOrderRuns says whether each node comes after the nodes it reads from.
func fileOrderRuns(g *Graph) bool {
	place := map[string]int{}
	for i, n := range g.Nodes {
		for _, o := range n.Out {
			place[o] = i
		}
	}
	for i, n := range g.Nodes {
		for _, v := range uses(n) {
			if p, ok := place[v]; ok && v != "" && p >= i {
				return false
			}
		}
	}
	return true
}

// subgraphs lists the graphs in a node's attributes, by the attribute's name.
func (n *Node) subgraphs() []*Graph {
	var out []*Graph
	for _, name := range slices.Sorted(maps.Keys(n.Attrs)) {
		a := n.Attrs[name]
		if a.G != nil {
			out = append(out, a.G)
		}
		out = append(out, a.Graphs...)
	}
	return out
}

// uses lists what a node reads, its subgraphs' captures among it.
func uses(n *Node) []string {
	subs := n.subgraphs()
	if len(subs) == 0 {
		return n.In
	}
	out := append([]string(nil), n.In...)
	for _, g := range subs {
		out = append(out, captures(g)...)
	}
	return out
}

func captures(g *Graph) []string {
	local := map[string]bool{}
	for _, v := range g.Inputs {
		local[v.Name] = true
	}
	for v := range g.Init {
		local[v] = true
	}
	for _, n := range g.Nodes {
		for _, o := range n.Out {
			local[o] = true
		}
	}
	var out []string
	for _, n := range g.Nodes {
		for _, v := range uses(n) {
			if v != "" && !local[v] {
				out = append(out, v)
			}
		}
	}
	for _, v := range g.Outputs {
		if !local[v.Name] {
			out = append(out, v.Name)
		}
	}
	return out
}

// Reads lists the values that a node needs: its inputs, and what its
// subgraphs capture from outside.
func Reads(n *Node) []string { return uses(n) }

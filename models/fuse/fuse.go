// Package fuse rewrites the graph that ONNX Runtime has optimised for the CPU:
// runs of elementwise nodes, with reductions over the last axis among them,
// become single nodes that pass over their inputs once; and what stands for the
// gradient of a max pool becomes one node.
//
// The runtime has no such fusion: it runs a mask, a product and a sum as three
// passes over memory, which is where a backward pass loses its time. The nodes
// are of the domain app.seewhy, whose kernels package runtime has.
//
// A fused node computes what its nodes did, operation by operation and in
// float32, so that it needs to know no shapes. Only the order of sums and the
// last bits of exp, erf, tanh and sigmoid differ.
package fuse

import (
	"errors"
	"maps"
	"slices"

	"seewhy/models/onnx"
)

// Domain is that of the nodes that Fuse makes, in version 1.
const Domain = "app.seewhy"

// What a program may hold at most, as the kernel has it.
const (
	mostInputs  = 32
	mostSteps   = 128
	mostOutputs = 16
	mostSlots   = 64
)

// ErrStandIn is the error for a stand-in that could not be replaced.
var ErrStandIn = errors.New("what stands for a node of ours is not as it was written")

// Fuse rewrites an optimised model, in whose blocked layout block channels lie
// together. The model that is given stays as it is; fused counts the nodes that
// became part of others.
func Fuse(m *onnx.Model, block int64) (out *onnx.Model, fused int, err error) {
	out = m.Shallow()
	g := out.Graph
	nodes, ok := standIns(g, block, &fused)
	if !ok {
		return nil, 0, ErrStandIn
	}
	g.Nodes = nodes
	p := newPlan(g)
	p.group()
	for round := range mostRounds {
		if !p.remake(round) {
			break
		}
		p.group()
	}
	p.emit(&fused)
	if fused > 0 {
		out.Opsets[Domain] = 1
		dropUnused(g)
	}
	return out, fused, nil
}

// plan sorts the nodes of a graph into groups.
type plan struct {
	g     *onnx.Graph
	nodes []*onnx.Node
	// floats are the values that are known to be float32.
	floats map[string]bool
	// ranks are the numbers of axes of values, where known.
	ranks map[string]int
	// maker and readers of values, as places in nodes; after are the nodes that
	// read what a node makes. Outside holds the values that are read beyond the
	// graph's own nodes.
	maker   map[string]int
	readers map[string][]int
	after   [][]int
	outside map[string]bool
	// parts tells what a node's result is made of; nil for nodes that no group takes.
	parts []op
	// in is the group of each node, members the nodes of each group; none of one
	// that became part of another.
	in      []int
	members [][]int
	// seen is the last search for ways between groups that came by a group, looks
	// how many more steps all of them may take together.
	seen            []int
	searches, looks int
}

// mostLooks bounds the search for ways between groups, which takes steps by the
// square of a graph's size at worst: what is left when they are used up stays in
// groups as it is. A graph of n nodes takes 0.4 n^2 where it is a gradient.
const mostLooks = 1 << 25

func newPlan(g *onnx.Graph) *plan {
	p := &plan{g: g, nodes: slices.Clone(g.Nodes), floats: floatValues(g), ranks: ranks(g), looks: mostLooks}
	p.index()
	return p
}

// only tells whether a node makes its first output alone.
func only(out []string) bool {
	return len(out) > 0 && !slices.ContainsFunc(out[1:], func(v string) bool { return v != "" })
}

func (p *plan) index() {
	p.maker, p.readers, p.outside = map[string]int{}, map[string][]int{}, map[string]bool{}
	p.parts, p.after = make([]op, len(p.nodes)), make([][]int, len(p.nodes))
	for i, n := range p.nodes {
		for _, o := range n.Out {
			if o != "" {
				p.maker[o] = i
			}
		}
	}
	for i, n := range p.nodes {
		read := slices.Sorted(slices.Values(onnx.Reads(n)))
		for _, v := range slices.Compact(read) {
			if v != "" {
				p.readers[v] = append(p.readers[v], i)
			}
			if from, made := p.maker[v]; made {
				p.after[from] = append(p.after[from], i)
			}
		}
		if only(n.Out) && p.floats[n.Out[0]] {
			p.parts[i] = p.opOf(n)
		}
	}
	for _, o := range p.g.Outputs {
		p.outside[o.Name] = true
	}
}

// group puts nodes together, from the last to the first: each joins the group
// of a reader where no way leads from it to that group around it.
func (p *plan) group() {
	p.in, p.members, p.seen = make([]int, len(p.nodes)), make([][]int, len(p.nodes)), make([]int, len(p.nodes))
	for i := range p.nodes {
		p.in[i] = i
		p.members[i] = []int{i}
	}
	for c := len(p.nodes) - 1; c >= 0; c-- {
		if p.parts[c] == nil {
			continue
		}
		for grown := true; grown; {
			grown = false
			for _, name := range p.inputs(p.in[c]) {
				from, ok := p.maker[name]
				if ok && p.parts[from] != nil && p.join(p.in[from], p.in[c]) {
					grown = true
				}
			}
		}
	}
}

// inputs are the values that a group reads from outside of it, in order.
func (p *plan) inputs(group int) []string {
	var names []string
	seen := map[string]bool{}
	for _, i := range p.members[group] {
		for _, v := range p.parts[i].reads() {
			from, made := p.maker[v]
			if !seen[v] && !(made && p.in[from] == group) {
				seen[v] = true
				names = append(names, v)
			}
		}
	}
	return names
}

// outputs are the nodes of a group whose values are read outside of it.
func (p *plan) outputs(group int) (nodes []int) {
	for _, i := range p.members[group] {
		v := p.nodes[i].Out[0]
		if p.outside[v] || slices.ContainsFunc(p.readers[v], func(r int) bool { return p.in[r] != group }) {
			nodes = append(nodes, i)
		}
	}
	return nodes
}

// join makes one group of two, if that leaves an order in which all can run and
// the program does not grow too large.
func (p *plan) join(from, to int) bool {
	if from == to || p.around(from, to) {
		return false
	}
	both := slices.Concat(p.members[from], p.members[to])
	slices.Sort(both)
	steps := 0
	for _, i := range both {
		steps += p.parts[i].steps()
	}
	if steps > mostSteps {
		return false
	}
	moved, before := p.members[from], p.members[to]
	move := func(group int) {
		for _, i := range moved {
			p.in[i] = group
		}
	}
	move(to)
	p.members[to], p.members[from] = both, nil
	if len(p.inputs(to)) > mostInputs || len(p.outputs(to)) > mostOutputs {
		move(from)
		p.members[to], p.members[from] = before, moved
		return false
	}
	return true
}

// around tells whether a way leads from one group to another through a third, or
// may for all that is known.
func (p *plan) around(from, to int) bool {
	p.searches++
	p.seen[from] = p.searches
	var reaches func(group int) bool
	reaches = func(group int) bool {
		for _, i := range p.members[group] {
			for _, r := range p.after[i] {
				if p.looks--; p.looks < 0 {
					return true
				}
				next := p.in[r]
				if next == to {
					// One step is no way around.
					if group != from {
						return true
					}
					continue
				}
				if p.seen[next] != p.searches {
					p.seen[next] = p.searches
					if reaches(next) {
						return true
					}
				}
			}
		}
		return false
	}
	return reaches(from)
}

// emit writes the graph's nodes anew, groups of more than one as a single one.
func (p *plan) emit(fused *int) {
	made := map[int]*onnx.Node{}
	for group, members := range p.members {
		if len(members) == 0 {
			continue
		}
		// A single node gains where its kernel is a slow one.
		if len(members) == 1 && (p.parts[members[0]] == nil || !costly[p.nodes[members[0]].Op] || p.parts[members[0]].steps() == 1) {
			continue
		}
		if n, ok := p.program(group); ok {
			made[group] = n
			*fused += len(members)
		}
	}
	if len(made) == 0 {
		return
	}
	var nodes []*onnx.Node
	done := make([]bool, len(p.nodes))
	var visit func(i int)
	visit = func(i int) {
		if done[i] {
			return
		}
		group := []int{i}
		if made[p.in[i]] != nil {
			group = p.members[p.in[i]]
		}
		for _, k := range group {
			done[k] = true
		}
		for _, k := range group {
			for _, v := range onnx.Reads(p.nodes[k]) {
				if from, ok := p.maker[v]; ok {
					visit(from)
				}
			}
		}
		if n := made[p.in[i]]; n != nil {
			nodes = append(nodes, n)
		} else {
			nodes = append(nodes, p.nodes[i])
		}
	}
	for i := range p.nodes {
		// A group runs no earlier than it must: what it reads and what it makes
		// take room.
		if group := p.members[p.in[i]]; made[p.in[i]] == nil || i == group[len(group)-1] {
			visit(i)
		}
	}
	p.g.Nodes = nodes
}

// dropUnused removes the constants that nothing reads any more.
func dropUnused(g *onnx.Graph) {
	used := map[string]bool{}
	for _, n := range g.Nodes {
		for _, v := range onnx.Reads(n) {
			used[v] = true
		}
	}
	for _, v := range slices.Concat(g.Outputs, g.Inputs) {
		used[v.Name] = true
	}
	maps.DeleteFunc(g.Init, func(name string, _ *onnx.Tensor) bool { return !used[name] })
}

package fuse

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// mostRounds bounds how often nodes are copied and groups formed anew, mostCopies
// how many a group gets in one of them.
const (
	mostRounds = 2
	mostCopies = 16
)

// remake gives groups their own copies of nodes of other groups that cost less
// to run again than to write and to read: those of one value and constants,
// which only groups read. A chain of them goes back to what the first one
// reads, so that the values between need not be kept from the forward to the
// backward pass. It tells whether anything was copied.
func (p *plan) remake(round int) bool {
	// wanted are the groups that get a copy of a node.
	wanted := map[int][]int{}
	type copied struct{ node, group int }
	copies := map[copied]bool{}
	for _, group := range p.groups() {
		ahead, count := p.inputs(group), 0
		for len(ahead) > 0 && count < mostCopies {
			from, made := p.maker[ahead[0]]
			ahead = ahead[1:]
			if !made || p.in[from] == group || copies[copied{from, group}] || !p.light(from) {
				continue
			}
			wanted[from] = append(wanted[from], group)
			copies[copied{from, group}] = true
			count++
			ahead = append(ahead, p.parts[from].reads()...)
		}
	}
	if len(wanted) == 0 {
		return false
	}
	// Groups are numbered anew in each round.
	name := func(node, group int) string { return fmt.Sprintf("%s~%d.%d", p.nodes[node].Out[0], round, group) }
	// reading is a node as a member of a group.
	reading := func(n *onnx.Node, group int) *onnx.Node {
		c := n.Clone()
		for k, v := range c.In {
			if from, made := p.maker[v]; made && copies[copied{from, group}] {
				c.In[k] = name(from, group)
			}
		}
		return c
	}
	var nodes []*onnx.Node
	for i, n := range p.nodes {
		if p.parts[i] == nil {
			nodes = append(nodes, n)
			continue
		}
		nodes = append(nodes, reading(n, p.in[i]))
		for _, group := range wanted[i] {
			c := reading(n, group)
			c.Out[0] = name(i, group)
			// The runtime takes no two nodes of one name.
			c.Name = c.Out[0]
			nodes = append(nodes, c)
			p.floats[c.Out[0]] = true
			if rank, known := p.ranks[n.Out[0]]; known {
				p.ranks[c.Out[0]] = rank
			}
		}
	}
	p.nodes = nodes
	p.index()
	p.dropUnread()
	return true
}

// light says that a node makes its value from one other and constants, and that
// nothing but groups reads it.
func (p *plan) light(i int) bool {
	if p.parts[i] == nil || p.outside[p.nodes[i].Out[0]] {
		return false
	}
	if slices.ContainsFunc(p.parts[i], func(s step) bool { return s.what.reduces() }) {
		return false
	}
	from := ""
	for _, v := range p.parts[i].reads() {
		if p.g.Init[v] != nil || v == from {
			continue
		}
		if from != "" {
			return false
		}
		from = v
	}
	return !slices.ContainsFunc(p.readers[p.nodes[i].Out[0]], func(r int) bool { return p.parts[r] == nil })
}

// groups are those that take in nodes, in the order of their first ones.
func (p *plan) groups() (groups []int) {
	seen := map[int]bool{}
	for i := range p.nodes {
		if g := p.in[i]; p.parts[i] != nil && !seen[g] {
			seen[g] = true
			groups = append(groups, g)
		}
	}
	return groups
}

// dropUnread removes the nodes whose value nobody reads any more.
func (p *plan) dropUnread() {
	for {
		nodes := slices.DeleteFunc(slices.Clone(p.nodes), func(n *onnx.Node) bool {
			i := p.maker[n.Out[0]]
			return p.parts[i] != nil && !p.outside[n.Out[0]] && len(p.readers[n.Out[0]]) == 0
		})
		if len(nodes) == len(p.nodes) {
			return
		}
		p.nodes = nodes
		p.index()
	}
}

// Package graph lays a model's operations out as a picture: chains folded into
// boxes, boxes into blocks where asked, in layers from top to bottom. It knows
// neither Fyne nor ONNX, and is computed off the window's goroutine.
//
//	d := graph.Draw(ctx, g, layers, graph.Options{Blocks: true})
//
// What it decides is geometry alone; what is drawn of it, and how, is the
// widget's.
package graph

import (
	"strings"

	"seewhy/analysis/task"
)

// Kind is what an operation is for, by which boxes are coloured.
type Kind int

// The kinds.
const (
	Other Kind = iota
	Source
	Weighted
	Pool
	Attention
	Merge
	Block
)

// kinds are the operations that begin a box of their own. All others stay with
// the one before where they are its only user.
var kinds = map[string]Kind{
	"Input": Source,
	"Conv":  Weighted, "ConvTranspose": Weighted, "Gemm": Weighted, "MatMul": Weighted, "ConvInteger": Weighted, "Einsum": Weighted,
	"MaxPool": Pool, "AveragePool": Pool, "GlobalAveragePool": Pool, "GlobalMaxPool": Pool, "LpPool": Pool, "GlobalLpPool": Pool, "ReduceMean": Pool, "Resize": Pool,
	"Softmax": Attention, "Attention": Attention, "MultiHeadAttention": Attention, "com.microsoft.Attention": Attention, "com.microsoft.MultiHeadAttention": Attention,
	"Concat": Merge,
}

// group is a box in the making: some nodes, in order.
type group struct {
	nodes []int
	block bool
}

// folded is a graph of groups.
type folded struct {
	groups []group
	edges  [][2]int
}

// chains puts each light operation with the one before it, where that has no
// other user and it has no other input.
func chains(g task.Graph) folded {
	n := len(g.Nodes)
	ins, outs := make([][]int, n), make([]int, n)
	var edges [][2]int
	for _, e := range g.Edges {
		// Edges go forward between nodes that are there.
		if e.From >= 0 && e.From < e.To && e.To < n {
			edges = append(edges, [2]int{e.From, e.To})
			ins[e.To] = append(ins[e.To], e.From)
			outs[e.From]++
		}
	}
	var f folded
	of := make([]int, n)
	for i := range g.Nodes {
		if _, heavy := kinds[g.Nodes[i].Op]; !heavy && len(ins[i]) == 1 && outs[ins[i][0]] == 1 && g.Nodes[ins[i][0]].Op != "Input" {
			of[i] = of[ins[i][0]]
			f.groups[of[i]].nodes = append(f.groups[of[i]].nodes, i)
			continue
		}
		of[i] = len(f.groups)
		f.groups = append(f.groups, group{nodes: []int{i}})
	}
	f.edges = joined(edges, of)
	return f
}

// joined are the edges between the groups of their ends, each once.
func joined(edges [][2]int, of []int) [][2]int {
	var out [][2]int
	seen := map[[2]int]bool{}
	for _, e := range edges {
		k := [2]int{of[e[0]], of[e[1]]}
		if k[0] != k[1] && !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}

// blocks puts together what lies between two places through which everything
// goes: residual blocks, inception modules, dense blocks, layers of attention.
// Names of scopes are not asked: many files have none.
func (f folded) blocks() folded {
	n := len(f.groups)
	last := make([]int, n)
	for i := range last {
		last[i] = i
	}
	for _, e := range f.edges {
		last[e[0]] = max(last[e[0]], e[1])
	}
	// After a cut, all that is still used comes from one group. Groups that are
	// used later than the one before them are open.
	var out folded
	of := make([]int, n)
	// closes are how many groups each is the last to use.
	closes := make([]int, n)
	open, begin := 0, 0
	until := func(end int) {
		k := group{block: end-begin > 1}
		for ; begin < end; begin++ {
			of[begin] = len(out.groups)
			k.nodes = append(k.nodes, f.groups[begin].nodes...)
		}
		out.groups = append(out.groups, k)
	}
	for i := range n {
		open -= closes[i]
		if last[i] > i {
			open++
			closes[last[i]]++
		}
		if open == 0 || open == 1 && last[i] > i {
			until(i + 1)
		}
	}
	if begin < n {
		until(n)
	}
	out.edges = joined(f.edges, of)
	return out
}

// title is a group's operations in a few words, and what it is.
func title(g task.Graph, k group) (string, Kind) {
	if k.block {
		return scope(g, k), Block
	}
	first := g.Nodes[k.nodes[0]].Op
	kind := kinds[first]
	if kind == Other && merges(first) {
		kind = Merge
	}
	var ops []string
	for _, i := range k.nodes {
		op := g.Nodes[i].Op
		if n := len(ops); n > 0 && ops[n-1] == op {
			continue
		}
		ops = append(ops, op)
	}
	if len(ops) > 3 {
		ops = append(ops[:2:2], "…", ops[len(ops)-1])
	}
	return strings.Join(ops, " · "), kind
}

func merges(op string) bool { return op == "Add" || op == "Mul" || op == "Sum" || op == "Sub" }

// scope is what the nodes' names have in common, up to a dot or slash; empty
// where there is nothing. Exporters write a scope before its child, whose name
// begins with it: /stage2/stage2.0 is stage2.0.
func scope(g task.Graph, k group) string {
	common := g.Nodes[k.nodes[0]].Name
	for _, i := range k.nodes[1:] {
		name := g.Nodes[i].Name
		n := 0
		for n < len(common) && n < len(name) && common[n] == name[n] {
			n++
		}
		common = common[:n]
	}
	end := strings.LastIndexAny(common, "./")
	if end <= 0 {
		return ""
	}
	var out []string
	for _, part := range strings.FieldsFunc(common[:end], func(r rune) bool { return r == '/' }) {
		if n := len(out); n > 0 && (part == out[n-1] || strings.HasPrefix(part, out[n-1]+".")) {
			out[n-1] = part
			continue
		}
		out = append(out, part)
	}
	return strings.Join(out, ".")
}

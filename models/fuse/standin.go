package fuse

import (
	"math"
	"slices"

	"seewhy/models/onnx"
)

// A stand-in for a node of ours keeps its place, its layout and its shape while
// ONNX Runtime optimises, as depthwise convolutions and their products do. Their
// weights are NaN, so that nothing it gives can be taken for a gradient should
// nobody replace it; what the NaN carry tells what it stands for. The first of
// them is the kind.
const (
	quietNaN  = 0x7fc00000
	carried   = 1<<22 - 1
	poolOf    = 0x3ee701
	poolGrad  = 0x3ee702
	weaveFrom = 0x3ee703
	numbers   = 6
)

// mostParts is how many parts a stand-in has at most: a phase for each place.
const mostParts = mostStride * mostStride

// MinChannels is how many channels a stand-in needs: one for each of its numbers.
const MinChannels = numbers + 1

// Emit is how a stand-in is written into a graph: Constant adds a tensor and
// Node a node; each returns the name of its value.
type Emit struct {
	Constant func(t *onnx.Tensor) string
	Node     func(op string, attrs map[string]onnx.Attr, in ...string) string
}

// coded is a depthwise convolution of a value of a shape [.., from...], which
// gives [.., to...] and carries numbers.
func (e Emit) coded(v string, channels int, from, to []int, kind int64, code ...int64) string {
	pads, kernel := make([]int64, 4), []int64{1, 1}
	for k := range 2 {
		if d := int64(to[k] - from[k]); d >= 0 {
			pads[2+k] = d
		} else {
			kernel[k] = 1 - d
		}
	}
	weights := slices.Repeat([]float32{math.Float32frombits(quietNaN | uint32(kind))}, channels*int(kernel[0]*kernel[1]))
	if kernel[0]*kernel[1] == 1 {
		for i, n := range code {
			weights[1+i] = math.Float32frombits(quietNaN | uint32(n))
		}
	}
	return e.Node("Conv", map[string]onnx.Attr{
		"kernel_shape": onnx.Ints(kernel...), "pads": onnx.Ints(pads...), "group": onnx.Int(int64(channels)),
	}, v, e.Constant(onnx.NewFloats("", append([]int64{int64(channels), 1}, kernel...), weights)))
}

// part is what a coded convolution carries.
type part struct {
	node *onnx.Node
	// leaves is the node that takes it out of the layout before it is multiplied,
	// nil where it stays: the runtime multiplies there only what it knows to be of
	// one shape.
	leaves *onnx.Node
	kind   int64
	code   [numbers]int64
}

// partOf reads a coded convolution, ok where a node is one. Alone says that
// nothing was added to it.
func partOf(g *onnx.Graph, n *onnx.Node) (p part, ok, alone bool) {
	if len(n.In) < 2 || len(n.Out) == 0 {
		return p, false, false
	}
	w := g.Init[n.In[1]]
	if w == nil || w.Type != onnx.Float32 || len(w.Dims) != 4 || w.Dims[1] != 1 {
		return p, false, false
	}
	v, err := w.Floats()
	if err != nil || len(v) < MinChannels {
		return p, false, false
	}
	bits := math.Float32bits(v[0])
	p.node, p.kind = n, int64(bits&carried)
	if bits&^carried != quietNaN || p.kind < poolOf || p.kind > weaveFrom {
		return p, false, false
	}
	for i := range p.code {
		p.code[i] = int64(math.Float32bits(v[1+i]) & carried)
	}
	return p, true, n.Op == "Conv" && (n.Domain == "" || n.Domain == LayoutDomain) && len(n.In) == 2 && n.AttrString("activation", "") == ""
}

// standIns replaces the stand-ins; ok is false where one is not as it was
// written.
func standIns(g *onnx.Graph, block int64, fused *int) (nodes []*onnx.Node, ok bool) {
	// terms are the parts that a value is made of.
	terms := map[string][]part{}
	all := 0
	for _, n := range g.Nodes {
		if p, ok, alone := partOf(g, n); ok {
			if !alone {
				return nil, false
			}
			terms[n.Out[0]] = []part{p}
			all++
		} else if t := terms[n.Input(0)]; len(t) == 1 && n.Op == "ReorderOutput" && n.Domain == LayoutDomain && n.AttrInt("channels_last", 0) == 0 {
			p := t[0]
			p.leaves = n
			terms[n.Out[0]] = []part{p}
		} else if n.Op == "Mul" && n.Domain == "" && len(n.In) == 2 && terms[n.In[0]] != nil && terms[n.In[1]] != nil {
			both := slices.Concat(terms[n.In[0]], terms[n.In[1]])
			// A stranger's products of products would grow without end.
			if len(both) > mostParts {
				return nil, false
			}
			terms[n.Out[0]] = both
		}
	}
	if all == 0 {
		return g.Nodes, true
	}
	// A value that something else reads is a whole stand-in.
	whole := map[string]bool{}
	for _, n := range g.Nodes {
		if len(n.Out) > 0 && terms[n.Out[0]] != nil {
			continue
		}
		for _, v := range n.In {
			whole[v] = true
		}
	}
	for _, o := range g.Outputs {
		whole[o.Name] = true
	}
	used := map[*onnx.Node]bool{}
	for _, n := range g.Nodes {
		parts := terms[n.Output(0)]
		switch {
		case parts == nil:
			nodes = append(nodes, n)
			continue
		case !whole[n.Out[0]]:
			continue
		}
		made := replaced(parts, block)
		if made == nil {
			return nil, false
		}
		made.Name, made.Out = n.Name, n.Out
		if leaves := parts[0].leaves; leaves != nil {
			within := n.Out[0] + "/within"
			after := leaves.Clone()
			after.Name, after.In, after.Out = n.Name+"/leaves", []string{within}, n.Out
			made.Out = []string{within}
			nodes = append(nodes, made, after)
		} else {
			nodes = append(nodes, made)
		}
		for _, p := range parts {
			used[p.node] = true
			*fused++
		}
	}
	return nodes, len(used) == all
}

// replaced is the node that parts stand for, without its name; nil for none.
func replaced(parts []part, block int64) *onnx.Node {
	for _, p := range parts {
		if p.node.Domain != parts[0].node.Domain || (p.leaves == nil) != (parts[0].leaves == nil) {
			return nil
		}
	}
	if parts[0].node.Domain != LayoutDomain {
		block = 1
	}
	if parts[0].kind == weaveFrom {
		return weaveOf(parts, block)
	}
	return poolGradOf(parts, block)
}

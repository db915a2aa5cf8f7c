package grad

import (
	"fmt"
	"math"
	"slices"

	"seewhy/models/onnx"
)

// maxFolded bounds the elements of a folded value: shape arithmetic is small.
const maxFolded = 1 << 12

// foldShapes replaces what is computed from shapes alone (the targets of
// reshapes, the ends of slices, windows of attention) by constants, where it
// does not depend on the batch. Rules can then read it, and a sweep of the
// graph is spared at every run.
//
// The arithmetic runs in the runtime, not here: a small graph in which every
// Shape is a constant, once for each of a few sizes of open dimensions.
func foldShapes(p *Prepared, o Oracle) (*Prepared, error) {
	g := p.Model.Graph
	static := staticValues(p)
	frontier := map[string]bool{}
	for _, n := range g.Nodes {
		if static[n.Output(0)] && foldable(p.Facts, n.Output(0)) {
			continue
		}
		for _, v := range onnx.Reads(n) {
			if static[v] && g.Init[v] == nil && foldable(p.Facts, v) {
				frontier[v] = true
			}
		}
	}
	if len(frontier) == 0 {
		return p, nil
	}
	var values []string
	for _, n := range g.Nodes {
		if frontier[n.Output(0)] {
			values = append(values, n.Out[0])
		}
	}
	var results []map[string][]int
	for _, open := range trialSizes {
		data, err := onnx.Marshal(shapeModel(p, static, values, open))
		if err != nil {
			return nil, err
		}
		answer, err := o.RunShapes(data)
		if err != nil {
			// Arithmetic that does not go through at a made-up size stays as it is.
			return p, nil
		}
		results = append(results, deal(answer, values, p.Facts))
	}
	out := *p
	out.Model = p.Model.Shallow()
	og := out.Model.Graph
	folded := map[string]bool{}
	for _, v := range values {
		first := results[0][v]
		if first == nil || slices.ContainsFunc(results, func(r map[string][]int) bool { return !slices.Equal(r[v], first) }) {
			continue
		}
		folded[v] = true
		og.Init[v] = intTensor(v, p.Facts.Types[v], p.Facts.Shapes[v], first)
	}
	og.Nodes = slices.DeleteFunc(og.Nodes, func(n *onnx.Node) bool { return folded[n.Output(0)] })
	return &out, nil
}

// deal hands the answer's elements out to the values in turn.
func deal(answer []int, values []string, f Facts) map[string][]int {
	out := map[string][]int{}
	for _, v := range values {
		n := product(f.Shapes[v])
		if n > len(answer) {
			return map[string][]int{}
		}
		out[v], answer = answer[:n:n], answer[n:]
	}
	return out
}

// trialSizes stand in for the open batch, of which an open dimension may be a
// multiple (windows, heads): small and large, with and without small factors, so
// that a quotient or a remainder of it does not look constant.
var trialSizes = []int{2, 3, 5040, 30031}

// staticValues are the integers, and a few reals, (of single-output nodes) that
// follow from constants and from shapes that are known but for the batch.
func staticValues(p *Prepared) map[string]bool {
	g := p.Model.Graph
	static := map[string]bool{}
	for v := range g.Init {
		static[v] = true
	}
	for _, n := range g.Nodes {
		if len(n.Out) != 1 || n.Domain != "" || !foldable(p.Facts, n.Out[0]) && !between(p.Facts, n.Out[0]) || hasSubgraph(n) {
			continue
		}
		if n.Op == "Shape" {
			s, ok := p.Facts.Shapes[n.In[0]]
			static[n.Out[0]] = ok && len(s) > 0 && (len(s) == 1 || slices.Min(s[1:]) >= 0)
			continue
		}
		static[n.Out[0]] = len(n.In) > 0 && !slices.ContainsFunc(n.In, func(v string) bool { return v != "" && !static[v] })
	}
	return static
}

// foldable says that a value is a small list of integers.
func foldable(f Facts, v string) bool {
	t, s := f.Types[v], f.Shapes[v]
	return (t == onnx.Int64 || t == onnx.Int32 || t == onnx.Bool) && (len(s) == 0 || slices.Min(s) >= 0 && product(s) <= maxFolded)
}

// between says that a value is a few real numbers, through which shape
// arithmetic may pass on its way to integers: half of a padding, a scale.
func between(f Facts, v string) bool {
	s, ok := f.Shapes[v]
	return ok && f.Types[v] == onnx.Float32 && (len(s) == 0 || slices.Min(s) >= 0) && product(s) <= maxShapeFloats
}

func hasSubgraph(n *onnx.Node) bool {
	for _, a := range n.Attrs {
		if a.G != nil || a.Graphs != nil {
			return true
		}
	}
	return false
}

// shapeModel is the static part alone, for an open batch of one size.
func shapeModel(p *Prepared, static map[string]bool, values []string, open int) *onnx.Model {
	m := p.Model.Shallow()
	g := m.Graph
	nodes := g.Nodes
	g.Nodes, g.Outputs, g.Values = nil, nil, map[string]onnx.Value{}
	for _, n := range nodes {
		switch {
		case !static[n.Output(0)]:
		case n.Op == "Shape":
			dims, one := make([]int64, 0, 4), p.Facts.Sample(n.In[0])
			for i, d := range p.Facts.Shapes[n.In[0]] {
				if d < 0 {
					// Windows and heads of open samples: a quotient of two open
					// dimensions is a number.
					d = open * max(one[i], 1)
				}
				dims = append(dims, int64(d))
			}
			start, end := n.AttrInt("start", 0), n.AttrInt("end", int64(len(dims)))
			c, err := resolveCut(start, end, 1, int64(len(dims)))
			if err != nil {
				continue
			}
			g.Init[n.Out[0]] = onnx.NewInts(n.Out[0], dims[c.start:c.start+c.count]...)
		default:
			g.Nodes = append(g.Nodes, n)
		}
	}
	// A graph input is needed; the runtime's folding removes what it feeds.
	const unused = "seewhy.unused"
	g.Inputs = []onnx.Value{{Name: unused, Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1)}}
	g.Nodes = append(g.Nodes, &onnx.Node{Name: unused, Op: "Identity", In: []string{unused}, Out: []string{unused + ".out"}})
	g.Outputs = append(g.Outputs, onnx.Value{Name: unused + ".out", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1)})
	join := &onnx.Node{Name: AnswerName, Op: "Concat", Out: []string{AnswerName}, Attrs: A{"axis": onnx.Int(0)}}
	g.Init["seewhy.flat"] = onnx.NewInts("seewhy.flat", -1)
	for i, v := range values {
		wide := fmt.Sprintf("seewhy.wide.%d", i)
		flat := wide + ".flat"
		g.Nodes = append(g.Nodes,
			&onnx.Node{Name: wide, Op: "Cast", In: []string{v}, Out: []string{wide}, Attrs: A{"to": onnx.Int(int64(onnx.Int64))}},
			&onnx.Node{Name: flat, Op: "Reshape", In: []string{wide, "seewhy.flat"}, Out: []string{flat}})
		join.In = append(join.In, flat)
	}
	g.Nodes = append(g.Nodes, join)
	g.Outputs = append(g.Outputs, onnx.Value{Name: AnswerName, Type: onnx.Int64, Ranked: true, Shape: onnx.Fixed(-1)})
	prune(g)
	return m
}

// intTensor makes a constant of an integer or bool type.
func intTensor(name string, t onnx.Type, shape []int, v []int) *onnx.Tensor {
	dims := make([]int64, len(shape))
	for i, d := range shape {
		dims[i] = int64(d)
	}
	wide := make([]int64, len(v))
	for i, x := range v {
		wide[i] = int64(x)
	}
	c := onnx.NewInts(name, wide...)
	c.Dims = dims
	switch t {
	case onnx.Int32, onnx.Bool:
		raw := make([]byte, 0, 4*len(v))
		for _, x := range wide {
			if t == onnx.Bool {
				raw = append(raw, byte(min(max(x, 0), 1)))
				continue
			}
			x = min(max(x, math.MinInt32), math.MaxInt32)
			raw = append(raw, byte(x), byte(x>>8), byte(x>>16), byte(x>>24))
		}
		c.Type, c.Raw = t, raw
	}
	return c
}

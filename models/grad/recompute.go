package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// Recomputing trades time for memory (Chen et al., Training Deep Nets with
// Sublinear Memory Cost, 2016): the forward pass is cut into segments; only
// values that cross a cut are kept until the way back needs them, all others
// are computed again, segment by segment, from those. The gradient is the
// same; the forward pass costs up to twice.
//
// A copy of a segment that read the kept values alone could be run at once by
// a runtime, or merged with the original, and nothing would be saved. So each
// kept value comes to the copy through a gate: it is joined with an empty
// slice of the gradient that arrives at the segment's end, which changes no
// number and is not there before that gradient is.

// recompute rewrites the finished graph to hold fewer forward values. way are
// the nodes of the way back.
func (b *Builder) recompute(way []*onnx.Node, segments int) {
	g := b.m.Graph
	c := cuts{b: b, made: map[string]int{}, of: map[*onnx.Node]int{}, reads: map[string]bool{}, crossing: map[string]bool{}}
	isBack := map[*onnx.Node]bool{}
	for _, n := range way {
		isBack[n] = true
	}
	var back []*onnx.Node
	for _, n := range g.Nodes {
		if !isBack[n] {
			c.nodes = append(c.nodes, n)
			continue
		}
		back = append(back, n)
		for _, v := range onnx.Reads(n) {
			c.reads[v] = true
		}
	}
	c.cut(segments)
	for _, o := range g.Outputs {
		// What is fetched is kept anyway.
		c.crossing[o.Name] = true
	}
	gates := c.gates(back, segments)
	out := slices.Clone(c.nodes)
	copies := make([]*segmentCopy, segments)
	for _, n := range back {
		for i, v := range n.In {
			s, ok := c.made[v]
			if !ok || v == "" || s == segments-1 || c.crossing[v] {
				continue
			}
			if copies[s] == nil {
				start := len(g.Nodes)
				copies[s] = c.copySegment(s, gates[s])
				out = append(out, g.Nodes[start:]...)
				g.Nodes = g.Nodes[:start]
			}
			if again, ok := copies[s].name[v]; ok {
				n.In[i] = again
			}
		}
		out = append(out, n)
	}
	g.Nodes = out
}

// cuts is a forward pass in segments.
type cuts struct {
	b     *Builder
	nodes []*onnx.Node
	// made tells the segment of each value, of that of each node.
	made map[string]int
	of   map[*onnx.Node]int
	// reads are the values that the way back reads; crossing those that a later
	// segment reads.
	reads, crossing map[string]bool
}

// drawn are the operators that may answer otherwise when they run again.
var drawn = map[string]bool{
	"RandomNormal": true, "RandomNormalLike": true, "RandomUniform": true, "RandomUniformLike": true,
	"Bernoulli": true, "Multinomial": true, "Dropout": true,
}

// segmentCopy maps the values of a segment to their second computation.
type segmentCopy struct{ name map[string]string }

// cut divides the nodes so that each segment holds a like share of the bytes
// that the way back reads, each cut at the place nearby that the fewest bytes
// cross.
func (c *cuts) cut(segments int) {
	last := map[string]int{}
	for i, n := range c.nodes {
		for _, v := range onnx.Reads(n) {
			last[v] = i
		}
	}
	// live[i] are the bytes that cross behind node i; held those read so far.
	live, held := make([]int64, len(c.nodes)), make([]int64, len(c.nodes))
	ends := make([]int64, len(c.nodes))
	var total, alive int64
	for i, n := range c.nodes {
		alive -= ends[i]
		for _, v := range n.Out {
			size := sampleBytes(c.b.facts.Shapes[v])
			if last[v] > i {
				alive += size
				ends[last[v]] += size
			}
			if c.reads[v] {
				total += size
			}
			// Drawn again, it would be another.
			if v != "" && drawn[n.Op] {
				c.crossing[v] = true
			}
		}
		live[i], held[i] = alive, total
	}
	at, segment := 0, 0
	for segment < segments-1 {
		goal := total * int64(segment+1) / int64(segments)
		slack := total / int64(4*segments)
		best := -1
		for i := at; i < len(c.nodes)-1; i++ {
			if held[i] < goal-slack {
				continue
			}
			if held[i] > goal+slack && best >= 0 {
				break
			}
			if best < 0 || live[i] < live[best] {
				best = i
			}
		}
		if best < 0 {
			break
		}
		for ; at <= best; at++ {
			c.put(at, segment)
		}
		segment++
	}
	for ; at < len(c.nodes); at++ {
		c.put(at, segments-1)
	}
	for _, n := range c.nodes {
		for _, v := range onnx.Reads(n) {
			if s, ok := c.made[v]; ok && s != c.of[n] {
				c.crossing[v] = true
			}
		}
	}
}

func (c *cuts) put(node, segment int) {
	n := c.nodes[node]
	c.of[n] = segment
	for _, v := range n.Out {
		if v != "" {
			c.made[v] = segment
		}
	}
}

// gates finds for each segment the gradient that arrives first at it: that of
// its last node on the path; "" where none arrives. What the way back reads of
// a segment before that is there is kept.
func (c *cuts) gates(back []*onnx.Node, segments int) []Value {
	gates := make([]Value, segments)
	for _, n := range c.b.path.nodes {
		s, ok := c.of[n]
		for _, v := range n.Out {
			if ok && c.b.path.on[v] && len(c.b.grads[v]) > 0 && len(c.b.facts.Shapes[v]) > 0 {
				gates[s] = c.b.grads[v][0]
			}
		}
	}
	open := make([]bool, segments)
	for s, gate := range gates {
		open[s] = gate == SeedName
	}
	for _, n := range back {
		for _, v := range onnx.Reads(n) {
			if s, ok := c.made[v]; ok && !open[s] {
				c.crossing[v] = true
			}
		}
		for s, gate := range gates {
			open[s] = open[s] || slices.Contains(n.Out, string(gate))
		}
	}
	return gates
}

// copySegment emits what the way back reads of a segment once more; nothing
// without a gate.
func (c *cuts) copySegment(segment int, gate Value) *segmentCopy {
	to := &segmentCopy{name: map[string]string{}}
	if gate == "" {
		return to
	}
	// A slice of no elements, of rank 1.
	gate = c.b.Op("Slice", gate, c.b.Ints(0), c.b.Ints(0), c.b.Ints(0))
	gate = c.b.Node("Reshape", A{"allowzero": onnx.Int(1)}, gate, c.b.Ints(0))
	need := map[string]bool{}
	for v := range c.reads {
		if s, ok := c.made[v]; ok && s == segment && !c.crossing[v] {
			need[v] = true
		}
	}
	var again []*onnx.Node
	for _, n := range slices.Backward(c.nodes) {
		if c.of[n] != segment || !slices.ContainsFunc(n.Out, func(v string) bool { return need[v] }) {
			continue
		}
		again = append(again, n)
		for _, v := range onnx.Reads(n) {
			if s, ok := c.made[v]; ok && s == segment && !c.crossing[v] {
				need[v] = true
			}
		}
	}
	slices.Reverse(again)
	b := c.b
	for _, n := range again {
		k := n.Clone()
		b.made++
		k.Name = fmt.Sprintf("seewhy.%d.again.%s", b.made, n.Op)
		for i, v := range k.In {
			if v == "" || b.Const(v) != nil {
				continue
			}
			if _, ok := to.name[v]; !ok {
				to.name[v] = string(b.gated(v, gate))
			}
			k.In[i] = to.name[v]
		}
		for i, v := range k.Out {
			if v != "" {
				k.Out[i] = fmt.Sprintf("%s.%d", k.Name, i)
				to.name[v] = k.Out[i]
				if shape, ok := b.facts.Shapes[v]; ok {
					b.facts.Shapes[k.Out[i]] = shape
				}
			}
		}
		b.m.Graph.Nodes = append(b.m.Graph.Nodes, k)
	}
	return to
}

// gated is a forward value that is not there before the gate is.
func (b *Builder) gated(v string, gate Value) Value {
	if t, ok := b.facts.Types[v]; ok && t != onnx.Float32 {
		gate = b.Node("Cast", A{"to": onnx.Int(int64(t))}, gate)
	}
	flat := b.Op("Reshape", Value(v), b.Ints(-1))
	joined := b.Node("Concat", A{"axis": onnx.Int(0)}, flat, gate)
	shape, ok := b.facts.Shapes[v]
	if !ok {
		return b.Op("Reshape", joined, b.Op("Shape", Value(v)))
	}
	return b.Op("Reshape", joined, b.shapeOf(v, shape))
}

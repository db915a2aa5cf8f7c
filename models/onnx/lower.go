package onnx

import (
	"fmt"
	"slices"
)

// Lower rewrites operators that combine several others (attention, the fused
// operators of optimised files, normalisations of a few steps) into the
// standard operators that they stand for, of the model's own opset. Rules of
// gradients and relevance, and what looks for attention matrices, then see the
// same nodes as in a plain export. ONNX Runtime fuses them again on its own.
//
// shapes (-1: open) and types are those of the model's values. A node whose
// form is not served is left as it is. changed says that a node was rewritten.
func Lower(m *Model, shapes map[string][]int, types map[string]Type) (out *Model, changed bool, err error) {
	if !slices.ContainsFunc(m.Graph.Nodes, func(n *Node) bool { return lowerings[opName{n.Domain, n.Op}] != nil }) {
		return m, false, nil
	}
	out = m.Shallow()
	l := &lowerer{g: out.Graph, namer: newNamer(m.Graph), opset: m.Opset(), shapes: cloned(shapes), types: types, read: map[string]bool{}}
	for _, n := range m.Graph.Nodes {
		for _, v := range uses(n) {
			l.read[v] = true
		}
	}
	for _, o := range m.Graph.Outputs {
		l.read[o.Name] = true
	}
	nodes := out.Graph.Nodes
	out.Graph.Nodes = make([]*Node, 0, len(nodes))
	for _, n := range nodes {
		lowering := lowerings[opName{n.Domain, n.Op}]
		if lowering == nil {
			l.g.Nodes = append(l.g.Nodes, n)
			continue
		}
		before := len(l.g.Nodes)
		l.n, l.made = n, nil
		if err := lowering(l, n); err != nil {
			// As it was, without what was begun.
			for _, name := range l.made {
				delete(l.g.Init, name)
			}
			l.g.Nodes = append(l.g.Nodes[:before], n)
			continue
		}
		changed = true
	}
	return out, changed, nil
}

type opName struct{ domain, op string }

// microsoft is the domain of ONNX Runtime's own operators.
const microsoft = "com.microsoft"

// lowerings holds, by operator, what emits its parts; the last of them makes
// the node's own outputs.
var lowerings = map[opName]func(*lowerer, *Node) error{}

func lowers(domain string, f func(*lowerer, *Node) error, ops ...string) {
	for _, op := range ops {
		lowerings[opName{domain, op}] = f
	}
}

// LoweredOps lists the operators that Lower rewrites, sorted.
func LoweredOps() []string {
	var out []string
	for k := range lowerings {
		out = append(out, (&Node{Op: k.op, Domain: k.domain}).FullOp())
	}
	slices.Sort(out)
	return out
}

// lowerer appends to g.
type lowerer struct {
	*namer
	g      *Graph
	n      *Node
	opset  int64
	shapes map[string][]int
	types  map[string]Type
	// read holds the values that something reads, made the constants of the node at hand.
	read map[string]bool
	made []string
}

// attrs is shorthand for a node's attributes.
type attrs = map[string]Attr

// op emits a node and gives its output, after which it is named.
func (l *lowerer) op(op string, a attrs, in ...string) string {
	out := l.fresh(l.label(), op)
	l.emit(out, op, a, out, in)
	return out
}

// into emits a node whose output has a given name.
func (l *lowerer) into(op string, a attrs, out string, in ...string) {
	l.emit(l.fresh(l.label(), op), op, a, out, in)
}

func (l *lowerer) emit(name, op string, a attrs, out string, in []string) {
	if a == nil {
		a = attrs{}
	}
	l.g.Nodes = append(l.g.Nodes, &Node{Name: name, Op: op, Attrs: a, In: in, Out: []string{out}})
}

func (l *lowerer) label() string {
	if l.n.Name != "" {
		return l.n.Name
	}
	return l.n.Output(0)
}

func (l *lowerer) constant(t *Tensor) string {
	t.Name = l.fresh(l.label(), "constant")
	l.g.Init[t.Name] = t
	l.made = append(l.made, t.Name)
	return t.Name
}

func (l *lowerer) ints(v ...int64) string { return l.constant(NewInts("", v...)) }

func (l *lowerer) scalar(v float64) string {
	return l.constant(NewFloats("", nil, []float32{float32(v)}))
}

// shape is a value's shape of a known rank.
func (l *lowerer) shape(v string) ([]int, error) {
	if s, ok := l.shapes[v]; ok && len(s) > 0 {
		return s, nil
	}
	return nil, fmt.Errorf("the shape of %q is not known", v)
}

// unread says that none of the outputs from i on is read; a runtime's extra outputs rarely are.
func (l *lowerer) unread(n *Node, from int) error {
	for i := from; i < len(n.Out); i++ {
		if n.Out[i] != "" && l.read[n.Out[i]] {
			return fmt.Errorf("its output %d is read", i)
		}
	}
	return nil
}

// mean emits the mean over axes, which are kept.
func (l *lowerer) mean(x string, axes ...int64) string {
	if l.opset < 18 {
		return l.op("ReduceMean", attrs{"axes": Ints(axes...)}, x)
	}
	return l.op("ReduceMean", nil, x, l.ints(axes...))
}

// reshape emits Reshape; 0 keeps a dimension, -1 takes the rest.
func (l *lowerer) reshape(x string, dims ...int64) string {
	return l.op("Reshape", nil, x, l.ints(dims...))
}

func (l *lowerer) transpose(x string, perm ...int64) string {
	return l.op("Transpose", attrs{"perm": Ints(perm...)}, x)
}

// cut emits x[from:to] along an axis.
func (l *lowerer) cut(x string, axis, from, to, step int64) string {
	return l.op("Slice", nil, x, l.ints(from), l.ints(to), l.ints(axis), l.ints(step))
}

// rename gives v the name of an output of the node.
func (l *lowerer) rename(v, out string) { l.into("Identity", nil, out, v) }

// Package onnx reads and writes ONNX files as a typed graph. Files come from
// strangers: everything read is checked, and a bad file gives an error that
// names the place, never a panic.
//
//	m, err := onnx.ReadFile("resnet50.onnx") // external data is read too
//	data, err := onnx.Marshal(m)             // bytes for ONNX Runtime
//
// Graphs are treated as immutable once read: passes such as Upgrade return a
// new Model that shares what it did not change.
package onnx

import (
	"fmt"
	"maps"
	"slices"
)

// Model is a parsed ONNX file.
type Model struct {
	IR              int64
	Producer        string
	ProducerVersion string
	Doc             string
	// Opsets maps an operator domain to its version; "" is the standard one.
	Opsets    map[string]int64
	Metadata  map[string]string
	Graph     *Graph
	Functions []*Function
	// External says that weights came from data files beside the model: the
	// file's own bytes do not tell them.
	External bool
	// Buried are the tensors from data files that attributes and branches hold.
	Buried []*Tensor
	// doubts names the nodes on which a runtime may end its process.
	doubts []string
	// folder is where the data files lie that weights were not read from but
	// mapped: large models; empty for all others.
	folder string
}

// Opset is the version of the standard operators; 0 when the file declares none.
func (m *Model) Opset() int64 { return m.Opsets[""] }

// Function is a model-local operator.
type Function struct {
	Domain, Name, Overload string
	Inputs, Outputs        []string
	Attributes             []string
	Defaults               map[string]Attr
	Nodes                  []*Node
	Opsets                 map[string]int64
}

// Graph is a list of nodes in an order in which they can run.
type Graph struct {
	Name    string
	Nodes   []*Node
	Inputs  []Value
	Outputs []Value
	// Init holds the constant tensors by name.
	Init map[string]*Tensor
	// Values holds the declared types of inner values.
	Values map[string]Value
}

// Value is a declared tensor. A file may leave type and shape out.
type Value struct {
	Name string
	Type Type
	// Ranked says that Shape is known, which may be empty (a scalar).
	Ranked bool
	Shape  []Dim
	// other keeps a type that is no tensor (sequence, map, optional).
	other []byte
}

// Dim is one dimension: N >= 0, or -1 with an optional symbolic Param.
type Dim struct {
	N     int64
	Param string
}

// Dims converts a shape to ints; -1 is unknown.
func (v Value) Dims() []int {
	out := make([]int, len(v.Shape))
	for i, d := range v.Shape {
		out[i] = int(d.N)
	}
	return out
}

// Fixed makes a shape from ints; negative numbers are unknown dimensions.
func Fixed(dims ...int) []Dim {
	out := make([]Dim, len(dims))
	for i, d := range dims {
		out[i] = Dim{N: int64(max(d, -1))}
	}
	return out
}

// Node applies an operator. An empty name in In is an optional input left out.
type Node struct {
	Name, Op, Domain string
	Overload         string
	In, Out          []string
	Attrs            map[string]Attr
}

// Input is the name of input i, "" where it is left out.
func (n *Node) Input(i int) string {
	if i >= 0 && i < len(n.In) {
		return n.In[i]
	}
	return ""
}

// Output is the name of output i, "" where it is left out.
func (n *Node) Output(i int) string {
	if i >= 0 && i < len(n.Out) {
		return n.Out[i]
	}
	return ""
}

// Label names a node for people: its name or first output, and its op.
func (n *Node) Label() string {
	name := n.Name
	if name == "" {
		name = n.Output(0)
	}
	return fmt.Sprintf("node %q (%s)", name, n.FullOp())
}

// FullOp is the op with its domain where that is not the standard one.
func (n *Node) FullOp() string {
	if n.Domain == "" {
		return n.Op
	}
	return n.Domain + "." + n.Op
}

// Clone copies a node deeply enough that its names and attributes may be changed.
func (n *Node) Clone() *Node {
	c := *n
	c.In, c.Out, c.Attrs = slices.Clone(n.In), slices.Clone(n.Out), maps.Clone(n.Attrs)
	if c.Attrs == nil {
		c.Attrs = map[string]Attr{}
	}
	return &c
}

// AttrKind is the type of an attribute's value.
type AttrKind int32

// Kinds as the format numbers them.
const (
	KindFloat   AttrKind = 1
	KindInt     AttrKind = 2
	KindString  AttrKind = 3
	KindTensor  AttrKind = 4
	KindGraph   AttrKind = 5
	KindFloats  AttrKind = 6
	KindInts    AttrKind = 7
	KindStrings AttrKind = 8
	KindTensors AttrKind = 9
	KindGraphs  AttrKind = 10
)

// Attr is an attribute's value; the field that Kind names is set.
type Attr struct {
	Kind    AttrKind
	I       int64
	F       float32
	S       string
	T       *Tensor
	G       *Graph
	Ints    []int64
	Floats  []float32
	Strings []string
	Tensors []*Tensor
	Graphs  []*Graph
	// Ref is set inside functions: the value is the caller's attribute of this name.
	Ref string
}

// Int makes an integer attribute.
func Int(v int64) Attr { return Attr{Kind: KindInt, I: v} }

// Float makes a float attribute.
func Float(v float32) Attr { return Attr{Kind: KindFloat, F: v} }

// Str makes a string attribute.
func Str(v string) Attr { return Attr{Kind: KindString, S: v} }

// Ints makes an attribute of integers.
func Ints(v ...int64) Attr { return Attr{Kind: KindInts, Ints: v} }

// AttrInt is an integer attribute or its default.
func (n *Node) AttrInt(name string, def int64) int64 {
	if a, ok := n.Attrs[name]; ok && a.Kind == KindInt {
		return a.I
	}
	return def
}

// AttrFloat is a float attribute or its default.
func (n *Node) AttrFloat(name string, def float32) float32 {
	if a, ok := n.Attrs[name]; ok && a.Kind == KindFloat {
		return a.F
	}
	return def
}

// AttrString is a string attribute or its default.
func (n *Node) AttrString(name, def string) string {
	if a, ok := n.Attrs[name]; ok && a.Kind == KindString {
		return a.S
	}
	return def
}

// AttrInts is a list attribute; nil when absent.
func (n *Node) AttrInts(name string) []int64 {
	if a, ok := n.Attrs[name]; ok && a.Kind == KindInts {
		return a.Ints
	}
	return nil
}

// Producers maps each value to the node that makes it.
func (g *Graph) Producers() map[string]*Node {
	out := make(map[string]*Node, len(g.Nodes))
	for _, n := range g.Nodes {
		for _, o := range n.Out {
			if o != "" {
				out[o] = n
			}
		}
	}
	return out
}

// FreeInputs are the graph inputs that are not constants: files before IR 4
// list their weights as inputs too.
func (g *Graph) FreeInputs() []Value {
	return slices.DeleteFunc(slices.Clone(g.Inputs), func(v Value) bool { return g.Init[v.Name] != nil })
}

// Shallow copies the model so that node lists, maps and values can be
// changed; nodes and tensors are shared.
func (m *Model) Shallow() *Model {
	c := *m
	c.Opsets, c.Metadata = cloned(m.Opsets), cloned(m.Metadata)
	c.Graph = m.Graph.shallow()
	return &c
}

func (g *Graph) shallow() *Graph {
	c := *g
	c.Nodes, c.Inputs, c.Outputs = slices.Clone(g.Nodes), slices.Clone(g.Inputs), slices.Clone(g.Outputs)
	c.Init, c.Values = cloned(g.Init), cloned(g.Values)
	return &c
}

// cloned copies a map; the copy of nil may be written to.
func cloned[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return maps.Clone(m)
}

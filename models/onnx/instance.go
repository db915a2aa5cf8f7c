package onnx

import "fmt"

// namer makes names that nothing in a model has.
type namer struct {
	taken map[string]bool
	made  int
}

func newNamer(g *Graph) *namer {
	m := &namer{taken: map[string]bool{}}
	m.survey(g)
	return m
}

func (m *namer) survey(g *Graph) {
	for _, v := range g.Inputs {
		m.taken[v.Name] = true
	}
	for _, v := range g.Outputs {
		m.taken[v.Name] = true
	}
	for name := range g.Init {
		m.taken[name] = true
	}
	for _, n := range g.Nodes {
		for _, v := range n.In {
			m.taken[v] = true
		}
		for _, v := range n.Out {
			m.taken[v] = true
		}
		for _, sub := range n.subgraphs() {
			m.survey(sub)
		}
	}
}

// maxLabel bounds each half of a made name: a file's names may be of any
// length, and a function of one node may be called a million times.
const maxLabel = 96

// fresh is "label/value", numbered where that is taken.
func (m *namer) fresh(label, value string) string {
	base := tail(label) + "/" + tail(value)
	for name := base; ; name = fmt.Sprintf("%s#%d", base, m.made) {
		if !m.taken[name] {
			m.taken[name] = true
			return name
		}
		m.made++
	}
}

// tail is the end of a long name, where names differ.
func tail(s string) string { return s[max(0, len(s)-maxLabel):] }

// instance copies nodes of a function or a branch into a graph: values get
// fresh names, references to attributes their values.
type instance struct {
	*namer
	label  string
	rename map[string]string
	// outer is the instance around a subgraph's.
	outer *instance
	attrs map[string]Attr
	// function says that attributes may refer to the caller's, and that what
	// is not renamed is the function's own; a branch reads values around it.
	function bool
}

// instantiate copies the nodes so that their outputs come under the names in
// to; "" there is an output that nobody reads.
func (c *instance) instantiate(nodes []*Node, outputs, to []string) ([]*Node, error) {
	made := map[string]bool{}
	for _, n := range nodes {
		for _, o := range n.Out {
			made[o] = true
		}
	}
	passed := map[string]string{}
	for i, o := range outputs {
		switch _, given := c.rename[o]; {
		case i >= len(to) || to[i] == "":
		case made[o] && !given:
			c.rename[o] = to[i]
		default:
			// An input, an outer value or an output that is listed twice.
			passed[to[i]] = o
		}
	}
	out := make([]*Node, 0, len(nodes))
	for _, n := range nodes {
		k, err := c.node(n)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	for i, o := range outputs {
		if i < len(to) && passed[to[i]] == o && to[i] != "" {
			from := c.value(o)
			if from == "" {
				return nil, fmt.Errorf("output %q is an input that is left out", o)
			}
			out = append(out, &Node{Name: c.fresh(c.label, "Identity"), Op: "Identity", In: []string{from}, Out: []string{to[i]}, Attrs: map[string]Attr{}})
		}
	}
	return out, nil
}

func (c *instance) node(n *Node) (*Node, error) {
	k := n.Clone()
	name := n.Name
	if name == "" {
		name = n.Op
	}
	k.Name = c.fresh(c.label, name)
	for i, v := range n.In {
		k.In[i] = c.value(v)
	}
	k.trim()
	for i, v := range n.Out {
		k.Out[i] = c.value(v)
	}
	for name, a := range n.Attrs {
		if a.Ref != "" && c.function {
			given, ok := c.attrs[a.Ref]
			if !ok {
				delete(k.Attrs, name)
				continue
			}
			if given.Kind != a.Kind && a.Kind != 0 {
				return nil, fmt.Errorf("%s: attribute %q is of kind %d, the caller's %q of kind %d", n.Label(), name, a.Kind, a.Ref, given.Kind)
			}
			k.Attrs[name] = given
		}
	}
	return k, eachSubgraph(k, c.graph)
}

// value is a name's new one. What a branch does not make itself lies around it.
func (c *instance) value(v string) string {
	if v == "" {
		return ""
	}
	at := c
	for {
		if to, ok := at.rename[v]; ok {
			return to
		}
		if at.outer == nil {
			break
		}
		at = at.outer
	}
	if !c.function {
		return v
	}
	at.rename[v] = c.fresh(c.label, v)
	return at.rename[v]
}

// graph renames inside a subgraph, whose own values are all made fresh.
func (c *instance) graph(g *Graph) error {
	inner := &instance{namer: c.namer, label: c.label, rename: map[string]string{}, outer: c, attrs: c.attrs, function: c.function}
	inner.own(g)
	for i, v := range g.Inputs {
		v.Name = inner.value(v.Name)
		g.Inputs[i] = v
	}
	for i, v := range g.Outputs {
		v.Name = inner.value(v.Name)
		g.Outputs[i] = v
	}
	values, init := map[string]Value{}, map[string]*Tensor{}
	for name, v := range g.Values {
		v.Name = inner.value(name)
		values[v.Name] = v
	}
	for name, t := range g.Init {
		k := *t
		k.Name = inner.value(name)
		init[k.Name] = &k
	}
	g.Values, g.Init = values, init
	for i, n := range g.Nodes {
		k, err := inner.node(n)
		if err != nil {
			return err
		}
		g.Nodes[i] = k
	}
	return nil
}

// own gives fresh names to all that the graph makes.
func (c *instance) own(g *Graph) {
	for _, v := range g.Inputs {
		c.rename[v.Name] = c.fresh(c.label, v.Name)
	}
	for name := range g.Init {
		if _, ok := c.rename[name]; !ok {
			c.rename[name] = c.fresh(c.label, name)
		}
	}
	for _, n := range g.Nodes {
		for _, o := range n.Out {
			if o != "" {
				c.rename[o] = c.fresh(c.label, o)
			}
		}
	}
}

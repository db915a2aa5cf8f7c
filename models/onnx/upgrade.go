package onnx

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// TargetOpset is what older models are raised to. It is the first with every
// operator that the backward graph is written in (ScatterElements with add: 16)
// and the last before reductions changed again (18).
const TargetOpset = 17

// Upgradable says why a model is of an opset that Upgrade does not take.
func Upgradable(m *Model) error {
	switch from := m.Opset(); {
	case from == 0:
		return errors.New("the model declares no version of the standard operators (opset): export it again, at opset 7 or later")
	case from < 7:
		return fmt.Errorf("the model is of opset %d; gradients are offered from opset 7 on: convert it with ONNX's version converter", from)
	}
	return nil
}

// Upgrade rewrites a float32 model of opset 7 to 16 to TargetOpset, node by
// node and with the same meaning, subgraphs included; newer models come back as they are.
// Below 7 the broadcasting rules differ, which is refused. shapes holds the
// shapes of values (-1: open) where they are known; what cannot be rewritten
// without them is an error that names the node.
func Upgrade(m *Model, shapes map[string][]int) (*Model, error) {
	from := m.Opset()
	if from >= TargetOpset {
		return m, nil
	}
	if err := Upgradable(m); err != nil {
		return nil, err
	}
	out := m.Shallow()
	out.Opsets[""] = TargetOpset
	out.IR = max(out.IR, 8)
	u := &upgrader{from: from, shapes: shapes, taken: map[string]bool{}, read: map[string]bool{}}
	u.survey(m.Graph)
	if err := u.graph(out.Graph); err != nil {
		return nil, err
	}
	return out, u.functions(out)
}

// upgrader appends to g; a step ends by emitting its node.
type upgrader struct {
	g     *Graph
	outer *upgrader
	// literals are the graph's Constant nodes by their output.
	literals map[string]*Node
	from     int64
	shapes   map[string][]int
	// taken holds all names in use, read those that something reads.
	taken, read map[string]bool
	made        int
}

func (u *upgrader) survey(g *Graph) {
	for _, v := range g.Inputs {
		u.taken[v.Name] = true
	}
	for name := range g.Init {
		u.taken[name] = true
	}
	for _, v := range g.Outputs {
		u.read[v.Name] = true
	}
	for _, n := range g.Nodes {
		for _, o := range n.Out {
			u.taken[o] = true
		}
		for _, i := range n.In {
			u.read[i] = true
		}
		for _, sub := range n.subgraphs() {
			u.survey(sub)
		}
	}
}

// graph raises the nodes of g, which is the caller's own copy. The known
// shapes are those of the outermost graph; a subgraph may use its names anew.
func (u *upgrader) graph(g *Graph) error {
	inner := &upgrader{g: g, from: u.from, taken: u.taken, read: u.read, made: u.made, literals: map[string]*Node{}}
	if u.g == nil {
		inner.shapes = u.shapes
	} else {
		inner.outer = u
	}
	for _, n := range g.Nodes {
		if n.Op == "Constant" && n.Domain == "" {
			inner.literals[n.Output(0)] = n
		}
	}
	nodes := g.Nodes
	g.Nodes = make([]*Node, 0, len(nodes))
	for _, n := range nodes {
		c := n.Clone()
		if err := inner.subgraphs(c); err != nil {
			return err
		}
		step, ok := upgrades[n.Op]
		if !ok || n.Domain != "" || u.from >= step.since {
			g.Nodes = append(g.Nodes, c)
			continue
		}
		if n.Input(0) == "" || n.Output(0) == "" {
			return fmt.Errorf("%s lacks its input or its output", n.Label())
		}
		if err := step.apply(inner, c); err != nil {
			return fmt.Errorf("%s: raising opset %d to %d: %w", n.Label(), u.from, TargetOpset, err)
		}
	}
	u.made = inner.made
	return nil
}

// subgraphs raises what lies in a node's attributes, such as the branches of If.
func (u *upgrader) subgraphs(n *Node) error {
	for name, a := range n.Attrs {
		if a.G != nil {
			a.G = a.G.shallow()
			if err := u.graph(a.G); err != nil {
				return err
			}
		}
		a.Graphs = slices.Clone(a.Graphs)
		for i, g := range a.Graphs {
			a.Graphs[i] = g.shallow()
			if err := u.graph(a.Graphs[i]); err != nil {
				return err
			}
		}
		n.Attrs[name] = a
	}
	return nil
}

// functions lets model-local functions pass whose nodes mean the same at
// TargetOpset. They cannot hold constants beside their nodes, as graphs do;
// exporters that write functions write newer opsets.
func (u *upgrader) functions(m *Model) error {
	m.Functions = slices.Clone(m.Functions)
	for i, f := range m.Functions {
		from := f.Opsets[""]
		for _, n := range f.Nodes {
			step, ok := upgrades[n.Op]
			if ok && n.Domain == "" && from < step.since || len(n.subgraphs()) > 0 && from < TargetOpset {
				return fmt.Errorf("function %q, %s: functions of opset %d cannot be raised to %d; export the model at opset %d or later", f.Name, n.Label(), from, TargetOpset, TargetOpset)
			}
		}
		c := *f
		c.Opsets = cloned(f.Opsets)
		if _, ok := c.Opsets[""]; ok {
			c.Opsets[""] = max(from, TargetOpset)
		}
		m.Functions[i] = &c
	}
	return nil
}

func (u *upgrader) emit(n *Node) error {
	u.g.Nodes = append(u.g.Nodes, n)
	return nil
}

// name makes a name that nothing in the model has.
func (u *upgrader) name(n *Node, what string) string {
	for {
		u.made++
		name := fmt.Sprintf("seewhy.up%d.%s.%s", u.made, n.Output(0), what)
		if !u.taken[name] {
			return name
		}
	}
}

// constant finds a constant of this graph or of one around it.
func (u *upgrader) constant(name string) *Tensor {
	for ; u != nil; u = u.outer {
		if t := u.g.Init[name]; t != nil {
			return t
		}
		if n := u.literals[name]; n != nil {
			if t, err := constantValue(n); err == nil {
				return t
			}
		}
	}
	return nil
}

type upgradeStep struct {
	// since is the opset whose form the step writes.
	since int64
	apply func(u *upgrader, n *Node) error
}

// upgrades lists the ops whose form changed between opset 7 and TargetOpset
// in a way that a newer runtime would read differently.
var upgrades = map[string]upgradeStep{
	"Softmax":            {13, upgradeFlattening},
	"LogSoftmax":         {13, upgradeFlattening},
	"Hardmax":            {13, upgradeFlattening},
	"Squeeze":            {13, attrsToInputs("axes")},
	"Unsqueeze":          {13, attrsToInputs("axes")},
	"ReduceSum":          {13, attrsToInputs("axes")},
	"Split":              {13, attrsToInputs("split")},
	"Slice":              {10, upgradeSlice},
	"Pad":                {11, upgradePad},
	"Clip":               {11, upgradeClip},
	"Dropout":            {12, upgradeDropout},
	"TopK":               {10, upgradeTopK},
	"Upsample":           {10, upgradeUpsample},
	"Resize":             {13, upgradeResize},
	"BatchNormalization": {14, upgradeBatchNorm},
	"Gemm":               {11, upgradeGemm},
	"Scatter":            {11, renamed("ScatterElements")},
	"RoiAlign":           {16, upgradeRoiAlign},
	"Affine":             {10, upgradeAffine},
	"Scale":              {10, upgradeScale},
	"ScaledTanh":         {10, curved("Tanh")},
	"ParametricSoftplus": {10, curved("Softplus")},
	"ImageScaler":        {10, upgradeImageScaler},
	"Crop":               {10, upgradeCrop},
	"Scan":               {9, refused("its form before opset 9 runs each sample for itself")},
}

// UpgradedOps lists the ops that Upgrade rewrites.
func UpgradedOps() []string { return slices.Sorted(maps.Keys(upgrades)) }

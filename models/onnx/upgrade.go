package onnx

import (
	"fmt"
	"maps"
	"slices"
)

// TargetOpset is what older models are raised to. It is the first with every
// operator that the backward graph is written in (ScatterElements with add: 16)
// and the last before reductions changed again (18).
const TargetOpset = 17

// Upgrade rewrites a model of opset 7 to 16 to TargetOpset, node by node and
// with the same meaning; newer models come back as they are. Below 7 the
// broadcasting rules differ, which is refused.
func Upgrade(m *Model, shapes map[string][]int) (*Model, error) {
	from := m.Opset()
	switch {
	case from >= TargetOpset:
		return m, nil
	case from < 7:
		return nil, fmt.Errorf("the model is of opset %d; gradients are offered from opset 7 on: convert it with ONNX's version converter", from)
	}
	out := m.Shallow()
	out.Opsets[""] = TargetOpset
	out.IR = max(out.IR, 8)
	u := &upgrader{g: out.Graph, from: from, shapes: shapes}
	nodes := out.Graph.Nodes
	out.Graph.Nodes = nil
	for _, n := range nodes {
		if step, ok := upgrades[n.Op]; ok && n.Domain == "" && from < step.since {
			c := n.Clone()
			if err := step.apply(u, c); err != nil {
				return nil, fmt.Errorf("%s: raising opset %d to %d: %w", n.Label(), from, TargetOpset, err)
			}
			continue
		}
		u.g.Nodes = append(u.g.Nodes, n)
	}
	return out, nil
}

// upgrader appends to g; a step ends by emitting its node.
type upgrader struct {
	g      *Graph
	from   int64
	shapes map[string][]int
	made   int
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
	"Resize":             {11, upgradeResize},
	"BatchNormalization": {14, upgradeBatchNorm},
	"Gemm":               {11, upgradeGemm},
}

func (u *upgrader) emit(n *Node) error {
	u.g.Nodes = append(u.g.Nodes, n)
	return nil
}

func (u *upgrader) name(n *Node, what string) string {
	u.made++
	return fmt.Sprintf("seewhy.up%d.%s.%s", u.made, n.Output(0), what)
}

// ints adds a constant and returns its name.
func (u *upgrader) ints(n *Node, what string, v ...int64) string {
	name := u.name(n, what)
	u.g.Init[name] = NewInts(name, v...)
	return name
}

func (u *upgrader) scalar(n *Node, what string, v float32) string {
	name := u.name(n, what)
	u.g.Init[name] = NewFloats(name, nil, []float32{v})
	return name
}

// attrsToInputs moves a list attribute to the second input.
func attrsToInputs(attr string) func(*upgrader, *Node) error {
	return func(u *upgrader, n *Node) error {
		if v := n.AttrInts(attr); v != nil {
			n.In = append(n.In[:1:1], u.ints(n, attr, v...))
		}
		delete(n.Attrs, attr)
		return u.emit(n)
	}
}

// upgradeFlattening: before 13, Softmax worked on [prod(dims before axis),
// prod(dims from axis)]; after it, along one axis.
func upgradeFlattening(u *upgrader, n *Node) error {
	axis := n.AttrInt("axis", 1)
	shape, ok := u.shapes[n.Input(0)]
	rank := int64(len(shape))
	if ok && axis < 0 {
		axis += rank
	}
	if ok && axis == rank-1 {
		n.Attrs["axis"] = Int(-1)
		return u.emit(n)
	}
	in, out := n.Input(0), n.Output(0)
	// The same on one axis where all later dimensions are 1 (a classifier's [N, C, 1, 1]).
	if ok && !slices.ContainsFunc(shape[axis+1:], func(d int) bool { return d != 1 }) {
		n.Attrs["axis"] = Int(axis)
		return u.emit(n)
	}
	flat, soft, like := u.name(n, "flat"), u.name(n, "soft"), u.name(n, "shape")
	u.emit(&Node{Name: flat, Op: "Flatten", In: []string{in}, Out: []string{flat}, Attrs: map[string]Attr{"axis": Int(axis)}})
	u.emit(&Node{Name: n.Name, Op: n.Op, In: []string{flat}, Out: []string{soft}, Attrs: map[string]Attr{"axis": Int(-1)}})
	u.emit(&Node{Name: like, Op: "Shape", In: []string{in}, Out: []string{like}, Attrs: map[string]Attr{}})
	return u.emit(&Node{Name: soft + ".reshape", Op: "Reshape", In: []string{soft, like}, Out: []string{out}, Attrs: map[string]Attr{}})
}

func upgradeSlice(u *upgrader, n *Node) error {
	starts, ends := n.AttrInts("starts"), n.AttrInts("ends")
	if len(starts) == 0 || len(starts) != len(ends) {
		return fmt.Errorf("%d starts and %d ends", len(starts), len(ends))
	}
	n.In = []string{n.Input(0), u.ints(n, "starts", starts...), u.ints(n, "ends", ends...)}
	if axes := n.AttrInts("axes"); axes != nil {
		n.In = append(n.In, u.ints(n, "axes", axes...))
	}
	n.Attrs = map[string]Attr{}
	return u.emit(n)
}

func upgradePad(u *upgrader, n *Node) error {
	n.In = []string{n.Input(0), u.ints(n, "pads", n.AttrInts("pads")...), u.scalar(n, "value", n.AttrFloat("value", 0))}
	delete(n.Attrs, "pads")
	delete(n.Attrs, "value")
	return u.emit(n)
}

func upgradeClip(u *upgrader, n *Node) error {
	in := []string{n.Input(0), "", ""}
	if a, ok := n.Attrs["min"]; ok {
		in[1] = u.scalar(n, "min", a.F)
	}
	if a, ok := n.Attrs["max"]; ok {
		in[2] = u.scalar(n, "max", a.F)
	}
	n.In, n.Attrs = in, map[string]Attr{}
	return u.emit(n)
}

// upgradeDropout: in a model for inference it passes its input on.
func upgradeDropout(u *upgrader, n *Node) error {
	if n.Output(1) != "" {
		return u.emit(&Node{Name: n.Name, Op: "Dropout", In: n.In[:1], Out: n.Out, Attrs: map[string]Attr{}})
	}
	return u.emit(&Node{Name: n.Name, Op: "Identity", In: n.In[:1], Out: n.Out[:1], Attrs: map[string]Attr{}})
}

func upgradeTopK(u *upgrader, n *Node) error {
	n.In = append(n.In[:1:1], u.ints(n, "k", n.AttrInt("k", 1)))
	delete(n.Attrs, "k")
	return u.emit(n)
}

func upgradeUpsample(u *upgrader, n *Node) error {
	scales := n.Input(1)
	if u.from < 9 {
		v := n.Attrs["scales"].Floats
		scales = u.name(n, "scales")
		u.g.Init[scales] = NewFloats(scales, []int64{int64(len(v))}, v)
	}
	return u.legacyResize(n, scales)
}

// upgradeResize serves opset 10, whose second input is the scales.
func upgradeResize(u *upgrader, n *Node) error { return u.legacyResize(n, n.Input(1)) }

// legacyResize writes Upsample and the first Resize: asymmetric coordinates, floor.
func (u *upgrader) legacyResize(n *Node, scales string) error {
	return u.emit(&Node{
		Name: n.Name, Op: "Resize", In: []string{n.Input(0), "", scales}, Out: n.Out,
		Attrs: map[string]Attr{
			"mode": Str(n.AttrString("mode", "nearest")), "nearest_mode": Str("floor"),
			"coordinate_transformation_mode": Str("asymmetric"),
		},
	})
}

// upgradeBatchNorm drops what training used; only the first output remains.
func upgradeBatchNorm(u *upgrader, n *Node) error {
	if n.AttrInt("spatial", 1) == 0 {
		return fmt.Errorf("spatial=0 is not supported")
	}
	attrs := maps.Clone(n.Attrs)
	for _, gone := range []string{"spatial", "is_test", "momentum"} {
		delete(attrs, gone)
	}
	return u.emit(&Node{Name: n.Name, Op: n.Op, In: n.In, Out: n.Out[:1], Attrs: attrs})
}

// upgradeGemm drops the broadcast switch of old files; C is then needed.
func upgradeGemm(u *upgrader, n *Node) error {
	delete(n.Attrs, "broadcast")
	return u.emit(n)
}

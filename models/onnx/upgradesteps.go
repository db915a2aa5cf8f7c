package onnx

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

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
	in, out := n.Input(0), n.Output(0)
	shape := u.shapes[in]
	rank := int64(len(shape))
	if rank > 0 {
		if axis < 0 {
			axis += rank
		}
		if axis < 0 || axis >= rank {
			return fmt.Errorf("attribute axis is %d for an input of shape %v", n.AttrInt("axis", 1), shape)
		}
		// The same on one axis where all later dimensions are 1: the last
		// axis, and a classifier's [N, C, 1, 1].
		if !slices.ContainsFunc(shape[axis+1:], func(d int) bool { return d != 1 }) {
			n.Attrs["axis"] = Int(axis)
			return u.emit(n)
		}
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
		return fmt.Errorf("it has %d starts and %d ends; as many of both are needed", len(starts), len(ends))
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

// upgradeDropout: in a model for inference it passes its input on. The mask is
// then zero, as runtimes give it for these opsets: of the input's type before 10, bool from 10 on.
func upgradeDropout(u *upgrader, n *Node) error {
	if mask := n.Output(1); mask != "" && u.read[mask] {
		zero := &Tensor{Type: Float32, Dims: []int64{1}, Raw: make([]byte, 4)}
		if u.from >= 10 {
			zero = &Tensor{Type: Bool, Dims: []int64{1}, Raw: []byte{0}}
		}
		like := u.name(n, "shape")
		u.emit(&Node{Name: like, Op: "Shape", In: n.In[:1], Out: []string{like}, Attrs: map[string]Attr{}})
		u.emit(&Node{Name: like + ".mask", Op: "ConstantOfShape", In: []string{like}, Out: []string{mask}, Attrs: map[string]Attr{"value": {Kind: KindTensor, T: zero}}})
	}
	return u.emit(&Node{Name: n.Name, Op: "Identity", In: n.In[:1], Out: n.Out[:1], Attrs: map[string]Attr{}})
}

func upgradeTopK(u *upgrader, n *Node) error {
	n.In = append(n.In[:1:1], u.ints(n, "k", n.AttrInt("k", 1)))
	delete(n.Attrs, "k")
	return u.emit(n)
}

// upgradeBatchNorm drops what training used; only the first output remains.
func upgradeBatchNorm(u *upgrader, n *Node) error {
	if n.AttrInt("spatial", 1) == 0 {
		return fmt.Errorf("attribute spatial is 0, which opsets from 9 on do not have; export the model at a newer opset")
	}
	for _, o := range n.Out[1:] {
		if u.read[o] && o != "" {
			return fmt.Errorf("%q is a value for training, and something reads it", o)
		}
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

// renamed serves an op that goes on under another name.
func renamed(op string) func(*upgrader, *Node) error {
	return func(u *upgrader, n *Node) error {
		n.Op = op
		return u.emit(n)
	}
}

func refused(why string) func(*upgrader, *Node) error {
	return func(*upgrader, *Node) error { return errors.New(why) }
}

// upgradeRoiAlign: before 16 the boxes were not moved by half a pixel, which
// then became the default.
func upgradeRoiAlign(u *upgrader, n *Node) error {
	n.Attrs["coordinate_transformation_mode"] = Str("output_half_pixel")
	return u.emit(n)
}

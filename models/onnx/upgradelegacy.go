package onnx

import (
	"errors"
	"fmt"
	"math"
)

// Operators that ONNX tried before its sets were numbered, and ONNX Runtime runs
// up to opset 9: converters of Core ML and WinML wrote them.

// scaled emits value * factor into out, or into a new value where out is "".
func (u *upgrader) scaled(n *Node, value string, factor float32, out string) string {
	return u.of(n, "Mul", out, value, u.scalar(n, "factor", factor))
}

// of emits an operator without attributes and gives its output.
func (u *upgrader) of(n *Node, op, out string, in ...string) string {
	name := n.Name
	if out == "" {
		out = u.name(n, op)
		name = out
	}
	u.g.Nodes = append(u.g.Nodes, &Node{Name: name, Op: op, In: in, Out: []string{out}, Attrs: map[string]Attr{}})
	return out
}

// upgradeAffine: alpha x + beta.
func upgradeAffine(u *upgrader, n *Node) error {
	u.of(n, "Add", n.Output(0), u.scaled(n, n.Input(0), n.AttrFloat("alpha", 1), ""), u.scalar(n, "beta", n.AttrFloat("beta", 0)))
	return nil
}

// upgradeScale: scale x.
func upgradeScale(u *upgrader, n *Node) error {
	u.scaled(n, n.Input(0), n.AttrFloat("scale", 1), n.Output(0))
	return nil
}

// curved: alpha f(beta x).
func curved(f string) func(*upgrader, *Node) error {
	return func(u *upgrader, n *Node) error {
		for _, a := range []string{"alpha", "beta"} {
			if n.Attrs[a].Kind != KindFloat {
				return fmt.Errorf("it has no attribute %s", a)
			}
		}
		inner := u.of(n, f, "", u.scaled(n, n.Input(0), n.AttrFloat("beta", 1), ""))
		u.scaled(n, inner, n.AttrFloat("alpha", 1), n.Output(0))
		return nil
	}
}

// upgradeImageScaler: scale x + bias of the channel.
func upgradeImageScaler(u *upgrader, n *Node) error {
	bias := n.Attrs["bias"].Floats
	if len(bias) == 0 {
		return errors.New("it has no attribute bias")
	}
	name := u.name(n, "bias")
	u.g.Init[name] = NewFloats(name, []int64{1, int64(len(bias)), 1, 1}, bias)
	u.of(n, "Add", n.Output(0), u.scaled(n, n.Input(0), n.AttrFloat("scale", 1), ""), name)
	return nil
}

// upgradeCrop takes a border (left, top, right, bottom) off rows and columns,
// or, with a scale (height, width), that much from the left and the top on.
func upgradeCrop(u *upgrader, n *Node) error {
	border, size := n.AttrInts("border"), n.AttrInts("scale")
	if len(border) != 4 || len(size) != 0 && len(size) != 2 {
		return fmt.Errorf("its border has %d numbers and its scale %d", len(border), len(size))
	}
	from, to := []int64{border[1], border[0]}, []int64{-border[3], -border[2]}
	for i := range to {
		if to[i] == 0 {
			to[i] = math.MaxInt64 // to the end
		}
		if size != nil {
			to[i] = from[i] + size[i]
		}
		if border[i] < 0 || border[2+i] < 0 || size != nil && size[i] < 1 {
			return fmt.Errorf("its border %v or its scale %v is negative", border, size)
		}
	}
	u.of(n, "Slice", n.Output(0), n.Input(0), u.ints(n, "from", from...), u.ints(n, "to", to...), u.ints(n, "axes", 2, 3))
	return nil
}

package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// MaxFloat16 is the largest finite float16.
const MaxFloat16 = 65504

// halfProducts are computed in float16: what units for matrices are for.
var halfProducts = []string{"Conv", "ConvTranspose", "MatMul", "Gemm"}

// halfFollows are computed in float16 where everything that they take comes in
// it: they move values, or add and compare few of them.
var halfFollows = []string{
	"Add", "Relu", "LeakyRelu", "Clip", "Max", "Min", "Concat", "Split", "Slice", "Reshape", "Transpose", "Squeeze",
	"Unsqueeze", "Flatten", "Identity", "Pad", "Expand", "DepthToSpace", "SpaceToDepth", "MaxPool",
}

// ToFloat16 rewrites a float32 graph so that its products, and what lies
// between them, are computed in float16. Inputs and outputs stay float32, and
// so do sums over many values, norms, softmax, exponentials, quotients and
// products of two computed values element by element, whose squares leave
// float16's range. A constant beyond that range keeps its node in float32. It is
// an error if the graph has branches, functions or operators of other domains,
// whose types are not known here, or if its weights lie in mapped data
// files, which would have to be copied.
func ToFloat16(m *Model) (*Model, error) {
	if m.Outside() {
		return nil, fmt.Errorf("float16: the model's weights lie in files of their own and would be copied")
	}
	if len(m.Functions) > 0 {
		return nil, fmt.Errorf("float16: the model has functions of its own")
	}
	h := &halver{out: m.Shallow(), types: map[string]Type{}, half: map[string]string{}, native: map[string]bool{}, full: map[string]bool{}}
	g := h.out.Graph
	for name, t := range g.Init {
		h.types[name], h.full[name] = t.Type, true
	}
	for _, v := range g.Inputs {
		h.types[v.Name], h.full[v.Name] = v.Type, true
	}
	nodes := g.Nodes
	h.exact = compared(nodes)
	g.Nodes = nil
	for _, n := range nodes {
		if err := h.node(n); err != nil {
			return nil, err
		}
	}
	for _, v := range g.Outputs {
		h.toFull(v.Name)
	}
	h.sweep()
	return h.out, nil
}

// halver rewrites one graph. A value has a float32 form under its own name, a
// float16 form, or both.
type halver struct {
	out *Model
	// types are those of the graph that is rewritten.
	types map[string]Type
	// half names the float16 forms there are; native are those that a node in
	// float16 made; full are the values with their own form.
	half         map[string]string
	native, full map[string]bool
	// exact are the nodes that stay in float32 since what they make is compared.
	exact map[*Node]bool
}

// compared finds the nodes that move or choose values which are then compared
// with each other, as the backward pass of a max pool does with what went in and
// what came out: all of them have to take one and the same form of a value, or a
// largest value would not equal itself.
func compared(nodes []*Node) map[*Node]bool {
	values, exact := map[string]bool{}, map[*Node]bool{}
	for _, n := range slices.Backward(nodes) {
		switch {
		case slices.Contains([]string{"Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual"}, n.Op):
		case slices.Contains(halfFollows, n.Op) && slices.ContainsFunc(n.Out, func(out string) bool { return values[out] }):
			exact[n] = true
		default:
			continue
		}
		for _, in := range n.In {
			values[in] = true
		}
	}
	return exact
}

func (h *halver) node(n *Node) error {
	if n.Domain != "" && n.Domain != "ai.onnx" {
		return fmt.Errorf("float16: %s: the types of this operator are not known", n.Label())
	}
	for _, a := range n.Attrs {
		if a.Kind == KindGraph || a.Kind == KindGraphs {
			return fmt.Errorf("float16: %s has branches", n.Label())
		}
	}
	c := n.Clone()
	in16 := h.inHalf(n)
	for i, name := range n.In {
		switch {
		case name == "" || h.types[name] != Float32:
		case in16:
			c.In[i] = h.toHalf(name)
		case n.Op == "Shape" || n.Op == "Size":
			if !h.full[name] {
				c.In[i] = h.half[name]
			}
		default:
			h.toFull(name)
		}
	}
	for i, name := range n.Out {
		if name == "" {
			continue
		}
		t := h.typeOf(n, i)
		if t == Undefined {
			return fmt.Errorf("float16: %s: the type of %q is not known", n.Label(), name)
		}
		h.types[name] = t
		if in16 && t == Float32 {
			c.Out[i] = halfName(name)
			h.half[name], h.native[name] = c.Out[i], true
		} else {
			h.full[name] = true
		}
	}
	h.out.Graph.Nodes = append(h.out.Graph.Nodes, c)
	return nil
}

func halfName(value string) string { return "seewhy.half." + value }

// inHalf says that a node is computed in float16.
func (h *halver) inHalf(n *Node) bool {
	follows := slices.Contains(halfFollows, n.Op)
	if h.exact[n] || !follows && !slices.Contains(halfProducts, n.Op) || n.Op == "MaxPool" && n.Output(1) != "" {
		return false
	}
	any16 := false
	for _, name := range n.In {
		if name == "" {
			continue
		}
		if h.types[name] != Float32 {
			// What a product or a sum takes is of one type.
			if t := h.types[name]; t != Int64 && t != Int32 {
				return false
			}
			continue
		}
		if t := h.out.Graph.Init[name]; t != nil {
			if !fitsHalf(t) {
				return false
			}
			continue
		}
		if follows && !h.native[name] {
			return false
		}
		any16 = true
	}
	return any16
}

// fitsHalf says that no finite number of a constant leaves float16's range.
func fitsHalf(t *Tensor) bool {
	v, err := t.Floats()
	return err == nil && !slices.ContainsFunc(v, func(x float32) bool {
		a := math.Abs(float64(x))
		return a > MaxFloat16 && !math.IsInf(a, 1)
	})
}

// toHalf gives the name of a float32 value's float16 form.
func (h *halver) toHalf(name string) string {
	if at, ok := h.half[name]; ok {
		return at
	}
	at := halfName(name)
	h.half[name] = at
	if t := h.out.Graph.Init[name]; t != nil {
		// It was read before.
		v, _ := t.Floats()
		raw := make([]byte, 2*len(v))
		for i, x := range v {
			binary.LittleEndian.PutUint16(raw[2*i:], FloatToHalf(x))
		}
		h.out.Graph.Init[at] = &Tensor{Name: at, Type: Float16, Dims: t.Dims, Raw: raw}
		return at
	}
	h.cast(name, at, Float16)
	return at
}

// toFull makes a value's float32 form where there is none.
func (h *halver) toFull(name string) {
	if at, ok := h.half[name]; ok && !h.full[name] {
		h.cast(at, name, Float32)
		h.full[name] = true
	}
}

func (h *halver) cast(from, to string, t Type) {
	h.out.Graph.Nodes = append(h.out.Graph.Nodes, &Node{
		Name: "seewhy.cast." + to, Op: "Cast", In: []string{from}, Out: []string{to}, Attrs: map[string]Attr{"to": Int(int64(t))},
	})
}

// sweep drops constants that only had a float16 form to make.
func (h *halver) sweep() {
	g := h.out.Graph
	used := map[string]bool{}
	for _, n := range g.Nodes {
		for _, name := range n.In {
			used[name] = true
		}
	}
	for _, v := range g.Outputs {
		used[v.Name] = true
	}
	for name := range g.Init {
		if !used[name] {
			delete(g.Init, name)
		}
	}
	// Values that are float16 now are declared under other names, if at all.
	for name := range g.Values {
		if !h.full[name] {
			delete(g.Values, name)
		}
	}
}

// typeOf is the element type of an output.
func (h *halver) typeOf(n *Node, output int) Type {
	switch n.Op {
	case "Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual", "Not", "And", "Or", "Xor", "IsNaN", "IsInf":
		return Bool
	case "Shape", "Size", "ArgMax", "ArgMin", "NonZero":
		return Int64
	case "Cast":
		return Type(n.AttrInt("to", 0))
	case "ConstantOfShape":
		if a, ok := n.Attrs["value"]; ok && a.T != nil {
			return a.T.Type
		}
		return Float32
	case "Constant":
		if a, ok := n.Attrs["value"]; ok && a.T != nil {
			return a.T.Type
		}
		return Undefined
	case "MaxPool", "TopK":
		if output == 1 {
			return Int64
		}
	case "Dropout":
		if output == 1 {
			return Bool
		}
	case "Where":
		return h.types[n.Input(1)]
	case "OneHot":
		return h.types[n.Input(2)]
	case "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "EyeLike", "Multinomial", "Bernoulli", "QuantizeLinear", "DequantizeLinear", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "DynamicQuantizeLinear", "Unique":
		return Undefined
	}
	return h.types[n.Input(0)]
}

// FloatToHalf rounds to the nearest float16, ties to even; what lies beyond its
// range is infinite.
func FloatToHalf(v float32) uint16 {
	bits := math.Float32bits(v)
	sign, abs := uint16(bits>>16&0x8000), bits&0x7fffffff
	switch {
	case abs > 0x7f800000:
		return sign | 0x7e00
	case abs >= 0x477ff000: // 65520 rounds past 65504
		return sign | 0x7c00
	case abs < 0x38800000: // below 2^-14: in units of 2^-24
		return sign | uint16(math.RoundToEven(float64(math.Float32frombits(abs))*(1<<24)))
	}
	// The exponent's bias goes from 127 to 15 and 13 bits of the mantissa are
	// rounded away; a carry out of it raises the exponent, which is right.
	r := abs - (127-15)<<23
	return sign | uint16((r+0x0fff+r>>13&1)>>13)
}

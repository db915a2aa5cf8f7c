package onnx_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

func scalar(name string, v float32) *onnx.Tensor { return onnx.NewFloats(name, nil, []float32{v}) }

func microsoft(n *onnx.Node) *onnx.Node {
	n.Domain = "com.microsoft"
	return n
}

// some draws small integers.
func some(name string, typ onnx.Type, seed uint64, dims ...int64) *onnx.Tensor {
	r := rand.New(rand.NewPCG(seed, 1))
	t := &onnx.Tensor{Name: name, Type: typ, Dims: dims, Raw: []byte{}}
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	for range n {
		t.Raw = append(t.Raw, byte(r.IntN(256)))
	}
	return t
}

func fractions(name string, seed uint64, dims ...int64) *onnx.Tensor {
	r := rand.New(rand.NewPCG(seed, 2))
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = 0.01 + 0.02*r.Float32()
	}
	return onnx.NewFloats(name, dims, v)
}

// runBytes runs a model given as bytes on x, each operator as it stands: an
// optimised session may quantise what the file does not.
func runBytes(t *testing.T, data []byte, x tensor.Tensor) tensor.Tensor {
	t.Helper()
	s, err := library(t).NewSession(data, []string{"x"}, []string{"y"}, runtime.Options{DisableOptimization: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out, err := s.Run(context.Background(), []tensor.Tensor{x})
	if err != nil {
		t.Fatal(err)
	}
	return out[0]
}

// int8Model is nodes between "x" and "y" at opset 21, with the runtime's own operators.
func int8Model(shape []int, nodes []*onnx.Node, consts ...*onnx.Tensor) *onnx.Model {
	m := oneNode(21, nodes[0], shape, consts...)
	m.IR, m.Opsets["com.microsoft"] = 10, 1
	m.Graph.Nodes = nodes
	m.Graph.Outputs = []onnx.Value{{Name: "y", Type: onnx.Float32}}
	return m
}

// quantisedCase is a model of a quantised operator; step is how far one
// rounding may move its output, from the case's scales. Weight-only forms round
// nothing: their bound is float32's.
type quantisedCase struct {
	name   string
	shape  []int
	nodes  []*onnx.Node
	consts []*onnx.Tensor
	step   float64
}

func quantisedCases() []quantisedCase {
	node := func(out, op string, a attrs, in ...string) *onnx.Node { return inner(out, op, a, in...) }
	quantize, dequantize := node("q", "QuantizeLinear", attrs{}, "x", "xs", "xz"), node("y", "DequantizeLinear", attrs{}, "r", "ys", "yz")
	scales := func(more ...*onnx.Tensor) []*onnx.Tensor {
		return append([]*onnx.Tensor{scalar("xs", 0.02), small("xz", onnx.Uint8, nil, 100), scalar("ys", 0.03), small("yz", onnx.Uint8, nil, 90)}, more...)
	}
	between := func(n *onnx.Node) []*onnx.Node { return []*onnx.Node{quantize, n, dequantize} }
	dynamic := outputs(node("q", "DynamicQuantizeLinear", attrs{}, "x"), "q", "qs", "qz")
	one := onnx.Int(1)
	return []quantisedCase{
		{"QLinearConv", []int{1, 2, 5, 5}, between(node("r", "QLinearConv", attrs{}, "q", "xs", "xz", "w", "ws", "wz", "ys", "yz")), scales(some("w", onnx.Int8, 1, 3, 2, 3, 3), fractions("ws", 1, 3), small("wz", onnx.Int8, []int64{3}, 0, 0, 0)), 1},
		{"QLinearMatMul", []int{3, 8}, between(node("r", "QLinearMatMul", attrs{}, "q", "xs", "xz", "w", "ws", "wz", "ys", "yz")), scales(some("w", onnx.Uint8, 2, 8, 4), scalar("ws", 0.01), small("wz", onnx.Uint8, nil, 127)), 0.2},
		{"QGemm", []int{3, 8}, between(microsoft(node("r", "QGemm", attrs{"transB": one}, "q", "xs", "xz", "w", "ws", "wz", "", "ys", "yz"))), scales(some("w", onnx.Int8, 3, 4, 8), scalar("ws", 0.01), small("wz", onnx.Int8, nil, 0)), 0.2},
		{"QLinearAdd", []int{2, 6}, between(microsoft(node("r", "QLinearAdd", attrs{}, "q", "xs", "xz", "w", "ws", "wz", "ys", "yz"))), scales(some("w", onnx.Uint8, 4, 6), scalar("ws", 0.01), small("wz", onnx.Uint8, nil, 3)), 0.06},
		{"QLinearMul", []int{2, 6}, between(microsoft(node("r", "QLinearMul", attrs{}, "q", "xs", "xz", "w", "ws", "wz", "ys", "yz"))), scales(some("w", onnx.Uint8, 5, 6), scalar("ws", 0.01), small("wz", onnx.Uint8, nil, 3)), 0.06},
		{"QLinearGlobalAveragePool", []int{1, 3, 4, 4}, between(microsoft(node("r", "QLinearGlobalAveragePool", attrs{}, "q", "xs", "xz", "ys", "yz"))), scales(), 0.06},
		{"QLinearGlobalAveragePool, channels last", []int{1, 4, 4, 3}, between(microsoft(node("r", "QLinearGlobalAveragePool", attrs{"channels_last": one}, "q", "xs", "xz", "ys", "yz"))), scales(), 0.06},
		{"QLinearAveragePool", []int{1, 3, 4, 4}, between(microsoft(node("r", "QLinearAveragePool", attrs{"kernel_shape": onnx.Ints(2, 2)}, "q", "xs", "xz", "ys", "yz"))), scales(), 0.06},
		{"QLinearConcat", []int{2, 4}, between(microsoft(node("r", "QLinearConcat", attrs{"axis": one}, "ys", "yz", "q", "xs", "xz", "q", "xs", "xz"))), scales(), 0.06},
		{"QLinearLeakyRelu", []int{2, 6}, between(microsoft(node("r", "QLinearLeakyRelu", attrs{"alpha": onnx.Float(0.2)}, "q", "xs", "xz", "ys", "yz"))), scales(), 0.06},
		{"QLinearSigmoid", []int{2, 6}, between(microsoft(node("r", "QLinearSigmoid", attrs{}, "q", "xs", "xz", "ys", "yz"))), scales(), 0.06},
		{"QLinearSoftmax", []int{2, 6}, between(microsoft(node("r", "QLinearSoftmax", attrs{"axis": onnx.Int(-1), "opset": onnx.Int(13)}, "q", "xs", "xz", "ys", "yz"))), scales(), 0.06},
		{"MatMulInteger, dynamic", []int{3, 8}, []*onnx.Node{
			dynamic, node("i", "MatMulInteger", attrs{}, "q", "w", "qz", "wz"), node("f", "Cast", attrs{"to": one}, "i"),
			node("s", "Mul", attrs{}, "qs", "ws"), node("y", "Mul", attrs{}, "f", "s"),
		}, []*onnx.Tensor{some("w", onnx.Int8, 6, 8, 4), fractions("ws", 6, 4), small("wz", onnx.Int8, []int64{4}, 1, 0, -3, 2)}, 0.3},
		{"MatMulInteger, of known scale", []int{3, 8}, []*onnx.Node{
			quantize, node("t", "Transpose", attrs{"perm": onnx.Ints(0, 1)}, "q"), node("i", "MatMulInteger", attrs{}, "t", "w", "xz", "wz"), node("f", "Cast", attrs{"to": one}, "i"), node("y", "Mul", attrs{}, "f", "k"),
		}, scales(some("w", onnx.Uint8, 7, 8, 4), scalar("k", 0.0002), small("wz", onnx.Uint8, nil, 120)), 0.2},
		{"ConvInteger", []int{1, 2, 5, 5}, []*onnx.Node{
			dynamic, node("i", "ConvInteger", attrs{"pads": onnx.Ints(1, 1, 1, 1)}, "q", "w", "qz", "wz"), node("f", "Cast", attrs{"to": one}, "i"),
			node("s", "Mul", attrs{}, "qs", "k"), node("y", "Mul", attrs{}, "f", "s"),
		}, []*onnx.Tensor{some("w", onnx.Uint8, 8, 3, 2, 3, 3), scalar("k", 0.01), small("wz", onnx.Uint8, nil, 120)}, 0.3},
		{"MatMulIntegerToFloat", []int{3, 8}, []*onnx.Node{dynamic, microsoft(node("y", "MatMulIntegerToFloat", attrs{}, "q", "w", "qs", "ws", "qz", "wz", "bias"))}, []*onnx.Tensor{
			some("w", onnx.Uint8, 9, 8, 4), scalar("ws", 0.01), small("wz", onnx.Uint8, nil, 120), vector("bias", 1, 2, 3, 4),
		}, 0.3},
		{"DynamicQuantizeMatMul", []int{3, 8}, []*onnx.Node{microsoft(node("y", "DynamicQuantizeMatMul", attrs{}, "x", "w", "ws", "wz", "bias"))}, []*onnx.Tensor{
			some("w", onnx.Uint8, 10, 8, 4), scalar("ws", 0.01), small("wz", onnx.Uint8, nil, 120), vector("bias", 1, 2, 3, 4),
		}, 0.3},
		{"DequantizeLinear in blocks", []int{2, 8}, []*onnx.Node{
			node("f", "DequantizeLinear", attrs{"axis": onnx.Int(0), "block_size": onnx.Int(3)}, "w", "ws", "wz"), node("y", "MatMul", attrs{}, "x", "f"),
		}, []*onnx.Tensor{some("w", onnx.Int8, 11, 8, 4), fractions("ws", 11, 3, 4), some("wz", onnx.Int8, 12, 3, 4)}, 1e-5},
		{"MatMulNBits, 4 bits", []int{2, 40}, []*onnx.Node{
			microsoft(node("y", "MatMulNBits", attrs{"K": onnx.Int(40), "N": onnx.Int(3), "bits": onnx.Int(4), "block_size": onnx.Int(16)}, "x", "w", "ws", "wz")),
		}, []*onnx.Tensor{some("w", onnx.Uint8, 13, 3, 3, 8), fractions("ws", 13, 9), some("wz", onnx.Uint8, 14, 6)}, 1e-4},
		{"MatMulNBits, no zero points", []int{2, 32}, []*onnx.Node{
			microsoft(node("y", "MatMulNBits", attrs{"K": onnx.Int(32), "N": onnx.Int(2), "bits": onnx.Int(4), "block_size": onnx.Int(32)}, "x", "w", "ws")),
		}, []*onnx.Tensor{some("w", onnx.Uint8, 15, 2, 1, 16), fractions("ws", 15, 2)}, 1e-4},
	}
}

// The float equivalent of each quantised operator gives what the runtime's
// operator gives, up to the rounding of activations.
func TestFloatEquivalents(t *testing.T) {
	for _, c := range quantisedCases() {
		t.Run(c.name, func(t *testing.T) {
			m := int8Model(c.shape, c.nodes, c.consts...)
			float, changed, err := onnx.Dequantize(m)
			if err != nil || !changed {
				t.Fatal(changed, err)
			}
			for _, n := range float.Graph.Nodes {
				if n.Domain != "" || n.Op == c.nodes[0].Op && len(c.nodes) > 1 {
					t.Errorf("%s is left", n.Label())
				}
			}
			x := tensor.New(c.shape...)
			r := rand.New(rand.NewPCG(3, 3))
			for i := range x.Data {
				x.Data[i] = float32(r.NormFloat64())
			}
			want, got := runBytes(t, []byte(marshal(t, m)), x), runBytes(t, []byte(marshal(t, float)), x)
			if !slices.Equal(want.Shape, got.Shape) {
				t.Fatalf("shape %v, want %v", got.Shape, want.Shape)
			}
			worst, spread := 0.0, 0.0
			for i, v := range want.Data {
				worst = max(worst, math.Abs(float64(v-got.Data[i])))
				spread = max(spread, math.Abs(float64(v-want.Data[0])))
			}
			t.Logf("differs by %.2g of %.2g", worst, spread)
			if worst > c.step || spread == 0 {
				t.Errorf("differs by %v, bound %v; the output spreads over %v", worst, c.step, spread)
			}
		})
	}
}

// fourBits multiplies by 5 x 3 weights of 4 bits.
func fourBits(typ onnx.Type) *onnx.Model {
	packed := some("w", typ, 16, 15)
	packed.Dims, packed.Raw = []int64{5, 3}, packed.Raw[:8]
	packed.Raw[7] &= 15
	return int8Model([]int{2, 5}, []*onnx.Node{
		inner("f", "DequantizeLinear", attrs{"axis": onnx.Int(1)}, "w", "ws"), inner("y", "MatMul", attrs{}, "x", "f"),
	}, packed, fractions("ws", 17, 3))
}

// 4-bit weights are packed two a byte, the lower half first, and signed ones
// are in two's complement: what is read gives what the runtime makes of the file.
func TestFourBitWeights(t *testing.T) {
	for _, typ := range []onnx.Type{onnx.Int4, onnx.Uint4} {
		t.Run(typ.String(), func(t *testing.T) {
			data := []byte(marshal(t, fourBits(typ)))
			read, err := onnx.Read(data)
			if err != nil {
				t.Fatal(err)
			}
			float, changed, err := onnx.Dequantize(read)
			if err != nil || !changed {
				t.Fatal(changed, err)
			}
			x, err := tensor.Of([]float32{1, -2, 3, -4, 5, 0.5, 1, 1.5, 2, 2.5}, 2, 5)
			if err != nil {
				t.Fatal(err)
			}
			want := runBytes(t, data, x)
			for name, m := range map[string]*onnx.Model{"as read": read, "float": float} {
				got := runBytes(t, []byte(marshal(t, m)), x)
				for i, v := range want.Data {
					if math.Abs(float64(v-got.Data[i])) > 1e-6 {
						t.Errorf("%s: element %d is %v, want %v", name, i, got.Data[i], v)
					}
				}
			}
		})
	}
}

// What does not fit together is refused by name, and integers that no
// quantizer made stay integers.
func TestFloatEquivalentRefuses(t *testing.T) {
	weights := func(a attrs, w, s *onnx.Tensor) *onnx.Model {
		return int8Model([]int{2, 32}, []*onnx.Node{microsoft(inner("y", "MatMulNBits", a, "x", "w", "ws"))}, w, s)
	}
	sized := func(k, n, bits, block int64) attrs {
		return attrs{"K": onnx.Int(k), "N": onnx.Int(n), "bits": onnx.Int(bits), "block_size": onnx.Int(block)}
	}
	w, s := some("w", onnx.Uint8, 1, 2, 1, 16), fractions("ws", 1, 2)
	for _, c := range []struct {
		name string
		m    *onnx.Model
		want string
	}{
		{"other size", weights(sized(32, 3, 4, 32), w, s), "do not fit 3 by 32 in blocks of 32"},
		{"huge", weights(sized(1<<40, 1<<40, 4, 32), w, s), "are not understood"},
		{"no block", weights(sized(32, 2, 4, 0), w, s), "are not understood"},
		{"3 bits", weights(sized(32, 2, 3, 32), w, s), "weights of 3 bits are not offered"},
		{"blocks that do not fit", int8Model([]int{2, 8}, []*onnx.Node{
			inner("f", "DequantizeLinear", attrs{"axis": onnx.Int(0), "block_size": onnx.Int(5)}, "w", "ws"), inner("y", "MatMul", attrs{}, "x", "f"),
		}, some("w", onnx.Int8, 1, 8, 4), fractions("ws", 1, 3, 4)), "in blocks of 5 along axis 0"},
	} {
		if _, _, err := onnx.Dequantize(c.m); err == nil || !contains(err, c.want) {
			t.Errorf("%s: error %v, want %q in it", c.name, err, c.want)
		}
	}
	pixels := int8Model([]int{2, 8}, []*onnx.Node{
		inner("b", "Cast", attrs{"to": onnx.Int(int64(onnx.Int32))}, "x"), inner("c", "Cast", attrs{"to": onnx.Int(int64(onnx.Uint16))}, "b"),
		inner("y", "MatMulInteger", attrs{}, "c", "w"),
	}, some("w", onnx.Int8, 1, 8, 4))
	got, _, err := onnx.Dequantize(pixels)
	if err != nil || got.Graph.Producers()["y"].Op != "MatMulInteger" {
		t.Errorf("%v, %v", got, err)
	}
}

func contains(err error, part string) bool { return strings.Contains(err.Error(), part) }

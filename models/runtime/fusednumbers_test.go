package runtime

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// Numbers that are none, infinite, denormal or -0 come out as from the library's
// own kernels.
func TestFusedSpecialNumbers(t *testing.T) { everyLoop(t, specialNumbers) }

func specialNumbers(t *testing.T) {
	inf, nan, minusZero := float32(math.Inf(1)), float32(math.NaN()), float32(math.Copysign(0, -1))
	list := []float32{0, minusZero, inf, -inf, nan, 1e-40, -1e-40, 1e-45, 3e38, -3e38, 1, -1, 0.5, -0.5, 3, -3, 88.5, -88, 89, -103, -110, 1e-30, 6, 7, -4, 20}
	var consts []*onnx.Tensor
	for name, v := range map[string]float32{"two": 2, "zero": 0, "minus": -3, "inf": inf, "tiny": 1e-40, "minus zero": minusZero, "six": 6} {
		consts = append(consts, onnx.NewFloats(name, nil, []float32{v}))
	}
	cases := map[string]*onnx.Node{
		"Clip": op("y", "Clip", nil, "x0", "minus", "six"), "Clip from 0": op("y", "Clip", nil, "x0", "zero"), "Clip to 6": op("y", "Clip", nil, "x0", "", "six"),
		"Clip to nothing": op("y", "Clip", nil, "x0", "six", "minus"), "Clip without limits": op("y", "Clip", nil, "x0"),
		"ReduceMax": op("y", "ReduceMax", lastAxis, "x0"), "ReduceMean": op("y", "ReduceMean", lastAxis, "x0"),
	}
	for _, k := range []string{"Add", "Sub", "Mul", "Div"} {
		cases[k] = op("y", k, nil, "x0", "x1")
		for _, c := range consts {
			cases[k+" "+c.Name], cases[c.Name+" "+k] = op("y", k, nil, "x0", c.Name), op("y", k, nil, c.Name, "x0")
		}
	}
	for _, k := range []string{"Relu", "LeakyRelu", "HardSigmoid", "HardSwish", "Sigmoid", "Tanh", "Erf", "Exp", "Sqrt", "Reciprocal", "Abs", "Neg"} {
		cases[k] = op("y", k, nil, "x0")
	}
	for name, n := range cases {
		for _, length := range []int{len(list), 1, 17} {
			x, other := tensor.New(2, length), tensor.New(2, length)
			for i := range x.Data {
				x.Data[i], other.Data[i] = list[i%len(list)], list[(i*7+3)%len(list)]
			}
			// The inverse tells -0 from 0. A hyperbolic tangent of -0 is 0 here, and the
			// library has sigmoids be 0 that are denormal.
			next := "Reciprocal"
			if n.Op == "Tanh" || n.Op == "Sigmoid" {
				next = "Exp"
			}
			nodes, outputs := []*onnx.Node{n, op("r", next, nil, "y"), op("a", "Abs", nil, "r")}, []string{"y", "r", "a"}
			alike(t, fmt.Sprint(name, " of ", length), nodes, []tensor.Tensor{x, other}, outputs, consts...)
		}
	}
	x := tensor.New(4, 17)
	for i := range x.Data {
		// Rows of -infinity alone, with one, of one number, and with NaN.
		x.Data[i] = []float32{-inf, float32(i % 5), 3, 2}[i/17]
	}
	x.Data[20], x.Data[60] = -inf, nan
	softmax := []*onnx.Node{
		op("m", "ReduceMax", lastAxis, "x0"), op("c", "Sub", nil, "x0", "m"), op("e", "Exp", nil, "c"),
		op("s", "ReduceSum", nil, "e", "axis"), op("y", "Div", nil, "e", "s"),
	}
	alike(t, "softmax", softmax, []tensor.Tensor{x}, []string{"y"}, onnx.NewInts("axis", -1))
	norm := []*onnx.Node{op("n", "LayerNormalization", nil, "x0", "scale", "bias"), op("y", "Neg", nil, "n")}
	alike(t, "a norm", norm, []tensor.Tensor{x}, []string{"n", "y"}, onnx.NewFloats("scale", []int64{17}, slices.Repeat([]float32{2}, 17)), onnx.NewFloats("bias", []int64{17}, slices.Repeat([]float32{-1}, 17)))
}

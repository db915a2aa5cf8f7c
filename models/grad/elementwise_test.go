package grad_test

import (
	"math"
	"math/rand/v2"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

func two(a, b []int) []input { return []input{{name: "a", shape: a}, {name: "b", shape: b}} }

func scalar(name string, v float32) *onnx.Tensor { return onnx.NewFloats(name, nil, []float32{v}) }

// scaling draws factors of 0.2 and more either side: smaller ones leave float32
// differences no digits.
func scaling(name string, dims []int64, seed uint64) *onnx.Tensor {
	t := floats(name, dims, seed)
	v, err := t.Floats()
	if err != nil {
		panic(err)
	}
	for i := range v {
		v[i] += float32(math.Copysign(0.2, float64(v[i])))
	}
	return onnx.NewFloats(name, dims, v)
}

func floats(name string, dims []int64, seed uint64) *onnx.Tensor {
	r := rand.New(rand.NewPCG(seed, 11))
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return onnx.NewFloats(name, dims, v)
}

func uniform(lo, hi float64) func(r *rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return lo + (hi-lo)*r.Float64() }
}

// offKinks draws in -4..4 at a distance of 0.15 from each kink.
func offKinks(kinks ...float64) func(r *rand.Rand) float64 {
	return func(r *rand.Rand) float64 {
		for {
			v := 8*r.Float64() - 4
			ok := true
			for _, k := range kinks {
				ok = ok && math.Abs(v-k) > 0.15
			}
			if ok {
				return v
			}
		}
	}
}

func init() {
	for _, op := range []string{"Add", "Sub", "Mul", "Sum", "Mean"} {
		addCases(op,
			vjpCase{name: "same", node: node(op, nil, "a", "b"), inputs: two([]int{2, 3, 4}, []int{2, 3, 4})},
			vjpCase{name: "broadcast both", node: node(op, nil, "a", "b"), inputs: two([]int{2, 1, 4}, []int{3, 1})},
			vjpCase{name: "scalar-like", node: node(op, nil, "a", "b"), inputs: two([]int{2, 3, 4}, []int{1})})
	}
	addCases("Sum", vjpCase{name: "twice the same", node: node("Sum", nil, "x", "x", "k"), inputs: x(2, 3), consts: []*onnx.Tensor{floats("k", []int64{2, 3}, 1)}})
	addCases("Mul", vjpCase{name: "square by itself", node: node("Mul", nil, "x", "x"), inputs: x(2, 3)})
	pos := two([]int{2, 3}, []int{3})
	pos[0].draw, pos[1].draw = positive, positive
	addCases("Div", vjpCase{node: node("Div", nil, "a", "b"), inputs: pos})
	addCases("Pow", vjpCase{name: "both", node: node("Pow", nil, "a", "b"), inputs: pos})
	for _, p := range []float32{1, 2, 3, 0.5, -1.5} {
		addCases("Pow", vjpCase{node: node("Pow", nil, "x", "p"), inputs: []input{{"x", []int{2, 5}, positive}}, consts: []*onnx.Tensor{scalar("p", p)}})
	}
	addCases("Pow", vjpCase{name: "negative base, square", node: node("Pow", nil, "x", "p"), inputs: x(2, 5), consts: []*onnx.Tensor{scalar("p", 2)}})
	for _, op := range []string{"Max", "Min"} {
		d := distinct()
		addCases(op, vjpCase{node: node(op, nil, "a", "b"), inputs: []input{{"a", []int{2, 3, 4}, d}, {"b", []int{3, 4}, d}}},
			vjpCase{name: "one", node: node(op, nil, "x"), inputs: x(2, 3)})
	}
	cond := &onnx.Tensor{Name: "c", Type: onnx.Bool, Dims: []int64{2, 3}, Raw: []byte{1, 0, 1, 0, 0, 1}}
	addCases("Where", vjpCase{node: node("Where", nil, "c", "a", "b"), inputs: two([]int{2, 3}, []int{1}), consts: []*onnx.Tensor{cond}})

	for _, op := range []string{"Neg", "Identity", "Exp", "Sin", "Cos", "Erf", "Sigmoid", "Tanh", "Softplus", "Dropout"} {
		addCases(op, vjpCase{node: node(op, nil, "x"), inputs: x(2, 7)})
	}
	addCases("Dropout", vjpCase{
		name: "training without dropping", node: node("Dropout", nil, "x", "r", "t"), inputs: x(2, 7),
		consts: []*onnx.Tensor{scalar("r", 0), {Name: "t", Type: onnx.Bool, Dims: []int64{}, Raw: []byte{1}}},
	})
	addCases("Mish", vjpCase{opset: 18, node: node("Mish", nil, "x"), inputs: x(2, 7)})
	addCases("Cast", vjpCase{node: node("Cast", grad.A{"to": onnx.Int(int64(onnx.Float32))}, "x"), inputs: x(2, 7)})
	for _, op := range []string{"Log", "Sqrt", "Reciprocal"} {
		addCases(op, vjpCase{node: node(op, nil, "x"), inputs: []input{{"x", []int{2, 7}, positive}}})
	}
	for _, op := range []string{"Abs", "Relu", "LeakyRelu", "Softsign", "Elu", "Selu", "Celu"} {
		addCases(op, vjpCase{node: node(op, nil, "x"), inputs: []input{{"x", []int{2, 17}, away}}})
	}
	alpha := grad.A{"alpha": onnx.Float(0.3)}
	for _, op := range []string{"LeakyRelu", "Elu", "Celu", "Selu"} {
		addCases(op, vjpCase{name: "alpha", node: node(op, alpha, "x"), inputs: []input{{"x", []int{2, 17}, away}}})
	}
	addCases("ThresholdedRelu", vjpCase{node: node("ThresholdedRelu", alpha, "x"), inputs: []input{{"x", []int{2, 17}, offKinks(0.3)}}})
	addCases("HardSigmoid", vjpCase{node: node("HardSigmoid", nil, "x"), inputs: []input{{"x", []int{2, 17}, offKinks(-2.5, 2.5)}}})
	addCases("HardSwish", vjpCase{node: node("HardSwish", nil, "x"), inputs: []input{{"x", []int{2, 17}, offKinks(-3, 3)}}})
	for _, how := range []string{"none", "tanh"} {
		addCases("Gelu", vjpCase{name: how, opset: 20, node: node("Gelu", grad.A{"approximate": onnx.Str(how)}, "x"), inputs: x(2, 17)})
	}
	addCases("PRelu", vjpCase{node: node("PRelu", nil, "a", "b"), inputs: []input{{"a", []int{2, 3, 4, 4}, away}, {"b", []int{3, 1, 1}, nil}}})
	lo, hi := scalar("lo", -1), scalar("hi", 2)
	addCases("Clip",
		vjpCase{name: "both", node: node("Clip", nil, "x", "lo", "hi"), inputs: []input{{"x", []int{3, 17}, offKinks(-1, 2)}}, consts: []*onnx.Tensor{lo, hi}},
		vjpCase{name: "low", node: node("Clip", nil, "x", "lo"), inputs: []input{{"x", []int{3, 17}, offKinks(-1)}}, consts: []*onnx.Tensor{lo}},
		vjpCase{name: "high", node: node("Clip", nil, "x", "", "hi"), inputs: []input{{"x", []int{3, 17}, offKinks(2)}}, consts: []*onnx.Tensor{hi}})
}

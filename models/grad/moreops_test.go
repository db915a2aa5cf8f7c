package grad_test

import (
	"math/rand/v2"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

func init() {
	for op, draw := range map[string]func(*rand.Rand) float64{
		"Tan": uniform(-1, 1), "Sinh": nil, "Cosh": nil, "Asin": uniform(-0.8, 0.8), "Acos": uniform(-0.8, 0.8),
		"Atan": nil, "Asinh": nil, "Acosh": uniform(1.5, 4), "Atanh": uniform(-0.8, 0.8),
	} {
		addCases(op, vjpCase{node: node(op, nil, "x"), inputs: []input{{"x", []int{2, 7}, draw}}})
	}
	addCases("Swish",
		vjpCase{opset: 24, node: node("Swish", nil, "x"), inputs: x(2, 7)},
		vjpCase{name: "alpha", opset: 24, node: node("Swish", grad.A{"alpha": onnx.Float(1.702)}, "x"), inputs: x(2, 7)})
	addCases("Shrink", vjpCase{node: node("Shrink", grad.A{"lambd": onnx.Float(1.5), "bias": onnx.Float(0.4)}, "x"), inputs: []input{{"x", []int{3, 17}, offKinks(-1.5, 1.5)}}})
	addCases("Mod", vjpCase{node: node("Mod", grad.A{"fmod": onnx.Int(1)}, "a", "b"), inputs: []input{{"a", []int{2, 5}, uniform(2.4, 2.55)}, {"b", []int{5}, uniform(0.97, 1.03)}}})
	for _, upper := range []int64{0, 1} {
		k := onnx.NewInts("k", 1)
		k.Dims = nil
		addCases("Trilu", vjpCase{node: node("Trilu", grad.A{"upper": onnx.Int(upper)}, "x", "k"), inputs: x(2, 4, 5), consts: []*onnx.Tensor{k}})
	}
	for _, p := range []int64{1, 2, 3} {
		addCases("LpPool",
			vjpCase{opset: 18, node: node("LpPool", grad.A{"kernel_shape": onnx.Ints(2, 3), "strides": onnx.Ints(2, 1), "pads": onnx.Ints(1, 0, 0, 1), "p": onnx.Int(p)}, "x"), inputs: []input{{"x", []int{2, 3, 6, 7}, away}}})
		addCases("GlobalLpPool", vjpCase{node: node("GlobalLpPool", grad.A{"p": onnx.Int(p)}, "x"), inputs: []input{{"x", []int{2, 3, 4, 5}, away}}})
	}
	addCases("LpPool", vjpCase{name: "dilated, same", opset: 18, node: node("LpPool", grad.A{"kernel_shape": onnx.Ints(2, 2), "strides": onnx.Ints(2, 2), "auto_pad": onnx.Str("SAME_UPPER")}, "x"), inputs: []input{{"x", []int{1, 2, 5, 7}, away}}})

	at := onnx.NewInts("at", 5, 7, 13, 15)
	at.Dims = []int64{1, 1, 2, 2}
	addCases("MaxUnpool", vjpCase{node: node("MaxUnpool", grad.A{"kernel_shape": onnx.Ints(2, 2), "strides": onnx.Ints(2, 2)}, "x", "at"), inputs: x(1, 1, 2, 2), consts: []*onnx.Tensor{at}})
	addCases("Col2Im",
		vjpCase{opset: 18, node: node("Col2Im", nil, "x", "size", "block"), inputs: x(2, 12, 9), consts: []*onnx.Tensor{onnx.NewInts("size", 4, 5), onnx.NewInts("block", 2, 3)}},
		vjpCase{
			name: "pads, strides, dilations", opset: 18,
			node:   node("Col2Im", grad.A{"pads": onnx.Ints(1, 0, 1, 2), "strides": onnx.Ints(2, 1), "dilations": onnx.Ints(1, 2)}, "x", "size", "block"),
			inputs: x(1, 8, 15), consts: []*onnx.Tensor{onnx.NewInts("size", 5, 5), onnx.NewInts("block", 2, 2)},
		})

	axis := onnx.NewInts("axis", 1)
	axis.Dims = nil
	for _, a := range []grad.A{nil, {"reverse": onnx.Int(1)}, {"exclusive": onnx.Int(1)}} {
		addCases("CumProd", vjpCase{opset: 26, node: node("CumProd", a, "x", "axis"), inputs: []input{{"x", []int{2, 5, 2}, positive}}, consts: []*onnx.Tensor{axis}})
	}

	which := &onnx.Tensor{Name: "c", Type: onnx.Bool, Dims: []int64{4}, Raw: []byte{0, 1, 1, 0}}
	addCases("Compress",
		vjpCase{node: node("Compress", grad.A{"axis": onnx.Int(-2)}, "x", "c"), inputs: x(2, 4, 3), consts: []*onnx.Tensor{which}},
		vjpCase{name: "flat", node: node("Compress", nil, "x", "c"), inputs: x(2, 4, 3), consts: []*onnx.Tensor{which}})
	addCases("ReverseSequence", vjpCase{
		node:   node("ReverseSequence", grad.A{"time_axis": onnx.Int(1), "batch_axis": onnx.Int(0)}, "x", "n"),
		inputs: x(3, 4, 2), consts: []*onnx.Tensor{onnx.NewInts("n", 4, 2, 3)},
	})
	addCases("CenterCropPad",
		vjpCase{opset: 18, node: node("CenterCropPad", nil, "x", "size"), inputs: x(5, 4, 3), consts: []*onnx.Tensor{onnx.NewInts("size", 2, 7, 3)}},
		vjpCase{name: "axes", opset: 18, node: node("CenterCropPad", grad.A{"axes": onnx.Ints(-1, 0)}, "x", "size"), inputs: x(5, 4, 3), consts: []*onnx.Tensor{onnx.NewInts("size", 6, 4)}})

	scale := []input{{"a", []int{2, 3, 4}, nil}, {"s", []int{4}, nil}, {"t", []int{3, 4}, nil}}
	addCases("LayerNormalization", vjpCase{name: "of scale and shift", node: node("LayerNormalization", nil, "a", "s", "t"), inputs: scale})
	addCases("RMSNormalization", vjpCase{name: "of scale", opset: 23, node: node("RMSNormalization", nil, "a", "s"), inputs: scale[:2]})

	batch := onnx.NewInts("at", 2, 0, 1, 3, 2, 1)
	batch.Dims = []int64{2, 3, 1}
	addCases("GatherND", vjpCase{name: "batch", node: node("GatherND", grad.A{"batch_dims": onnx.Int(1)}, "x", "at"), inputs: x(2, 4, 3), consts: []*onnx.Tensor{batch}})
	two := onnx.NewInts("at", 2, 0, 1, 1, 0, 2)
	two.Dims = []int64{2, 3, 1}
	addCases("GatherND", vjpCase{name: "two batch axes", node: node("GatherND", grad.A{"batch_dims": onnx.Int(2)}, "x", "at"), inputs: x(2, 3, 4, 2), consts: []*onnx.Tensor{two}})

	place := onnx.NewInts("at", 0, 2, 3, 3)
	place.Dims = []int64{2, 2}
	rows := onnx.NewInts("at", 2, 0, 2)
	rows.Dims = []int64{3, 1}
	for _, how := range []string{"mul", "max", "min"} {
		draw := positive
		if how != "mul" {
			draw = distinct()
		}
		a := grad.A{"reduction": onnx.Str(how), "axis": onnx.Int(1)}
		addCases("ScatterElements", vjpCase{name: how, opset: 18, node: node("ScatterElements", a, "a", "at", "u"), inputs: []input{{"a", []int{2, 4}, draw}, {"u", []int{2, 2}, draw}}, consts: []*onnx.Tensor{place}})
		addCases("ScatterND", vjpCase{name: how, opset: 18, node: node("ScatterND", grad.A{"reduction": onnx.Str(how)}, "a", "at", "u"), inputs: []input{{"a", []int{4, 3}, draw}, {"u", []int{3, 3}, draw}}, consts: []*onnx.Tensor{rows}})
	}
}

package grad_test

import (
	"math/rand/v2"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

func init() {
	at := func(dims []int64, v ...int64) *onnx.Tensor {
		t := onnx.NewInts("at", v...)
		t.Dims = dims
		return t
	}
	axis := grad.A{"axis": onnx.Int(1)}
	addCases("GatherElements", vjpCase{node: node("GatherElements", axis, "x", "at"), inputs: x(2, 4), consts: []*onnx.Tensor{at([]int64{2, 3}, 0, 2, 2, 3, -1, 1)}})
	addCases("GatherND", vjpCase{node: node("GatherND", nil, "x", "at"), inputs: x(2, 3, 4), consts: []*onnx.Tensor{at([]int64{3, 2}, 0, 1, 1, 2, 0, 1)}})
	pair := []input{{name: "a", shape: []int{2, 4}}, {name: "u", shape: []int{2, 2}}}
	place := at([]int64{2, 2}, 0, 2, 3, 1)
	addCases("ScatterElements",
		vjpCase{name: "replace", node: node("ScatterElements", axis, "a", "at", "u"), inputs: pair, consts: []*onnx.Tensor{place}},
		vjpCase{name: "add", node: node("ScatterElements", grad.A{"axis": onnx.Int(1), "reduction": onnx.Str("add")}, "a", "at", "u"), inputs: pair, consts: []*onnx.Tensor{place}})
	rows := []input{{name: "a", shape: []int{4, 3}}, {name: "u", shape: []int{2, 3}}}
	which := at([]int64{2, 1}, 2, 0)
	addCases("ScatterND",
		vjpCase{name: "replace", node: node("ScatterND", nil, "a", "at", "u"), inputs: rows, consts: []*onnx.Tensor{which}},
		vjpCase{name: "add", node: node("ScatterND", grad.A{"reduction": onnx.Str("add")}, "a", "at", "u"), inputs: rows, consts: []*onnx.Tensor{which}})
	// Products of which one factor or two are zero, at one place.
	half := func(r *rand.Rand) float64 { return float64(r.IntN(2)) * (0.5 + r.Float64()) }
	mul := grad.A{"axis": onnx.Int(1), "reduction": onnx.Str("mul")}
	many := []input{{"a", []int{2, 4}, half}, {"u", []int{2, 6}, half}}
	addCases("ScatterElements", vjpCase{name: "products with zeros", opset: 18, node: node("ScatterElements", mul, "a", "at", "u"), inputs: many, consts: []*onnx.Tensor{at([]int64{2, 6}, 0, 1, 1, 1, 2, 0, 3, 3, 2, 2, 2, 0)}})
	addCases("ScatterND", vjpCase{
		name: "products with zeros", opset: 18, node: node("ScatterND", grad.A{"reduction": onnx.Str("mul")}, "a", "at", "u"),
		inputs: []input{{"a", []int{3, 4}, half}, {"u", []int{4, 4}, half}}, consts: []*onnx.Tensor{at([]int64{4, 1}, 1, 1, 0, 1)},
	})
	top := node("TopK", axis, "x", "k")
	top.Out = []string{"y", "places"}
	addCases("TopK", vjpCase{node: top, inputs: []input{{"x", []int{3, 5}, distinct()}}, consts: []*onnx.Tensor{onnx.NewInts("k", 2)}})
	one := onnx.NewInts("axis", 1)
	one.Dims = nil
	for _, a := range []grad.A{nil, {"reverse": onnx.Int(1)}, {"exclusive": onnx.Int(1)}, {"exclusive": onnx.Int(1), "reverse": onnx.Int(1)}} {
		addCases("CumSum", vjpCase{node: node("CumSum", a, "x", "axis"), inputs: x(2, 5, 2), consts: []*onnx.Tensor{one}})
	}
}

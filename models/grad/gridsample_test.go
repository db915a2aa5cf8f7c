package grad_test

import (
	"fmt"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

func init() {
	// Places off the centres and edges of elements, where bilinear weights have
	// kinks: an axis of 8 or 7 elements, drawn in -1.3..1.3.
	for _, opset := range []int64{16, 20} {
		modes := []string{"bilinear", "nearest", "bicubic"}
		if opset >= 20 {
			modes = []string{"linear", "nearest", "cubic"}
		}
		for _, mode := range modes {
			for _, padding := range []string{"zeros", "border", "reflection"} {
				for _, align := range []int64{0, 1} {
					a := grad.A{"mode": onnx.Str(mode), "padding_mode": onnx.Str(padding), "align_corners": onnx.Int(align)}
					addCases("GridSample", vjpCase{
						name: fmt.Sprint(opset, " ", mode, " ", padding, " align ", align), opset: opset, node: node("GridSample", a, "x", "g"),
						inputs: x(2, 3, 8, 7), consts: []*onnx.Tensor{placesIn("g", []int64{2, 4, 5, 2})},
					})
				}
			}
		}
	}
	for _, mode := range []string{"linear", "nearest"} {
		a := grad.A{"mode": onnx.Str(mode), "padding_mode": onnx.Str("border")}
		addCases("GridSample", vjpCase{
			name: "volume " + mode, opset: 20, node: node("GridSample", a, "x", "g"),
			inputs: x(1, 2, 4, 5, 3), consts: []*onnx.Tensor{placesIn("g", []int64{1, 2, 3, 2, 3})},
		})
	}
	// The gradient of the places: within a quarter of an element, so that a
	// step of the difference crosses no kink.
	for _, mode := range []string{"bilinear", "bicubic"} {
		for _, padding := range []string{"zeros", "border", "reflection"} {
			for _, align := range []int64{0, 1} {
				a := grad.A{"mode": onnx.Str(mode), "padding_mode": onnx.Str(padding), "align_corners": onnx.Int(align)}
				in := x(1, 2, 4, 4)
				in = append(in, input{"g", []int{1, 3, 3, 2}, uniform(0.55, 0.66)})
				addCases("GridSample", vjpCase{name: fmt.Sprint("places ", mode, " ", padding, " align ", align), opset: 16, node: node("GridSample", a, "x", "g"), inputs: in})
				far := x(1, 2, 4, 4)
				far = append(far, input{"g", []int{1, 3, 3, 2}, uniform(1.38, 1.44)})
				if padding == "reflection" {
					addCases("GridSample", vjpCase{name: fmt.Sprint("reflected places ", mode, " align ", align), opset: 16, node: node("GridSample", a, "x", "g"), inputs: far})
				}
			}
		}
	}
}

// placesIn is a constant grid from within -1.3 to 1.3.
func placesIn(name string, dims []int64) *onnx.Tensor {
	t := floats(name, dims, 17)
	v, err := t.Floats()
	if err != nil {
		panic(err)
	}
	for i := range v {
		v[i] = min(max(v[i]*0.7, -1.3), 1.3)
	}
	return onnx.NewFloats(name, dims, v)
}

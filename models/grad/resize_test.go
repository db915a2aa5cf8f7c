package grad_test

import (
	"fmt"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

func init() {
	scales := func(v ...float32) *onnx.Tensor { return onnx.NewFloats("scales", []int64{int64(len(v))}, v) }
	add := func(name string, attrs grad.A, shape []int, s *onnx.Tensor) {
		n := node("Resize", attrs, "x", "", "scales")
		addCases("Resize", vjpCase{name: name, node: n, inputs: x(shape...), consts: []*onnx.Tensor{s}})
	}
	for _, mode := range []string{"nearest", "linear", "cubic"} {
		for _, c := range []string{"half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"} {
			a := grad.A{"mode": onnx.Str(mode), "coordinate_transformation_mode": onnx.Str(c)}
			for _, s := range [][]float32{{1, 1, 2, 2}, {1, 1, 1.5, 0.5}} {
				add(fmt.Sprint(mode, " ", c, " ", s), a, []int{2, 3, 6, 8}, scales(s...))
			}
		}
	}
	for _, nearest := range []string{"round_prefer_ceil", "floor", "ceil"} {
		add("nearest "+nearest, grad.A{"nearest_mode": onnx.Str(nearest), "coordinate_transformation_mode": onnx.Str("asymmetric")}, []int{1, 2, 5, 4}, scales(1, 1, 1.6, 2.5))
	}
	add("cubic a -0.5, outside excluded", grad.A{
		"mode": onnx.Str("cubic"), "cubic_coeff_a": onnx.Float(-0.5), "exclude_outside": onnx.Int(1),
	}, []int{1, 2, 5, 4}, scales(1, 1, 2, 2))
	sizes := onnx.NewInts("sizes", 2, 3, 9, 5)
	addCases("Resize", vjpCase{
		name: "sizes", node: node("Resize", grad.A{"mode": onnx.Str("linear")}, "x", "", "", "sizes"), inputs: x(2, 3, 6, 8), consts: []*onnx.Tensor{sizes},
	})
	add("three dimensions", grad.A{"mode": onnx.Str("nearest"), "coordinate_transformation_mode": onnx.Str("asymmetric"), "nearest_mode": onnx.Str("floor")}, []int{1, 2, 3, 2, 4}, scales(1, 1, 2, 2, 2))
}

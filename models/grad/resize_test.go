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
	// Places within a millionth of a half are ties, and where constants are of
	// double precision another element is the nearest.
	for _, nearest := range []string{"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"} {
		for _, c := range []string{"asymmetric", "half_pixel_symmetric", "half_pixel", "pytorch_half_pixel"} {
			a := grad.A{"nearest_mode": onnx.Str(nearest), "coordinate_transformation_mode": onnx.Str(c)}
			for _, size := range [][]int64{{1, 1, 4, 3}, {1, 1, 2, 8}, {1, 1, 8, 1}, {1, 1, 11, 13}} {
				addCases("Resize", vjpCase{name: fmt.Sprint("ties ", nearest, " ", c, size), opset: 19, node: node("Resize", a, "x", "", "", "size"), inputs: x(1, 1, 7, 5), consts: []*onnx.Tensor{onnx.NewInts("size", size...)}})
			}
		}
	}
	add("cubic a -0.5, outside excluded", grad.A{
		"mode": onnx.Str("cubic"), "cubic_coeff_a": onnx.Float(-0.5), "exclude_outside": onnx.Int(1),
	}, []int{1, 2, 5, 4}, scales(1, 1, 2, 2))
	sizes := onnx.NewInts("sizes", 2, 3, 9, 5)
	addCases("Resize", vjpCase{
		name: "sizes", node: node("Resize", grad.A{"mode": onnx.Str("linear")}, "x", "", "", "sizes"), inputs: x(2, 3, 6, 8), consts: []*onnx.Tensor{sizes},
	})
	add("three dimensions", grad.A{"mode": onnx.Str("nearest"), "coordinate_transformation_mode": onnx.Str("asymmetric"), "nearest_mode": onnx.Str("floor")}, []int{1, 2, 3, 2, 4}, scales(1, 1, 2, 2, 2))
	for _, mode := range []string{"linear", "cubic"} {
		for _, exclude := range []int64{0, 1} {
			for _, v := range [][]float32{{1, 1, 0.6, 0.35}, {1, 1, 1.7, 0.5}} {
				a := grad.A{"mode": onnx.Str(mode), "antialias": onnx.Int(1), "exclude_outside": onnx.Int(exclude)}
				addCases("Resize", vjpCase{name: fmt.Sprint("antialias ", mode, exclude, v), opset: 18, node: node("Resize", a, "x", "", "scales"), inputs: x(1, 2, 9, 11), consts: []*onnx.Tensor{scales(v...)}})
			}
		}
	}
	for _, policy := range []string{"not_larger", "not_smaller"} {
		a := grad.A{"mode": onnx.Str("linear"), "keep_aspect_ratio_policy": onnx.Str(policy), "axes": onnx.Ints(2, 3)}
		addCases("Resize", vjpCase{name: policy, opset: 18, node: node("Resize", a, "x", "", "", "size"), inputs: x(1, 2, 6, 8), consts: []*onnx.Tensor{onnx.NewInts("size", 7, 12)}})
	}
	for _, mode := range []string{"linear", "nearest"} {
		roi := onnx.NewFloats("roi", []int64{8}, []float32{0, 0, 0.2, -0.3, 1, 1, 0.8, 1.4})
		a := grad.A{"mode": onnx.Str(mode), "coordinate_transformation_mode": onnx.Str("tf_crop_and_resize"), "extrapolation_value": onnx.Float(3)}
		addCases("Resize", vjpCase{name: "crop " + mode, node: node("Resize", a, "x", "roi", "", "size"), inputs: x(1, 2, 6, 8), consts: []*onnx.Tensor{roi, onnx.NewInts("size", 1, 2, 5, 7)}})
	}
	a := grad.A{"mode": onnx.Str("linear"), "coordinate_transformation_mode": onnx.Str("half_pixel_symmetric"), "axes": onnx.Ints(-1, 2)}
	addCases("Resize", vjpCase{name: "axes, symmetric", opset: 19, node: node("Resize", a, "x", "", "scales"), inputs: x(1, 2, 6, 8), consts: []*onnx.Tensor{scales(1.3, 0.7)}})
}

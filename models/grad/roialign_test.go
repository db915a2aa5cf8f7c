package grad_test

import (
	"fmt"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

func init() {
	boxes := onnx.NewFloats("boxes", []int64{3, 4}, []float32{0.3, 1.2, 9.1, 8.4, 2, 2, 5, 11, -2, 3.5, 16, 6})
	of := onnx.NewInts("of", 0, 1, 1)
	for _, how := range []string{"half_pixel", "output_half_pixel"} {
		for _, ratio := range []int64{0, 1, 2} {
			a := grad.A{
				"coordinate_transformation_mode": onnx.Str(how), "sampling_ratio": onnx.Int(ratio), "spatial_scale": onnx.Float(0.6),
				"output_height": onnx.Int(2), "output_width": onnx.Int(3),
			}
			addCases("RoiAlign", vjpCase{name: fmt.Sprint(how, " ", ratio), node: node("RoiAlign", a, "x", "boxes", "of"), inputs: x(2, 3, 7, 8), consts: []*onnx.Tensor{boxes, of}})
		}
	}
}

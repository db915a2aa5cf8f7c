package grad_test

import (
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// A file of a few bytes must not make a rule write a matrix of gigabytes.
func TestRulesBoundTheirConstants(t *testing.T) {
	long := []int{1, 40000}
	build := func(n *onnx.Node, in, out []int, consts ...*onnx.Tensor) error {
		m, _ := drawnModel(vjpCase{opset: 18, node: n, inputs: x(in...), consts: consts}, false)
		f := grad.Facts{
			Shapes: map[string][]int{"x": in, "y": out},
			Types:  map[string]onnx.Type{"x": onnx.Float32, "y": onnx.Float32},
		}
		_, err := grad.Build(m, f, grad.Query{Score: "y", Wants: []string{"x"}})
		return err
	}
	for name, err := range map[string]error{
		"Pad":    build(node("Pad", grad.A{"mode": onnx.Str("edge")}, "x", "p"), long, []int{1, 40002}, onnx.NewInts("p", 0, 1, 0, 1)),
		"Resize": build(node("Resize", grad.A{"mode": onnx.Str("linear")}, "x", "", "", "s"), long, []int{1, 50000}, onnx.NewInts("s", 1, 50000)),
		"Einsum": build(node("Einsum", grad.A{"equation": onnx.Str("ii->i")}, "x"), []int{40000, 40000}, []int{40000}),
		"Col2Im": build(node("Col2Im", nil, "x", "s", "b"), []int{1, 1, 1}, []int{1, 1, 1 << 20, 1 << 20}, onnx.NewInts("s", 1<<20, 1<<20), onnx.NewInts("b", 1<<19, 1<<19)),
		"RoiAlign": build(node("RoiAlign", grad.A{"sampling_ratio": onnx.Int(1 << 40)}, "x", "r", "n"), []int{1, 1, 4, 4}, []int{1, 1, 1, 1},
			onnx.NewFloats("r", []int64{1, 4}, make([]float32, 4)), onnx.NewInts("n", 0)),
	} {
		if err == nil || !strings.Contains(err.Error(), "above 256 MB") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

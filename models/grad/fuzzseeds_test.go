package grad_test

import (
	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// readingSeeds are a segmentation, detectors of each form, an embedding, and
// pools whose windows lie oddly, small enough to be changed byte by byte.
func readingSeeds() []*onnx.Model {
	seed := func(build func(n *net) []string) *onnx.Model {
		n := newNet()
		n.g.Name = "reading"
		n.g.Values = map[string]onnx.Value{}
		for _, o := range build(n) {
			n.g.Outputs = append(n.g.Outputs, onnx.Value{Name: o, Type: onnx.Float32})
		}
		return &onnx.Model{IR: 8, Opsets: map[string]int64{"": 18}, Graph: n.g}
	}
	columns := func(n *net, out, in string, c int) string {
		return n.op("Transpose", out, grad.A{"perm": onnx.Ints(0, 2, 1)}, n.rows(out+".r", in, c))
	}
	pool := func(op string, a grad.A) func(n *net) []string {
		return func(n *net) []string {
			n.op(op, "pooled", a, "h")
			n.op("GlobalAveragePool", "mean", nil, n.conv("c2", "pooled", 6, 4, 1))
			return []string{n.op("Flatten", "y", nil, "mean")}
		}
	}
	return []*onnx.Model{
		seed(func(n *net) []string {
			n.op("Sigmoid", "seg", nil, n.conv("out", "h", 6, 1, 1))
			return []string{"seg"}
		}),
		seed(func(n *net) []string {
			n.g.Init["scales"] = onnx.NewFloats("scales", []int64{4}, []float32{1, 1, 2, 2})
			n.op("Resize", "up", grad.A{"mode": onnx.Str("linear")}, n.conv("out", "h", 6, 4, 1), "", "scales")
			return []string{n.op("Softmax", "seg", grad.A{"axis": onnx.Int(1)}, "up")}
		}),
		seed(func(n *net) []string {
			n.op("Concat", "y", grad.A{"axis": onnx.Int(1)}, columns(n, "b", n.conv("cb", "h", 6, 4, 1), 4), n.op("Sigmoid", "p", nil, columns(n, "s", n.conv("cs", "h", 6, 3, 1), 3)))
			return []string{"y"}
		}),
		seed(func(n *net) []string {
			return []string{n.rows("y", n.op("Sigmoid", "p", nil, n.conv("cy", "h", 6, 8, 1)), 8)}
		}),
		seed(func(n *net) []string {
			s := n.op("Softmax", "scores", grad.A{"axis": onnx.Int(-1)}, n.rows("s", n.conv("cs", "h", 6, 3, 1), 3))
			return []string{s, n.rows("boxes", n.conv("cb", "h", 6, 4, 1), 4)}
		}),
		seed(pool("MaxPool", grad.A{"kernel_shape": onnx.Ints(1, 2), "strides": onnx.Ints(3, 3), "ceil_mode": onnx.Int(1)})),
		seed(pool("AveragePool", grad.A{"kernel_shape": onnx.Ints(9, 3), "strides": onnx.Ints(4, 2), "ceil_mode": onnx.Int(1), "count_include_pad": onnx.Int(1), "pads": onnx.Ints(1, 1, 1, 1)})),
		seed(pool("LpPool", grad.A{"kernel_shape": onnx.Ints(4, 3), "dilations": onnx.Ints(2, 1), "auto_pad": onnx.Str("SAME_LOWER")})),
	}
}

package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// SumName names the sum of a value's gradients over the samples of a batch.
func SumName(value string) string { return GradientName(value) + ".sum" }

// Summed is a program's model that gives, in place of each sample's gradient of a
// value, their sum over the batch, [1, ...]. A gradient is linear in its seed:
// with a seed times a weight for each sample it is a weighted sum.
func Summed(m *onnx.Model, value string) (*onnx.Model, error) {
	at := slices.IndexFunc(m.Graph.Outputs, func(v onnx.Value) bool { return v.Name == GradientName(value) })
	if at < 0 {
		return nil, fmt.Errorf("the model gives no gradient of %q", value)
	}
	out := m.Shallow()
	g := out.Graph
	sum := g.Outputs[at]
	sum.Name = SumName(value)
	if shape := sum.Dims(); len(shape) > 0 {
		shape[0] = 1
		sum.Shape = onnx.Fixed(shape...)
	}
	axis := SumName(value) + ".axis"
	g.Init[axis] = onnx.NewInts(axis, 0)
	g.Nodes = append(g.Nodes, &onnx.Node{
		Name: sum.Name, Op: "ReduceSum", Attrs: A{"keepdims": onnx.Int(1)}, In: []string{GradientName(value), axis}, Out: []string{sum.Name},
	})
	g.Outputs[at] = sum
	return out, nil
}

package grad_test

import (
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// Weights for other channels are told when the model is opened, by node.
func TestConvolutionsOfOtherChannels(t *testing.T) {
	for _, c := range []struct {
		channels, group int64
		want            string
	}{
		{3, 1, ""},
		{1, 3, ""},
		{4, 1, `node "conv1" (Conv): its weight "w" of shape [6 4 3 3] is for 4 channels in 1 groups, and its input "x" has 3`},
		{3, 2, "for 6 channels in 2 groups"},
	} {
		m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": onnx.TargetOpset}, Graph: &onnx.Graph{
			Name: "net", Values: map[string]onnx.Value{},
			Init:    map[string]*onnx.Tensor{"w": onnx.NewFloats("w", []int64{6, c.channels, 3, 3}, make([]float32, 6*9*c.channels))},
			Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 3, 8, 8)}},
			Outputs: []onnx.Value{{Name: "y"}},
			Nodes:   []*onnx.Node{{Name: "conv1", Op: "Conv", In: []string{"x", "w"}, Out: []string{"y"}, Attrs: grad.A{"group": onnx.Int(c.group)}}},
		}}
		_, err := grad.InferFacts(m, told{inferred: map[string]grad.Inferred{"y": {Type: onnx.Float32, Shape: []int{1, 6, 6, 6}}}})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%d channels in %d groups: %v", c.channels, c.group, err)
		}
	}
}

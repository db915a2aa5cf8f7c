package grad

import (
	"testing"

	"seewhy/models/onnx"
)

func TestLayerNames(t *testing.T) {
	for _, c := range []struct{ node, value, op, want string }{
		{"/stage3/stage3.1/Relu_1", "/stage3/stage3.1/Relu_1_output_0", "Relu", "stage3.1.Relu_1"},
		{"/features/features.3/conv/conv.1/conv.1.0/Conv", "y", "Conv", "features.3.conv.1.0.Conv"},
		{"/blocks/blocks.2/attn/Add", "y", "Add", "blocks.2.attn.Add"},
		// The same word twice is no module in a module.
		{"/block/block/conv", "y", "Conv", "block.block.conv"},
		{"/layer1/layer10/Relu", "y", "Relu", "layer1.layer10.Relu"},
		{"", "/net/relu1_output_0", "Relu", "net.relu1"},
		{"seewhy.7", "conv5_3", "Conv", "conv5_3"},
	} {
		if got := layerName(&onnx.Node{Name: c.node, Op: c.op}, c.value); got != c.want {
			t.Errorf("%q %q: %q, want %q", c.node, c.value, got, c.want)
		}
	}
}

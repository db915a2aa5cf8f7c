package runtime

import (
	"context"
	"testing"

	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// TestUnexpectedScalar: an output that the library infers to have a rank, and
// makes without one, is an error.
func TestUnexpectedScalar(t *testing.T) {
	data := contrib(t, &onnx.Node{Op: "ReduceSum", In: []string{"x"}, Attrs: map[string]onnx.Attr{
		"noop_with_empty_axes": onnx.Int(2), "keepdims": onnx.Int(8),
	}}, []int{2, 3})
	s := session(t, data, []string{"x"}, []string{"y"})
	for range 2 {
		out, err := s.Run(context.Background(), []tensor.Tensor{tensor.New(2, 3)})
		if err == nil && len(out[0].Shape) != 0 {
			t.Errorf("an output of shape %v", out[0].Shape)
		}
	}
}

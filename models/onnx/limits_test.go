package onnx

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"seewhy/models/onnx/internal/pb"
)

// The limit on all weights together, without 2 GB of them: the reader has
// already counted almost that much.
func TestWeightsTogetherAreBounded(t *testing.T) {
	p := &pb.Tensor{Name: proto.String("w"), DataType: proto.Int32(1), Dims: []int64{4}, RawData: make([]byte, 16)}
	c := &reader{ext: &external{}, bytes: maxBytes - 16}
	if _, err := c.tensor(p); err != nil {
		t.Errorf("exactly at the limit: %v", err)
	}
	if _, err := c.tensor(p); err == nil || !strings.Contains(err.Error(), `tensor "w": the weights up to it are above 2 GB together`) {
		t.Errorf("above the limit: %v", err)
	}
}

func TestSaturatingArithmetic(t *testing.T) {
	for _, c := range []struct{ got, want int64 }{
		{times(0, overflow), 0},
		{times(3, 5), 15},
		{times(1<<32, 1<<32), overflow},
		{times(overflow, 2), overflow},
		{times(1<<31, 1<<31), 1 << 62},
		{plus(overflow, 1), overflow},
		{plus(1, overflow), overflow},
		{plus(-5, 3), -2},
		{product(nil), 1},
	} {
		if c.got != c.want {
			t.Errorf("got %d, want %d", c.got, c.want)
		}
	}
}

// One int8 constant may serve many nodes, each of which would get a float32 copy.
func TestFloatWeightsAreBounded(t *testing.T) {
	d := &dequantizer{g: &Graph{Init: map[string]*Tensor{
		"w": {Name: "w", Type: Int8, Dims: []int64{4}, Raw: make([]byte, 4)}, "s": NewFloats("s", nil, []float32{1}),
	}}, bytes: maxBytes - 16}
	if _, err := d.weights("w", "s", "", 0); err != nil {
		t.Errorf("exactly at the limit: %v", err)
	}
	if _, err := d.weights("w", "s", "", 0); !errors.Is(err, errFloatWeights) {
		t.Errorf("above the limit: %v", err)
	}
}

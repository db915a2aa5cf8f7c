package grad_test

import (
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// A value whose size follows the picture has no gradient: the shape that was
// measured on zeros holds for no other picture, and the runtime said so in its
// own words when the gradient ran. What is summed from it is as steady as any.
func TestSizesThatFollowThePicture(t *testing.T) {
	lib := library(t)
	node := func(op, out string, a grad.A, in ...string) *onnx.Node {
		if a == nil {
			a = grad.A{}
		}
		return &onnx.Node{Name: out, Op: op, In: in, Out: []string{out}, Attrs: a}
	}
	m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: &onnx.Graph{
		Name: "g", Values: map[string]onnx.Value{},
		Init:    map[string]*onnx.Tensor{"zero": onnx.NewFloats("zero", nil, []float32{0}), "fill": onnx.NewFloats("fill", []int64{1}, []float32{2}), "first": onnx.NewInts("first", 0)},
		Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(2, 3)}},
		Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32}, {Name: "z", Type: onnx.Float32}, {Name: "w", Type: onnx.Float32}},
		Nodes: []*onnx.Node{
			node("Greater", "c", nil, "x", "zero"), node("NonZero", "places", nil, "c"), node("Transpose", "rows", grad.A{"perm": onnx.Ints(1, 0)}, "places"),
			node("GatherND", "kept", nil, "x", "rows"), node("ReduceSum", "y", grad.A{"keepdims": onnx.Int(1)}, "kept"),
			node("Shape", "count", nil, "rows"), node("Gather", "n", nil, "count", "first"), node("ConstantOfShape", "ones", nil, "n"),
			node("ReduceSum", "total", nil, "ones"), node("Mul", "z", nil, "x", "total"), node("Mul", "w", nil, "x", "fill"),
		},
	}}
	p, err := grad.Prepare(m, "x", []int{2, 3}, oracle{lib})
	if err != nil {
		t.Fatal(err)
	}
	for score, want := range map[string]string{
		"y": `the size of "kept" follows the picture's content, by node "places" (NonZero); a gradient through it is not offered; layers above it`,
		"z": "", "w": "",
	} {
		_, err := grad.Build(p.Model, p.Facts, grad.Query{Score: score, Wants: []string{"x"}})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", score, err, want)
		}
	}
}

package grad_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// A program with stand-ins is refused by a session without kernels; run all the
// same, it gives NaN and no number that could pass for a gradient.
func TestStandInsAreNoGradients(t *testing.T) {
	lib := library(t)
	r := rand.New(rand.NewPCG(9, 9))
	p := small(t, []int{-1, 16, 9, 9}, []*onnx.Node{
		op("h", "Conv", nil, "x", "w"), op("r", "Relu", nil, "h"),
		op("y", "MaxPool", grad.A{"kernel_shape": onnx.Ints(3, 3), "strides": onnx.Ints(2, 2)}, "r"),
	}, whole(r, "w", 16, 16, 1, 1))
	prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: "y", Wants: []string{"x"}, Phases: true, Kernels: true})
	if err != nil {
		t.Fatal(err)
	}
	if !prog.Kernels {
		t.Fatal("the pool's gradient is no stand-in")
	}
	data, err := onnx.Marshal(prog.Model)
	if err != nil {
		t.Fatal(err)
	}
	inputs, outputs := []string{"x", prog.Seed}, []string{prog.Gradients["x"]}
	if _, err := lib.NewSession(data, inputs, outputs, runtime.Options{Plain: true, Kernels: true}); !errors.Is(err, runtime.ErrKernels) {
		t.Errorf("a session that shall and shall not have kernels: %v", err)
	}
	s, err := lib.NewSession(data, inputs, outputs, runtime.Options{Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	u := tensor.New(1, 16, 4, 4)
	u.Data[0] = 1
	out, err := s.Run(t.Context(), []tensor.Tensor{tensor.New(1, 16, 9, 9), u})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range out[0].Data {
		if !math.IsNaN(float64(v)) {
			t.Fatalf("at %d it gives %v", i, v)
		}
	}
}

// A norm over the last axis of a transposed feature map is one in rows, and has
// the same gradient.
func TestNormInRows(t *testing.T) {
	lib := library(t)
	r := rand.New(rand.NewPCG(5, 6))
	p := small(t, []int{-1, 16, 5, 7}, []*onnx.Node{
		op("h", "Conv", nil, "x", "w"), op("t", "Transpose", grad.A{"perm": onnx.Ints(0, 2, 3, 1)}, "h"),
		op("n", "LayerNormalization", nil, "t", "scale", "bias"), op("m", "Tanh", nil, "n"), op("y", "MatMul", nil, "m", "v"),
	}, whole(r, "w", 16, 16, 1, 1), whole(r, "scale", 16), whole(r, "bias", 16), whole(r, "v", 16, 3))
	x, u := wholeSamples(r, []int{-1, 16, 5, 7}, p.Facts.Shapes["y"])
	grads, progs := allForms(t, lib, p, x, u)
	reshapes := 0
	for _, n := range progs[2].Model.Graph.Nodes {
		if n.Op == "Reshape" {
			reshapes++
		}
	}
	if reshapes < 4 {
		t.Errorf("%d values are reshaped: the norm is not in rows", reshapes)
	}
	var diff, size float64
	for i, v := range grads[0] {
		diff += math.Pow(float64(v-grads[2][i]), 2)
		size += float64(v) * float64(v)
	}
	// Sums over 16 channels in another order.
	if !(math.Sqrt(diff) <= 1e-6*math.Sqrt(size)) || size == 0 {
		t.Errorf("the gradients differ by %.2g of their length", math.Sqrt(diff/size))
	}
}

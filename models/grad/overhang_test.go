package grad_test

import (
	"math"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// An average that counts padding divides by the part of its window that lies
// on the padded input, whatever the runtime makes of the rest.
func TestAverageStaysOnThePaddedInput(t *testing.T) {
	lib := library(t)
	for _, c := range []struct{ size, kernel, stride, pad int }{{3, 8, 8, 0}, {5, 2, 2, 0}, {5, 4, 3, 1}, {7, 3, 2, 1}} {
		out := (c.size+2*c.pad-c.kernel+c.stride-1)/c.stride + 1
		if c.kernel > c.size+2*c.pad {
			out = 1
		}
		k, s, p := int64(c.kernel), int64(c.stride), int64(c.pad)
		m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: &onnx.Graph{
			Name:    "pool",
			Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: []onnx.Dim{{N: 1}, {N: 2}, {N: int64(c.size)}, {N: int64(c.size)}}}},
			Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32}}, Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
			Nodes: []*onnx.Node{{Name: "pool", Op: "AveragePool", In: []string{"x"}, Out: []string{"y"}, Attrs: grad.A{
				"kernel_shape": onnx.Ints(k, k), "strides": onnx.Ints(s, s), "pads": onnx.Ints(p, p, p, p), "ceil_mode": onnx.Int(1), "count_include_pad": onnx.Int(1),
			}}},
		}}
		ready, err := grad.Prepare(m, "x", []int{1, 2, c.size, c.size}, oracle{lib})
		if err != nil {
			t.Fatal(err)
		}
		program, err := grad.Build(ready.Model, ready.Facts, grad.Query{Score: "y", Wants: []string{"x"}})
		if err != nil {
			t.Fatal(err)
		}
		x, u := normal(7, 1, 2, c.size, c.size), normal(8, 1, 2, out, out)
		y, grads := runProgram(t, program, "x", "y", []string{"x"}, x, u)
		if y.Len() != 2*out*out {
			t.Fatalf("%+v: output of shape %v", c, y.Shape)
		}
		g := grads[0]
		want := make([]float64, x.Len())
		for i := range y.Len() {
			channel, r, q := i/(out*out), i/out%out, i%out
			sum, count := 0.0, 0
			var at []int
			for dr := range c.kernel {
				for dq := range c.kernel {
					row, col := r*c.stride-c.pad+dr, q*c.stride-c.pad+dq
					if row >= c.size+c.pad || col >= c.size+c.pad {
						continue
					}
					count++
					if min(row, col) >= 0 && max(row, col) < c.size {
						at = append(at, (channel*c.size+row)*c.size+col)
						sum += float64(x.Data[at[len(at)-1]])
					}
				}
			}
			if got := float64(y.Data[i]); math.Abs(got-sum/float64(count)) > 1e-6 {
				t.Errorf("%+v: place %d is %g, want %g", c, i, got, sum/float64(count))
			}
			for _, j := range at {
				want[j] += float64(u.Data[i]) / float64(count)
			}
		}
		for j, w := range want {
			if math.Abs(float64(g.Data[j])-w) > 1e-6 {
				t.Errorf("%+v: gradient %d is %g, want %g", c, j, g.Data[j], w)
			}
		}
	}
}

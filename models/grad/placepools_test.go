package grad_test

import (
	"fmt"
	"math"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// windows is the geometry of a square pool in ceil_mode over a square map.
type windows struct{ kernel, stride, pad int }

// count is how many there are along a side: rounded up, without one that would
// start behind the input.
func (w windows) count(size int) int {
	n := (size+2*w.pad-w.kernel+w.stride-1)/w.stride + 1
	if (n-1)*w.stride >= size+w.pad {
		n--
	}
	return n
}

// pool is the slow twin of the three pools, over one map.
func (w windows) pool(op string, x []float64, size int) (y []float64, n int) {
	n = w.count(size)
	for r := range n {
		for q := range n {
			most, sum, count := math.Inf(-1), 0.0, 0.0
			for dr := range w.kernel {
				for dq := range w.kernel {
					row, col := r*w.stride-w.pad+dr, q*w.stride-w.pad+dq
					if row < 0 || col < 0 || row >= size || col >= size {
						continue
					}
					v := x[row*size+col]
					most, count = max(most, v), count+1
					if op == "LpPool" {
						v *= v
					}
					sum += v
				}
			}
			switch op {
			case "MaxPool":
				y = append(y, most)
			case "AveragePool":
				y = append(y, sum/count)
			default:
				y = append(y, math.Sqrt(sum))
			}
		}
	}
	return y, n
}

// The runtime infers one window more than its pools make where the last would
// start behind the input; what adds and multiplies behind such a pool, and a
// second pool behind it, has its shapes and gradients all the same.
func TestPoolsThatDropTheirLastWindow(t *testing.T) {
	lib := library(t)
	for _, op := range []string{"MaxPool", "AveragePool", "LpPool"} {
		for _, c := range []struct {
			size          int
			first, second windows
		}{
			{5, windows{1, 3, 0}, windows{1, 1, 0}},
			{4, windows{2, 3, 1}, windows{2, 1, 0}},
			{11, windows{2, 3, 1}, windows{1, 3, 0}},
			{14, windows{1, 3, 0}, windows{1, 3, 0}},
		} {
			t.Run(fmt.Sprint(op, c.size, c.first, c.second), func(t *testing.T) {
				node := func(op, out string, a grad.A, in ...string) *onnx.Node {
					return &onnx.Node{Name: out, Op: op, Attrs: a, In: in, Out: []string{out}}
				}
				attrs := func(w windows) grad.A {
					k, s, p := int64(w.kernel), int64(w.stride), int64(w.pad)
					return grad.A{"kernel_shape": onnx.Ints(k, k), "strides": onnx.Ints(s, s), "pads": onnx.Ints(p, p, p, p), "ceil_mode": onnx.Int(1)}
				}
				side := onnx.Dim{N: int64(c.size)}
				m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": 18}, Graph: &onnx.Graph{
					Name:    "pools",
					Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: []onnx.Dim{{N: 1}, {N: 2}, side, side}}},
					Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32}}, Values: map[string]onnx.Value{},
					Init: map[string]*onnx.Tensor{"c": onnx.NewFloats("c", []int64{1, 2, 1, 1}, []float32{0.5, -0.5})},
					Nodes: []*onnx.Node{
						node(op, "p", attrs(c.first), "x"),
						node("Add", "a", grad.A{}, "p", "c"),
						node("Tanh", "h", grad.A{}, "p"),
						node("Mul", "b", grad.A{}, "a", "h"),
						node(op, "y", attrs(c.second), "b"),
					},
				}}
				ready, err := grad.Prepare(m, "x", []int{1, 2, c.size, c.size}, oracle{lib})
				if err != nil {
					t.Fatal(err)
				}
				program, err := grad.Build(ready.Model, ready.Facts, grad.Query{Score: "y", Wants: []string{"x"}})
				if err != nil {
					t.Fatal(err)
				}
				n := c.second.count(c.first.count(c.size))
				if got := ready.Facts.Shapes["y"]; fmt.Sprint(got) != fmt.Sprint([]int{1, 2, n, n}) {
					t.Fatalf("the output is said to have shape %v, want %d x %d", got, n, n)
				}
				x, u := normal(7, 1, 2, c.size, c.size), normal(8, 1, 2, n, n)
				y, grads := runProgram(t, program, "x", "y", []string{"x"}, x, u)
				each := c.size * c.size
				net := func(x []float64) (out []float64) {
					for channel, add := range []float64{0.5, -0.5} {
						p, side := c.first.pool(op, x[channel*each:(channel+1)*each], c.size)
						for i, v := range p {
							p[i] = (v + add) * math.Tanh(v)
						}
						last, _ := c.second.pool(op, p, side)
						out = append(out, last...)
					}
					return out
				}
				wide := make([]float64, x.Len())
				for i, v := range x.Data {
					wide[i] = float64(v)
				}
				for i, want := range net(wide) {
					if math.Abs(float64(y.Data[i])-want) > 1e-5 {
						t.Errorf("place %d is %g, want %g", i, y.Data[i], want)
					}
				}
				const step = 1e-6
				score := func() (sum float64) {
					for i, v := range net(wide) {
						sum += v * float64(u.Data[i])
					}
					return sum
				}
				for i, v := range wide {
					wide[i] = v + step
					above := score()
					wide[i] = v - step
					below := score()
					wide[i] = v
					if want := (above - below) / (2 * step); math.Abs(float64(grads[0].Data[i])-want) > 1e-4 {
						t.Errorf("gradient %d is %g, want %g", i, grads[0].Data[i], want)
					}
				}
			})
		}
	}
}

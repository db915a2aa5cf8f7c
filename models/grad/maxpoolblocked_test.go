package grad_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// A max pool's gradient in the CPU's blocked layout is the one out of it, over
// drawn geometries, behind a rectifier and without one, and whatever comes
// before it: values are small whole numbers, so that most windows hold ties,
// and seeds are whole, so that sums are exact and the comparison too.
func TestBlockedMaxPool(t *testing.T) {
	lib := library(t)
	r := rand.New(rand.NewPCG(31, 32))
	draws, taken := 110, 0
	if testing.Short() {
		draws = 12
	}
	for range draws {
		k, s := []int64{int64(1 + r.IntN(4)), int64(2 + r.IntN(3))}, []int64{int64(1 + r.IntN(3)), int64(1 + r.IntN(3))}
		in, pads := []int{-1, 16}, make([]int64, 4)
		for i := range 2 {
			in = append(in, int(k[i])+r.IntN(8))
			if r.IntN(2) == 0 {
				pads[i], pads[2+i] = int64(r.IntN(int(k[i]))), int64(r.IntN(int(k[i])))
			}
		}
		pool := op("y", "MaxPool", grad.A{
			"kernel_shape": onnx.Ints(k...), "strides": onnx.Ints(s...), "pads": onnx.Ints(pads...), "ceil_mode": onnx.Int(int64(r.IntN(2))),
		}, "r")
		before := [][]*onnx.Node{
			{op("r", "Conv", nil, "x", "narrow")},
			{op("h", "Conv", nil, "x", "narrow"), op("r", "Relu", nil, "h")},
			{op("h", "Conv", nil, "x", "narrow"), op("r", "Clip", nil, "h", "one")},
			{op("h", "Conv", nil, "x", "narrow"), op("r", "Relu", nil, "h"), op("z", "Mul", nil, "r", "r")},
			{op("o", "Conv", nil, "x", "wide"), op("h", "Relu", nil, "o"), op("r", "Conv", nil, "h", "down")},
			// Read beside the pool, with the rectifiers further up.
			{
				op("h", "Conv", nil, "x", "narrow"), op("q", "Relu", nil, "h"),
				op("r", "MaxPool", grad.A{"kernel_shape": onnx.Ints(3, 3), "pads": onnx.Ints(1, 1, 1, 1)}, "q"), op("z", "Mul", nil, "r", "r"),
			},
			{
				op("h", "Conv", nil, "x", "half"), op("a", "Relu", nil, "h"), op("k", "Conv", nil, "x", "other"), op("b", "Relu", nil, "k"),
				op("r", "Concat", grad.A{"axis": onnx.Int(1)}, "a", "b"), op("z", "Mul", nil, "r", "r"),
			},
		}[r.IntN(7)]
		nodes := append(slices.Clone(before), pool)
		if z := slices.IndexFunc(nodes, func(n *onnx.Node) bool { return n.Name == "z" }); z >= 0 {
			pool.Name, pool.Out[0] = "p", "p"
			nodes = append(nodes, op("sum", "ReduceSum", nil, "z"), op("y", "Add", nil, "p", "sum"))
		}
		t.Run(fmt.Sprint(in, k, s, pads, len(before), before[len(before)-1].Op), func(t *testing.T) {
			p := small(t, in, nodes, scalar("one", 1), whole(r, "narrow", 16, 16, 1, 1), whole(r, "half", 8, 16, 1, 1), whole(r, "other", 8, 16, 1, 1), whole(r, "wide", 32, 16, 1, 1), whole(r, "down", 16, 32, 1, 1))
			x, u := wholeSamples(r, in, p.Facts.Shapes["y"])
			grads, progs := allForms(t, lib, p, x, u)
			if slices.ContainsFunc(progs[1].Model.Graph.Nodes, func(n *onnx.Node) bool {
				return n.Op == "Conv" && len(n.In) == 3 && steepest(progs[1].Model.Graph.Init[n.In[1]])
			}) {
				taken++
			}
			for k, other := range grads[1:] {
				if !slices.Equal(grads[0], other) {
					worst := 0.0
					for i, v := range grads[0] {
						worst = max(worst, math.Abs(float64(v-other[i])))
					}
					t.Errorf("form %d differs by %v", k+1, worst)
				}
			}
			if !progs[2].Kernels {
				t.Error("no kernel is asked for")
			}
		})
	}
	if taken < draws/4 {
		t.Errorf("only %d of %d took the blocked form", taken, draws)
	}
	t.Logf("%d of %d took the blocked form", taken, draws)
}

// wholeSamples are two samples of small whole numbers, and a seed of such.
func wholeSamples(r *rand.Rand, in, out []int) (x, u tensor.Tensor) {
	draw := func(shape []int, n int) tensor.Tensor {
		shape = slices.Clone(shape)
		shape[0] = 2
		v := tensor.New(shape...)
		for i := range v.Data {
			v.Data[i] = float32(r.IntN(n) - n/2)
		}
		return v
	}
	return draw(in, 3), draw(out, 9)
}

// allForms are the gradients of y at x in the general form, and in the CPU's
// without and with kernels of our own.
func allForms(t *testing.T, lib *runtime.Library, p *grad.Prepared, x, u tensor.Tensor) (grads [3][]float32, progs [3]*grad.Program) {
	t.Helper()
	for i := range grads {
		prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: "y", Wants: []string{"x"}, Phases: i > 0, Kernels: i > 1})
		if err != nil {
			t.Fatal(err)
		}
		_, g := compile(t, lib, prog, []string{"x"}, "y")([]tensor.Tensor{x}, u)
		grads[i], progs[i] = g[0].Data, prog
	}
	return grads, progs
}

// steepest finds the comparisons of a blocked max pool.
func steepest(w *onnx.Tensor) bool {
	return w != nil && len(w.Raw) >= 4 && math.Float32frombits(binary.LittleEndian.Uint32(w.Raw)) == -0x1p127
}

// whole are small whole numbers.
func whole(r *rand.Rand, name string, dims ...int64) *onnx.Tensor {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.IntN(3) - 1)
	}
	return onnx.NewFloats(name, dims, v)
}

package grad_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// The gradient by phases is the one by ConvTranspose, over drawn geometries of
// one to three dimensions, grouped, depthwise and plain; both sum the same
// products in another order (float32: 1e-5 of the gradient's length).
func TestConvByPhases(t *testing.T) {
	lib := library(t)
	r := rand.New(rand.NewPCG(21, 22))
	draws, apart := 60, 0
	if testing.Short() {
		draws = 15
	}
	for range draws {
		rank := 1 + r.IntN(3)
		group := []int{1, 2, 16}[r.IntN(3)]
		attrs := grad.A{"group": onnx.Int(int64(group))}
		in, kernel, stride, pads := []int{-1, 16}, []int64{16, int64(16 / group)}, []int64(nil), make([]int64, 2*rank)
		for i := range rank {
			k, s := 1+r.IntN(4), 1+r.IntN(3)
			kernel, stride = append(kernel, int64(k)), append(stride, int64(s))
			pads[i], pads[rank+i] = int64(r.IntN(k)), int64(r.IntN(k))
			in = append(in, k+r.IntN(6))
		}
		attrs["strides"], attrs["pads"] = onnx.Ints(stride...), onnx.Ints(pads...)
		t.Run(fmt.Sprint(in, kernel, stride, pads, group), func(t *testing.T) {
			w := make([]float32, 16*16/group)
			for _, k := range kernel[2:] {
				w = make([]float32, len(w)*int(k))
			}
			for i := range w {
				w[i] = float32(r.NormFloat64())
			}
			m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": onnx.TargetOpset}, Graph: &onnx.Graph{
				Name: "conv", Nodes: []*onnx.Node{node("Conv", attrs, "x", "w")}, Init: map[string]*onnx.Tensor{"w": onnx.NewFloats("w", kernel, w)},
				Values: map[string]onnx.Value{}, Outputs: []onnx.Value{{Name: "y"}},
				Inputs: []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(in...)}},
			}}
			facts, err := grad.InferFacts(m, oracle{lib})
			if err != nil {
				t.Fatal(err)
			}
			shape := slices.Clone(in)
			shape[0] = 2
			x := tensor.New(shape...)
			shape = slices.Clone(facts.Shapes["y"])
			shape[0] = 2
			u := tensor.New(shape...)
			for i := range u.Data {
				u.Data[i] = float32(r.NormFloat64())
			}
			var grads [3][]float32
			for i := range grads {
				p, err := grad.Build(m, facts, grad.Query{Score: "y", Wants: []string{"x"}, Phases: i > 0, Kernels: i > 1})
				if err != nil {
					t.Fatal(err)
				}
				if i == 1 && !slices.ContainsFunc(p.Model.Graph.Nodes, func(n *onnx.Node) bool { return n.Op == "ConvTranspose" }) {
					apart++
				}
				_, g := compile(t, lib, p, []string{"x"}, "y")([]tensor.Tensor{x}, u)
				grads[i] = g[0].Data
			}
			for k, other := range grads[1:] {
				var diff, size float64
				for i, v := range grads[0] {
					diff += math.Pow(float64(v-other[i]), 2)
					size += float64(v) * float64(v)
				}
				if !(math.Sqrt(diff) <= 1e-5*math.Sqrt(size)) || size == 0 || len(grads[0]) != len(other) {
					t.Errorf("form %d differs by %.2g of the length", k+1, math.Sqrt(diff/size))
				}
			}
		})
	}
	if apart < draws/2 {
		t.Errorf("only %d of %d were taken apart", apart, draws)
	}
}

// Two convolutions may share their weights and part them into groups in
// different ways: the weights of the way back are then two, and not the first's.
func TestSharedWeightsInOtherGroups(t *testing.T) {
	lib := library(t)
	w := make([]float32, 32*16*9)
	for i := range w {
		w[i] = float32(i%23)/23 - 0.5
	}
	for _, stride := range []int64{1, 2} {
		gradient := func(second string) []float32 {
			conv := func(out, in, w string, group int64) *onnx.Node {
				return &onnx.Node{Name: out, Op: "Conv", In: []string{in, w}, Out: []string{out}, Attrs: grad.A{
					"strides": onnx.Ints(stride, stride), "pads": onnx.Ints(1, 1, 1, 1), "group": onnx.Int(group),
				}}
			}
			m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": onnx.TargetOpset}, Graph: &onnx.Graph{
				Name: "shared", Nodes: []*onnx.Node{conv("h", "x", "w", 1), conv("y", "h", second, 2)},
				Init:   map[string]*onnx.Tensor{"w": onnx.NewFloats("w", []int64{32, 16, 3, 3}, w), "v": onnx.NewFloats("v", []int64{32, 16, 3, 3}, w)},
				Values: map[string]onnx.Value{}, Outputs: []onnx.Value{{Name: "y"}},
				Inputs: []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, 16, 8, 8)}},
			}}
			facts, err := grad.InferFacts(m, oracle{lib})
			if err != nil {
				t.Fatal(err)
			}
			p, err := grad.Build(m, facts, grad.Query{Score: "y", Wants: []string{"x"}, Phases: true})
			if err != nil {
				t.Fatal(err)
			}
			u := tensor.New(append([]int{1}, facts.Shapes["y"][1:]...)...)
			for i := range u.Data {
				u.Data[i] = float32(i%7) - 3
			}
			_, g := compile(t, lib, p, []string{"x"}, "y")([]tensor.Tensor{tensor.New(1, 16, 8, 8)}, u)
			return g[0].Data
		}
		if !slices.Equal(gradient("w"), gradient("v")) {
			t.Errorf("stride %d: shared weights have another gradient than two of the same", stride)
		}
	}
}

package grad_test

import (
	"math"
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// What the builder writes differently for a CPU gives the same gradient, at the
// input and at inner values: slices of convolutions, gradients stopped behind a
// pool, and phases that are woven late. The first convolution makes small whole
// numbers, so that windows hold ties.
func TestFormsForTheCPUAreTheSame(t *testing.T) {
	lib := library(t)
	conv := func(out, in, w string, group int64, stride, pad int64) *onnx.Node {
		return op(out, "Conv", grad.A{"strides": onnx.Ints(stride, stride), "pads": onnx.Ints(pad, pad, pad, pad), "group": onnx.Int(group)}, in, w)
	}
	pool := func(in string) *onnx.Node {
		return op("y", "MaxPool", grad.A{"kernel_shape": onnx.Ints(3, 3), "strides": onnx.Ints(2, 2)}, in)
	}
	join := op("j", "Concat", grad.A{"axis": onnx.Int(1)}, "a", "b")
	a, b := []*onnx.Node{conv("p", "h", "narrow", 1, 1, 0), op("a", "Relu", nil, "p")}, []*onnx.Node{conv("q", "h", "square", 1, 1, 1), op("b", "Relu", nil, "q")}
	branches := slices.Concat(a, b)
	has := func(p *grad.Program, op string) bool {
		return slices.ContainsFunc(p.Model.Graph.Nodes, func(n *onnx.Node) bool { return n.Op == op })
	}
	steps := func(p *grad.Program) (n int) {
		for _, node := range p.Model.Graph.Nodes {
			if node.Op == "HardSigmoid" {
				n++
			}
		}
		return n
	}
	noSlice := func(t *testing.T, plain, cpu *grad.Program) {
		if !has(plain, "Slice") || has(cpu, "Slice") {
			t.Error("the slices are still there")
		}
	}
	for name, c := range map[string]struct {
		nodes []*onnx.Node
		wants []string
		taken func(t *testing.T, plain, cpu *grad.Program)
	}{
		"joined, one reader":       {append(slices.Clone(branches), join, conv("y", "j", "down", 1, 1, 0)), nil, noSlice},
		"joined, two readers":      {append(slices.Clone(branches), join, conv("l", "j", "down", 1, 1, 0), conv("r", "j", "down", 1, 1, 0), op("y", "Mul", nil, "l", "r")), nil, noSlice},
		"joined, and wanted":       {append(slices.Clone(branches), join, conv("y", "j", "down", 1, 1, 0)), []string{"j", "a"}, nil},
		"joined behind a residual": {append(slices.Clone(branches), join, op("s", "Add", nil, "j", "j"), conv("y", "s", "down", 1, 1, 0)), nil, nil},
		"pooled": {[]*onnx.Node{op("r", "Relu", nil, "h"), pool("r")}, nil, func(t *testing.T, _, cpu *grad.Program) {
			n := cpu.Model.Graph.Nodes[slices.IndexFunc(cpu.Model.Graph.Nodes, func(n *onnx.Node) bool { return n.Op == "HardSigmoid" })]
			if n.In[0] != "y" {
				t.Errorf("the mask comes from %q", n.In[0])
			}
		}},
		"pooled ReLU6": {[]*onnx.Node{op("r", "Clip", nil, "h", "zero", "six"), pool("r")}, nil, nil},
		"pooled below": {[]*onnx.Node{op("r", "Clip", nil, "h", "", "six"), pool("r")}, nil, nil},
		"pooled together": {append(slices.Clone(branches), join, pool("j")), nil, func(t *testing.T, plain, cpu *grad.Program) {
			if steps(plain) != 2 || steps(cpu) != 1 {
				t.Errorf("%d masks instead of %d", steps(cpu), steps(plain))
			}
		}},
		"pooled, one not":         {append(slices.Clone(a), conv("b", "h", "square", 1, 1, 1), join, pool("j")), nil, nil},
		"pooled, and wanted":      {[]*onnx.Node{op("r", "Relu", nil, "h"), pool("r")}, []string{"r"}, nil},
		"pooled, and read before": {[]*onnx.Node{op("r", "Relu", nil, "h"), op("m", "MaxPool", grad.A{"kernel_shape": onnx.Ints(3, 3)}, "r"), conv("k", "r", "square", 1, 1, 0), op("y", "Mul", nil, "m", "k")}, nil, nil},
		"pooled beside": {append(slices.Clone(branches), join, op("m", "MaxPool", grad.A{"kernel_shape": onnx.Ints(3, 3), "pads": onnx.Ints(1, 1, 1, 1)}, "j"), conv("k", "j", "both", 1, 1, 1), op("y", "Mul", nil, "m", "k")), nil, func(t *testing.T, plain, cpu *grad.Program) {
			if !has(plain, "Equal") || has(cpu, "Equal") {
				t.Error("the pool's gradient leaves the layout")
			}
		}},
		"pooled beside, and wanted": {append(slices.Clone(branches), join, op("m", "MaxPool", grad.A{"kernel_shape": onnx.Ints(3, 3), "pads": onnx.Ints(1, 1, 1, 1)}, "j"), conv("k", "j", "both", 1, 1, 1), op("y", "Mul", nil, "m", "k")), []string{"a"}, nil},
		"bottleneck": {[]*onnx.Node{conv("e", "h", "up", 1, 1, 0), op("r", "Clip", nil, "e", "zero", "six"), conv("y", "r", "depth", 64, 2, 1)}, nil, func(t *testing.T, plain, cpu *grad.Program) {
			// Two Relus make the mask of each of the four phases.
			relus := 0
			for _, n := range cpu.Model.Graph.Nodes {
				if n.Op == "Relu" {
					relus++
				}
			}
			if steps(plain) != 2 || steps(cpu) != 0 || relus != 8 {
				t.Errorf("%d masks and %d Relus, %d masks plainly", steps(cpu), relus, steps(plain))
			}
		}},
		"bottleneck, and wanted": {[]*onnx.Node{conv("e", "h", "up", 1, 1, 0), op("r", "Relu", nil, "e"), conv("y", "r", "depth", 64, 2, 1)}, []string{"r", "e"}, nil},
		"bottleneck, odd":        {[]*onnx.Node{conv("e", "h", "up", 1, 1, 1), conv("o", "e", "two", 1, 1, 0), op("r", "Relu", nil, "o"), conv("y", "r", "depth", 64, 2, 1)}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			x, w := normal(11, 2, 3, 12, 12), normal(1, 16, 3, 3, 3)
			for _, list := range [][]float32{x.Data, w.Data} {
				for i, v := range list {
					list[i] = float32(math.Round(float64(v) / 2))
				}
			}
			p := small(t, []int{-1, 3, 12, 12}, append([]*onnx.Node{conv("h", "x", "first", 1, 1, 1)}, c.nodes...),
				scalar("zero", 0), scalar("six", 6), onnx.NewFloats("first", []int64{16, 3, 3, 3}, w.Data),
				floats("narrow", []int64{16, 16, 1, 1}, 2), floats("square", []int64{16, 16, 3, 3}, 3), floats("down", []int64{16, 32, 1, 1}, 4),
				floats("both", []int64{32, 32, 3, 3}, 8), floats("up", []int64{64, 16, 1, 1}, 5), floats("depth", []int64{64, 1, 3, 3}, 6), floats("two", []int64{64, 64, 2, 2}, 7))
			wants := append([]string{"x"}, c.wants...)
			var all [2][]tensor.Tensor
			var progs [2]*grad.Program
			for i, phases := range []bool{false, true} {
				prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: "y", Wants: wants, Phases: phases})
				if err != nil {
					t.Fatal(err)
				}
				progs[i] = prog
				data, err := onnx.Marshal(prog.Model)
				if err != nil {
					t.Fatal(err)
				}
				var outputs []string
				for _, w := range wants {
					outputs = append(outputs, prog.Gradients[w])
				}
				s, err := lib.NewSession(data, []string{"x", prog.Seed}, outputs, runtime.Options{Device: runtime.CPU})
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				if all[i], err = s.Run(t.Context(), []tensor.Tensor{x, normal(12, append([]int{2}, p.Facts.Shapes["y"][1:]...)...)}); err != nil {
					t.Fatal(err)
				}
			}
			for k, want := range all[0] {
				var diff, size float64
				for i, v := range want.Data {
					diff += math.Pow(float64(v-all[1][k].Data[i]), 2)
					size += float64(v) * float64(v)
				}
				if !(math.Sqrt(diff) <= 1e-5*math.Sqrt(size)) || size == 0 || len(want.Data) != len(all[1][k].Data) {
					t.Errorf("at %q they differ by %.2g of their length", wants[k], math.Sqrt(diff/size))
				}
			}
			if c.taken != nil {
				c.taken(t, progs[0], progs[1])
			}
		})
	}
}

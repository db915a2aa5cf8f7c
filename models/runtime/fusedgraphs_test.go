package runtime

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/models/fuse"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// Random graphs of what can be fused, with shapes that broadcast, give what the
// library gives without.
func TestFusedGraphs(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 5))
		m, feeds := randomGraph(r)
		f, count, err := fuse.Fuse(m, 16)
		if err != nil {
			t.Fatal(err)
		}
		var results [2][]tensor.Tensor
		for i, m := range []*onnx.Model{m, f} {
			if results[i], err = runModel(t, m, feeds, Options{Device: CPU, DisableOptimization: i == 0, optimised: i == 1}); err != nil {
				t.Fatalf("seed %d, %d nodes fused: %v", seed, count, err)
			}
		}
		for i, want := range results[0] {
			got := results[1][i]
			if !slices.Equal(got.Shape, want.Shape) {
				t.Fatalf("seed %d: shape %v, want %v", seed, got.Shape, want.Shape)
			}
			for k := range want.Data {
				// Values stay around 1; their roundings add up over twenty nodes.
				if d := math.Abs(float64(got.Data[k] - want.Data[k])); !(d <= 2e-5*(1+math.Abs(float64(want.Data[k])))) {
					t.Fatalf("seed %d: output %d at %d is %v, want %v", seed, i, k, got.Data[k], want.Data[k])
				}
			}
		}
	}
}

// lengths are those of last axes: shorter, as long and longer than vectors and
// tiles are, and than what a thread is given.
var lengths = []int{1, 2, 7, 8, 15, 16, 17, 33, 70, 1023, 1025}

// randomGraph draws a graph of elementwise nodes and reductions with a few that
// no group takes between them. Inputs may be of shapes that do not fit each other.
func randomGraph(r *rand.Rand) (*onnx.Model, []tensor.Tensor) {
	long := lengths[r.IntN(len(lengths))]
	sizes := [][]int{{1 + r.IntN(3), 1 + r.IntN(4), long}, {1 + r.IntN(3), 2, lengths[r.IntN(9)]}}
	if r.IntN(4) == 0 {
		// Rows for more than one thread, which end around a border between them.
		sizes[0] = []int{1<<14/long + r.IntN(3), 1 + r.IntN(2), long}
	}
	var feeds []tensor.Tensor
	type known struct {
		name  string
		shape []int
	}
	var values []known
	for i := range 4 {
		shape := slices.Clone(sizes[i%2])[r.IntN(3):]
		for k := range shape {
			if r.IntN(4) == 0 {
				shape[k] = 1
			}
		}
		if i == 0 {
			shape = slices.Clone(sizes[0])
		}
		x := tensor.New(shape...)
		for k := range x.Data {
			x.Data[k] = float32(r.Float64()*1.8 - 0.9)
		}
		feeds, values = append(feeds, x), append(values, known{fmt.Sprint("x", i), shape})
	}
	m := kernelModel(nil, feeds)
	for i := range m.Graph.Inputs {
		m.Graph.Inputs[i].Shape = onnx.Fixed(feeds[i].Shape...)
	}
	half := onnx.NewFloats("half", nil, []float32{0.5})
	m.Graph.Init = map[string]*onnx.Tensor{"half": half}
	add := func(n *onnx.Node) { m.Graph.Nodes = append(m.Graph.Nodes, n) }
	for i := range 8 + r.IntN(14) {
		name := fmt.Sprint("v", i)
		a, b := values[r.IntN(len(values))], values[r.IntN(len(values))]
		both, fit := broadcast(a.shape, b.shape)
		n := op(name, "", map[string]onnx.Attr{}, a.name)
		shape := slices.Clone(a.shape)
		switch k := r.IntN(13); {
		case k < 4 && fit:
			n.Op, n.In, shape = []string{"Add", "Sub", "Mul"}[r.IntN(3)], []string{a.name, b.name}, both
		case k < 6:
			n.Op, n.In = []string{"Add", "Mul", "Sub"}[r.IntN(3)], []string{"half", a.name}
		case k < 9:
			n.Op = []string{"Sigmoid", "Tanh", "Erf", "Relu", "HardSigmoid", "Neg", "Abs"}[r.IntN(7)]
		case k < 11:
			n.Op = "ReduceMean"
			n.Attrs["axes"] = onnx.Ints(-1)
			shape[len(shape)-1] = 1
		case k < 12 && fit:
			// A value that is no float32, which no group takes.
			add(op(name+"/no", "Greater", nil, a.name, a.name))
			n.Op, n.In, shape = "Where", []string{name + "/no", b.name, a.name}, both
		default:
			// No group takes it, and it is as smooth as the others.
			n.Op = "Sin"
		}
		add(n)
		values = append(values, known{name, shape})
	}
	for i, v := range values[len(feeds):] {
		if r.IntN(4) == 0 || i == len(values)-len(feeds)-1 {
			m.Graph.Outputs = append(m.Graph.Outputs, onnx.Value{Name: v.name, Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(v.shape...)})
		}
	}
	return m, feeds
}

// broadcast is the shape that two have together, where they fit each other.
func broadcast(a, b []int) (both []int, fit bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	both = slices.Clone(a)
	for i, d := range b {
		at := len(a) - len(b) + i
		if both[at] != d && both[at] != 1 && d != 1 {
			return nil, false
		}
		both[at] = max(both[at], d)
	}
	return both, true
}

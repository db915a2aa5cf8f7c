package runtime

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/models/fuse"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// op is a node with one output that also names it.
func op(out, kind string, attrs map[string]onnx.Attr, in ...string) *onnx.Node {
	return &onnx.Node{Name: out, Op: kind, In: in, Out: []string{out}, Attrs: attrs}
}

// drawn are tensors of shapes, filled with numbers around 0.
func drawn(shapes ...[]int) (feeds []tensor.Tensor) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, s := range shapes {
		x := tensor.New(s...)
		for i := range x.Data {
			x.Data[i] = float32(r.NormFloat64())
		}
		feeds = append(feeds, x)
	}
	return feeds
}

// alike runs a graph of the inputs x0, x1, .. as the library has it and fused,
// and wants the same of all outputs, NaN for NaN.
func alike(t *testing.T, name string, nodes []*onnx.Node, feeds []tensor.Tensor, outputs []string, consts ...*onnx.Tensor) {
	t.Helper()
	m := kernelModel(nodes, feeds)
	delete(m.Opsets, fuse.Domain)
	m.Graph.Init = map[string]*onnx.Tensor{}
	for _, c := range consts {
		m.Graph.Init[c.Name] = c
	}
	for _, o := range outputs {
		m.Graph.Outputs = append(m.Graph.Outputs, onnx.Value{Name: o, Type: onnx.Float32})
	}
	want, err := runModel(t, m, feeds, Options{Device: CPU, DisableOptimization: true})
	if err != nil {
		t.Fatalf("%s, as it is: %v", name, err)
	}
	for i, w := range want {
		m.Graph.Outputs[i].Ranked, m.Graph.Outputs[i].Shape = true, onnx.Fixed(w.Shape...)
	}
	f, count, err := fuse.Fuse(m, 16)
	if err != nil || count == 0 {
		t.Fatalf("%s: %d nodes are fused: %v", name, count, err)
	}
	got, err := runModel(t, f, feeds, Options{Device: CPU, optimised: true})
	if err != nil {
		t.Fatalf("%s, fused: %v", name, err)
	}
	for i, w := range want {
		if !slices.Equal(got[i].Shape, w.Shape) {
			t.Fatalf("%s: %s has the shape %v, want %v", name, outputs[i], got[i].Shape, w.Shape)
		}
		for k, v := range w.Data {
			// Roundings of a few steps on numbers around 1, some of which cancel.
			if g := got[i].Data[k]; !near(g, v, 1e-5) && !(math.Abs(float64(g-v)) <= 1e-6) {
				t.Fatalf("%s: %s at %d is %v, want %v", name, outputs[i], k, g, v)
			}
		}
	}
}

var lastAxis = map[string]onnx.Attr{"axes": onnx.Ints(-1)}

// Inputs of one node need not fit each other: what they have in common may be
// one number, or a reduction; and one without numbers leaves the others theirs.
func TestFusedShapesApart(t *testing.T) {
	gates := []*onnx.Node{op("s", "Sigmoid", nil, "x0"), op("u", "Mul", nil, "s", "x1"), op("v", "Mul", nil, "s", "x2")}
	alike(t, "one gate for two sizes", gates, drawn([]int{2, 3, 1, 1}, []int{2, 3, 8, 8}, []int{2, 3, 4, 4}), []string{"u", "v"})
	alike(t, "a gate and both", gates, drawn([]int{3, 1}, []int{2, 3, 17}, []int{3, 1}), []string{"s", "u", "v"})
	mean := []*onnx.Node{op("m", "ReduceMean", lastAxis, "x0"), op("s", "Sigmoid", nil, "x1"), op("n", "Neg", nil, "m"), op("y", "Mul", nil, "n", "s")}
	alike(t, "a mean of other rows", mean, drawn([]int{2, 5, 7}, []int{2, 5, 3}), []string{"y"})
	alike(t, "a mean of rows as short as one", mean, drawn([]int{2, 5, 1}, []int{2, 5, 3}), []string{"n", "y"})
	// x0 without numbers: its shape is told instead.
	none := []*onnx.Node{
		op("e", "Slice", nil, "x0", "zero", "zero", "axis"), op("s", "Exp", nil, "x1"),
		op("u", "Mul", nil, "s", "e"), op("m", "ReduceMean", lastAxis, "u"), op("n", "Neg", nil, "m"), op("v", "Tanh", nil, "s"),
		op("shape", "Shape", nil, "n"), op("told", "Cast", map[string]onnx.Attr{"to": onnx.Int(int64(onnx.Float32))}, "shape"),
	}
	for axis := range int64(3) {
		alike(t, fmt.Sprint("nothing along axis ", axis), none, drawn([]int{2, 5, 7}, []int{1, 1, 1}), []string{"s", "v", "told"}, onnx.NewInts("zero", 0), onnx.NewInts("axis", axis))
	}
}

// What a graph may have around a group: values that are outputs too, that a
// subgraph reads, that are no floats, and nodes that have no names and share constants.
func TestFusedSurroundings(t *testing.T) {
	half := onnx.NewFloats("half", nil, []float32{0.5})
	row := onnx.NewFloats("row", []int64{7}, []float32{1, 2, 3, 4, 5, 6, 7})
	branch := func(op string) onnx.Attr {
		return onnx.Attr{Kind: onnx.KindGraph, G: &onnx.Graph{
			Name: op, Nodes: []*onnx.Node{{Op: op, In: []string{"a"}, Out: []string{op}}},
			Outputs: []onnx.Value{{Name: op, Type: onnx.Float32}},
		}}
	}
	nodes := []*onnx.Node{
		op("a", "Mul", nil, "x0", "row"), op("b", "Add", nil, "a", "half"), op("c", "Mul", nil, "b", "half"),
		op("g", "Greater", nil, "c", "row"), op("w", "Where", nil, "g", "c", "b"), op("d", "Sub", nil, "w", "row"),
		op("sum", "ReduceSum", nil, "d", "axis"), op("yes", "Greater", nil, "sum", "half"), op("one", "ReduceMax", nil, "d"), op("which", "Greater", nil, "one", "half"),
		op("flag", "Reshape", nil, "which", "single"),
		op("i", "If", map[string]onnx.Attr{"then_branch": branch("Tanh"), "else_branch": branch("Abs")}, "flag"),
		op("y", "Add", nil, "i", "d"), op("z", "Sigmoid", nil, "y"),
	}
	for _, n := range nodes {
		n.Name = ""
	}
	alike(t, "around", nodes, drawn([]int{3, 7}), []string{"a", "c", "d", "y", "z"}, half, row, onnx.NewInts("axis", -1), onnx.NewInts("single", 1))
}

// A value that is fed is no constant, though the file has one for whoever feeds none.
func TestFedConstant(t *testing.T) {
	feeds := drawn([]int{2, 7}, nil)
	m := kernelModel([]*onnx.Node{op("u", "Mul", nil, "x0", "x1"), op("y0", "Sigmoid", nil, "u")}, feeds, 2)
	m.Graph.Init = map[string]*onnx.Tensor{"x1": onnx.NewFloats("x1", nil, []float32{0})}
	out, err := runModel(t, m, feeds, Options{Device: CPU})
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range feeds[0].Data {
		if want := float32(1 / (1 + math.Exp(-float64(x*feeds[1].Data[0])))); !near(out[0].Data[i], want, 1e-6) {
			t.Fatalf("at %d it gives %v, want %v", i, out[0].Data[i], want)
		}
	}
}

// A value that is fed may be one that nothing reads.
func TestFedForNothing(t *testing.T) {
	feeds := drawn([]int{2, 7}, []int{3})
	m := kernelModel([]*onnx.Node{op("u", "Neg", nil, "x0"), op("y0", "Sigmoid", nil, "u")}, feeds, 2)
	if _, err := runModel(t, m, feeds, Options{Device: CPU}); err != nil {
		t.Error(err)
	}
	data, err := onnx.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := library(t).NewSession(data, []string{"x0", "x1"}, []string{"y0"}, Options{Kernels: true}); !errors.Is(err, ErrKernels) {
		t.Errorf("where kernels are a must: %v", err)
	}
}

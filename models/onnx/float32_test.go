package onnx_test

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	"seewhy/models/onnx"
	"seewhy/models/onnx/internal/pb"
)

func shared(t testing.TB, name string) *onnx.Model {
	t.Helper()
	sharedModels(t)
	m, err := onnx.ReadFile("../../../shared/models/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func widen(t testing.TB, m *onnx.Model) *onnx.Model {
	t.Helper()
	before := marshal(t, m)
	w, changed, err := onnx.ToFloat32(m)
	if err != nil {
		t.Fatal(err)
	}
	if !changed {
		t.Fatal("nothing was widened")
	}
	if marshal(t, m) != before {
		t.Fatal("ToFloat32 changed its input")
	}
	if again, changed, err := onnx.ToFloat32(w); err != nil || changed || again != w {
		t.Errorf("widening twice: changed %v, %v", changed, err)
	}
	return w
}

// convolutions lists the weights and biases of a model's Conv nodes.
func convolutions(t testing.TB, m *onnx.Model) [][]float32 {
	t.Helper()
	m, err := onnx.InlineConstants(m)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]float32
	for _, n := range m.Graph.Nodes {
		if n.Op != "Conv" {
			continue
		}
		for _, name := range n.In[1:] {
			w := m.Graph.Init[name]
			if w.Type != onnx.Float32 {
				t.Fatalf("%s is %s", name, w.Type)
			}
			v, err := w.Floats()
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, v)
		}
	}
	return out
}

// The two files hold the same network, one rounded from the other: each
// weight lies within half a step of a half (2^-11 of its value; below 2^-14
// the step is fixed).
func TestHalfModelEqualsFloatModel(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic on whole pictures or models: scripts/test.sh runs it without the race detector")
	}
	half := convolutions(t, widen(t, shared(t, "squeezenet1.1-fp16.onnx")))
	full := convolutions(t, shared(t, "squeezenet1.1-caffe-fp32.onnx"))
	if len(half) != 52 || len(full) != 52 {
		t.Fatalf("%d and %d weights, want 26 convolutions with bias", len(half), len(full))
	}
	used := make([]bool, len(full))
	worst, relative := 0.0, 0.0
	for i, h := range half {
		// The order of a module's two branches is the exporter's choice.
		best, at := math.Inf(1), -1
		for j, f := range full {
			if used[j] || len(f) != len(h) {
				continue
			}
			far := 0.0
			for k := range h {
				far = max(far, math.Abs(float64(h[k]-f[k])))
			}
			if far < best {
				best, at = far, j
			}
		}
		if at < 0 {
			t.Fatalf("weight %d has no counterpart", i)
		}
		used[at] = true
		worst = max(worst, best)
		for k := range h {
			relative = max(relative, math.Abs(float64(h[k]-full[at][k]))/max(math.Abs(float64(full[at][k])), 1.0/(1<<14)))
		}
	}
	if relative > 1.0/(1<<11) {
		t.Errorf("weights differ by %.4g of their value, want at most half a step of a half, %.4g", relative, 1.0/(1<<11))
	}
	t.Logf("largest difference %.3g, of the value %.3g", worst, relative)
}

func halves(name string, dims []int64, bits ...uint16) *onnx.Tensor {
	t := &onnx.Tensor{Name: name, Type: onnx.Float16, Dims: dims}
	for _, b := range bits {
		t.Raw = binary.LittleEndian.AppendUint16(t.Raw, b)
	}
	return t
}

// Halves as the format lets a file store them in int32_data.
func TestHalvesInTypedField(t *testing.T) {
	data := wireModel(t, func(p *pb.Model) {
		p.Graph.Node[0] = &pb.Node{Name: proto.String("n"), OpType: proto.String("Add"), Input: []string{"x", "w"}, Output: []string{"y"}}
		p.Graph.Initializer = []*pb.Tensor{
			{Name: proto.String("w"), DataType: proto.Int32(10), Dims: []int64{5}, Int32Data: []int32{0x3c00, 0xc000, 0x3555, 0x7c00, 0x0001}},
			{Name: proto.String("b"), DataType: proto.Int32(16), Dims: []int64{2}, Int32Data: []int32{0x3f80, 0xc049}},
		}
	})
	m, err := onnx.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	w := widen(t, m)
	got, _ := w.Graph.Init["w"].Floats()
	if want := []float32{1, -2, 0.33325195, float32(math.Inf(1)), 5.9604645e-8}; !slices.Equal(got, want) {
		t.Errorf("halves %v, want %v", got, want)
	}
	if got, _ := w.Graph.Init["b"].Floats(); !slices.Equal(got, []float32{1, -3.140625}) {
		t.Errorf("bfloats %v", got)
	}
}

// Doubles are rounded, and what is finite stays finite.
func TestDoublesStayFinite(t *testing.T) {
	d := &onnx.Tensor{Name: "w", Type: onnx.Float64, Dims: []int64{5}}
	for _, v := range []float64{0.1, 1e300, -1e300, math.Inf(-1), 1e-300} {
		d.Raw = binary.LittleEndian.AppendUint64(d.Raw, math.Float64bits(v))
	}
	got, err := d.Floats()
	if err != nil {
		t.Fatal(err)
	}
	if want := []float32{0.1, math.MaxFloat32, -math.MaxFloat32, float32(math.Inf(-1)), 0}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A model that holds halves in every place, beside the same model written in
// float32: after widening they are equal byte for byte, and it runs.
func TestWidensEveryPlace(t *testing.T) {
	build := func(typ onnx.Type, one func(name string, dims []int64, half uint16, full float32) *onnx.Tensor) *onnx.Model {
		tensorAttr := onnx.Attr{Kind: onnx.KindTensor, T: one("", []int64{1}, 0x3800, 0.5)}
		then := branch("then", inner("k", "Constant", attrs{"value": {Kind: onnx.KindTensor, T: one("", nil, 0x4000, 2)}}), inner("t", "Mul", attrs{}, "clip", "k"))
		then.Outputs[0].Type = typ
		els := branch("else", inner("e", "Identity", attrs{}, "clip"))
		els.Outputs[0].Type = typ
		then.Values["k"] = onnx.Value{Name: "k", Type: typ, Ranked: true}
		m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: &onnx.Graph{
			Name: "g", Values: map[string]onnx.Value{"clip": {Name: "clip", Type: typ}},
			Init: map[string]*onnx.Tensor{
				"lo": one("lo", nil, 0xbc00, -1), "hi": one("hi", nil, 0x3c00, 1), "yes": yes,
				"scale": one("scale", nil, 0x3400, 0.25), "zero": {Name: "zero", Type: onnx.Int8, Raw: []byte{0}},
				"roi": {Name: "roi", Type: typ, Dims: []int64{0}, Raw: []byte{}}, "twice": vector("twice", 1, 1, 2, 2),
				"four": onnx.NewInts("four", 4, 5),
			},
			Inputs:  []onnx.Value{{Name: "x", Type: typ, Ranked: true, Shape: onnx.Fixed(four...)}},
			Outputs: []onnx.Value{{Name: "y", Type: typ}, {Name: "z", Type: typ}},
			Nodes: []*onnx.Node{
				inner("clip", "Clip", attrs{}, "x", "lo", "hi"),
				inner("branch", "If", attrs{"then_branch": graphAttr(then), "else_branch": graphAttr(els)}, "yes"),
				inner("half", "ConstantOfShape", attrs{"value": tensorAttr}, "four"),
				inner("sum", "Add", attrs{}, "branch", "half"),
				inner("cast", "Cast", attrs{"to": onnx.Int(int64(typ))}, "four"),
				inner("y", "Resize", attrs{}, "sum", "roi", "twice"),
				inner("z", "Sqrt", attrs{}, "cast"),
			},
		}}
		return m
	}
	half := build(onnx.Float16, func(name string, dims []int64, half uint16, _ float32) *onnx.Tensor { return halves(name, dims, half) })
	full := build(onnx.Float32, func(name string, dims []int64, _ uint16, full float32) *onnx.Tensor { return floats(name, dims, full) })
	wide := widen(t, half)
	if marshal(t, wide) != marshal(t, full) {
		t.Error("the widened model is not the float32 model")
	}
	lib := library(t)
	compare(t, "widened", evaluate(t, lib, full, four), evaluate(t, lib, wide, four))
}

// QuantizeLinear with a half scale (opset 19): the integers stay.
func TestWidensQuantization(t *testing.T) {
	m := oneNode(19, op("QuantizeLinear", nil, "x", "scale", "zero"), four, halves("scale", nil, 0x3400), &onnx.Tensor{Name: "zero", Type: onnx.Int8, Raw: []byte{3}})
	m.Graph.Inputs[0].Type = onnx.Float16
	w := widen(t, m)
	if w.Graph.Init["scale"].Type != onnx.Float32 || w.Graph.Init["zero"].Type != onnx.Int8 || w.Graph.Inputs[0].Type != onnx.Float32 {
		t.Error("scale, zero point and input are", w.Graph.Init["scale"].Type, w.Graph.Init["zero"].Type, w.Graph.Inputs[0].Type)
	}
	got := evaluate(t, library(t), w, four)["y"]
	for _, v := range got.Data {
		if v != float32(math.Round(float64(v))) || v < -128 || v > 127 {
			t.Fatalf("%g is no int8", v)
		}
	}
}

func TestWidensFunctions(t *testing.T) {
	m := withFunction(17, 17)
	m.Functions[0].Nodes = []*onnx.Node{
		inner("k", "Constant", attrs{"value": {Kind: onnx.KindTensor, T: halves("", nil, 0x3c00)}}), inner("s", "Add", attrs{}, "a", "k"),
	}
	m.Graph.Inputs[0].Type = onnx.Float16
	w := widen(t, m)
	if got := w.Functions[0].Nodes[0].Attrs["value"].T.Type; got != onnx.Float32 {
		t.Errorf("the function's constant is %s", got)
	}
}

func TestInlineConstants(t *testing.T) {
	str := onnx.Attr{Kind: onnx.KindString, S: "cat"}
	m := chain(
		inner("a", "Constant", attrs{"value_float": onnx.Float(2)}),
		inner("b", "Constant", attrs{"value_ints": onnx.Ints(2, 3, 4, 5)}),
		inner("c", "Constant", attrs{"value": {Kind: onnx.KindTensor, T: vector("other name", 1, 2, 3, 4, 5)}}),
		inner("unused", "Constant", attrs{"value_string": str}),
		inner("d", "Mul", nil, "x", "a"), inner("e", "Add", nil, "d", "c"), inner("y", "Reshape", nil, "e", "b"))
	m.Graph.Init["old"] = vector("old", 1)
	m.Graph.Inputs = append(m.Graph.Inputs, onnx.Value{Name: "old", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1)})
	before := marshal(t, m)
	got, err := onnx.InlineConstants(m)
	if err != nil {
		t.Fatal(err)
	}
	if marshal(t, m) != before {
		t.Error("InlineConstants changed its input")
	}
	if len(got.Graph.Nodes) != 3 || len(got.Graph.Init) != 3 || len(got.Graph.Inputs) != 1 {
		t.Errorf("%d nodes, %d constants, %d inputs; want 3, 3, 1", len(got.Graph.Nodes), len(got.Graph.Init), len(got.Graph.Inputs))
	}
	if a := got.Graph.Init["a"]; a.Type != onnx.Float32 || len(a.Dims) != 0 {
		t.Errorf("a is %s %v", a.Type, a.Dims)
	}
	lib := library(t)
	compare(t, "inlined", evaluate(t, lib, m2(m), four), evaluate(t, lib, got, four))

	for _, bad := range []attrs{{}, {"value": onnx.Int(3)}, {"value_float": onnx.Float(1), "value_int": onnx.Int(1)}, {"what": onnx.Int(1)}} {
		if _, err := onnx.InlineConstants(chain(inner("k", "Constant", bad), inner("y", "Add", nil, "x", "k"))); err == nil {
			t.Errorf("a Constant with %v was read", bad)
		}
	}
}

// m2 is the model without the old-style input that nothing feeds.
func m2(m *onnx.Model) *onnx.Model {
	c := m.Shallow()
	c.Graph.Inputs = m.Graph.FreeInputs()
	return c
}

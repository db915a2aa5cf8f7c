package onnx_test

import (
	"slices"
	"strings"
	"testing"

	"seewhy/models/onnx"
)

func small(name string, typ onnx.Type, dims []int64, v ...int8) *onnx.Tensor {
	t := &onnx.Tensor{Name: name, Type: typ, Dims: dims, Raw: []byte{}}
	for _, x := range v {
		t.Raw = append(t.Raw, byte(x))
	}
	return t
}

// quantised is x -> quantize -> dequantize -> MatMul by int8 weights -> y.
func quantised() *onnx.Model {
	m := oneNode(13, op("Relu", nil, "x"), []int{2, 2},
		vector("s", 0.5), small("z", onnx.Uint8, []int64{1}, 3),
		small("w", onnx.Int8, []int64{2, 2}, 1, -2, 3, -4), vector("ws", 0.5, 2), small("wz", onnx.Int8, []int64{2}, 0, 1))
	m.Graph.Nodes = []*onnx.Node{
		inner("q", "QuantizeLinear", attrs{}, "x", "s", "z"), inner("d", "DequantizeLinear", attrs{}, "q", "s", "z"),
		inner("f", "DequantizeLinear", attrs{"axis": onnx.Int(1)}, "w", "ws", "wz"), inner("y", "MatMul", attrs{}, "d", "f"),
	}
	return m
}

// Weights become (q - zero) * scale along the axis; activations keep the range
// that their uint8 form has: (0 - 3) / 2 to (255 - 3) / 2.
func TestDequantize(t *testing.T) {
	m := quantised()
	before := marshal(t, m)
	got, changed, err := onnx.Dequantize(m)
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	if marshal(t, m) != before {
		t.Error("Dequantize changed its input")
	}
	if f, _ := got.Graph.Init["f"].Floats(); !slices.Equal(f, []float32{0.5, -6, 1.5, -10}) {
		t.Errorf("weights %v", f)
	}
	clip := got.Graph.Producers()["q"]
	if clip == nil || clip.Op != "Clip" {
		t.Fatalf("the quantizer became %v", clip)
	}
	low, _ := got.Graph.Init[clip.In[1]].Floats()
	high, _ := got.Graph.Init[clip.In[2]].Floats()
	if low[0] != -1.5 || high[0] != 126 {
		t.Errorf("range %v to %v, want -1.5 to 126", low, high)
	}
	float := oneNode(13, op("Relu", nil, "x"), four)
	if same, changed, err := onnx.Dequantize(float); err != nil || changed || same != float {
		t.Errorf("a float model was changed: %v, %v", changed, err)
	}
}

// Nodes that lack inputs or outputs, or whose parameters only a run can tell.
func TestDequantizeOddNodes(t *testing.T) {
	m := quantised()
	m.Graph.Init["ws"] = vector("ws", 1)
	m.Graph.Nodes = m.Graph.Nodes[:2]
	m.Graph.Nodes = append(m.Graph.Nodes, inner("y", "Relu", attrs{}, "d"))
	for _, c := range []struct {
		nodes []*onnx.Node
		want  string
	}{
		{[]*onnx.Node{inner("bad", "QLinearConv", attrs{}, "x", "s", "z", "w", "ws", "ghost", "s", "z")}, `node "bad" (QLinearConv): float equivalent: zero point "ghost" is computed while the model runs`},
		// Left for the runtime to refuse: it says which input is missing.
		{[]*onnx.Node{inner("bad", "QLinearConv", attrs{}, "x")}, ""},
		{[]*onnx.Node{{Name: "bad", Op: "DequantizeLinear", In: []string{"w", "ws"}}}, ""},
		{[]*onnx.Node{{Name: "bad", Op: "QuantizeLinear", Out: []string{"o"}}}, ""},
	} {
		k := m.Shallow()
		k.Graph.Nodes = append(slices.Clone(m.Graph.Nodes), c.nodes...)
		_, _, err := onnx.Dequantize(k)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("error %v, want %q in it", err, c.want)
		}
	}
}

package grad_test

import (
	"fmt"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
)

// A matrix of attention is found whatever form it has in the file: ONNX's own
// Attention, the contributed MultiHeadAttention, Einsum, heads merged with the
// batch, keys before queries. The network is a patch embedding of 4 x 4 places
// and one layer of attention with two heads.
func TestAttentionOfEveryForm(t *testing.T) {
	lib := library(t)
	heads := grad.A{"q_num_heads": onnx.Int(2), "kv_num_heads": onnx.Int(2)}
	// Nodes that turn q, k and v, each [N, 16, 8], into the value y.
	forms := map[string][]*onnx.Node{
		"Attention":          {{Op: "Attention", In: []string{"q", "k", "v"}, Out: []string{"y"}, Attrs: heads}},
		"MultiHeadAttention": {{Op: "MultiHeadAttention", Domain: "com.microsoft", In: []string{"q", "k", "v"}, Out: []string{"y"}, Attrs: grad.A{"num_heads": onnx.Int(2)}}},
		"Einsum": append(inHeads(),
			&onnx.Node{Op: "Einsum", In: []string{"qh", "kh"}, Out: []string{"s"}, Attrs: grad.A{"equation": onnx.Str("bihd,bjhd->bhij")}},
			&onnx.Node{Op: "Softmax", In: []string{"s"}, Out: []string{"a"}, Attrs: grad.A{"axis": onnx.Int(-1)}},
			&onnx.Node{Op: "Einsum", In: []string{"a", "vh"}, Out: []string{"o"}, Attrs: grad.A{"equation": onnx.Str("bhij,bjhd->bihd")}},
			&onnx.Node{Op: "Reshape", In: []string{"o", "flat"}, Out: []string{"y"}}),
		"keys before queries": append(inHeads(),
			&onnx.Node{Op: "Transpose", In: []string{"qh"}, Out: []string{"qt"}, Attrs: grad.A{"perm": onnx.Ints(0, 2, 3, 1)}},
			&onnx.Node{Op: "Transpose", In: []string{"kh"}, Out: []string{"kt"}, Attrs: grad.A{"perm": onnx.Ints(0, 2, 1, 3)}},
			&onnx.Node{Op: "Transpose", In: []string{"vh"}, Out: []string{"vt"}, Attrs: grad.A{"perm": onnx.Ints(0, 2, 3, 1)}},
			&onnx.Node{Op: "MatMul", In: []string{"kt", "qt"}, Out: []string{"s"}},
			&onnx.Node{Op: "Softmax", In: []string{"s"}, Out: []string{"a"}, Attrs: grad.A{"axis": onnx.Int(-2)}},
			&onnx.Node{Op: "MatMul", In: []string{"vt", "a"}, Out: []string{"o"}},
			&onnx.Node{Op: "Transpose", In: []string{"o"}, Out: []string{"ot"}, Attrs: grad.A{"perm": onnx.Ints(0, 3, 1, 2)}},
			&onnx.Node{Op: "Reshape", In: []string{"ot", "flat"}, Out: []string{"y"}}),
		"heads in the batch": append(inHeads(), merged()...),
	}
	for name, nodes := range forms {
		t.Run(name, func(t *testing.T) {
			m := patchNet("x", nodes)
			p, err := grad.Prepare(m, "input", []int{-1, 3, 16, 16}, oracle{lib})
			if err != nil {
				t.Fatal(err)
			}
			s, err := grad.FindScores(p.Model.Graph, p.Facts)
			if err != nil {
				t.Fatal(err)
			}
			list := grad.Attentions(p, s.Logits)
			if len(list) != 1 {
				t.Fatalf("%d attentions", len(list))
			}
			a := list[0]
			if a.Heads != 2 || a.Windows != 1 || a.Queries != 16 || a.Keys != 16 || !a.Self || len(a.Class) != 0 || a.KeyGrid != (grad.Grid{Height: 4, Width: 4}) {
				t.Errorf("attention %+v", a)
			}
		})
	}
}

// inHeads splits q, k and v to [N, 16, 2, 4].
func inHeads() (nodes []*onnx.Node) {
	for _, v := range []string{"q", "k", "v"} {
		nodes = append(nodes, &onnx.Node{Op: "Reshape", In: []string{v, "split"}, Out: []string{v + "h"}})
	}
	return nodes
}

// merged is attention on [N*2, 16, 4], with scale and mask.
func merged() (nodes []*onnx.Node) {
	for _, v := range []string{"q", "k", "v"} {
		nodes = append(nodes,
			&onnx.Node{Op: "Transpose", In: []string{v + "h"}, Out: []string{v + "t"}, Attrs: grad.A{"perm": onnx.Ints(0, 2, 1, 3)}},
			&onnx.Node{Op: "Reshape", In: []string{v + "t", "merge"}, Out: []string{v + "m"}})
	}
	return append(nodes,
		&onnx.Node{Op: "Transpose", In: []string{"km"}, Out: []string{"kx"}, Attrs: grad.A{"perm": onnx.Ints(0, 2, 1)}},
		&onnx.Node{Op: "MatMul", In: []string{"qm", "kx"}, Out: []string{"s"}},
		&onnx.Node{Op: "Mul", In: []string{"s", "scale"}, Out: []string{"s2"}},
		&onnx.Node{Op: "Add", In: []string{"s2", "mask"}, Out: []string{"s3"}},
		&onnx.Node{Op: "Softmax", In: []string{"s3"}, Out: []string{"a"}, Attrs: grad.A{"axis": onnx.Int(2)}},
		&onnx.Node{Op: "MatMul", In: []string{"a", "vm"}, Out: []string{"o"}},
		&onnx.Node{Op: "Reshape", In: []string{"o", "unmerge"}, Out: []string{"ou"}},
		&onnx.Node{Op: "Transpose", In: []string{"ou"}, Out: []string{"ot"}, Attrs: grad.A{"perm": onnx.Ints(0, 2, 1, 3)}},
		&onnx.Node{Op: "Reshape", In: []string{"ot", "flat"}, Out: []string{"y"}})
}

// patchNet is a network around one layer of attention, which makes y of q, k
// and v; those are made of the value named tokens.
func patchNet(tokens string, attention []*onnx.Node) *onnx.Model {
	nodes := []*onnx.Node{
		{Op: "Conv", In: []string{"input", "w"}, Out: []string{"c"}, Attrs: grad.A{"kernel_shape": onnx.Ints(4, 4), "strides": onnx.Ints(4, 4)}},
		{Op: "Reshape", In: []string{"c", "tokens"}, Out: []string{"r"}},
		{Op: "Transpose", In: []string{"r"}, Out: []string{"x"}, Attrs: grad.A{"perm": onnx.Ints(0, 2, 1)}},
		{Op: "MatMul", In: []string{tokens, "wq"}, Out: []string{"q"}},
		{Op: "MatMul", In: []string{tokens, "wk"}, Out: []string{"k"}},
		{Op: "MatMul", In: []string{tokens, "wv"}, Out: []string{"v"}},
	}
	nodes = append(nodes, attention...)
	nodes = append(nodes,
		&onnx.Node{Op: "Add", In: []string{"x", "y"}, Out: []string{"sum"}},
		&onnx.Node{Op: "ReduceMean", In: []string{"sum", "one"}, Out: []string{"mean"}, Attrs: grad.A{"keepdims": onnx.Int(0)}},
		&onnx.Node{Op: "MatMul", In: []string{"mean", "head"}, Out: []string{"logits"}})
	init := map[string]*onnx.Tensor{}
	for _, t := range []*onnx.Tensor{
		floats("w", []int64{8, 3, 4, 4}, 1), floats("wq", []int64{8, 8}, 2), floats("wk", []int64{8, 8}, 3), floats("wv", []int64{8, 8}, 4),
		floats("head", []int64{8, 5}, 5), floats("scale", []int64{1}, 6), floats("mask", []int64{1, 16, 16}, 7),
		floats("gamma", []int64{8}, 8), floats("beta", []int64{8}, 9), onnx.NewFloats("two", nil, []float32{2}), onnx.NewFloats("eps", nil, []float32{1e-5}), onnx.NewInts("last", -1),
		onnx.NewInts("tokens", 0, 8, 16), onnx.NewInts("split", 0, 0, 2, 4), onnx.NewInts("flat", 0, 16, 8), onnx.NewInts("one", 1),
		onnx.NewInts("merge", -1, 16, 4), onnx.NewInts("unmerge", -1, 2, 16, 4),
	} {
		init[t.Name] = t
	}
	if tokens != "x" {
		// The norm stands before what reads it.
		nodes = append(append(nodes[:3:3], norms[tokens]...), nodes[3:]...)
	}
	for i, n := range nodes {
		n.Name = fmt.Sprint(n.Op, i)
	}
	return &onnx.Model{
		IR: 10, Opsets: map[string]int64{"": 23, "com.microsoft": 1},
		Graph: &onnx.Graph{
			Name: "net", Nodes: nodes, Init: init, Values: map[string]onnx.Value{},
			Inputs:  []onnx.Value{{Name: "input", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, 3, 16, 16)}},
			Outputs: []onnx.Value{{Name: "logits", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, 5)}},
		},
	}
}

// norms are a layer's norm as one op, and as it was written out before opset 17,
// by the value that they make.
var norms = map[string][]*onnx.Node{
	"fused": {{Op: "LayerNormalization", In: []string{"x", "gamma", "beta"}, Out: []string{"normed"}}},
	"normed": {
		{Op: "ReduceMean", In: []string{"x", "last"}, Out: []string{"m"}},
		{Op: "Sub", In: []string{"x", "m"}, Out: []string{"d"}},
		{Op: "Pow", In: []string{"d", "two"}, Out: []string{"d2"}},
		{Op: "ReduceMean", In: []string{"d2", "last"}, Out: []string{"variance"}},
		{Op: "Add", In: []string{"variance", "eps"}, Out: []string{"ve"}},
		{Op: "Sqrt", In: []string{"ve"}, Out: []string{"sd"}},
		{Op: "Div", In: []string{"d", "sd"}, Out: []string{"unit"}},
		{Op: "Mul", In: []string{"unit", "gamma"}, Out: []string{"scaled"}},
		{Op: "Add", In: []string{"scaled", "beta"}, Out: []string{"normed"}},
	},
}

// The natural layer is the norm's output, however the norm is written.
func TestNaturalLayerIsBehindTheNorm(t *testing.T) {
	lib := library(t)
	for name, nodes := range norms {
		m := patchNet(name, []*onnx.Node{{Op: "Attention", In: []string{"q", "k", "v"}, Out: []string{"y"}, Attrs: grad.A{"q_num_heads": onnx.Int(2), "kv_num_heads": onnx.Int(2)}}})
		for _, n := range m.Graph.Nodes {
			for i, v := range n.In {
				if v == name {
					n.In[i] = "normed"
				}
			}
		}
		p, err := grad.Prepare(m, "input", []int{-1, 3, 16, 16}, oracle{lib})
		if err != nil {
			t.Fatal(err)
		}
		s, err := grad.FindScores(p.Model.Graph, p.Facts)
		if err != nil {
			t.Fatal(err)
		}
		layers, natural := grad.Layers(p, s.Logits)
		if l := layers[natural]; l.Value != "normed" || !l.Candidate {
			t.Errorf("of %d nodes: the natural layer is %+v", len(nodes), l)
		}
	}
}

package fuse

import (
	"testing"

	"seewhy/models/onnx"
)

// FuzzFuse rewrites whatever the reader takes: an optimised graph is the
// library's, but what it was made of is a stranger's.
func FuzzFuse(f *testing.F) {
	mask := node("HardSigmoid", "m", "x")
	seeds := []*onnx.Model{
		graph([]*onnx.Node{mask, node("Mul", "y", "g", "m")}, []string{"y"}),
		graph([]*onnx.Node{node("Exp", "a", "x"), node("Floor", "c", "a"), node("Mul", "d", "c", "a"), node("ReduceMean", "e", "d"), node("Add", "y", "d", "e")}, []string{"y", "a"}),
		graph([]*onnx.Node{node("LayerNormalization", "n", "x", "g"), node("Gelu", "y", "n")}, []string{"y"}),
	}
	for _, m := range seeds {
		data, err := onnx.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := onnx.Read(data)
		if err != nil {
			return
		}
		out, _, err := Fuse(m, 16)
		if err != nil {
			return
		}
		made := map[string]bool{}
		for _, n := range out.Graph.Nodes {
			for _, v := range n.Out {
				made[v] = true
			}
		}
		for _, n := range m.Graph.Nodes {
			for _, v := range n.Out {
				for _, o := range m.Graph.Outputs {
					if o.Name == v && !made[v] {
						t.Fatalf("nobody makes the output %q any more", v)
					}
				}
			}
		}
	})
}

package grad

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"seewhy/models/onnx"
)

// Graphs of random nodes whose declared shapes, axes and indices do not fit
// each other are followed as far as they make sense, and never further: a
// model file is a stranger's.
func TestTraceSurvivesNonsense(t *testing.T) {
	ops := []string{
		"Conv", "MaxPool", "Transpose", "Reshape", "Flatten", "Slice", "Split", "Gather", "Concat", "Pad", "MatMul", "Gemm", "Einsum",
		"Softmax", "ReduceMean", "Add", "Mul", "Relu", "LayerNormalization", "Squeeze", "Unsqueeze", "GlobalAveragePool", "Expand", "Where",
	}
	r := rand.New(rand.NewPCG(3, 4))
	number := func() int64 { return int64(r.IntN(9)) - 3 }
	for range 4000 {
		m := &onnx.Model{Opsets: map[string]int64{"": 17}, Graph: &onnx.Graph{Init: map[string]*onnx.Tensor{}}}
		f := Facts{Shapes: map[string][]int{"v0": {1, 3, 4, 6}}, Types: map[string]onnx.Type{}}
		for i := range 3 {
			name := fmt.Sprint("c", i)
			v := make([]int64, 1+r.IntN(4))
			for k := range v {
				v[k] = number()
			}
			m.Graph.Init[name] = onnx.NewInts(name, v...)
			f.Shapes[name] = []int{len(v)}
		}
		pick := func(made int) string {
			switch k := r.IntN(8); {
			case k == 0:
				return fmt.Sprint("c", r.IntN(3))
			case k < 5:
				return fmt.Sprint("v", made)
			default:
				return fmt.Sprint("v", r.IntN(made+1))
			}
		}
		for i := range 12 {
			out := fmt.Sprint("v", i+1)
			n := &onnx.Node{Op: ops[r.IntN(len(ops))], Out: []string{out}, Attrs: A{"axis": onnx.Int(number()), "keepdims": onnx.Int(int64(r.IntN(2)))}}
			for range 1 + r.IntN(4) {
				n.In = append(n.In, pick(i))
			}
			switch n.Op {
			case "Transpose":
				n.Attrs["perm"] = onnx.Ints(number(), number(), number(), number())
			case "Einsum":
				n.Attrs["equation"] = onnx.Str([]string{"abcd,abed->abce", "abcd->dcba", "ab,bc->ac", "abc,abd->acd"}[r.IntN(4)])
				n.In = n.In[:min(len(n.In), 2)]
			case "Split":
				n.Out = append(n.Out, out+"b")
			}
			if len(n.In) > 1 && (n.Op == "Slice" || n.Op == "Gather" || n.Op == "Pad") {
				for k := 1; k < len(n.In); k++ {
					n.In[k] = fmt.Sprint("c", r.IntN(3))
				}
			}
			for _, v := range n.Out {
				// Half of the shapes are those of the input, so that some steps go far.
				shape := append([]int(nil), f.Shapes[n.In[0]]...)
				if r.IntN(2) == 0 {
					shape = nil
					for range r.IntN(6) {
						shape = append(shape, r.IntN(7)-1)
					}
				}
				f.Shapes[v] = shape
			}
			m.Graph.Nodes = append(m.Graph.Nodes, n)
		}
		p := &Prepared{Model: m, Facts: f, Input: "v0"}
		followed := trace(p)
		for v := range followed.trails {
			if fold := followed.fold(v); fold != nil {
				fold.positions()
			}
		}
		for _, n := range m.Graph.Nodes {
			for range 2 {
				followed.attentions[n.Out[0]] = true
				followed.attention(n)
			}
		}
	}
}

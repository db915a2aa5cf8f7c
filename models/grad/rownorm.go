package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// Rowwise is the model with its layer normalisations over the last axis written
// as instance normalisations, whose channels are the rows:
//
//	y = gamma (x - mean) / sqrt(var + epsilon) + beta, mean and var over a row
//
// The values are the same up to rounding. ONNX Runtime's CPU kernel adds up a row
// of LayerNormalization one number after the other, that of
// InstanceNormalization several at once: 8 x 197 rows of 192 take 2.0 ms of one
// thread as the one and 0.22 as the other, and 0.2 for gamma and beta. Only the
// first runs on several threads.
func Rowwise(m *onnx.Model, f Facts) *onnx.Model {
	out := m.Shallow()
	out.Graph.Nodes = nil
	for _, n := range m.Graph.Nodes {
		out.Graph.Nodes = append(out.Graph.Nodes, rowwise(out.Graph, f, n)...)
	}
	return out
}

// rowwise is a layer normalisation by rows, and any other node itself.
func rowwise(g *onnx.Graph, f Facts, n *onnx.Node) []*onnx.Node {
	stays := []*onnx.Node{n}
	if n.Op != "LayerNormalization" || n.Domain != "" || slices.ContainsFunc(n.Out[1:], func(v string) bool { return v != "" }) {
		return stays
	}
	shape := f.Shapes[n.In[0]]
	rank := len(shape)
	if f.Types[n.In[0]] != onnx.Float32 || rank < 3 || slices.Min(shape[1:]) < 1 || n.AttrInt("stash_type", 1) != 1 {
		return stays
	}
	if last, err := axis(n.AttrInt("axis", -1), rank); err != nil || last != int64(rank-1) {
		return stays
	}
	rows, width := 1, int64(shape[rank-1])
	// 0 keeps the batch.
	dims := make([]int64, rank)
	for i, d := range shape[1:] {
		dims[i+1] = int64(d)
	}
	for _, d := range shape[1 : rank-1] {
		rows *= d
	}
	var nodes []*onnx.Node
	at := n.In[0]
	apply := func(op string, attrs A, more ...string) {
		name := fmt.Sprintf("%s.seewhy.rows.%d", n.Out[0], len(nodes))
		nodes = append(nodes, &onnx.Node{Name: name, Op: op, Attrs: attrs, In: append([]string{at}, more...), Out: []string{name}})
		at = name
	}
	constant := func(t *onnx.Tensor) string {
		t.Name = fmt.Sprintf("%s.seewhy.rows.constant.%d", n.Out[0], len(g.Init))
		g.Init[t.Name] = t
		return t.Name
	}
	if rank > 3 {
		apply("Reshape", nil, constant(onnx.NewInts("", 0, int64(rows), width)))
	}
	ones, zeros := slices.Repeat([]float32{1}, rows), make([]float32, rows)
	apply("InstanceNormalization", A{"epsilon": onnx.Float(n.AttrFloat("epsilon", 1e-5))},
		constant(onnx.NewFloats("", []int64{int64(rows)}, ones)), constant(onnx.NewFloats("", []int64{int64(rows)}, zeros)))
	if rank > 3 {
		apply("Reshape", nil, constant(onnx.NewInts("", dims...)))
	}
	apply("Mul", nil, n.In[1])
	if beta := n.Input(2); beta != "" {
		apply("Add", nil, beta)
	}
	nodes[len(nodes)-1].Out = n.Out[:1]
	return nodes
}

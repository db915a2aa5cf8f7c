package fake

import (
	"context"
	"fmt"

	"seewhy/analysis/task"
)

// Graph is a stem and, for each of the layers, a residual block that ends with it.
func (e *Engine) Graph(_ context.Context, sha string) (task.Graph, error) {
	e.mu.Lock()
	info, ok := e.info[sha]
	e.mu.Unlock()
	if !ok {
		return task.Graph{}, fmt.Errorf("no model %q is open", sha)
	}
	g := task.Graph{Nodes: []task.GraphNode{{Name: "image", Op: "Input", Shape: []int{3, 96, 96}}}}
	node := func(op, value string, shape []int, from ...int) int {
		for _, k := range from {
			g.Edges = append(g.Edges, task.GraphEdge{From: k, To: len(g.Nodes)})
		}
		g.Nodes = append(g.Nodes, task.GraphNode{Name: value, Op: op, Values: []string{value}, Shape: shape})
		return len(g.Nodes) - 1
	}
	last := node("Conv", "/stem/conv", []int{32, 48, 48}, 0)
	for _, l := range info.Layers {
		a := node("Conv", l.Value+"/a", l.Shape, last)
		b := node("Conv", l.Value+"/b", l.Shape, node("Relu", l.Value+"/r", l.Shape, a))
		last = node(l.Op, l.Value, l.Shape, node("Add", l.Value+"/add", l.Shape, b, last))
	}
	node("Gemm", "/head", []int{info.Classes}, node("GlobalAveragePool", "/pool", nil, last))
	return g, nil
}

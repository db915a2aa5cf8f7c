package engine

import (
	"context"

	"seewhy/analysis/task"
	"seewhy/models/grad"
)

// Graph is the graph of an open model, as it is run and as its layers are
// named: widened, with constants folded away.
func (e *Engine) Graph(ctx context.Context, modelSHA256 string) (task.Graph, error) {
	m := e.opened(modelSHA256)
	if m == nil {
		return task.Graph{}, errNotOpen
	}
	if err := ctx.Err(); err != nil {
		return task.Graph{}, err
	}
	return graphOf(m.prepared), nil
}

// graphOf keeps the nodes that depend on the picture.
func graphOf(p *grad.Prepared) task.Graph {
	shape := func(value string) []int {
		if s := p.Facts.Shapes[value]; len(s) > 1 {
			return append([]int(nil), s[1:]...)
		}
		return nil
	}
	out := task.Graph{Nodes: []task.GraphNode{{Name: p.Input, Op: "Input", Values: []string{p.Input}, Shape: shape(p.Input)}}}
	made := map[string]int{p.Input: 0}
	for _, n := range p.Model.Graph.Nodes {
		at := len(out.Nodes)
		seen := map[int]bool{}
		for _, in := range n.In {
			if from, ok := made[in]; ok && !seen[from] {
				seen[from] = true
				out.Edges = append(out.Edges, task.GraphEdge{From: from, To: at})
			}
		}
		if len(seen) == 0 {
			continue
		}
		k := task.GraphNode{Name: n.Name, Op: n.FullOp(), Shape: shape(n.Output(0))}
		if k.Name == "" {
			k.Name = n.Output(0)
		}
		for _, v := range n.Out {
			if v != "" {
				made[v] = at
				k.Values = append(k.Values, v)
			}
		}
		out.Nodes = append(out.Nodes, k)
	}
	return out
}

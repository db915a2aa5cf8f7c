package grad

import (
	"slices"

	"seewhy/models/onnx"
)

// ONNX Runtime 1.27 ends the process on some operators where a value has no
// elements, and what is appended to a graph for its gradient has such operators
// in plenty. A model with such values runs in a process of its own.

// empties names the node of the first float value without elements.
func (f Facts) empties(g *onnx.Graph) []string {
	for _, n := range g.Nodes {
		for _, v := range n.Out {
			if f.Types[v] == onnx.Float32 && slices.Contains(f.Shapes[v], 0) {
				return []string{n.Label()}
			}
		}
	}
	return nil
}

// mayBeEmpty names a node that fails where what it reads has no elements, of
// which the shape shows only when it runs.
func (f Facts) mayBeEmpty(g *onnx.Graph, unsure []string) []string {
	for _, n := range g.Nodes {
		if !onnx.FailsEmpty(n) {
			continue
		}
		for _, v := range n.In {
			if slices.Contains(unsure, v) {
				return []string{n.Label()}
			}
		}
	}
	return nil
}

package grad

import (
	"slices"

	"seewhy/models/onnx"
)

// BeforeHead has the values on the way to a score behind which weights follow: a
// map at one that has none shows the score itself, place by place, not what it
// was made of.
func BeforeHead(g *onnx.Graph, score string) map[string]bool {
	leads, before := map[string]bool{score: true}, map[string]bool{}
	for _, n := range slices.Backward(g.Nodes) {
		if !slices.ContainsFunc(n.Out, func(v string) bool { return leads[v] }) {
			continue
		}
		weighs := slices.Contains([]string{"Conv", "ConvTranspose", "Gemm", "MatMul"}, n.Op) ||
			slices.ContainsFunc(n.Out, func(v string) bool { return before[v] })
		for _, v := range onnx.Reads(n) {
			leads[v] = true
			if weighs {
				before[v] = true
			}
		}
	}
	return before
}

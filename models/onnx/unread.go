package onnx

import "slices"

// dropUnread takes away the inputs that nothing reads, unless that is all of
// them. tf2onnx leaves such behind: the variables of a Keras Normalization layer
// stay inputs after their arithmetic was folded.
func dropUnread(g *Graph) {
	read := map[string]bool{}
	for _, n := range g.Nodes {
		for _, v := range uses(n) {
			read[v] = true
		}
	}
	for _, o := range g.Outputs {
		read[o.Name] = true
	}
	if slices.ContainsFunc(g.FreeInputs(), func(v Value) bool { return read[v.Name] }) {
		g.Inputs = slices.DeleteFunc(g.Inputs, func(v Value) bool { return g.Init[v.Name] == nil && !read[v.Name] })
	}
}

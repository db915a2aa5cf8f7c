package onnx

import "slices"

// ClipAverages says of average pools what PyTorch means where padding counts
// and ceil_mode lets a window reach past the padded input: what lies beyond it
// does not count. ONNX left it open before opset 19, and ONNX Runtime up to
// 1.27 divides by the whole window: EfficientNets of Hugging Face, which pool
// 7 x 7 places by a window of 1280 x 1280, then divide by 1.6 million in the
// place of 49. Written with padding of its own and no padding to count, a pool
// has one meaning in every version.
func ClipAverages(m *Model) (out *Model, changed bool) {
	overhangs := func(n *Node) bool {
		return n.Domain == "" && n.Op == "AveragePool" && n.AttrInt("ceil_mode", 0) == 1 && n.AttrInt("count_include_pad", 0) == 1 &&
			n.AttrString("auto_pad", "NOTSET") == "NOTSET"
	}
	// Pad takes its widths as an input from opset 11 on.
	if m.Opset() < 11 || !slices.ContainsFunc(m.Graph.Nodes, overhangs) {
		return m, false
	}
	out = m.Shallow()
	names := newNamer(m.Graph)
	out.Graph.Nodes = make([]*Node, 0, len(m.Graph.Nodes))
	for _, n := range m.Graph.Nodes {
		if !overhangs(n) {
			out.Graph.Nodes = append(out.Graph.Nodes, n)
			continue
		}
		pool := *n
		pool.In, pool.Attrs = slices.Clone(n.In), attrs{}
		for k, v := range n.Attrs {
			if k != "count_include_pad" && k != "pads" {
				pool.Attrs[k] = v
			}
		}
		if pads := n.AttrInts("pads"); slices.ContainsFunc(pads, func(p int64) bool { return p != 0 }) {
			rank := len(pads) / 2
			still := []int64{0, 0} // samples and channels
			widths := NewInts(names.fresh(n.Output(0), "pads"), slices.Concat(still, pads[:rank], still, pads[rank:])...)
			out.Graph.Init[widths.Name] = widths
			wide := names.fresh(n.Output(0), "padded")
			out.Graph.Nodes = append(out.Graph.Nodes, &Node{Name: wide, Op: "Pad", Attrs: attrs{}, In: []string{n.Input(0), widths.Name}, Out: []string{wide}})
			pool.In[0] = wide
		}
		out.Graph.Nodes = append(out.Graph.Nodes, &pool)
	}
	return out, true
}

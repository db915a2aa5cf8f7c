package onnx

import "slices"

// PlainMoves writes a Gather that takes everything in order for what it is, a
// reshape: PyTorch's newer exporter writes one behind the mean over a picture's
// places whose memory lies channels last (ConvNeXt, Swin), and numbers the
// channels of one sample there, so that no other could follow.
func PlainMoves(m *Model, shapes map[string][]int) (out *Model, changed bool) {
	var makers map[string]*Node
	var names *namer
	for i, n := range m.Graph.Nodes {
		if n.Domain != "" || n.Op != "Gather" || !inOrder(m.Graph.Init[n.Input(1)]) {
			continue
		}
		from, to := shapes[n.Input(0)], shapes[n.Output(0)]
		axis := int(n.AttrInt("axis", 0))
		if axis < 0 {
			axis += len(from)
		}
		if axis < 0 || axis >= len(from) || from[axis] != m.Graph.Init[n.Input(1)].Len() || slices.ContainsFunc(to, func(d int) bool { return d < 1 }) {
			continue
		}
		if !changed {
			out, changed = m.Shallow(), true
			makers, names = m.Graph.Producers(), newNamer(m.Graph)
		}
		// What was made flat before is taken as it was.
		source := n.Input(0)
		if maker := makers[source]; maker != nil && maker.Domain == "" && maker.Op == "Reshape" && shapes[maker.Input(0)] != nil {
			source = maker.Input(0)
		}
		k := &Node{Name: n.Name, Op: "Identity", In: []string{source}, Out: n.Out, Attrs: attrs{}}
		if !slices.Equal(shapes[source], to) {
			target := make([]int64, len(to))
			for j, d := range to {
				target[j] = int64(d)
			}
			t := NewInts(names.fresh(n.Output(0), "shape"), target...)
			out.Graph.Init[t.Name] = t
			k.Op, k.In = "Reshape", append(k.In, t.Name)
		}
		out.Graph.Nodes[i] = k
	}
	if !changed {
		return m, false
	}
	return out, true
}

// inOrder says that a constant counts up from 0 by 1.
func inOrder(t *Tensor) bool {
	if t == nil || (t.Type != Int64 && t.Type != Int32) {
		return false
	}
	v, err := t.Ints()
	if err != nil {
		return false
	}
	for i, at := range v {
		if at != int64(i) {
			return false
		}
	}
	return len(v) > 0
}

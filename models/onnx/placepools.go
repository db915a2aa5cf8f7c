package onnx

import "slices"

// PlacePools writes out where the windows of pools lie, where ONNX's shape
// inference counts more of them than ONNX Runtime's kernels make, so that all
// shapes behind would be wrong:
//
//   - In ceil_mode the last window may start behind the input. The kernels drop
//     it, as PyTorch does. Rounded down, with the end padded as far as the other
//     windows reach, both count the same.
//   - Automatic padding of a dilated window is that of the window without its
//     dilation in the kernels. Written as numbers it has one meaning.
//   - Automatic padding leaves nothing to round, and ceil_mode is left out: before
//     opset 22 it counts a window more where a stride passes the window.
//
// shapes (-1: open) are those of the model's values. A pool behind one that is
// rewritten is left for the next call, with the shapes that are right by then.
func PlacePools(m *Model, shapes map[string][]int) (out *Model, changed bool) {
	wrong := map[string]bool{}
	var nodes []*Node
	for i, n := range m.Graph.Nodes {
		behind := slices.ContainsFunc(uses(n), func(v string) bool { return wrong[v] })
		placed := n
		if !behind {
			placed = placePool(n, shapes[n.Input(0)])
		}
		if placed != n && nodes == nil {
			nodes = slices.Clone(m.Graph.Nodes)
		}
		if behind || placed != n {
			for _, o := range n.Out {
				wrong[o] = true
			}
		}
		if nodes != nil {
			nodes[i] = placed
		}
	}
	if nodes == nil {
		return m, false
	}
	out = m.Shallow()
	out.Graph.Nodes = nodes
	// Declared shapes may be those that were inferred wrongly.
	out.Graph.Values = map[string]Value{}
	for i, v := range out.Graph.Outputs {
		if wrong[v.Name] {
			out.Graph.Outputs[i] = Value{Name: v.Name, Type: v.Type}
		}
	}
	return out, true
}

// placePool is n itself where its windows are counted rightly, or cannot be told.
func placePool(n *Node, shape []int) *Node {
	rank := len(shape) - 2
	pool := n.Op == "MaxPool" || n.Op == "AveragePool" || n.Op == "LpPool"
	if n.Domain != "" || !pool || rank < 1 || slices.Min(shape[2:]) < 1 {
		return n
	}
	all := func(name string, count int, otherwise int64) []int64 {
		if v := n.AttrInts(name); v != nil {
			return v
		}
		return slices.Repeat([]int64{otherwise}, count)
	}
	kernel, strides := n.AttrInts("kernel_shape"), all("strides", rank, 1)
	dilations, pads := all("dilations", rank, 1), slices.Clone(all("pads", 2*rank, 0))
	if len(kernel) != rank || len(strides) != rank || len(dilations) != rank || len(pads) != 2*rank ||
		slices.Min(kernel) < 1 || slices.Min(strides) < 1 || slices.Min(dilations) < 1 || slices.Min(pads) < 0 {
		return n
	}
	dilations = slices.Clone(dilations)
	for i, k := range kernel {
		if k == 1 {
			dilations[i] = 1 // of one element there is nothing to spread
		}
	}
	miscounted, overhangs := false, false
	auto := n.AttrString("auto_pad", "NOTSET")
	if (auto == "SAME_UPPER" || auto == "SAME_LOWER") && slices.Max(dilations) == 1 {
		if n.AttrInt("ceil_mode", 0) == 0 {
			return n
		}
		placed := n.Clone()
		delete(placed.Attrs, "ceil_mode")
		return placed
	}
	for i, size := range shape[2:] {
		switch auto {
		case "SAME_UPPER", "SAME_LOWER":
			total := (int64(size)+strides[i]-1)/strides[i]*strides[i] - strides[i] + kernel[i] - int64(size)
			if total < 0 {
				return n // the windows end before the last element
			}
			miscounted = true
			pads[i] = total / 2
			if auto == "SAME_LOWER" {
				pads[i] = total - total/2
			}
			pads[rank+i] = total - pads[i]
		case "VALID":
			pads[i], pads[rank+i] = 0, 0
		}
		start, span := int64(size)+pads[i], dilations[i]*(kernel[i]-1)+1
		room := start + pads[rank+i] - span
		if room <= -strides[i] {
			return n // no window: it is refused
		}
		if n.AttrInt("ceil_mode", 0) == 0 {
			continue
		}
		last := (room + strides[i] - 1) / strides[i]
		if last*strides[i] >= start {
			last--
			miscounted = true
		}
		if reach := last*strides[i] + span - start; reach > pads[rank+i] {
			pads[rank+i] = reach
			overhangs = true
		}
	}
	// Padding that counts would count the overhang: see ClipAverages.
	if !miscounted || overhangs && n.Op == "AveragePool" && n.AttrInt("count_include_pad", 0) == 1 {
		return n
	}
	for i, k := range kernel {
		if pads[i] >= k || pads[rank+i] >= k {
			return n // more than runtimes take
		}
	}
	placed := n.Clone()
	delete(placed.Attrs, "ceil_mode")
	delete(placed.Attrs, "auto_pad")
	placed.Attrs["pads"] = Ints(pads...)
	return placed
}

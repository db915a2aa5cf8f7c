package onnx

func reshapeGrowth(s *sizes, n *Node) []int64 {
	in, to := s.shape(n.Input(0)), s.target(n, 1)
	if in == nil || to == nil {
		return nil
	}
	out, open, rest := ones(len(to)), -1, int64(1)
	for i, d := range to {
		switch {
		case d > 0:
			out[i] = d
		case d < 0:
			open = i
		case i < len(in):
			out[i] = in[i]
		}
		rest = times(rest, out[i])
	}
	if open >= 0 && rest > 0 {
		out[open] = max(1, product(in)/rest)
	}
	// A reshape moves elements and makes none; a wrong one fails when run.
	if product(out) > max(product(in), 1) {
		return nil
	}
	return out
}

func transposeGrowth(s *sizes, n *Node) []int64 {
	in, perm := s.shape(n.Input(0)), n.AttrInts("perm")
	if in == nil || perm != nil && len(perm) != len(in) {
		return nil
	}
	out := make([]int64, len(in))
	for i := range in {
		from := int64(len(in) - 1 - i)
		if perm != nil {
			from = perm[i]
		}
		if from < 0 || from >= int64(len(in)) {
			return nil
		}
		out[i] = in[from]
	}
	return out
}

func unsqueezeGrowth(s *sizes, n *Node) []int64 {
	in, axes := s.shape(n.Input(0)), n.AttrInts("axes")
	if axes == nil {
		axes = s.target(n, 1)
	}
	if in == nil || axes == nil {
		return nil
	}
	rank := len(in) + len(axes)
	if rank > maxRank {
		return nil
	}
	added := make([]bool, rank)
	for _, a := range axes {
		if a < 0 {
			a += int64(rank)
		}
		if a < 0 || a >= int64(rank) || added[a] {
			return nil
		}
		added[a] = true
	}
	out, k := ones(rank), 0
	for i := range out {
		if !added[i] {
			out[i] = in[k]
			k++
		}
	}
	return out
}

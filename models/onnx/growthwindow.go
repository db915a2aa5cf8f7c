package onnx

// windowGrowth serves what slides a window: (in + pads - extent) / stride + 1.
func windowGrowth(s *sizes, n *Node) []int64 {
	w := s.window(n)
	if w == nil {
		return nil
	}
	for i := range w.spatial {
		if w.strides[i] < 1 {
			return nil
		}
		room := w.spatial[i] + w.pads[i] - w.dilations[i]*(w.kernel[i]-1) - 1
		w.spatial[i] = max(1, room/w.strides[i]+1)
	}
	channels := w.channels
	if k := s.shape(n.Input(1)); n.Op == "Conv" && len(k) > 0 {
		channels = k[0]
	}
	return append([]int64{w.batch, channels}, w.spatial...)
}

// transposedGrowth: stride (in - 1) + output padding + extent - pads, or what output_shape says.
func transposedGrowth(s *sizes, n *Node) []int64 {
	w := s.window(n)
	if w == nil {
		return nil
	}
	extra := filled(n.AttrInts("output_padding"), len(w.spatial), 0)
	for i := range w.spatial {
		w.spatial[i] = max(1, plus(times(max(w.strides[i], 0), w.spatial[i]-1), w.dilations[i]*(w.kernel[i]-1)+1+extra[i]-w.pads[i]))
	}
	if to := n.AttrInts("output_shape"); len(to) == len(w.spatial) {
		w.spatial = append([]int64{}, to...)
	}
	channels := int64(1)
	if k := s.shape(n.Input(1)); len(k) > 1 {
		channels = times(k[1], max(n.AttrInt("group", 1), 1))
	}
	return append([]int64{w.batch, channels}, w.spatial...)
}

// window is a sliding op's geometry; pads are begin and end together.
type window struct {
	batch, channels                           int64
	spatial, kernel, strides, pads, dilations []int64
}

func (s *sizes) window(n *Node) *window {
	in, kernel, pads := s.shape(n.Input(0)), n.AttrInts("kernel_shape"), n.AttrInts("pads")
	if k := s.shape(n.Input(1)); kernel == nil && len(k) > 2 {
		kernel = k[2:]
	}
	rank := len(kernel)
	if rank == 0 {
		rank = len(pads) / 2
	}
	if len(in) != rank+2 {
		in = ones(rank + 2)
	}
	if rank == 0 || in[0] == overflow {
		return nil
	}
	w := &window{
		batch: in[0], channels: in[1], spatial: append([]int64{}, in[2:]...), kernel: filled(kernel, rank, 1),
		strides: filled(n.AttrInts("strides"), rank, 1), dilations: filled(n.AttrInts("dilations"), rank, 1), pads: make([]int64, rank),
	}
	for i := range w.pads {
		if len(pads) == 2*rank {
			w.pads[i] = pads[i] + pads[rank+i]
		}
	}
	return w
}

// filled is v, or def for each axis where v has another length.
func filled(v []int64, rank int, def int64) []int64 {
	if len(v) == rank {
		return v
	}
	out := make([]int64, rank)
	for i := range out {
		out[i] = def
	}
	return out
}

package onnx

import (
	"fmt"
	"slices"
)

func init() { lowers("", lowerDeformConv, "DeformConv") }

// lowerDeformConv reads the input at places that were moved by offsets, and
// convolves what was read (Dai et al. 2017, Zhu et al. 2018): for each of the K
// places of the kernel a GridSample, times the mask, then a convolution of 1 x 1
// over channels times places.
//
// Inputs X [N, C, H, W], W [M, C/group, kH, kW], offset [N, G K 2, oH, oW] of
// pairs (y, x), and optionally B [M] and mask [N, G K, oH, oW]; G is offset_group.
func lowerDeformConv(l *lowerer, n *Node) error {
	x, err := l.shape(n.Input(0))
	if err != nil {
		return err
	}
	w, err := l.shape(n.Input(1))
	if err != nil {
		return err
	}
	offset, err := l.shape(n.Input(2))
	if err != nil {
		return err
	}
	groups := n.AttrInt("offset_group", 1)
	if len(x) != 4 || len(w) != 4 || len(offset) != 4 || groups < 1 || slices.Min(x[1:]) < 1 || slices.Min(w) < 1 || slices.Min(offset[1:]) < 1 ||
		int64(x[1])%groups != 0 || int64(offset[1]) != times(groups, times(int64(w[2]), times(int64(w[3]), 2))) {
		return fmt.Errorf("an input of shape %v, weights %v and offsets %v in %d groups", x, w, offset, groups)
	}
	all := func(name string, count int, otherwise int64) []int64 {
		if v := n.AttrInts(name); len(v) == count {
			return v
		}
		return slices.Repeat([]int64{otherwise}, count)
	}
	strides, dilations, pads := all("strides", 2, 1), all("dilations", 2, 1), all("pads", 4, 0)
	c, places, rows, cols := int64(x[1]), int64(w[2]*w[3]), int64(offset[2]), int64(offset[3])
	if times(times(places, rows), times(cols, 2)) > maxMask {
		return fmt.Errorf("%d places of %d x %d", places, rows, cols)
	}
	// Where element (y, x) of the kernel lies without an offset, from -1 to 1 over
	// the input's area, as GridSample counts.
	base := make([]float32, 0, 2*places*rows*cols)
	height, width := float64(x[2]), float64(x[3])
	for k := range places {
		for r := range rows {
			for q := range cols {
				py := r*strides[0] - pads[0] + k/int64(w[3])*dilations[0]
				px := q*strides[1] - pads[1] + k%int64(w[3])*dilations[1]
				base = append(base, float32((2*float64(px)+1)/width-1), float32((2*float64(py)+1)/height-1))
			}
		}
	}
	moved := l.reshape(n.Input(2), -1, places, 2, rows, cols)
	moved = l.op("Concat", attrs{"axis": Int(2)}, l.cut(moved, 2, 1, 2, 1), l.cut(moved, 2, 0, 1, 1))
	moved = l.transpose(moved, 0, 1, 3, 4, 2)
	scale := l.constant(NewFloats("", []int64{2}, []float32{float32(2 / width), float32(2 / height)}))
	grid := l.op("Add", nil, l.op("Mul", nil, moved, scale), l.constant(NewFloats("", []int64{1, places, rows, cols, 2}, base)))
	grid = l.reshape(grid, -1, places*rows, cols, 2)
	mode := "bilinear"
	if l.opset >= 20 {
		mode = "linear"
	}
	image := n.Input(0)
	if groups > 1 {
		image = l.reshape(image, -1, c/groups, int64(x[2]), int64(x[3]))
	}
	read := l.op("GridSample", attrs{"mode": Str(mode), "padding_mode": Str("zeros"), "align_corners": Int(0)}, image, grid)
	if n.Input(4) != "" {
		read = l.reshape(read, -1, c/groups, places, rows, cols)
		read = l.op("Mul", nil, read, l.reshape(n.Input(4), -1, 1, places, rows, cols))
	}
	read = l.reshape(read, -1, c*places, rows, cols)
	in := []string{read, l.reshaped(n.Input(1), int64(w[0]), int64(w[1])*places, 1, 1)}
	if n.Input(3) != "" {
		in = append(in, n.Input(3))
	}
	l.into("Conv", attrs{"group": Int(n.AttrInt("group", 1)), "kernel_shape": Ints(1, 1)}, n.Output(0), in...)
	return nil
}

// reshaped is a value in another shape; a constant stays one.
func (l *lowerer) reshaped(v string, dims ...int64) string {
	t := l.g.Init[v]
	if t == nil {
		return l.reshape(v, dims...)
	}
	again := *t
	again.Dims = dims
	return l.constant(&again)
}

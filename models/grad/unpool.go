package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

func init() {
	register(
		Rule{Op: "MaxUnpool", VJP: vjpMaxUnpool},
		Rule{Op: "Col2Im", VJP: vjpCol2Im},
	)
}

// vjpMaxUnpool: each element was put at its place, so it takes the gradient from there.
func vjpMaxUnpool(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	flat := b.Ints(-1)
	at := b.Op("Reshape", Value(n.In[1]), flat)
	picked := b.Node("Gather", A{"axis": onnx.Int(0)}, b.Op("Reshape", d[0], flat), at)
	dx, err := b.ReshapeLike(picked, n.In[0])
	return []Value{dx}, err
}

// vjpCol2Im: columns were added up into a picture, so each takes the gradient
// from the place where it went: the picture is padded and read at constant places.
func vjpCol2Im(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	size, _, err := b.ConstInts(n, 1)
	if err != nil {
		return nil, err
	}
	block, _, err := b.ConstInts(n, 2)
	if err != nil {
		return nil, err
	}
	shape, err := b.Shape(n.Out[0])
	if err != nil {
		return nil, err
	}
	rank := len(size)
	geometry := *n
	geometry.Attrs = A{}
	for k, a := range n.Attrs {
		geometry.Attrs[k] = a
	}
	geometry.Attrs["kernel_shape"] = onnx.Ints(block...)
	w, err := windowOf(&geometry, toInts(size), nil)
	if err != nil {
		return nil, err
	}
	if len(shape) != rank+2 || shape[1] < 1 {
		return nil, fmt.Errorf("its output has shape %v; %d dimensions with a known number of channels are needed", shape, rank+2)
	}
	pads := make([]int64, 2*(rank+2))
	padded, steps := make([]int64, rank), make([]int64, rank)
	for i := range rank {
		pads[2+i], pads[rank+4+i] = w.begin[i], w.end[i]
		padded[i] = size[i] + w.begin[i] + w.end[i]
		if padded[i] < w.span(i) {
			return nil, fmt.Errorf("its block %v does not fit into an image of %v", block, size)
		}
		steps[i] = (padded[i]-w.span(i))/w.stride[i] + 1
	}
	all := 1
	for _, d := range slices.Concat(block, steps) {
		if d < 1 || all > maxMatrix/int(min(d, maxMatrix)) {
			return nil, fmt.Errorf("its blocks %v at %v places are above 256 MB: choose a smaller input size", block, steps)
		}
		all *= int(d)
	}
	var places []int64
	walkGrid(block, func(k []int64) {
		walkGrid(steps, func(s []int64) {
			at := int64(0)
			for i := range rank {
				at = at*padded[i] + s[i]*w.stride[i] + k[i]*w.dilation[i]
			}
			places = append(places, at)
		})
	})
	g := b.Op("Reshape", b.pad(d[0], pads), b.Ints(0, 0, -1))
	columns := b.Node("Gather", A{"axis": onnx.Int(2)}, g, b.Ints(places...))
	count := int64(len(places)) / int64(product(toInts(steps)))
	return []Value{b.Op("Reshape", columns, b.Ints(0, int64(shape[1])*count, -1))}, nil
}

// walkGrid visits every place of a grid of the given size, the last axis first.
func walkGrid(size []int64, visit func(at []int64)) {
	at := make([]int64, len(size))
	for {
		visit(at)
		i := len(size) - 1
		for ; i >= 0; i-- {
			if at[i]++; at[i] < size[i] {
				break
			}
			at[i] = 0
		}
		if i < 0 {
			return
		}
	}
}

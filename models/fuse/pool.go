package fuse

import "seewhy/models/onnx"

// A Pool is the geometry of a max pool over two axes, without dilation; Pad is
// what lies before the first element.
type Pool struct {
	Kernel, Stride, Pad [2]int64
}

// mostSide bounds a window's numbers, as the kernel does.
const mostSide = 1 << 15

// Fits tells whether the kernel takes a pool.
func (p Pool) Fits() bool {
	for k := range 2 {
		if p.Kernel[k] < 1 || p.Kernel[k] > mostSide || p.Stride[k] < 1 || p.Stride[k] > mostSide || p.Pad[k] < 0 || p.Pad[k] >= p.Kernel[k] {
			return false
		}
	}
	return true
}

// PoolGrad writes the stand-in for the gradient of a max pool whose input x has
// the shape [N, channels, in...] and whose output's gradient g has
// [N, channels, out...], and returns the name of its value.
func PoolGrad(p Pool, channels int, in, out []int, x, g string, e Emit) string {
	left := e.coded(x, channels, in, in, poolOf, p.Kernel[0], p.Kernel[1], p.Stride[0], p.Stride[1], p.Pad[0], p.Pad[1])
	return e.Node("Mul", nil, left, e.coded(g, channels, out, in, poolGrad))
}

func poolGradOf(parts []part, block int64) *onnx.Node {
	if len(parts) != 2 {
		return nil
	}
	// The runtime may have swapped the factors.
	x, g := parts[0], parts[1]
	if x.kind == poolGrad {
		x, g = g, x
	}
	c := x.code
	p := Pool{Kernel: [2]int64{c[0], c[1]}, Stride: [2]int64{c[2], c[3]}, Pad: [2]int64{c[4], c[5]}}
	if x.kind != poolOf || g.kind != poolGrad || !p.Fits() {
		return nil
	}
	return &onnx.Node{Op: "MaxPoolGrad", Domain: Domain, In: []string{x.node.In[0], g.node.In[0]}, Attrs: map[string]onnx.Attr{
		"kernel": onnx.Ints(p.Kernel[:]...), "stride": onnx.Ints(p.Stride[:]...), "pad": onnx.Ints(p.Pad[:]...), "block": onnx.Int(block),
	}}
}

package fuse

import (
	"slices"

	"seewhy/models/onnx"
)

// mostStride bounds the strides of phases, as the kernel does.
const mostStride = 4

// Weave writes the stand-in for phases put side by side: place (h, w) of the
// result, of size, is place (h/s, w/t) of phase (h mod s, w mod t) for the
// strides s and t. Parts are the phases in row-major order, all of the size each
// and with channels; "" is zero. Id tells one Weave of a graph from another. Ok
// is false where no stand-in can be written.
func Weave(parts []string, stride []int64, channels int, each, size []int, id int64, e Emit) (v string, ok bool) {
	for k := range 2 {
		if stride[k] < 1 || stride[k] > mostStride || size[k] < 1 || size[k] > carried || int64(each[k]) != (int64(size[k])+stride[k]-1)/stride[k] {
			return "", false
		}
	}
	if channels < MinChannels || id < 0 || id > carried {
		return "", false
	}
	terms := 0
	for i, p := range parts {
		if p == "" {
			continue
		}
		terms++
		term := e.coded(p, channels, each, size, weaveFrom, id, stride[0], stride[1], int64(i), int64(size[0]), int64(size[1]))
		if v == "" {
			v = term
		} else {
			v = e.Node("Mul", nil, v, term)
		}
	}
	if terms == 1 {
		// A convolution alone would take along what is added to it.
		v = e.Node("Mul", nil, v, v)
	}
	return v, v != ""
}

func weaveOf(parts []part, block int64) *onnx.Node {
	c := parts[0].code
	n := &onnx.Node{Op: "Weave", Domain: Domain}
	var places []int64
	for _, p := range parts {
		if p.kind != weaveFrom || p.code[0] != c[0] || p.code[1] != c[1] || p.code[2] != c[2] || p.code[4] != c[4] || p.code[5] != c[5] {
			return nil
		}
		if slices.Contains(places, p.code[3]) {
			continue
		}
		n.In, places = append(n.In, p.node.In[0]), append(places, p.code[3])
	}
	n.Attrs = map[string]onnx.Attr{
		"stride": onnx.Ints(c[1], c[2]), "size": onnx.Ints(c[4], c[5]), "place": onnx.Ints(places...), "block": onnx.Int(block),
	}
	return n
}

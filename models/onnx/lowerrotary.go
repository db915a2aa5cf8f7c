package onnx

import (
	"errors"
	"fmt"
)

func init() { lowers("", lowerRotary, "RotaryEmbedding") }

// lowerRotary turns pairs (a, b) of each head's elements by an angle:
// (a cos - b sin, a sin + b cos). Inputs X of [B, H, S, D] or [B, S, H D], the
// two caches, and the positions to look up in them.
func lowerRotary(l *lowerer, n *Node) error {
	shape, err := l.shape(n.Input(0))
	if err != nil {
		return err
	}
	var x string
	heads, size := int(n.AttrInt("num_heads", 0)), 0
	switch {
	case len(shape) == 4:
		x, heads, size = l.transpose(n.Input(0), 0, 2, 1, 3), shape[1], shape[3]
	case len(shape) == 3 && heads > 0 && shape[2]%heads == 0:
		size = shape[2] / heads
		x = l.reshape(n.Input(0), 0, 0, int64(heads), int64(size))
	default:
		return fmt.Errorf("an input of shape %v for %d heads", shape, heads)
	}
	turned := int64(size)
	if d := n.AttrInt("rotary_embedding_dim", 0); d > 0 {
		turned = d
	}
	if turned < 2 || turned > int64(size) || turned%2 != 0 {
		return errors.New("the number of elements to turn is odd or too large")
	}
	cache := func(i int) string {
		c := n.Input(i)
		if n.Input(3) != "" {
			c = l.op("Gather", attrs{"axis": Int(0)}, c, n.Input(3))
		}
		return l.op("Unsqueeze", nil, c, l.ints(2))
	}
	cos, sin := cache(1), cache(2)
	interleaved := n.AttrInt("interleaved", 0) != 0
	a, b := l.cut(x, 3, 0, turned/2, 1), l.cut(x, 3, turned/2, turned, 1)
	if interleaved {
		a, b = l.cut(x, 3, 0, turned, 2), l.cut(x, 3, 1, turned, 2)
	}
	re := l.op("Sub", nil, l.op("Mul", nil, a, cos), l.op("Mul", nil, b, sin))
	im := l.op("Add", nil, l.op("Mul", nil, a, sin), l.op("Mul", nil, b, cos))
	var y string
	if interleaved {
		last := l.ints(4)
		pairs := l.op("Concat", attrs{"axis": Int(4)}, l.op("Unsqueeze", nil, re, last), l.op("Unsqueeze", nil, im, last))
		y = l.reshape(pairs, 0, 0, 0, turned)
	} else {
		y = l.op("Concat", attrs{"axis": Int(3)}, re, im)
	}
	if turned < int64(size) {
		y = l.op("Concat", attrs{"axis": Int(3)}, y, l.cut(x, 3, turned, int64(size), 1))
	}
	if len(shape) == 4 {
		l.into("Transpose", attrs{"perm": Ints(0, 2, 1, 3)}, n.Output(0), y)
		return nil
	}
	l.into("Reshape", nil, n.Output(0), y, l.ints(0, 0, int64(heads*size)))
	return nil
}

package onnx

import (
	"errors"
	"fmt"
)

// Operators of ONNX Runtime that ONNX has under another domain or name.
func init() {
	same := func(l *lowerer, n *Node) error {
		c := n.Clone()
		c.Domain = ""
		l.g.Nodes = append(l.g.Nodes, c)
		return nil
	}
	lowers(microsoft, same, "Trilu", "Pad")
	lowers(microsoft, lowerExpandDims, "ExpandDims")
	lowers(microsoft, lowerGatherND, "GatherND")
	lowers(microsoft, lowerRange, "Range")
	lowers(microsoft, lowerRotaryOfPlaces, "RotaryEmbedding")
}

func lowerExpandDims(l *lowerer, n *Node) error {
	t := l.g.Init[n.Input(1)]
	if t == nil {
		return fmt.Errorf("its axis %q is computed while the model runs", n.Input(1))
	}
	v, err := t.Ints()
	if err != nil || len(v) != 1 {
		return errors.New("its axis is no one integer")
	}
	l.into("Unsqueeze", nil, n.Output(0), n.Input(0), l.ints(v[0]))
	return nil
}

// lowerGatherND: its indices may be of 32 bits.
func lowerGatherND(l *lowerer, n *Node) error {
	l.into("GatherND", nil, n.Output(0), n.Input(0), l.op("Cast", attrs{"to": Int(int64(Int64))}, n.Input(1)))
	return nil
}

// lowerRange: its step may be left out, and its inputs hold one element of any rank.
func lowerRange(l *lowerer, n *Node) error {
	if l.types[n.Input(0)] != Float32 && l.types[n.Input(0)] != Int64 {
		return fmt.Errorf("a range of %s", l.types[n.Input(0)])
	}
	in := []string{l.reshaped(n.Input(0)), l.reshaped(n.Input(1))}
	switch {
	case n.Input(2) != "":
		in = append(in, l.reshaped(n.Input(2)))
	case l.types[n.Input(0)] == Float32:
		in = append(in, l.scalar(1))
	default:
		one := NewInts("", 1)
		one.Dims = nil
		in = append(in, l.constant(one))
	}
	l.into("Range", nil, n.Output(0), in...)
	return nil
}

// lowerRotaryOfPlaces: positions come before the caches; one position is that
// of the first token.
func lowerRotaryOfPlaces(l *lowerer, n *Node) error {
	if n.AttrInt("is_packed_batching", 0) != 0 || n.AttrFloat("scale", 1) != 1 {
		return errors.New("packed batches and scales")
	}
	x, err := l.shape(n.Input(0))
	if err != nil {
		return err
	}
	cache, err := l.shape(n.Input(2))
	if err != nil {
		return err
	}
	tokens := 0
	switch len(x) {
	case 3:
		tokens = x[1]
	case 4:
		tokens = x[2]
	}
	if len(cache) != 2 || cache[1] < 1 || tokens < 1 {
		return fmt.Errorf("an input of shape %v with caches of shape %v", x, cache)
	}
	c := n.Clone()
	positions := n.Input(1)
	if t := l.g.Init[positions]; t != nil && t.Len() == 1 {
		v, err := t.Ints()
		if err != nil || v[0] < 0 || v[0] > int64(cache[0]-tokens) {
			return errors.New("a first position outside the caches")
		}
		list := make([]int64, tokens)
		for i := range list {
			list[i] = v[0] + int64(i)
		}
		places := NewInts("", list...)
		places.Dims = []int64{1, int64(tokens)}
		positions = l.constant(places)
	} else if p, err := l.shape(positions); err != nil || len(p) != 2 {
		return errors.New("positions that are computed")
	}
	c.In = []string{n.Input(0), n.Input(2), n.Input(3), positions}
	if len(x) == 3 && n.AttrInt("num_heads", 0) == 0 {
		c.Attrs["num_heads"] = Int(int64(x[2] / (2 * cache[1])))
	}
	return lowerRotary(l, c)
}

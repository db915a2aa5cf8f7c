package grad

import (
	"fmt"
	"math"

	"seewhy/models/onnx"
)

// boxParams are the least and the largest value of each channel of the
// picture, as the model gets it.
var boxParams = []string{"low0", "low1", "low2", "low3", "high0", "high1", "high2", "high3"}

// boxRule is the z-box rule of a first layer. What lies between the picture
// and the layer (a normalisation, a transposition) is applied to the box too.
func (s *scope) boxRule(l linear) Rule {
	box := func(b *Builder) (low, high Value, err error) {
		if low, err = s.boxEnd(b, l.node.In[l.x], "low"); err != nil {
			return "", "", err
		}
		if high, err = s.boxEnd(b, l.node.In[l.x], "high"); err != nil {
			return "", "", err
		}
		// A negative factor on the way would turn the box round.
		return b.Op("Min", low, high), b.Op("Max", low, high), nil
	}
	if !s.constantWeights(l) {
		return Rule{VJP: func(*Builder, *onnx.Node, []Value) ([]Value, error) {
			return nil, fmt.Errorf("the weights of the first layer are computed; the z-box rule needs constants")
		}}
	}
	return zBoxRule(box, stabiliser).as(s, l)
}

// boxEnd is one end of the box as the value v, one sample.
func (s *scope) boxEnd(b *Builder, v, end string) (Value, error) {
	n := s.producers[v]
	if n != nil {
		at := -1
		for i, in := range n.In {
			if s.flows(n, i) {
				if at >= 0 && n.In[at] != in {
					return "", fmt.Errorf("the first layer reads a mixture; the z-box rule needs the picture")
				}
				at = i
			}
		}
		if at < 0 || len(n.Out) != 1 {
			return "", fmt.Errorf("the first layer does not read the picture; the z-box rule needs it")
		}
		before, err := s.boxEnd(b, n.In[at], end)
		if err != nil {
			return "", err
		}
		in := make([]Value, len(n.In))
		for i, name := range n.In {
			if in[i] = Value(name); s.flows(n, i) {
				in[i] = before
			}
		}
		return b.Node(n.Op, n.Attrs, in...), nil
	}
	shape, err := b.Shape(v)
	if err != nil {
		return "", err
	}
	if len(shape) != 4 {
		return "", fmt.Errorf("the picture has shape %v; the z-box rule needs four dimensions", shape)
	}
	// Channels are the short one of the two places where they can be.
	ax := 1
	if shape[3] >= 1 && shape[3] <= 4 && shape[1] > 4 {
		ax = 3
	}
	if shape[ax] < 1 || shape[ax] > 4 {
		return "", fmt.Errorf("the picture has %d channels; the z-box rule knows up to four", shape[ax])
	}
	dims, ends := []int{1, 1, 1, 1}, make([]float32, shape[ax])
	dims[ax] = shape[ax]
	for c := range ends {
		e := s.params[fmt.Sprintf("%s%d", end, c)]
		if math.IsNaN(e) {
			return "", fmt.Errorf("the z-box rule needs %s%d, the %s value of channel %d", end, c, end, c)
		}
		ends[c] = float32(e)
	}
	return b.filled(v, b.Floats(dims, ends...))
}

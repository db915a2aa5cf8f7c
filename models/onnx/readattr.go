package onnx

import (
	"errors"
	"fmt"

	"seewhy/models/onnx/internal/pb"
)

// Kinds that files may hold and this package does not read.
const (
	kindSparse  AttrKind = 11
	kindSparses AttrKind = 12
)

func (c *reader) attr(p *pb.Attribute, depth int) (Attr, error) {
	a := Attr{Kind: AttrKind(p.GetType()), Ref: p.GetRefAttrName()}
	if a.Kind == 0 {
		a.Kind = guessKind(p)
	}
	var err error
	switch a.Kind {
	case KindFloat:
		a.F = p.GetF()
	case KindInt:
		a.I = p.GetI()
	case KindString:
		a.S = string(p.GetS())
	case KindFloats:
		a.Floats = p.Floats
	case KindInts:
		a.Ints = p.Ints
	case KindStrings:
		for _, s := range p.Strings {
			a.Strings = append(a.Strings, string(s))
		}
	case KindTensor:
		if p.T == nil && a.Ref == "" {
			return a, errors.New("the tensor is missing")
		}
		if p.T != nil {
			a.T, err = c.tensor(p.T)
		}
	case KindGraph:
		if p.G == nil && a.Ref == "" {
			return a, errors.New("the subgraph is missing")
		}
		if p.G != nil {
			a.G, err = c.graph(p.G, depth+1)
		}
	case KindTensors:
		for _, t := range p.Tensors {
			v, err := c.tensor(t)
			if err != nil {
				return a, err
			}
			a.Tensors = append(a.Tensors, v)
		}
	case KindGraphs:
		for _, g := range p.Graphs {
			v, err := c.graph(g, depth+1)
			if err != nil {
				return a, err
			}
			a.Graphs = append(a.Graphs, v)
		}
	case kindSparse, kindSparses:
		return a, errors.New("sparse tensors are not supported; export the model with dense weights")
	default:
		return a, fmt.Errorf("attribute type %d is not supported", a.Kind)
	}
	return a, err
}

// guessKind serves files before IR 2, which leave the type out.
func guessKind(p *pb.Attribute) AttrKind {
	switch {
	case p.T != nil:
		return KindTensor
	case p.G != nil:
		return KindGraph
	case p.SparseTensor != nil:
		return kindSparse
	case p.Ints != nil:
		return KindInts
	case p.Floats != nil:
		return KindFloats
	case p.Strings != nil:
		return KindStrings
	case p.S != nil:
		return KindString
	case p.F != nil:
		return KindFloat
	}
	return KindInt
}

package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

// Step is a node that Append puts behind a row of class scores.
type Step struct {
	Op string
	// In names values of the model, of earlier steps, or of constants.
	In  []string
	Out string
	// Along gives the node the axis of the classes (Softmax, LogSoftmax); Sums
	// adds up along it and keeps it (ReduceSum).
	Along, Sums bool
}

// Append puts nodes behind a row of class scores, such as the logits, so that
// what they compute can be explained too. The steps' values have the row's
// shape, sums have 1 in the place of the classes. Constants hold one number, or
// one a class. A step that is there twice is made once; a name that the model has
// already is an error.
func Append(p *Prepared, row string, constants map[string][]float32, steps []Step) (*Prepared, error) {
	shape, ok := p.Facts.Shapes[row]
	if !ok {
		return nil, fmt.Errorf("the shape of %q is not known", row)
	}
	at := classAxis(shape)
	out := *p
	out.Model, out.Facts = p.Model.Shallow(), p.Facts.Clone()
	g := out.Model.Graph
	for name, v := range constants {
		if _, there := p.Facts.Shapes[name]; there {
			return nil, fmt.Errorf("the model has a value %q already", name)
		}
		dims := []int64{1}
		if len(v) > 1 {
			dims = slices.Repeat(dims, len(shape))
			dims[at] = int64(len(v))
		}
		if len(v) > 1 && (shape[at] != len(v)) {
			return nil, fmt.Errorf("%d constants for %q of shape %v", len(v), row, shape)
		}
		g.Init[name] = onnx.NewFloats(name, dims, v)
		out.Facts.Types[name] = onnx.Float32
		out.Facts.Shapes[name] = nil
		for _, d := range dims {
			out.Facts.Shapes[name] = append(out.Facts.Shapes[name], int(d))
		}
	}
	axes := fmt.Sprintf("seewhy.axis.%d", at)
	g.Init[axes] = onnx.NewInts(axes, int64(at))
	out.Facts.Types[axes], out.Facts.Shapes[axes] = onnx.Int64, []int{1}
	summed := map[string]bool{}
	for _, s := range steps {
		if _, there := summed[s.Out]; there {
			continue
		}
		if _, there := p.Facts.Shapes[s.Out]; there {
			return nil, fmt.Errorf("the model has a value %q already", s.Out)
		}
		n := &onnx.Node{Name: s.Out, Op: s.Op, In: slices.Clone(s.In), Out: []string{s.Out}}
		one := s.Sums || !s.Along && allSummed(s.In, summed, out.Facts)
		switch {
		case s.Along:
			n.Attrs = A{"axis": onnx.Int(int64(at))}
		case s.Sums:
			n.In, n.Attrs = append(n.In, axes), A{"keepdims": onnx.Int(1)}
		}
		g.Nodes = append(g.Nodes, n)
		out.Facts.like(s.Out, row)
		if summed[s.Out] = one; one {
			out.Facts.Shapes[s.Out] = oneAt(shape, at)
			if single, ok := out.Facts.single[row]; ok && len(single) == len(shape) {
				out.Facts.single[s.Out] = oneAt(single, at)
			}
		}
	}
	return &out, nil
}

// allSummed says that a node's inputs are sums and single numbers alone.
func allSummed(in []string, summed map[string]bool, f Facts) bool {
	return !slices.ContainsFunc(in, func(v string) bool { return !summed[v] && !slices.Equal(f.Shapes[v], []int{1}) })
}

func oneAt(shape []int, at int) []int {
	shape = slices.Clone(shape)
	shape[at] = 1
	return shape
}

// classAxis is the one dimension that is not 1, where the classes lie; for a
// single class the second.
func classAxis(shape []int) int {
	at := 1
	for i, d := range shape[1:] {
		if d > 1 {
			at = i + 1
		}
	}
	return at
}

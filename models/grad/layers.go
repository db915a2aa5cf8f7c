package grad

import (
	"path"
	"slices"
	"strings"

	"seewhy/models/onnx"
)

// Layer is a value of the forward graph at which a map can be made.
type Layer struct {
	Value, Name, Op string
	// Shape is for one sample, without the batch.
	Shape []int
	// Kind is "spatial" (C, H, W), "tokens" (T, D) or "vector".
	Kind string
	// Candidate marks natural choices: where the resolution changes next, and
	// joins of branches.
	Candidate bool
}

// Layers lists the activations between input and score, in graph order, and
// the index of the natural one: the last spatial value before the space is
// pooled away (-1 where there is none).
//
// Values that only rearrange or begin an activation (a convolution before its
// ReLU) are listed too, but are no candidates.
func Layers(p *Prepared, score string) (layers []Layer, natural int) {
	g := p.Model.Graph
	onPath, err := walk(g, Query{Score: score, Wants: []string{p.Input}})
	if err != nil {
		return nil, -1
	}
	s := &structure{shapes: p.Facts.Shapes, on: onPath.on, readers: map[string][]*onnx.Node{}, producers: g.Producers()}
	for _, n := range g.Nodes {
		for _, v := range n.In {
			s.readers[v] = append(s.readers[v], n)
		}
	}
	natural = -1
	for _, n := range onPath.nodes {
		for _, v := range n.Out {
			shape := p.Facts.Shapes[v]
			if v == "" || !onPath.on[v] || p.Facts.Types[v] != onnx.Float32 || len(shape) < 2 || slices.Min(shape[1:]) < 1 {
				continue
			}
			l := Layer{Value: v, Name: layerName(n, v), Op: n.Op, Shape: shape[1:], Kind: kindOf(shape)}
			if rearranges(n.Op) && l.Kind != "spatial" {
				continue
			}
			l.Candidate = l.Kind == "spatial" && !rearranges(n.Op) && s.endsBlock(n, v)
			if l.Candidate {
				natural = len(layers)
			}
			layers = append(layers, l)
		}
	}
	if natural < 0 {
		for i, l := range layers {
			if l.Kind == "spatial" {
				natural = i
			}
		}
	}
	return layers, natural
}

func kindOf(shape []int) string {
	switch {
	case len(shape) == 4 && shape[2] > 1 && shape[3] > 1:
		return "spatial"
	case len(shape) == 3 && shape[1] > 1:
		return "tokens"
	}
	return "vector"
}

// rearranges says that an op only moves elements.
func rearranges(op string) bool {
	switch op {
	case "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Split", "Slice", "Identity", "Dropout", "Cast", "Pad", "Gather", "Shape":
		return true
	}
	return false
}

// endsBlock says that v is where a stage of the network ends: a join of
// branches or its activation, or a value that what reads it pools or strides
// to a smaller grid. A value that only feeds its own activation or
// normalisation is not yet the end.
func (s *structure) endsBlock(n *onnx.Node, v string) bool {
	readers, shape := s.readers[v], s.shapes[v]
	if len(readers) == 1 && follows(readers[0].Op) {
		return false
	}
	if s.joins(n) || follows(n.Op) && s.producers[n.In[0]] != nil && s.joins(s.producers[n.In[0]]) {
		return true
	}
	for _, r := range readers {
		after := s.shapes[r.Output(0)]
		if len(after) == 4 && (after[2] < shape[2] || after[3] < shape[3]) || len(after) < 4 {
			return true
		}
	}
	return false
}

// follows says that an op belongs to the layer before it.
func follows(op string) bool {
	switch op {
	case "Relu", "LeakyRelu", "PRelu", "Clip", "HardSwish", "BatchNormalization", "Sigmoid":
		return true
	}
	return false
}

// structure is what the search for layers looks at.
type structure struct {
	shapes    map[string][]int
	on        map[string]bool
	readers   map[string][]*onnx.Node
	producers map[string]*onnx.Node
}

// joins says that a node brings branches together.
func (s *structure) joins(n *onnx.Node) bool {
	if n.Op != "Add" && n.Op != "Sum" && n.Op != "Concat" {
		return false
	}
	branches := 0
	for _, v := range n.In {
		if s.on[v] {
			branches++
		}
	}
	return branches > 1
}

// layerName is short: the scope path of an exporter loses its slashes, a
// numbered value goes by its node.
func layerName(n *onnx.Node, v string) string {
	name := n.Name
	if name == "" || strings.HasPrefix(name, "seewhy.") {
		name = v
	}
	name = strings.TrimSuffix(strings.Trim(name, "/"), "_output_0")
	if dir, base := path.Split(name); dir != "" && strings.Contains(base, n.Op) {
		name = strings.Trim(dir, "/") + "/" + base
	}
	return strings.ReplaceAll(name, "/", ".")
}

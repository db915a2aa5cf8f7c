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
	// Kind is "spatial" (C, H, W, or H, W, C), "tokens" (T, D) or "vector".
	Kind string
	// Candidate marks natural choices: where the resolution changes next, and
	// joins of branches.
	Candidate bool
	// Fold arranges the value as maps; nil for a vector.
	Fold *Fold
}

// Layers lists the activations between input and score, in graph order, and
// the index of the natural one (-1 where there is none). For a convolutional
// network that is the last spatial value before the space is pooled away. For
// a transformer it is what goes into the last attention, normalised where the
// block begins with a norm: behind it, a score that is read from a class token
// has no gradient at the other tokens.
//
// Decision (2026-11): the norm's output, not its input. A norm is blind to the
// size of its input, so that the sum of activation times gradient over the
// channels of that input is zero at every place that nothing else reads:
// HiRes-CAM would be rounding noise there.
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
	t := trace(p)
	natural = -1
	for _, n := range onPath.nodes {
		for _, v := range n.Out {
			shape := p.Facts.Shapes[v]
			if v == "" || !onPath.on[v] || p.Facts.Types[v] != onnx.Float32 || len(shape) < 2 || slices.Min(shape[1:]) < 1 {
				continue
			}
			l := Layer{Value: v, Name: layerName(n, v), Op: n.Op, Shape: p.Facts.Sample(v), Kind: "vector"}
			if l.Shape[0] == 1 {
				l.Shape = l.Shape[1:]
			}
			if l.Fold = t.fold(v); l.Fold != nil {
				l.Kind = l.Fold.kind()
			}
			if rearranges(n.Op) && l.Kind != "spatial" {
				continue
			}
			switch {
			case l.Fold == nil || rearranges(n.Op):
			case l.Fold.plain && l.Kind == "spatial":
				l.Candidate = s.endsBlock(n, v)
			default:
				// Windows are within a block, of which the join is the end.
				l.Candidate = p.Facts.Sample(v)[0] == 1 && n.Op != "Concat" && s.joins(n)
			}
			if l.Candidate {
				natural = len(layers)
			}
			layers = append(layers, l)
		}
	}
	if before, class := s.beforeAttention(layers, natural, t, onPath); before >= 0 {
		// What the score reads from the class token alone, no place speaks for.
		for i := before + 1; class && i < len(layers); i++ {
			layers[i].Candidate = false
		}
		layers[before].Candidate = true
		return layers, before
	}
	if natural < 0 {
		for i, l := range layers {
			if l.Fold != nil {
				natural = i
			}
		}
	}
	return layers, natural
}

// fold arranges a value as maps where the picture's places allow it.
func (t *tracer) fold(v string) *Fold {
	at := t.trails[v]
	if at == nil || at.keys != nil {
		return nil
	}
	grid, known := t.grids[at.at]
	if !known {
		grid = at.at.whole()
		t.grids[at.at] = grid
	}
	if grid == nil {
		return nil
	}
	return newFold(grid, t.facts.Sample(v))
}

// kind is "spatial" where rows and columns are axes of the value.
func (f *Fold) kind() string {
	if len(f.at.axes()) == 2 && f.shape[0] == 1 {
		return "spatial"
	}
	return "tokens"
}

// beforeAttention finds the layer that goes into the last attention: the last
// candidate on which its keys depend or, where that is normalised first, the
// norm's output. It is -1 where there is no attention, and where convolutions
// follow it. class says that the score is read from class tokens behind it.
func (s *structure) beforeAttention(layers []Layer, natural int, t *tracer, path *route) (at int, class bool) {
	list := t.list(path)
	if len(list) == 0 {
		return -1, false
	}
	last := list[len(list)-1]
	above := map[string]bool{last.Value: true}
	seen := false
	for _, n := range slices.Backward(path.nodes) {
		if slices.ContainsFunc(n.Out, func(v string) bool { return above[v] }) {
			seen = true
			for _, v := range n.In {
				above[v] = true
			}
			continue
		}
		// A convolution over a neighbourhood that the score sees after it.
		if !seen && n.Op == "Conv" && natural >= 0 && layers[natural].Fold.plain {
			return -1, false
		}
	}
	class = len(last.Class) > 0
	for i, l := range slices.Backward(layers) {
		if l.Candidate && l.Value != last.Value && above[l.Value] {
			at = i
			for k, after := range layers[i+1:] {
				// Over all channels, not over those of one head.
				whole := after.Fold != nil && after.Shape[len(after.Shape)-1] == l.Fold.Channels()
				if whole && above[after.Value] && s.normalises(s.producers[after.Value]) {
					at = i + 1 + k
				}
			}
			return at, class
		}
	}
	return -1, false
}

// normalises says that a node ends a norm, which takes out the size of its
// input: one op or, as exporters wrote it before opset 17, (x - mean) / deviation
// times a constant plus a constant.
func (s *structure) normalises(n *onnx.Node) bool {
	if n.Op == "LayerNormalization" || n.Op == "RMSNormalization" {
		return true
	}
	for _, op := range []string{"Add", "Mul", "Div"} {
		if n == nil || n.Op != op || len(n.In) != 2 {
			return false
		}
		next := s.producers[n.In[0]]
		if next == nil || op != "Div" && s.on[n.In[1]] {
			next = s.producers[n.In[1]]
		}
		n = next
	}
	return n != nil && n.Op == "Sub"
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

// layerName is short: the scope path of an exporter loses its slashes and the
// scopes that it names twice, a numbered value goes by its node.
func layerName(n *onnx.Node, v string) string {
	name := n.Name
	if name == "" || strings.HasPrefix(name, "seewhy.") {
		name = v
	}
	name = strings.TrimSuffix(strings.Trim(name, "/"), "_output_0")
	if dir, base := path.Split(name); dir != "" && strings.Contains(base, n.Op) {
		name = strings.Trim(dir, "/") + "/" + base
	}
	parts := strings.Split(name, "/")
	var out []string
	for i, part := range parts {
		// PyTorch writes a module before its child, whose name begins with it:
		// /stage3/stage3.1/Relu is stage3.1.Relu.
		if i+1 < len(parts) && strings.HasPrefix(parts[i+1], part+".") {
			continue
		}
		out = append(out, part)
	}
	return strings.Join(out, ".")
}

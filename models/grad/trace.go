package grad

import (
	"slices"
	"strings"

	"seewhy/models/onnx"
)

// tracer follows the picture's places through a graph.
type tracer struct {
	b      *Builder
	facts  Facts
	trails map[string]*trail
	// attentions are the softmaxed matrices that weigh tokens.
	attentions map[string]bool
	// read notes, for values of tokens, the positions that a cut kept although
	// they are no place: the class tokens that are read out.
	read []readout
	// grids holds what was found out about places, which many values share.
	grids map[*places]*places
}

// readout is a cut of class tokens out of a list of tokens.
type readout struct {
	tokens    *places
	positions []int
}

// trace follows the places of the picture from the input to every value.
// Values about which nothing is known are left out.
func trace(p *Prepared) *tracer {
	t := &tracer{b: newBuilder(p.Model, p.Facts), facts: p.Facts, trails: map[string]*trail{}, attentions: map[string]bool{}, grids: map[*places]*places{}}
	if s := t.facts.Sample(p.Input); len(s) == 4 {
		h, w := 2, 3
		if colours := func(n int) bool { return n == 1 || n == 3 || n == 4 }; !colours(s[1]) && colours(s[3]) {
			h, w = 1, 2
		}
		if at := freshPlaces(4, h, w, s[h], s[w]); at != nil {
			t.trails[p.Input] = &trail{at: at}
		}
	}
	own, total := map[*int32]bool{}, 0
	count := func(p *places) {
		if p != nil && len(p.cell) > 0 && !own[&p.cell[0]] {
			own[&p.cell[0]] = true
			total += len(p.cell)
		}
	}
	for _, n := range p.Model.Graph.Nodes {
		if len(n.Out) == 0 || n.Domain != "" {
			continue
		}
		if total > maxFollowed {
			break
		}
		for i, got := range t.step(n) {
			if i >= len(n.Out) || got == nil || got.at == nil {
				continue
			}
			shape := t.facts.Sample(n.Out[i])
			if got.at.fits(shape) && (got.keys == nil || got.keys.fits(shape)) {
				t.trails[n.Out[i]] = got
				count(got.at)
				count(got.keys)
			}
		}
	}
	return t
}

// in is the trail and shape of an input.
func (t *tracer) in(n *onnx.Node, i int) (*trail, []int) {
	return t.trails[n.Input(i)], t.facts.Sample(n.Input(i))
}

// step gives the trails of a node's outputs.
func (t *tracer) step(n *onnx.Node) []*trail {
	x, shape := t.in(n, 0)
	out := t.facts.Sample(n.Out[0])
	if len(out) == 0 || slices.Min(out) < 1 {
		return nil
	}
	one := func(r *trail) []*trail { return []*trail{r} }
	switch n.Op {
	case "Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "Resize", "Upsample", "DepthToSpace", "SpaceToDepth":
		return one(t.windowed(x, shape, out))
	case "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool":
		return one(x.each(func(p *places) *places { return p.first(axesFrom(2, len(shape)), true) }))
	case "Transpose":
		return one(t.transposed(n, x, len(shape)))
	case "Reshape", "Flatten", "Squeeze", "Unsqueeze":
		return one(x.each(func(p *places) *places { return p.reshape(shape, out) }))
	case "Slice":
		return one(t.sliced(n, x, shape))
	case "Split":
		return t.split(n, x, shape)
	case "Gather":
		return one(t.gathered(n, x, shape))
	case "Concat":
		return one(t.joined(n, len(out)))
	case "Pad":
		begin, end, err := t.b.pads(n, len(shape))
		if err != nil {
			return nil
		}
		return one(x.each(func(p *places) *places { return p.widen(shape, begin, end) }))
	case "MatMul":
		return one(t.matmul(n))
	case "Gemm":
		return one(t.gemm(n))
	case "Einsum":
		return one(t.einsum(n))
	case "Softmax":
		return one(t.softmax(n, x, len(shape)))
	}
	if strings.HasPrefix(n.Op, "Reduce") {
		return one(t.reduced(n, x, shape))
	}
	if mixes(n.Op) {
		return nil
	}
	return one(t.elementwise(n, out))
}

// mixes lists ops of which an output position has no one place.
func mixes(op string) bool {
	switch op {
	case "ScatterND", "ScatterElements", "GatherElements", "GatherND", "GridSample", "ReverseSequence", "TopK", "NonZero",
		"LSTM", "GRU", "RNN", "Compress", "Unique", "RoiAlign", "Scan", "Loop", "If", "ArgMax", "ArgMin", "Shape", "Size", "Col2Im", "Tile", "DFT", "Trilu":
		return true
	}
	return false
}

// elementwise keeps the places of the input that has most of them.
func (t *tracer) elementwise(n *onnx.Node, out []int) (best *trail) {
	for i := range n.In {
		x, shape := t.in(n, i)
		if x == nil || len(shape) > len(out) {
			continue
		}
		lifted := x.each(func(p *places) *places { return p.lift(len(out)) })
		if lifted == nil || !lifted.at.fits(out) {
			continue
		}
		if best == nil || best.keys == nil && lifted.keys != nil || best.at.seen() < lifted.at.seen() && (best.keys == nil || lifted.keys != nil) {
			best = lifted
		}
	}
	return best
}

// windowed is for ops that look at a neighbourhood: positions that stay as
// many are the same places, else there is a new grid.
func (t *tracer) windowed(x *trail, in, out []int) *trail {
	if len(in) == len(out) && len(in) > 2 && slices.Equal(in[2:], out[2:]) && x != nil {
		return x.each(func(p *places) *places { return p.first([]int{1}, true) })
	}
	if len(out) != 4 || out[2]*out[3] < 2 || x != nil && (x.keys != nil || x.at.dims[0] > 1) {
		return nil
	}
	at := freshPlaces(4, 2, 3, out[2], out[3])
	if at == nil {
		return nil
	}
	return &trail{at: at}
}

func axesFrom(a, rank int) (axes []int) {
	for ; a < rank; a++ {
		axes = append(axes, a)
	}
	return axes
}

// first looks at the first position along axes, which stay with length 1 or go.
func (p *places) first(axes []int, keep bool) *places {
	for _, a := range axes {
		if p = p.take(a, []int{0}); p == nil {
			return nil
		}
	}
	if keep {
		return p
	}
	out := *p
	out.dims = nil
	for a, d := range p.dims {
		if !slices.Contains(axes, a) {
			out.dims = append(out.dims, d)
		}
	}
	return &out
}

func (t *tracer) transposed(n *onnx.Node, x *trail, rank int) *trail {
	perm := make([]int, rank)
	for i := range perm {
		perm[i] = rank - 1 - i
	}
	used := make([]bool, rank)
	for i, a := range n.AttrInts("perm") {
		if i >= rank || a < 0 || int(a) >= rank || used[a] {
			return nil
		}
		perm[i], used[a] = int(a), true
	}
	return x.each(func(p *places) *places { return p.transpose(perm) })
}

func (t *tracer) reduced(n *onnx.Node, x *trail, shape []int) *trail {
	axes, err := t.b.reducedAxes(n, len(shape))
	if err != nil {
		return nil
	}
	list := make([]int, len(axes))
	for i, a := range axes {
		list[i] = int(a)
	}
	return x.each(func(p *places) *places { return p.first(list, n.AttrInt("keepdims", 1) == 1) })
}

// softmax marks a matrix between tokens whose rows are made to add up to one.
func (t *tracer) softmax(n *onnx.Node, x *trail, rank int) *trail {
	if x == nil || x.keys == nil {
		return x
	}
	a, err := axis(n.AttrInt("axis", -1), rank)
	if err != nil {
		return nil
	}
	out := *x
	if out.keys.dims[a] == 1 && out.at.dims[a] > 1 {
		out.at, out.keys = out.keys, out.at
	}
	if out.keys.dims[a] > 1 && out.at.dims[a] == 1 {
		out.softmax = n.Out[0]
	}
	return &out
}

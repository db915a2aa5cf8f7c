package grad

import (
	"strings"

	"seewhy/models/onnx"
)

// Steps of the tracer for ops that pick, join and multiply.

// cutTokens keeps positions along one axis, and notes where only tokens that
// are no places were kept.
func (t *tracer) cutTokens(x *trail, axis int, positions []int) *trail {
	out := x.each(func(p *places) *places { return p.take(axis, positions) })
	if out != nil && x.keys == nil && x.at.dims[axis] > 1 && out.at.seen() == 0 && x.at.seen() > 0 {
		t.read = append(t.read, readout{x.at, positions})
	}
	return out
}

func (t *tracer) sliced(n *onnx.Node, x *trail, shape []int) *trail {
	if x == nil {
		return nil
	}
	cuts, err := t.b.cuts(n, shape)
	if err != nil {
		return nil
	}
	for _, c := range cuts {
		if x.at.dims[c.axis] == 1 && (x.keys == nil || x.keys.dims[c.axis] == 1) {
			continue
		}
		// A cut of the batch, or of windows that were merged with it.
		if t.facts.Shapes[n.Input(0)][c.axis] < 0 {
			return nil
		}
		positions := make([]int, c.count)
		for i := range positions {
			positions[i] = int(c.start + int64(i)*c.step)
		}
		if x = t.cutTokens(x, int(c.axis), positions); x == nil {
			return nil
		}
	}
	return x
}

func (t *tracer) split(n *onnx.Node, x *trail, shape []int) []*trail {
	a, err := axis(n.AttrInt("axis", 0), len(shape))
	if x == nil || err != nil {
		return nil
	}
	var out []*trail
	start := 0
	for _, v := range n.Out {
		s := t.facts.Sample(v)
		if len(s) != len(shape) || start+s[a] > shape[a] {
			return nil
		}
		positions := make([]int, s[a])
		for i := range positions {
			positions[i] = start + i
		}
		out = append(out, t.cutTokens(x, int(a), positions))
		start += s[a]
	}
	return out
}

func (t *tracer) gathered(n *onnx.Node, x *trail, shape []int) *trail {
	a, err := axis(n.AttrInt("axis", 0), len(shape))
	if x == nil || err != nil {
		return nil
	}
	index := t.b.Const(n.Input(1))
	rank := len(t.facts.Sample(n.Input(1)))
	if x.at.dims[a] > 1 || x.keys != nil && x.keys.dims[a] > 1 {
		if index == nil {
			return nil
		}
		v, err := index.Ints()
		if err != nil {
			return nil
		}
		positions := make([]int, len(v))
		for i, at := range v {
			if at < 0 {
				at += int64(shape[a])
			}
			positions[i] = int(at)
		}
		if x = t.cutTokens(x, int(a), positions); x == nil {
			return nil
		}
	}
	// The axis becomes those of the indices.
	full := t.facts.Sample(n.Out[0])
	if len(full) != len(shape)-1+rank {
		return nil
	}
	return x.each(func(p *places) *places {
		if rank == 1 {
			return p
		}
		if rank == 0 {
			return p.first([]int{int(a)}, false)
		}
		before := append([]int(nil), p.dims...)
		after := append(append(append([]int(nil), p.dims[:a]...), full[a:int(a)+rank]...), p.dims[a+1:]...)
		if p.dims[a] == 1 {
			for i := range rank {
				after[int(a)+i] = 1
			}
		}
		return p.reshape(before, after)
	})
}

func (t *tracer) joined(n *onnx.Node, rank int) *trail {
	a, err := axis(n.AttrInt("axis", 0), rank)
	if err != nil {
		return nil
	}
	var parts, keys []part
	pairs := 0
	for i := range n.In {
		x, shape := t.in(n, i)
		if len(shape) != rank {
			return nil
		}
		p, k := part{shape: shape, fill: noPlace}, part{shape: shape, fill: noPlace}
		if x != nil {
			p.at, k.at = x.at, x.keys
		}
		if k.at != nil {
			pairs++
		}
		parts, keys = append(parts, p), append(keys, k)
	}
	out := &trail{at: join(int(a), parts).useful()}
	if pairs > 0 {
		if out.keys = join(int(a), keys); out.keys == nil {
			return nil
		}
	}
	return out
}

func (t *tracer) attends(softmax string) { t.attentions[softmax] = true }

// named gives an operand of a product its axes' labels.
func (t *tracer) named(n *onnx.Node, i int, labels []int) operand {
	x, _ := t.in(n, i)
	return operand{x, labels}
}

// matmul names the axes: the last two of each side, those before them shared.
func (t *tracer) matmul(n *onnx.Node) *trail {
	_, a := t.in(n, 0)
	_, b := t.in(n, 1)
	rank := max(len(a), len(b))
	if len(a) < 2 || len(b) < 2 {
		return nil
	}
	const row, inner, column = 1000, 1001, 1002
	labels := func(shape []int, last ...int) []int {
		var l []int
		for i := range len(shape) - 2 {
			l = append(l, rank-len(shape)+i)
		}
		return append(l, last...)
	}
	var result []int
	for i := range rank - 2 {
		result = append(result, i)
	}
	x, y := t.named(n, 0, labels(a, row, inner)), t.named(n, 1, labels(b, inner, column))
	return contract(x, y, append(result, row, column), t.attends)
}

func (t *tracer) gemm(n *onnx.Node) *trail {
	_, x := t.in(n, 0)
	_, y := t.in(n, 1)
	if len(x) != 2 || len(y) != 2 {
		return nil
	}
	a, b := []int{0, 1}, []int{1, 2}
	if n.AttrInt("transA", 0) == 1 {
		a = []int{1, 0}
	}
	if n.AttrInt("transB", 0) == 1 {
		b = []int{2, 1}
	}
	return contract(t.named(n, 0, a), t.named(n, 1, b), []int{0, 2}, t.attends)
}

func (t *tracer) einsum(n *onnx.Node) *trail {
	left, right, ok := strings.Cut(strings.ReplaceAll(n.AttrString("equation", ""), " ", ""), "->")
	terms := strings.Split(left, ",")
	if !ok || len(terms) != len(n.In) || len(terms) > 2 || strings.Contains(left+right, ".") {
		return nil
	}
	labels := func(term string) []int {
		var l []int
		for _, c := range term {
			l = append(l, int(c))
		}
		return l
	}
	first := t.named(n, 0, labels(terms[0]))
	if _, s := t.in(n, 0); len(s) != len(first.labels) {
		return nil
	}
	second := operand{}
	if len(terms) == 2 {
		second = t.named(n, 1, labels(terms[1]))
		if _, s := t.in(n, 1); len(s) != len(second.labels) {
			return nil
		}
	}
	return contract(first, second, labels(right), t.attends)
}

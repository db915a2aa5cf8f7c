package grad

import (
	"slices"

	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// Attention is a matrix in the graph whose rows say how much each token
// (query) takes from each other (key): a Softmax over tokens of the picture
// that weighs tokens in a product. It is found by following where the picture's
// places go, not by names, so that windows, merged heads and every order of
// axes come out the same.
type Attention struct {
	// Value is the graph's name of the softmaxed matrix.
	Value, Name string
	// A matrix [Queries, Keys] exists for each of Heads in each of Windows.
	Heads, Windows, Queries, Keys int
	// QueryCells and KeyCells tell for each window, then each token, its cell
	// of the grid, row by row; -1 is a class or register token, -2 a border that
	// fills a window.
	QueryCells, KeyCells []int
	QueryGrid, KeyGrid   Grid
	// Self says that queries and keys are the same tokens.
	Self bool
	// Class lists the queries, no places themselves, that the model reads its
	// answer from further up; empty where it reads the places.
	Class []int
	// Output is the value of all tokens at the end of the attention's block, of
	// the same shape in all layers; empty where there is no such value.
	Output string

	shape []int
	// The offsets, in one sample, of windows x queries, windows x keys and heads.
	heads, windows, queries, keys []int
}

// Attentions lists the matrices of attention between the input and the score,
// in graph order.
func Attentions(p *Prepared, score string) []Attention {
	path, err := walk(p.Model.Graph, Query{Score: score, Wants: []string{p.Input}})
	if err != nil {
		return nil
	}
	t := trace(p)
	list := t.list(path)
	t.outputs(list, path, p)
	return list
}

// outputs finds where blocks end: at the last join of branches before the next
// attention that depends on it, and before the score.
func (t *tracer) outputs(list []Attention, path *route, p *Prepared) {
	s := &structure{on: path.on}
	index := map[string]int{}
	for i, n := range path.nodes {
		for _, v := range n.Out {
			index[v] = i
		}
	}
	for i := range list {
		end := len(path.nodes)
		above := path.on
		if i+1 < len(list) {
			end = index[list[i+1].Value]
			above = ancestors(path, list[i+1].Value)
		}
		for at := index[list[i].Value] + 1; at < end; at++ {
			if v := path.nodes[at].Output(0); above[v] && s.joins(path.nodes[at]) && t.fold(v) != nil {
				list[i].Output = v
			}
		}
	}
	for i := range list {
		last := list[len(list)-1].Output
		if !slices.Equal(p.Facts.Shapes[list[i].Output], p.Facts.Shapes[last]) {
			list[i].Output = ""
		}
	}
}

// ancestors are the values on the path that v depends on.
func ancestors(path *route, v string) map[string]bool {
	above := map[string]bool{v: true}
	for _, n := range slices.Backward(path.nodes) {
		if slices.ContainsFunc(n.Out, func(o string) bool { return above[o] }) {
			for _, in := range n.In {
				above[in] = path.on[in]
			}
		}
	}
	return above
}

func (t *tracer) list(path *route) []Attention {
	var out []Attention
	for _, n := range path.nodes {
		if len(n.Out) == 0 || !t.attentions[n.Out[0]] || !path.on[n.Out[0]] {
			continue
		}
		if a, ok := t.attention(n); ok {
			out = append(out, a)
		}
	}
	// The tokens that are read out are those of the last cut; earlier layers of
	// the same tokens hand on to them.
	for i := range out {
		out[i].Class = t.classTokens(out[i])
	}
	return out
}

// attention sorts the axes of a matrix between tokens.
func (t *tracer) attention(n *onnx.Node) (Attention, bool) {
	m, shape := t.trails[n.Out[0]], t.facts.Sample(n.Out[0])
	if m == nil || m.keys == nil {
		return Attention{}, false
	}
	a := Attention{Value: n.Out[0], Name: layerName(n, n.Out[0]), shape: shape, Heads: 1, Windows: 1, Queries: 1, Keys: 1}
	steps := strides(shape)
	size := map[*int][]int{&a.Heads: nil, &a.Windows: nil, &a.Queries: nil, &a.Keys: nil}
	// The axis of queries may have but one class token, and then cannot be told
	// from heads by its cells: it is the one beside the keys.
	single := m.at.seen() == 0
	keyAxis := -1
	for i := range shape {
		if m.keys.dims[i] > 1 && m.at.dims[i] == 1 {
			keyAxis = i
		}
	}
	kinds := make([]*int, len(shape))
	for i := range shape {
		switch {
		case m.keys.dims[i] > 1 && m.at.dims[i] > 1:
			kinds[i] = &a.Windows
		case m.keys.dims[i] > 1:
			kinds[i] = &a.Keys
		case m.at.dims[i] > 1, single && i == keyAxis-1:
			kinds[i] = &a.Queries
		default:
			kinds[i] = &a.Heads
		}
		size[kinds[i]] = append(size[kinds[i]], i)
		*kinds[i] *= shape[i]
	}
	list := func(kind *int) []int {
		dims := slices.Repeat([]int{1}, len(shape))
		for _, i := range size[kind] {
			dims[i] = shape[i]
		}
		return offsets(dims, steps)
	}
	a.heads, a.windows, a.queries, a.keys = list(&a.Heads), list(&a.Windows), list(&a.Queries), list(&a.Keys)
	var ok bool
	if a.KeyCells, a.KeyGrid, ok = cellsOf(m.keys, shape, a.windows, a.keys); !ok {
		return a, false
	}
	if a.QueryCells, a.QueryGrid, ok = cellsOf(m.at, shape, a.windows, a.queries); !ok {
		return a, false
	}
	a.Self = a.QueryGrid == a.KeyGrid && slices.Equal(a.QueryCells, a.KeyCells)
	return a, true
}

// cellsOf lists the cells of windows x tokens, and their grid.
func cellsOf(p *places, shape, windows, tokens []int) (cells []int, g Grid, ok bool) {
	if p.seen() == 0 {
		return slices.Repeat([]int{noPlace}, len(windows)*len(tokens)), g, true
	}
	if p = p.compact(); p == nil {
		return nil, g, false
	}
	g.Height, g.Width = p.height, p.width
	// An offset in the sample, taken apart by its axes, is one among the cells.
	steps, short := strides(shape), strides(p.dims)
	for _, w := range windows {
		for _, k := range tokens {
			at, from := w+k, 0
			for i := range shape {
				if steps[i] > 0 {
					from += at / steps[i] * short[i]
					at %= steps[i]
				}
			}
			cells = append(cells, int(p.cell[from]))
		}
	}
	if len(windows) == 1 {
		found := false
		for _, c := range cells {
			switch {
			case c >= 0:
				found = true
			case c == noPlace && !found:
				g.Prefix++
			case c == noPlace:
				g.Suffix++
			}
		}
	}
	return cells, g, true
}

// classTokens finds which queries the model reads its answer from.
func (t *tracer) classTokens(a Attention) (class []int) {
	if a.Windows > 1 {
		return nil
	}
	if a.QueryGrid.Height == 0 {
		return axesFrom(0, a.Queries)
	}
	for _, r := range t.read {
		var cells []int
		tokens := r.tokens.compact()
		if tokens == nil || len(tokens.cell) != a.Queries {
			continue
		}
		for _, c := range tokens.cell {
			cells = append(cells, int(c))
		}
		if !slices.Equal(cells, a.QueryCells) {
			continue
		}
		for _, p := range r.positions {
			if !slices.Contains(class, p) {
				class = append(class, p)
			}
		}
	}
	slices.Sort(class)
	return class
}

// Apply arranges the matrix's value, or its gradient, as
// [N, Windows, Heads, Queries, Keys]: t's own data where they lie so already.
func (a *Attention) Apply(t tensor.Tensor) (tensor.Tensor, error) {
	f := Fold{shape: a.shape}
	n, err := f.samples(t)
	if err != nil {
		return t, err
	}
	shape := []int{n, a.Windows, a.Heads, a.Queries, a.Keys}
	if a.inOrder() {
		return tensor.Tensor{Shape: shape, Data: t.Data}, nil
	}
	out := tensor.New(shape...)
	size, at := product(a.shape), 0
	// Keys mostly lie side by side: rows are copied whole.
	whole := true
	for i, k := range a.keys {
		whole = whole && k == i
	}
	for s := range n {
		sample := t.Data[s*size : (s+1)*size]
		for _, w := range a.windows {
			for _, h := range a.heads {
				for _, q := range a.queries {
					row := sample[w+h+q:]
					if whole {
						at += copy(out.Data[at:at+len(a.keys)], row)
						continue
					}
					for _, k := range a.keys {
						out.Data[at] = row[k]
						at++
					}
				}
			}
		}
	}
	return out, nil
}

// inOrder says that the matrices lie one behind the other already.
func (a *Attention) inOrder() bool {
	steps := strides([]int{a.Windows, a.Heads, a.Queries, a.Keys})
	for axis, offsets := range [][]int{a.windows, a.heads, a.queries, a.keys} {
		for i, at := range offsets {
			if i > 0 && at != i*steps[axis] {
				return false
			}
		}
	}
	return true
}

package method_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// The layers of attention of the test's networks are random rows that add up
// to one, with random gradients; the name says how large they are.
func (n *net) attention(name string) (method.LayerGradient, bool) {
	var w, h, q, k, seed int
	if _, err := fmt.Sscanf(name, "attention %d %d %d %d %d", &w, &h, &q, &k, &seed); err != nil {
		return method.LayerGradient{}, false
	}
	r := rand.New(rand.NewPCG(uint64(seed), 3))
	A, G := tensor.New(1, w, h, q, k), tensor.New(1, w, h, q, k)
	for row := 0; row < A.Len(); row += k {
		sum := 0.0
		e := make([]float64, k)
		for i := range e {
			e[i] = math.Exp(2 * r.NormFloat64())
			sum += e[i]
			G.Data[row+i] = float32(r.NormFloat64())
		}
		for i := range e {
			A.Data[row+i] = float32(e[i] / sum)
		}
	}
	return method.LayerGradient{A: A, G: G}, true
}

func layerOf(windows, heads, queries, keys, seed int) method.Attention {
	return method.Attention{
		Value:   fmt.Sprintf("attention %d %d %d %d %d", windows, heads, queries, keys, seed),
		Windows: windows, Heads: heads, Queries: queries, Keys: keys,
	}
}

// vitLike is a class token before 4 x 5 places, three times.
func vitLike() (list []method.Attention) {
	for seed := range 3 {
		a := layerOf(1, 2, 21, 21, seed)
		a.QueryHeight, a.QueryWidth, a.Height, a.Width, a.Self, a.Class = 4, 5, 4, 5, true, []int{0}
		a.QueryCells = append([]int{-1}, upTo(20)...)
		a.KeyCells = a.QueryCells
		list = append(list, a)
	}
	return list
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// windowed are windows of 2 x 2 on 4 x 4 places, the second time rolled by one
// row and column.
func windowed() (list []method.Attention) {
	for shift := range 2 {
		a := layerOf(4, 3, 4, 4, 10+shift)
		a.QueryHeight, a.QueryWidth, a.Height, a.Width, a.Self = 4, 4, 4, 4, true
		for w := range 4 {
			for k := range 4 {
				y, x := (w/2*2+k/2+shift)%4, (w%2*2+k%2+shift)%4
				a.KeyCells = append(a.KeyCells, 4*y+x)
			}
		}
		a.QueryCells = a.KeyCells
		list = append(list, a)
	}
	return list
}

// classLater is CaiT's: attention between 2 x 3 places, then a class token
// that joins and alone asks.
func classLater() []method.Attention {
	places := layerOf(1, 2, 6, 6, 20)
	places.QueryHeight, places.QueryWidth, places.Height, places.Width, places.Self = 2, 3, 2, 3, true
	places.QueryCells, places.KeyCells = upTo(6), upTo(6)
	class := layerOf(1, 2, 1, 7, 21)
	class.Height, class.Width, class.Class = 2, 3, []int{0}
	class.QueryCells, class.KeyCells = []int{-1}, append([]int{-1}, upTo(6)...)
	again := class
	again.Value = "attention 1 2 1 7 22"
	return []method.Attention{places, class, again}
}

// shrinking ends in places that ask a coarser grid, as pyramids do; the layer
// before it has other places and does not lead on.
func shrinking() []method.Attention {
	fine := layerOf(1, 2, 16, 4, 30)
	fine.QueryHeight, fine.QueryWidth, fine.Height, fine.Width = 4, 4, 2, 2
	fine.QueryCells, fine.KeyCells = upTo(16), upTo(4)
	self := layerOf(1, 2, 4, 4, 31)
	self.QueryHeight, self.QueryWidth, self.Height, self.Width, self.Self = 2, 2, 2, 2, true
	self.QueryCells, self.KeyCells = upTo(4), upTo(4)
	return []method.Attention{fine, self}
}

var attentionNets = map[string]struct {
	list []method.Attention
	// used is how many layers, from the last, lead on.
	used int
}{
	"class token": {vitLike(), 3}, "windows": {windowed(), 2}, "class token later": {classLater(), 3}, "pyramid": {shrinking(), 1},
	"one coarse layer": {shrinking()[:1], 1},
}

func explainAttention(t *testing.T, id string, list []method.Attention, given map[string]float64) method.Attribution {
	t.Helper()
	m, err := method.ByID(id)
	if err != nil {
		t.Fatal(err)
	}
	n := newNet(3)
	r := request(t, m, n, given)
	r.Attentions = list
	a, err := m.Explain(context.Background(), n, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// flow is the slow twin of carrying a row: the whole product. Tokens are class
// tokens, then cells; of gives a query's row over the keys, and its own share.
type flow struct{ class, cells int }

func (f flow) index(cell, class int) int {
	if cell >= 0 {
		return f.class + cell
	}
	return class
}

func (f flow) matrix(a method.Attention, of func(w, q int) ([]float64, float64)) [][]float64 {
	size := f.class + f.cells
	m := make([][]float64, size)
	for i := range m {
		m[i] = make([]float64, size)
		m[i][i] = 1
	}
	for w := range a.Windows {
		for q := range a.Queries {
			row, self := of(w, q)
			i := f.index(a.QueryCells[w*a.Queries+q], q)
			m[i] = make([]float64, size)
			m[i][i] = self
			for k, v := range row {
				m[i][f.index(a.KeyCells[w*a.Keys+k], k)] += v
			}
		}
	}
	return m
}

func times(a, b [][]float64) [][]float64 {
	out := make([][]float64, len(a))
	for i := range a {
		out[i] = make([]float64, len(b))
		for k, v := range a[i] {
			for j := range b {
				out[i][j] += v * b[k][j]
			}
		}
	}
	return out
}

// read averages the rows that the answer is read from, and keeps the places.
func (f flow) read(m [][]float64, last method.Attention, lessIdentity bool) []float64 {
	rows := last.Class
	if len(rows) == 0 {
		for c := range f.cells {
			rows = append(rows, f.class+c)
		}
	}
	out := make([]float64, f.cells)
	for _, r := range rows {
		for c := range out {
			out[c] += m[r][f.class+c] / float64(len(rows))
			if lessIdentity && r == f.class+c {
				out[c] -= 1 / float64(len(rows))
			}
		}
	}
	return out
}

func head(v tensor.Tensor, a method.Attention, w, h, q, k int) float64 {
	return float64(v.Data[((w*a.Heads+h)*a.Queries+q)*a.Keys+k])
}

// Rollout and transformer attribution carry one row from the last layer to the
// first; their twins multiply whole matrices from the first to the last, with
// the formulas of the papers.
func TestFlowsAreThePapers(t *testing.T) {
	n := newNet(3)
	for name, c := range attentionNets {
		t.Run(name, func(t *testing.T) {
			last := c.list[len(c.list)-1]
			f := flow{cells: last.Height * last.Width}
			if slices.Contains(last.KeyCells, -1) {
				f.class = 1
			}
			var rolled, relevance [][]float64
			for _, a := range c.list[len(c.list)-c.used:] {
				v, _ := n.attention(a.Value)
				if !a.Self && a.QueryHeight > 0 {
					return // the one row of a matrix between two grids is checked below
				}
				roll := f.matrix(a, func(w, q int) ([]float64, float64) {
					row := make([]float64, a.Keys)
					for k := range row {
						for h := range a.Heads {
							row[k] += head(v.A, a, w, h, q, k) / float64(2*a.Heads)
						}
					}
					return row, 0.5
				})
				weighted := f.matrix(a, func(w, q int) ([]float64, float64) {
					row := make([]float64, a.Keys)
					for k := range row {
						for h := range a.Heads {
							row[k] += max(head(v.A, a, w, h, q, k)*head(v.G, a, w, h, q, k), 0) / float64(a.Heads)
						}
					}
					return row, 1
				})
				if rolled == nil {
					rolled, relevance = roll, weighted
					continue
				}
				rolled, relevance = times(roll, rolled), times(weighted, relevance)
			}
			near(t, explainAttention(t, "rollout", c.list, nil).Map, f.read(rolled, last, false))
			near(t, explainAttention(t, "transformerattribution", c.list, nil).Map, f.read(relevance, last, last.QueryHeight > 0))
		})
	}
}

// Where layers do not follow on from each other, the result says so.
func TestFlowsSayWhatTheyLeaveOut(t *testing.T) {
	for name, c := range attentionNets {
		a := explainAttention(t, "rollout", c.list, nil)
		warned := slices.ContainsFunc(a.Notes, func(n task.Note) bool { return n.Warning })
		if warned != (c.used < len(c.list)) {
			t.Errorf("%s: notes %v", name, a.Notes)
		}
		class := strings.Contains(a.Notes[0].Key, "class token")
		if class != (len(c.list[len(c.list)-1].Class) > 0) {
			t.Errorf("%s: notes %v", name, a.Notes)
		}
	}
}

// A matrix between two grids alone: the mean of its rows.
func TestAttentionBetweenGrids(t *testing.T) {
	a := shrinking()[0]
	v, _ := newNet(3).attention(a.Value)
	want, positive := make([]float64, 4), make([]float64, 4)
	for h := range a.Heads {
		for q := range a.Queries {
			for k := range want {
				want[k] += head(v.A, a, 0, h, q, k) / 32
				positive[k] += max(head(v.G, a, 0, h, q, k), 0) / 32
			}
		}
	}
	list := []method.Attention{a}
	near(t, explainAttention(t, "rollout", list, nil).Map, want)
	near(t, explainAttention(t, "attention", list, nil).Map, want)
	near(t, explainAttention(t, "legrad", list, nil).Map, positive)
}

// LeGrad cell by cell from the paper, on windows and with a class token.
func TestLeGradIsThePapers(t *testing.T) {
	n := newNet(3)
	for name, c := range attentionNets {
		last := c.list[len(c.list)-1]
		want := make([]float64, last.Height*last.Width)
		layers := 0.0
		for _, a := range c.list {
			if a.Height == last.Height && a.Width == last.Width {
				layers++
			}
		}
		for _, a := range c.list {
			if a.Height != last.Height || a.Width != last.Width {
				continue
			}
			v, _ := n.attention(a.Value)
			for w := range a.Windows {
				for h := range a.Heads {
					for q := range a.Queries {
						for k := range a.Keys {
							if cell := a.KeyCells[w*a.Keys+k]; cell >= 0 {
								want[cell] += max(head(v.G, a, w, h, q, k), 0) / float64(a.Heads*a.Queries) / layers
							}
						}
					}
				}
			}
		}
		t.Log(name)
		near(t, explainAttention(t, "legrad", c.list, nil).Map, want)
	}
}

// The layer and head that were asked for, and none beyond.
func TestRawAttention(t *testing.T) {
	n := newNet(3)
	list := vitLike()
	for back := range 3 {
		a := list[2-back]
		v, _ := n.attention(a.Value)
		for h := range 3 {
			want := make([]float64, 20)
			for c := range want {
				if h == 0 {
					want[c] = (head(v.A, a, 0, 0, 0, c+1) + head(v.A, a, 0, 1, 0, c+1)) / 2
				} else {
					want[c] = head(v.A, a, 0, h-1, 0, c+1)
				}
			}
			near(t, explainAttention(t, "attention", list, map[string]float64{"back": float64(back), "head": float64(h)}).Map, want)
		}
	}
	m, _ := method.ByID("attention")
	for _, given := range []map[string]float64{{"back": 3}, {"head": 3}} {
		if _, err := m.Explain(context.Background(), n, request(t, m, n, given), nil); err == nil {
			t.Errorf("%v is explained", given)
		}
	}
	// Windows: the mean over the four queries of a place's window.
	windows := windowed()
	a := windows[1]
	v, _ := n.attention(a.Value)
	want := make([]float64, 16)
	for i, c := range a.KeyCells {
		for h := range 3 {
			for q := range 4 {
				want[c] += head(v.A, a, i/4, h, q, i%4) / 12
			}
		}
	}
	near(t, explainAttention(t, "attention", windows, nil).Map, want)
}

// The options of vit-explain on one layer: heads by their largest value, the
// smallest half dropped but for the first, columns divided by sums of rows.
func TestRolloutOptions(t *testing.T) {
	a := vitLike()[:1]
	v, _ := newNet(3).attention(a[0].Value)
	fused := make([]float64, 21*21)
	for i := range fused {
		fused[i] = max(float64(v.A.Data[i]), float64(v.A.Data[441+i]))
	}
	sorted := slices.Clone(fused)
	slices.Sort(sorted)
	for i := range fused {
		if fused[i] <= sorted[219] && i != 0 { // half of 441, rounded down
			fused[i] = 0
		}
	}
	sums := make([]float64, 21)
	for q := range sums {
		sums[q] = 1
		for k := range 21 {
			sums[q] += fused[21*q+k]
		}
	}
	rows, columns := make([]float64, 20), make([]float64, 20)
	for c := range rows {
		rows[c], columns[c] = fused[c+1]/sums[0], fused[c+1]/sums[c+1]
	}
	given := map[string]float64{"heads": 1, "discard": 0.5}
	near(t, explainAttention(t, "rollout", a, given).Map, rows)
	given["convention"] = 1
	other := explainAttention(t, "rollout", a, given)
	near(t, other.Map, columns)
	// As shown, from the least to the largest of each.
	gap := 0.0
	scaled := func(v []float64, i int) float64 { return (v[i] - slices.Min(v)) / (slices.Max(v) - slices.Min(v)) }
	for i := range rows {
		gap = max(gap, math.Abs(scaled(rows, i)-scaled(columns, i)))
	}
	if got := fact(t, other, method.FactConvention); math.Abs(got-gap) > 1e-3 || gap < 0.01 {
		t.Errorf("the conventions are %g apart, the result says %g", gap, got)
	}
}

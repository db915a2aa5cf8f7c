package method

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// FamilyAttention looks at what the tokens of a transformer take from each other.
const FamilyAttention = "Attention"

// Attention is a softmaxed matrix of attention inside a model. Activations and
// Gradient of a Session give it, asked for Value, as
// [N, Windows, Heads, Queries, Keys].
type Attention struct {
	Value                         string
	Heads, Windows, Queries, Keys int
	// QueryCells and KeyCells tell for each window, then each token, its cell of
	// a grid over the picture, row by row; -1 is a class or register token, -2 a
	// border that fills a window.
	QueryCells, KeyCells []int
	// The grids; a height of 0 means that no query is a place.
	QueryHeight, QueryWidth int
	Height, Width           int
	// Self says that queries and keys are the same tokens.
	Self bool
	// Class lists the queries, no places themselves, that the answer is read
	// from; empty where the places are read.
	Class []int
	// Output is the value of all tokens at the end of the attention's block;
	// empty where there is none of one shape for all layers.
	Output string
}

// shareOfAttention is what maps of attention without a class hold.
const shareOfAttention = "Share of attention"

// attentionBudget bounds the matrices that are asked for at once, in bytes:
// a large transformer on a large picture has gigabytes of them.
const attentionBudget = 256 << 20

// matrices are one attention's values, [Windows, Heads, Queries, Keys]; what was
// not asked for is empty.
type matrices struct {
	Attention
	A, G []float32
}

// fetching is how the matrices of attentions are asked for.
type fetching struct {
	values, gradient bool
	ask              func(ctx context.Context, list []Attention) (map[string]LayerGradient, error)
}

// forwards asks for the matrices alone.
func forwards(s Session, r Request) fetching {
	return fetching{values: true, ask: func(ctx context.Context, list []Attention) (map[string]LayerGradient, error) {
		values, err := s.Activations(ctx, r.Input, valuesOf(list))
		out := map[string]LayerGradient{}
		for name, v := range values {
			out[name] = LayerGradient{A: v}
		}
		return out, err
	}}
}

// backwards asks for the gradients of the score, and for the matrices with values.
func backwards(s Session, r Request, values bool) fetching {
	return fetching{values: values, gradient: true, ask: func(ctx context.Context, list []Attention) (map[string]LayerGradient, error) {
		out, err := s.Gradient(ctx, r.Input, r.Score, GradientQuery{Layers: valuesOf(list), NoValues: !values})
		return out.Layers, err
	}}
}

// early asks for the gradients at each attention of the score of a model that
// ends behind its block, whose tokens then stand for those of the value to.
func early(s Session, r Request, to string) fetching {
	return fetching{gradient: true, ask: func(ctx context.Context, list []Attention) (map[string]LayerGradient, error) {
		var queries []GradientQuery
		for _, a := range list {
			queries = append(queries, GradientQuery{Layers: []string{a.Value}, NoValues: true, Shortcut: Shortcut{a.Output, to}})
		}
		answers, err := s.Several(ctx, r.Input, r.Score, queries)
		out := map[string]LayerGradient{}
		for i, g := range answers {
			out[list[i].Value] = g.Layers[list[i].Value]
		}
		return out, err
	}}
}

func valuesOf(list []Attention) (names []string) {
	for _, a := range list {
		names = append(names, a.Value)
	}
	return names
}

// fromLast hands out the matrices of list from the last to the first, asking
// for as many at once as the budget allows.
func (f fetching) fromLast(ctx context.Context, list []Attention, p task.Progress, each func(m matrices) error) error {
	for end := len(list); end > 0; {
		start, bytes := end, 0
		for start > 0 {
			a := list[start-1]
			size := 4 * a.Windows * a.Heads * a.Queries * a.Keys
			if f.values && f.gradient {
				size *= 2
			}
			if bytes += size; bytes > attentionBudget && start < end {
				break
			}
			start--
		}
		p.Report(1-float64(end)/float64(len(list)), "Attention")
		got, err := f.ask(ctx, list[start:end])
		if err != nil {
			return err
		}
		for _, a := range slices.Backward(list[start:end]) {
			m := matrices{Attention: a, A: got[a.Value].A.Data, G: got[a.Value].G.Data}
			want := a.Windows * a.Heads * a.Queries * a.Keys
			if f.values && len(m.A) != want || f.gradient && len(m.G) != want {
				return fmt.Errorf("the attention %q has %d values and %d gradients instead of %d", a.Value, len(m.A), len(m.G), want)
			}
			if err := each(m); err != nil {
				return err
			}
		}
		end = start
	}
	p.Report(1, "Done")
	return nil
}

// row is the mean over the heads of a query's row: add puts one head's to the sum.
func (m matrices) row(w, q int, to []float32, add func(to, a, g []float32)) {
	clear(to)
	for h := range m.Heads {
		from := ((w*m.Heads+h)*m.Queries + q) * m.Keys
		var a, g []float32
		if len(m.A) > 0 {
			a = m.A[from:][:len(to)]
		}
		if len(m.G) > 0 {
			g = m.G[from:][:len(to)]
		}
		add(to, a, g)
	}
	by := 1 / float32(m.Heads)
	for k := range to {
		to[k] *= by
	}
}

// addValues, addPositive and addRelevance are what rows are the mean of: A,
// ReLU(G), ReLU(A * G).
func addValues(to, a, _ []float32) {
	for k, v := range a {
		to[k] += v
	}
}

func addPositive(to, _, g []float32) {
	for k, v := range g {
		to[k] += max(v, 0)
	}
}

func addRelevance(to, a, g []float32) {
	for k, v := range a {
		to[k] += max(v*g[k], 0)
	}
}

// parcels is into how many parts rows are added up, whatever the number of
// cores: sums in another order would be other numbers.
const parcels = 8

// weighed is the sum over some rows, each a query's of windows x queries and
// made by row, times its weight: over windows x keys.
func (a Attention) weighed(rows []int, weight func(i int) float64, row func(i int, to []float32)) []float64 {
	var parts [parcels][]float64
	var group sync.WaitGroup
	for p := range parcels {
		group.Go(func() {
			sums, over := make([]float64, a.Windows*a.Keys), make([]float32, a.Keys)
			for i := p * len(rows) / parcels; i < (p+1)*len(rows)/parcels; i++ {
				row(i, over)
				by, to := weight(i), sums[rows[i]/a.Queries*a.Keys:][:len(over)]
				for k, v := range over {
					to[k] += by * float64(v)
				}
			}
			parts[p] = sums
		})
	}
	group.Wait()
	for _, p := range parts[1:] {
		for k, v := range p {
			parts[0][k] += v
		}
	}
	return parts[0]
}

// readers are the queries, as windows x tokens, whose rows tell what the
// answer takes: the class tokens that are read out or, where there are none,
// every place.
func (a Attention) readers() (list []int) {
	if len(a.Class) > 0 {
		return a.Class
	}
	for i, c := range a.QueryCells {
		if c >= 0 {
			list = append(list, i)
		}
	}
	return list
}

// spread makes a map of one number for each key, windows x keys: a cell that
// occurs in several windows gets the mean.
func (a Attention) spread(values []float64) task.Map {
	sum, count := make([]float64, a.Height*a.Width), make([]float64, a.Height*a.Width)
	for i, c := range a.KeyCells {
		if c >= 0 {
			sum[c] += values[i]
			count[c]++
		}
	}
	for c := range sum {
		sum[c] /= max(count[c], 1)
	}
	return mapOf(tensor.Tensor{Shape: []int{1, 1, a.Height, a.Width}}, sum)
}

// compare states how far the map is from the one in the paper's convention, as
// both are shown.
func (a *Attribution) compare(r Request, paper task.Map) error {
	gap, err := furthest(r, paper, a.Map)
	if err != nil {
		return err
	}
	a.Facts = append(a.Facts, task.Fact{ID: FactConvention, Value: gap})
	a.Notes = append(a.Notes, task.Note{
		Key: "Shown, this map is at most %.2g of the scale away from the paper's convention.", Args: []any{gap},
	})
	return nil
}

// readNote says what a map of attention is read from.
func (a Attention) readNote() task.Note {
	if len(a.Class) > 0 {
		return task.Note{Key: "Read from the class token's row."}
	}
	return task.Note{Key: "The model reads its answer from all places: the rows of all of them are averaged."}
}

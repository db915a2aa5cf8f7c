package method

import (
	"context"
	"fmt"
	"runtime"
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

// matrices are one attention's values, [Windows, Heads, Queries, Keys]; G is
// empty where no gradient was asked for.
type matrices struct {
	Attention
	A, G []float32
}

// backwards hands out the matrices of list from the last to the first, asking
// for as many at once as the budget allows.
func backwards(ctx context.Context, s Session, r Request, list []Attention, cut Shortcut, gradient bool, p task.Progress, each func(m matrices) error) error {
	for end := len(list); end > 0; {
		start, bytes := end, 0
		for start > 0 {
			a := list[start-1]
			size := 4 * a.Windows * a.Heads * a.Queries * a.Keys
			if gradient {
				size *= 2
			}
			if bytes += size; bytes > attentionBudget && start < end {
				break
			}
			start--
		}
		p.Report(1-float64(end)/float64(len(list)), "Attention")
		var names []string
		for _, a := range list[start:end] {
			names = append(names, a.Value)
		}
		got, err := ask(ctx, s, r, names, cut, gradient)
		if err != nil {
			return err
		}
		for _, a := range slices.Backward(list[start:end]) {
			m := matrices{Attention: a, A: got[a.Value].A.Data, G: got[a.Value].G.Data}
			want := a.Windows * a.Heads * a.Queries * a.Keys
			if len(m.A) != want || gradient && len(m.G) != want {
				return fmt.Errorf("the attention %q has %d values instead of %d", a.Value, len(m.A), want)
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

func ask(ctx context.Context, s Session, r Request, names []string, cut Shortcut, gradient bool) (map[string]LayerGradient, error) {
	if gradient {
		out, err := s.Gradient(ctx, r.Input, r.Score, GradientQuery{Layers: names, Shortcut: cut})
		return out.Layers, err
	}
	values, err := s.Activations(ctx, r.Input, names)
	out := map[string]LayerGradient{}
	for name, v := range values {
		out[name] = LayerGradient{A: v}
	}
	return out, err
}

// averaged is the mean over the heads of f, [Windows, Queries, Keys]. Cores
// share it: a transformer has millions of values.
func (m matrices) averaged(f func(a, g float64) float64) []float64 {
	block, heads := m.Queries*m.Keys, float64(m.Heads)
	out := make([]float64, m.Windows*block)
	parts := runtime.GOMAXPROCS(0)
	var group sync.WaitGroup
	for part := range parts {
		group.Go(func() {
			first, end := part*block/parts, (part+1)*block/parts
			for w := range m.Windows {
				to := out[w*block+first : w*block+end]
				for h := range m.Heads {
					from := (w*m.Heads + h) * block
					A := m.A[from+first : from+end]
					if len(m.G) == 0 {
						for i, a := range A {
							to[i] += f(float64(a), 0) / heads
						}
						continue
					}
					G := m.G[from+first : from+end]
					for i, a := range A {
						to[i] += f(float64(a), float64(G[i])) / heads
					}
				}
			}
		})
	}
	group.Wait()
	return out
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

package method

import (
	"seewhy/analysis/task"
)

// flowing is a share for each token, carried from the last attention to the
// first: the row of a product of matrices, from the left. Tokens are known by
// what they are, so that windows, class tokens that join late and layers on
// some of the tokens only need no special case.
type flowing struct {
	height, width int
	cells         []float64
	// class holds the shares of tokens that are no places, in order.
	class []float64
	used  int
}

// token is a place, by its cell, or the class token of an index.
func (f *flowing) at(cell, class int) *float64 {
	if cell >= 0 {
		return &f.cells[cell]
	}
	for len(f.class) <= class {
		f.class = append(f.class, 0)
	}
	return &f.class[class]
}

// begin gives the tokens that the answer is read from equal shares.
func begin(a Attention) *flowing {
	f := &flowing{height: a.QueryHeight, width: a.QueryWidth}
	if f.height == 0 {
		f.height, f.width = a.Height, a.Width
	}
	f.cells = make([]float64, f.height*f.width)
	list := a.readers()
	names := classOrder(a.QueryCells, a.Queries)
	for _, q := range list {
		*f.at(a.QueryCells[q], names[q]) += 1 / float64(len(list))
	}
	return f
}

// classOrder numbers the tokens that are no places within each window.
func classOrder(cells []int, tokens int) []int {
	out := make([]int, len(cells))
	next := 0
	for i, c := range cells {
		if i%tokens == 0 {
			next = 0
		}
		if c < 0 {
			out[i] = next
			next++
		}
	}
	return out
}

// follows says that the shares can go on through an attention: it lies on the
// same places.
func (f *flowing) follows(a Attention) bool {
	same := a.QueryHeight == f.height && a.QueryWidth == f.width || a.QueryHeight == 0
	return same && (f.used == 0 || a.Height == f.height && a.Width == f.width && (a.Self || a.QueryHeight == 0))
}

// through carries the shares through an attention: each token that asks hands
// its share w on as w times its row. row writes a query's row over the keys and
// gives what the token keeps of itself (keeps, for a matrix between different
// tokens, is left out); several rows are made at once.
func (f *flowing) through(a Attention, row func(window, query int, keeps bool, to []float32) (self float64)) {
	f.used++
	queries, keys := classOrder(a.QueryCells, a.Queries), classOrder(a.KeyCells, a.Keys)
	keeps := a.Self || a.QueryHeight == 0
	next := &flowing{height: a.Height, width: a.Width, cells: make([]float64, a.Height*a.Width), used: f.used}
	if keeps {
		copy(next.cells, f.cells)
		next.class = append(next.class, f.class...)
	}
	// Queries that have a share.
	var list []int
	var of []float64
	for i, c := range a.QueryCells {
		if c < -1 {
			continue
		}
		share := *f.at(c, queries[i])
		if share == 0 {
			continue
		}
		list, of = append(list, i), append(of, share)
		if keeps {
			*next.at(c, queries[i]) = 0
		}
	}
	own := make([]float64, len(list))
	over := a.weighed(list, func(i int) float64 { return of[i] }, func(i int, to []float32) {
		own[i] = row(list[i]/a.Queries, list[i]%a.Queries, keeps, to)
	})
	for i, v := range over {
		if a.KeyCells[i] >= -1 {
			*next.at(a.KeyCells[i], keys[i]) += v
		}
	}
	for n, i := range list {
		if keeps {
			*next.at(a.QueryCells[i], queries[i]) += of[n] * own[n]
		}
	}
	*f = *next
}

// result is the map of the places' shares.
func (f *flowing) result() task.Map {
	m := task.Map{Width: f.width, Height: f.height, Values: make([]float32, len(f.cells))}
	for i, v := range f.cells {
		m.Values[i] = float32(v)
	}
	return m
}

// chain is the run of attentions, up to the last, through which shares can be
// carried, and a note where that is not all of them.
func chain(list []Attention) (run []Attention, notes []task.Note) {
	f := begin(list[len(list)-1])
	start := len(list)
	for start > 0 && f.follows(list[start-1]) {
		start--
		a := list[start]
		f.height, f.width, f.used = a.Height, a.Width, f.used+1
	}
	run = list[start:]
	notes = append(notes, run[len(run)-1].readNote())
	if start > 0 {
		notes = append(notes, task.Note{Warning: true, Key: "Only the last %d of %d layers of attention follow on from each other on the same tokens; those before them are left out.", Args: []any{len(run), len(list)}})
	}
	return run, notes
}

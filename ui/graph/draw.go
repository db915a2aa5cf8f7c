package graph

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"

	"seewhy/analysis/task"
)

// Options say how much of a graph is shown.
type Options struct {
	// Blocks folds what lies between two places through which everything goes.
	Blocks bool
}

// Box is one or several operations.
type Box struct {
	// X, Y are the upper left corner; each box is BoxWidth x BoxHeight.
	X, Y float64
	// Title names its operations, or, of a block, its scope; that may be empty.
	Title string
	// Name is the last node's, Shape that of what the box gives on.
	Name  string
	Shape []int
	Kind  Kind
	// Count is how many operations it holds.
	Count int
	// Layer is the last of its values that a map can be made at, Values all of
	// them; empty where there is none.
	Layer  string
	Values []string

	text string
}

// Wire is a line down between boxes, or a part of a long one.
type Wire struct{ From, To Point }

// Drawing is a graph laid out.
type Drawing struct {
	Boxes []Box
	// Wires reach from one layer to the next, from the top down. Long are lines
	// that were not led between the boxes, for there are too many.
	Wires, Long   []Wire
	Width, Height float64
}

// Between are the wires that may be seen between two heights.
func (d *Drawing) Between(top, bottom float64) []Wire {
	from := sort.Search(len(d.Wires), func(i int) bool { return d.Wires[i].From.Y >= top-BoxHeight-gapY })
	to := sort.Search(len(d.Wires), func(i int) bool { return d.Wires[i].From.Y > bottom })
	return d.Wires[from:max(from, to)]
}

// Draw folds and lays out a graph. Layers are those at which maps can be made.
// It gives nil where ctx ends.
func Draw(ctx context.Context, g task.Graph, layers []task.Layer, o Options) *Drawing {
	f := chains(g)
	if o.Blocks {
		f = f.blocks()
	}
	usable := map[string]string{}
	for _, l := range layers {
		if l.Mappable() && l.NoGradient == "" {
			usable[l.Value] = l.Name
		}
	}
	at, wires, long := lay(ctx, len(f.groups), f.edges)
	if ctx.Err() != nil {
		return nil
	}
	d := &Drawing{}
	left := 0.0
	for _, w := range wires {
		left = min(left, w.From.X-wireGap, w.To.X-wireGap)
	}
	for _, p := range at {
		left = min(left, p.X-BoxWidth/2)
	}
	for i, k := range f.groups {
		last := g.Nodes[k.nodes[len(k.nodes)-1]]
		b := Box{X: at[i].X - BoxWidth/2 - left, Y: at[i].Y - BoxHeight/2, Name: last.Name, Shape: last.Shape, Count: len(k.nodes)}
		b.Title, b.Kind = title(g, k)
		words := []string{b.Title}
		for _, n := range k.nodes {
			words = append(words, g.Nodes[n].Name, g.Nodes[n].Op)
			for _, v := range g.Nodes[n].Values {
				if name, ok := usable[v]; ok {
					b.Layer, b.Values = v, append(b.Values, v)
					words = append(words, name)
				}
			}
		}
		b.text = strings.ToLower(strings.Join(words, " "))
		d.Boxes = append(d.Boxes, b)
		d.Width, d.Height = max(d.Width, b.X+BoxWidth), max(d.Height, b.Y+BoxHeight)
	}
	for _, w := range wires {
		w.From.X, w.To.X = w.From.X-left, w.To.X-left
		d.Wires = append(d.Wires, w)
		d.Width = max(d.Width, w.From.X+wireGap, w.To.X+wireGap)
	}
	slices.SortStableFunc(d.Wires, func(a, b Wire) int { return cmp.Compare(a.From.Y, b.From.Y) })
	for _, w := range long {
		w.From.X, w.To.X = w.From.X-left, w.To.X-left
		d.Long = append(d.Long, w)
	}
	return d
}

// At is the box at a point; -1 where there is none.
func (d *Drawing) At(x, y float64) int {
	for i, b := range d.Boxes {
		if x >= b.X && x < b.X+BoxWidth && y >= b.Y && y < b.Y+BoxHeight {
			return i
		}
	}
	return -1
}

// Holding is the box that holds a value; -1 where none does.
func (d *Drawing) Holding(value string) int {
	for i, b := range d.Boxes {
		for _, v := range b.Values {
			if v == value {
				return i
			}
		}
	}
	return -1
}

// Find lists the boxes that have every word in their names or operations.
func (d *Drawing) Find(query string) []int {
	words := strings.Fields(strings.ToLower(query))
	if len(words) == 0 {
		return nil
	}
	var out []int
next:
	for i, b := range d.Boxes {
		for _, w := range words {
			if !strings.Contains(b.text, w) {
				continue next
			}
		}
		out = append(out, i)
	}
	return out
}

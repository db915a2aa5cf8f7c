package graph

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"testing"
	"time"

	"seewhy/analysis/task"
)

// net makes a graph of ops, each with the places of its inputs.
func net(ops ...any) task.Graph {
	var g task.Graph
	for i := 0; i < len(ops); i += 2 {
		at := len(g.Nodes)
		name := fmt.Sprintf("n%d", at)
		g.Nodes = append(g.Nodes, task.GraphNode{Name: name, Op: ops[i].(string), Values: []string{"v" + name}})
		for _, from := range ops[i+1].([]int) {
			g.Edges = append(g.Edges, task.GraphEdge{From: from, To: at})
		}
	}
	return g
}

// residual is a stem, two residual blocks and a head.
func residual() task.Graph {
	return net(
		"Input", []int{}, "Conv", []int{0}, "Relu", []int{1},
		"Conv", []int{2}, "BatchNormalization", []int{3}, "Relu", []int{4}, "Conv", []int{5}, "Add", []int{6, 2}, "Relu", []int{7},
		"Conv", []int{8}, "Conv", []int{8}, "Add", []int{9, 10},
		"GlobalAveragePool", []int{11}, "Flatten", []int{12}, "Gemm", []int{13},
	)
}

func titles(d *Drawing) (out []string) {
	for _, b := range d.Boxes {
		out = append(out, b.Title)
	}
	return out
}

func TestChainsAreFolded(t *testing.T) {
	d := Draw(t.Context(), residual(), nil, Options{})
	want := []string{"Input", "Conv · Relu", "Conv · BatchNormalization · Relu", "Conv", "Add · Relu", "Conv", "Conv", "Add", "GlobalAveragePool · Flatten", "Gemm"}
	if got := titles(d); !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
	// Eleven edges, one of which passes two layers of boxes.
	if len(d.Wires) != 13 {
		t.Errorf("%d wires", len(d.Wires))
	}
	if d.Boxes[4].Kind != Merge || d.Boxes[1].Kind != Weighted || d.Boxes[0].Kind != Source || d.Boxes[2].Count != 3 {
		t.Errorf("%+v", d.Boxes)
	}
}

func TestBlocksAreWhatLiesBetweenTwoCuts(t *testing.T) {
	d := Draw(t.Context(), residual(), nil, Options{Blocks: true})
	var got []string
	for _, b := range d.Boxes {
		got = append(got, fmt.Sprintf("%s/%v/%d", b.Title, b.Kind == Block, b.Count))
	}
	want := []string{"Input/false/1", "Conv · Relu/false/2", "/true/6", "/true/3", "GlobalAveragePool · Flatten/false/2", "Gemm/false/1"}
	if !reflect.DeepEqual(got, want) || len(d.Wires) != len(want)-1 {
		t.Errorf("%q with %d wires", got, len(d.Wires))
	}
}

func TestBlocksHaveTheNameOfTheirScope(t *testing.T) {
	for scope, want := range map[string]string{
		"/layer1/block0/": "layer1.block0",
		// As PyTorch writes a module in a module.
		"/stage2/stage2.0/":                     "stage2.0",
		"/features/features.3/conv/conv.1/":     "features.3.conv.1",
		"/blocks/blocks.2/attn/":                "blocks.2.attn",
		"net.layer1.0.":                         "net.layer1.0",
		"/features/features.1/features.1.0/op.": "features.1.0.op",
		"":                                      "",
	} {
		g := residual()
		for i := 3; i <= 8; i++ {
			g.Nodes[i].Name = fmt.Sprintf("%sop%d", scope, i)
		}
		if got := Draw(t.Context(), g, nil, Options{Blocks: true}).Boxes[2].Title; got != want {
			t.Errorf("%q: %q, want %q", scope, got, want)
		}
	}
}

func TestBoxesKnowTheirLayers(t *testing.T) {
	g := residual()
	layers := []task.Layer{{Value: "vn4", Kind: "spatial", Name: "stage1.norm"}, {Value: "vn5", Kind: "spatial"}, {Value: "vn13", Kind: "vector"}, {Value: "vn11", Kind: "spatial", NoGradient: "no rule"}}
	d := Draw(t.Context(), g, layers, Options{})
	if b := d.Boxes[2]; b.Layer != "vn5" || !reflect.DeepEqual(b.Values, []string{"vn4", "vn5"}) {
		t.Errorf("%+v", b)
	}
	if d.Holding("vn4") != 2 || d.Holding("vn13") != -1 || d.Holding("vn11") != -1 {
		t.Error("layers stand in the wrong boxes")
	}
	if got := d.Find("STAGE1 conv"); !reflect.DeepEqual(got, []int{2}) {
		t.Errorf("found %v", got)
	}
	if d.Find("  ") != nil || d.Find("nothing") != nil {
		t.Error("found without a word, or what is not there")
	}
}

func TestLayersGoDownAndDoNotOverlap(t *testing.T) {
	for name, g := range map[string]task.Graph{"residual": residual(), "wide": wide(9, 12)} {
		d := Draw(t.Context(), g, nil, Options{})
		for i, a := range d.Boxes {
			if a.X < 0 || a.Y < 0 || a.X+BoxWidth > d.Width || a.Y+BoxHeight > d.Height {
				t.Errorf("%s: box %d at %v, %v lies outside of %v x %v", name, i, a.X, a.Y, d.Width, d.Height)
			}
			if d.At(a.X+5, a.Y+5) != i {
				t.Errorf("%s: a click on box %d finds %d", name, i, d.At(a.X+5, a.Y+5))
			}
			for k, b := range d.Boxes[:i] {
				if math.Abs(a.X-b.X) < BoxWidth && math.Abs(a.Y-b.Y) < BoxHeight {
					t.Errorf("%s: boxes %d and %d overlap", name, k, i)
				}
			}
		}
		for i, w := range d.Wires {
			if w.To.Y <= w.From.Y {
				t.Errorf("%s: wire %d goes up", name, i)
			}
		}
	}
	// A straight net is a straight line.
	d := Draw(t.Context(), net("Input", []int{}, "Conv", []int{0}, "Conv", []int{1}), nil, Options{})
	if d.Boxes[0].X != d.Boxes[2].X || d.Boxes[2].Y-d.Boxes[1].Y != BoxHeight+gapY {
		t.Errorf("%+v", d.Boxes)
	}
}

// wide is depth layers of branches that all meet, as in inception modules.
func wide(branches, depth int) task.Graph {
	ops := []any{"Input", []int{}}
	last := 0
	for range depth {
		var ends []int
		for range branches {
			ops = append(ops, "Conv", []int{last})
			ends = append(ends, len(ops)/2-1)
		}
		ops = append(ops, "Concat", ends)
		last = len(ops)/2 - 1
	}
	return net(ops...)
}

func TestBadEdgesAreLeftOut(t *testing.T) {
	g := net("Input", []int{}, "Conv", []int{0})
	g.Edges = append(g.Edges, task.GraphEdge{From: 1, To: 0}, task.GraphEdge{From: -1, To: 1}, task.GraphEdge{From: 0, To: 7}, task.GraphEdge{From: 1, To: 1})
	if d := Draw(t.Context(), g, nil, Options{}); len(d.Boxes) != 2 || len(d.Wires) != 1 {
		t.Errorf("%d boxes, %d wires", len(d.Boxes), len(d.Wires))
	}
	if d := Draw(t.Context(), task.Graph{}, nil, Options{Blocks: true}); len(d.Boxes) != 0 {
		t.Error("nothing has boxes")
	}
}

func TestTwoThousandBoxesAreLaidOutSoon(t *testing.T) {
	g := wide(10, 190)
	begin := time.Now()
	d := Draw(t.Context(), g, nil, Options{})
	if len(d.Boxes) != 2091 {
		t.Errorf("%d boxes", len(d.Boxes))
	}
	// A dense net: every layer uses all before it.
	ops := []any{"Input", []int{}}
	for i := range 150 {
		from := make([]int, i+1)
		for k := range from {
			from[k] = k
		}
		ops = append(ops, "Concat", from)
	}
	Draw(t.Context(), net(ops...), nil, Options{})
	if spent := time.Since(begin); spent > 30*time.Second {
		t.Errorf("it takes %v", spent)
	} else {
		t.Logf("%v", spent)
	}
}

// ending is n operations in a row that all feed the last one too.
func ending(n int) task.Graph {
	g := net("Input", []int{})
	for i := 1; i < n; i++ {
		g.Nodes = append(g.Nodes, task.GraphNode{Name: fmt.Sprint(i), Op: "Conv"})
		g.Edges = append(g.Edges, task.GraphEdge{From: i - 1, To: i})
	}
	for i := range n - 2 {
		g.Edges = append(g.Edges, task.GraphEdge{From: i, To: n - 1})
	}
	return g
}

func TestLinesOfAHostileGraphAreBounded(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d := Draw(t.Context(), ending(2000), nil, Options{})
	runtime.ReadMemStats(&after)
	if len(d.Boxes) != 2000 || len(d.Wires) > maxRouted || len(d.Long) == 0 || len(d.Long) > maxLong {
		t.Errorf("%d boxes, %d wires, %d long lines", len(d.Boxes), len(d.Wires), len(d.Long))
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 200<<20 {
		t.Errorf("%d MB were allocated", got>>20)
	}
	// Every line of a short net is led between the boxes.
	if d := Draw(t.Context(), ending(100), nil, Options{}); len(d.Long) != 0 || len(d.Wires) < 4000 {
		t.Errorf("%d wires, %d long lines", len(d.Wires), len(d.Long))
	}
	dense := net("Input", []int{})
	for i := 1; i < 1000; i++ {
		dense.Nodes = append(dense.Nodes, task.GraphNode{Op: "Conv"})
		for k := range i {
			dense.Edges = append(dense.Edges, task.GraphEdge{From: k, To: i})
		}
	}
	if d := Draw(t.Context(), dense, nil, Options{Blocks: true}); len(d.Wires) > maxRouted || len(d.Long) > maxLong {
		t.Errorf("%d wires, %d long lines", len(d.Wires), len(d.Long))
	}
}

// turning is a context that ends at its n-th look, and counts those that follow.
type turning struct {
	context.Context
	ends, looks int
}

func (c *turning) Err() error {
	if c.looks++; c.looks >= c.ends {
		return context.Canceled
	}
	return nil
}

// A layout looks at its context before each layer of each sweep; where it has
// ended, each level of the work looks once more, and does nothing.
func TestLayoutEndsWithItsContext(t *testing.T) {
	g := wide(5, 30)
	whole := &turning{Context: t.Context(), ends: 1 << 30}
	d := Draw(whole, g, nil, Options{})
	layers := 0
	for y, k := -1.0, 0; k < len(d.Boxes); k++ {
		if d.Boxes[k].Y > y {
			y, layers = d.Boxes[k].Y, layers+1
		}
	}
	if layers != 61 || whole.looks < layers*3*sweeps {
		t.Fatalf("%d looks for %d layers", whole.looks, layers)
	}
	for n := 1; n <= whole.looks; n += 1 + whole.looks/97 {
		ctx := &turning{Context: t.Context(), ends: n}
		if d := Draw(ctx, g, nil, Options{}); d != nil {
			t.Errorf("a drawing that was cancelled at look %d is there", n)
		}
		if ctx.looks > n+3 {
			t.Errorf("%d looks after an end at the %dth", ctx.looks-n, n)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if d := Draw(gone, ending(2000), nil, Options{}); d != nil {
		t.Error("a drawing that was cancelled beforehand is there")
	}
}

func TestWiresOfAViewAreFound(t *testing.T) {
	d := Draw(t.Context(), wide(9, 12), nil, Options{})
	for top := -50.0; top < d.Height; top += 33 {
		bottom := top + 100
		in := map[Wire]bool{}
		for _, w := range d.Between(top, bottom) {
			in[w] = true
		}
		for _, w := range d.Wires {
			if w.To.Y >= top && w.From.Y <= bottom && !in[w] {
				t.Fatalf("%v is not among those between %v and %v", w, top, bottom)
			}
		}
	}
	if n := len(d.Between(0, 50)); n > len(d.Wires)/4 {
		t.Errorf("%d of %d wires are looked at for the first layer", n, len(d.Wires))
	}
}

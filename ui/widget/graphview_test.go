package widget

import (
	"context"
	"image/color"
	"math"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"seewhy/analysis/task"
	"seewhy/ui/graph"
	"seewhy/ui/look"
)

// sampleGraph is a stem with two branches that meet; the first branch is a layer.
func sampleGraph() *graph.Drawing {
	g := task.Graph{
		Nodes: []task.GraphNode{{Name: "in", Op: "Input"}, {Name: "a", Op: "Conv", Values: []string{"va"}}, {Name: "b", Op: "Conv"}, {Name: "c", Op: "Concat"}},
		Edges: []task.GraphEdge{{From: 0, To: 1}, {From: 0, To: 2}, {From: 1, To: 3}, {From: 2, To: 3}},
	}
	return graph.Draw(context.Background(), g, []task.Layer{{Value: "va", Kind: "spatial"}}, graph.Options{})
}

func graphWords(b graph.Box) (title, detail string) { return b.Title, b.Name }

func TestGraphViewPansZoomsAndPicks(t *testing.T) {
	g := NewGraphView(graphWords)
	win := window(t, g, 420, 300)
	d := sampleGraph()
	g.Set(d)
	picked := -1
	g.OnPicked = func(i int) { picked = i }
	middle := func(box int) fyne.Position {
		b := d.Boxes[box]
		return fyne.NewPos(float32((b.X+graph.BoxWidth/2-g.x)*g.zoom), float32((b.Y+graph.BoxHeight/2-g.y)*g.zoom))
	}
	g.Fit()
	for i := range d.Boxes {
		p := middle(i)
		if p.X < 0 || p.Y < 0 || p.X > 420 || p.Y > 300 {
			t.Errorf("box %d at %v is not in sight", i, p)
		}
		if g.Tapped(&fyne.PointEvent{Position: p}); picked != i {
			t.Errorf("a click on %d picks %d", i, picked)
		}
	}
	// The wheel leaves the place under the pointer where it is.
	place := middle(1)
	before := g.zoom
	g.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: place}, Scrolled: fyne.NewDelta(0, 30)})
	if after := middle(1); g.zoom <= before || after.Subtract(place).X > .01 || after.Subtract(place).Y > .01 {
		t.Errorf("zoom %v to %v, place %v to %v", before, g.zoom, place, after)
	}
	g.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(15, -7)})
	if moved := middle(1).Subtract(place); moved.X < 14.9 || moved.Y > -6.9 {
		t.Errorf("moved by %v", moved)
	}
	g.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: middle(1)}})
	if g.Cursor() != desktop.PointerCursor {
		t.Error("a layer does not show that it can be picked")
	}
	g.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: middle(2)}})
	if g.Cursor() != desktop.DefaultCursor || g.hover != -1 {
		t.Error("what is no layer looks as if it could be picked")
	}
	g.Fit()
	g.Mark([]int{1})
	p := middle(1)
	want := over(rgba(look.Stage), rgba(look.Tint))
	if c := at(win, int(p.X)+55, int(p.Y)+int(14*g.zoom)); !close3(c, color.RGBA{want.R, want.G, want.B, 255}, 3) {
		t.Errorf("the marked box is %v, want %v", c, want)
	}
}

// blocks is a drawing of so many blocks, one below the other, of ten boxes and one.
func blocks(n int) *graph.Drawing {
	var g task.Graph
	add := func(op string, from ...int) int {
		for _, k := range from {
			g.Edges = append(g.Edges, task.GraphEdge{From: k, To: len(g.Nodes)})
		}
		g.Nodes = append(g.Nodes, task.GraphNode{Op: op})
		return len(g.Nodes) - 1
	}
	last := add("Input")
	for range n {
		var ends []int
		for range 10 {
			ends = append(ends, add("Conv", last))
		}
		last = add("Concat", ends...)
	}
	return graph.Draw(context.Background(), g, nil, graph.Options{})
}

// processor is how long this process has computed, whatever else the machine does.
func processor(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// A frame costs what is seen, not what there is: of a graph ten times as high,
// as much as of the small one, and the whole of it from afar, where boxes are
// dots, a few times as much.
func TestLargeGraphsStaySmooth(t *testing.T) {
	frame := func(d *graph.Drawing, zoom float64) time.Duration {
		const frames = 10
		least := time.Duration(math.MaxInt64)
		for range 3 {
			begin := processor(t)
			for i := range frames {
				paintGraph(d, graphLook{x: 0, y: float64(i) * 5, zoom: zoom, hover: -1}, 800, 700)
			}
			least = min(least, (processor(t)-begin)/frames)
		}
		return least
	}
	small, d := blocks(20), blocks(200)
	if len(d.Boxes) < 2000 {
		t.Fatalf("%d boxes", len(d.Boxes))
	}
	near := frame(small, 1)
	for _, c := range []struct {
		zoom float64
		most time.Duration
	}{{1, 2 * near}, {.2, 2 * frame(small, .2)}, {.03, 8 * near}} {
		spent := frame(d, c.zoom)
		t.Logf("zoom %v: %v a frame, at most %v", c.zoom, spent, c.most)
		if spent > c.most {
			t.Errorf("zoom %v: a frame takes %v, more than %v", c.zoom, spent, c.most)
		}
	}
	v := NewGraphView(graphWords)
	window(t, v, 800, 700)
	v.Set(d)
	v.Fit()
	if len(v.texts) > 2*maxLabels {
		t.Errorf("%d words have objects", len(v.texts))
	}
}

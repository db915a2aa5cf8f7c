package screen

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"seewhy/assets/i18n"
	"seewhy/ui/graph"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// graphPanel is the model's graph beside the panes: where the layer lies.
type graphPanel struct {
	*context
	view        *widget.GraphView
	search      *widget.Finder
	title, says *widget.Text
	all         *widget.Button
	root        *fyne.Container

	// drawing and layers are what is marked in the view.
	drawing *graph.Drawing
	layers  []string
	hits    []int
	at      int
}

func newGraphPanel(c *context) *graphPanel {
	g := &graphPanel{context: c, title: heading(i18n.T("Graph")).Whole(), says: widget.NewText("").Small().Wrapped(3).Aligned(fyne.TextAlignCenter)}
	g.view = widget.NewGraphView(boxWords)
	g.view.OnPicked = g.pick
	g.search = widget.NewFinder(i18n.T("Find an operation"))
	g.search.OnChanged = func(string) { g.find(true) }
	g.search.OnEntered = func() { g.find(false) }
	g.all = widget.NewButton(i18n.T("Unfold blocks"), nil, widget.Quiet, func() { c.Send(state.GraphOpened{Open: !c.state.Graph.Open}) })
	fit := widget.NewButton(i18n.T("Fit"), nil, widget.Quiet, func() { g.view.Fit() })
	fit.SetTip(c.tips, i18n.T("The whole graph (double click)"))
	shut := widget.NewButton(i18n.T("Close"), nil, widget.Quiet, func() { c.Send(state.GraphToggled{}) })
	g.root = container.New(graphLayout{}, widget.NewSurface(look.Panel, 0), g.title, g.all, fit, shut, g.search, widget.Line(), g.view, g.says, widget.Line())
	g.root.Hide()
	return g
}

// pick takes the layer of a box into the active pane.
func (g *graphPanel) pick(box int) {
	d := g.state.Graph.Drawing
	if d == nil || box >= len(d.Boxes) {
		return
	}
	if v := d.Boxes[box].Layer; v != "" {
		g.Send(state.LayerPicked{Pane: g.state.Active, Value: v})
		return
	}
	g.Send(state.Said{Text: i18n.T("No map can be made at %s.", boxName(d.Boxes[box]))})
}

// find marks what the search names and goes to the first of it, or to the next.
func (g *graphPanel) find(anew bool) {
	d := g.state.Graph.Drawing
	if d == nil {
		return
	}
	if anew {
		g.hits, g.at = d.Find(g.search.Text), 0
	} else if len(g.hits) > 0 {
		g.at = (g.at + 1) % len(g.hits)
	}
	g.view.Found(g.hits, g.at)
}

// show tells whether the panel has come or gone.
func (g *graphPanel) show(s state.State) bool {
	w := s.Graph
	changed := g.root.Hidden == w.On
	g.root.Hidden = !w.On
	if !w.On {
		return changed
	}
	words := ""
	switch {
	case w.Err != "":
		words = i18n.Tell(w.Err)
	case w.Job != 0 && w.Drawing == nil:
		words = i18n.T("Drawing the graph …")
	}
	g.says.SetText(words)
	g.all.SetOn(w.Open)
	layers := s.ShownLayers(s.Active)
	if w.Drawing == g.drawing && slices.Equal(layers, g.layers) {
		return changed
	}
	if w.Drawing != g.drawing {
		g.view.Mark(nil)
		g.view.Set(w.Drawing)
		g.hits, g.at = nil, 0
	}
	g.drawing, g.layers = w.Drawing, layers
	if d := w.Drawing; d != nil {
		var boxes []int
		for _, v := range layers {
			if i := d.Holding(v); i >= 0 {
				boxes = append(boxes, i)
			}
		}
		g.view.Mark(boxes)
	}
	return changed
}

// boxWords are what stands in a box: its operations, and what they give on.
func boxWords(b graph.Box) (title, detail string) {
	title, detail = b.Title, shape(b.Shape)
	if b.Kind == graph.Block {
		if title == "" {
			title = i18n.T("Block")
		}
		detail = i18n.T("%d operations", b.Count) + dot + detail
	}
	if b.Kind == graph.Source {
		title = i18n.T("Input")
	}
	return title, detail
}

// boxName is what people call a box.
func boxName(b graph.Box) string {
	if b.Title != "" {
		return b.Title
	}
	return b.Name
}

// graphLayout is a head of one line, a search, and the view.
type graphLayout struct{}

func (graphLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(o[0], 0, 0, size.Width, size.Height)
	put(o[1], 12, 9, o[1].MinSize().Width, 24)
	x := size.Width - 4
	for _, i := range []int{4, 3, 2} {
		w := o[i].MinSize().Width
		x -= w
		put(o[i], x, 7, w, widget.ControlHeight)
	}
	put(o[5], 8, 42, size.Width-16, o[5].MinSize().Height)
	top := 42 + o[5].MinSize().Height + 8
	put(o[6], 0, top-1, size.Width, 1)
	put(o[7], 0, top, size.Width-1, size.Height-top)
	put(o[8], 20, top+40, size.Width-40, 60)
	put(o[9], size.Width-1, 0, 1, size.Height)
}

func (graphLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(240, 200) }

// besideGraph is the panes with the graph at their left, where that is seen, or
// over them where there is no room for both.
type besideGraph struct{}

// leastPanes is how wide the panes must stay beside the graph.
const leastPanes float32 = 300

func (besideGraph) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := float32(0)
	if o[1].Visible() {
		w = min(max(size.Width*0.42, 280), 520)
		if size.Width-w < leastPanes {
			put(o[1], 0, 0, size.Width, size.Height)
			w = 0
		} else {
			put(o[1], 0, 0, w, size.Height)
		}
	}
	put(o[0], w, 0, size.Width-w, size.Height)
}

func (besideGraph) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

package widget

import (
	"image"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/graph"
	"seewhy/ui/look"
)

// GraphView shows a graph that pans and zooms. Boxes and lines are one picture
// as large as the view, painted anew when it moves; only words that can be read
// have objects. So a frame costs the same for twenty boxes and two thousand.
type GraphView struct {
	widget.BaseWidget
	drawing *graph.Drawing
	words   func(graph.Box) (title, detail string)
	marked  []int
	found   []int
	// hover is the layer's box under the mouse, or -1.
	hover int
	// x, y are the drawing's point in the view's upper left corner; zoom is
	// screen units for one of its own.
	x, y, zoom float64
	// fit says that the whole width is shown until the user moves.
	fit    bool
	raster *canvas.Raster
	texts  []*canvas.Text
	layer  *fyne.Container
	clip   *container.Clip

	// OnPicked reports a click on a box.
	OnPicked func(box int)
}

// NewGraphView makes an empty view. words says what stands in a box.
func NewGraphView(words func(graph.Box) (title, detail string)) *GraphView {
	g := &GraphView{words: words, hover: -1, zoom: 1, fit: true}
	g.raster = canvas.NewRaster(g.paint)
	g.raster.ScaleMode = canvas.ImageScaleFastest
	g.layer = container.NewWithoutLayout()
	g.clip = container.NewClip(container.NewWithoutLayout(g.raster, g.layer))
	g.ExtendBaseWidget(g)
	return g
}

// Zoom's bounds, and from where on words are shown.
const (
	graphClosest  = 2.0
	graphFarthest = 0.02
	graphReadable = 0.5
	// maxLabels bounds the boxes with words.
	maxLabels = 160
	graphPad  = 16.0
)

// Set shows a drawing from its top.
func (g *GraphView) Set(d *graph.Drawing) {
	if g.drawing == d {
		return
	}
	g.drawing, g.hover, g.found, g.fit = d, -1, nil, true
	g.frame()
	g.update()
}

// Mark marks the boxes of the layers that are shown; without a drag so far, the
// first of them comes into sight.
func (g *GraphView) Mark(boxes []int) {
	if slices.Equal(g.marked, boxes) {
		return
	}
	g.marked = boxes
	if len(boxes) > 0 && !g.seen(boxes[0]) {
		g.center(boxes[0])
	}
	g.update()
}

// Found marks what a search found and goes to one of it.
func (g *GraphView) Found(boxes []int, to int) {
	g.found = boxes
	if to >= 0 && to < len(boxes) {
		g.zoom = max(g.zoom, 0.8)
		g.center(boxes[to])
	}
	g.update()
}

// Fit shows the whole graph.
func (g *GraphView) Fit() {
	size := g.Size()
	if g.drawing == nil || size.Width <= 0 {
		return
	}
	g.zoom = min(max(min((float64(size.Width)-2*graphPad)/g.drawing.Width, (float64(size.Height)-2*graphPad)/g.drawing.Height), graphFarthest), 1)
	g.x = g.drawing.Width/2 - float64(size.Width)/2/g.zoom
	g.y = g.drawing.Height/2 - float64(size.Height)/2/g.zoom
	g.fit = false
	g.update()
}

// frame puts the first box, or the marked one, into sight at a readable size.
func (g *GraphView) frame() {
	size := g.Size()
	if g.drawing == nil || len(g.drawing.Boxes) == 0 || size.Width <= 0 {
		return
	}
	g.zoom = min(max((float64(size.Width)-2*graphPad)/g.drawing.Width, 0.75), 1)
	at := 0
	if len(g.marked) > 0 && g.marked[0] < len(g.drawing.Boxes) {
		at = g.marked[0]
	}
	g.center(at)
	g.fit = false
}

func (g *GraphView) center(box int) {
	if g.drawing == nil || box < 0 || box >= len(g.drawing.Boxes) {
		return
	}
	size, b := g.Size(), g.drawing.Boxes[box]
	g.x = b.X + graph.BoxWidth/2 - float64(size.Width)/2/g.zoom
	g.y = b.Y + graph.BoxHeight/2 - float64(size.Height)/2/g.zoom
}

// seen says that a box is on the screen.
func (g *GraphView) seen(box int) bool {
	if g.drawing == nil || box < 0 || box >= len(g.drawing.Boxes) {
		return true
	}
	size, b := g.Size(), g.drawing.Boxes[box]
	x, y := (b.X-g.x)*g.zoom, (b.Y-g.y)*g.zoom
	return x >= 0 && y >= 0 && x+graph.BoxWidth*g.zoom <= float64(size.Width) && y+graph.BoxHeight*g.zoom <= float64(size.Height)
}

// update draws what has changed.
func (g *GraphView) update() {
	g.label()
	g.raster.Refresh()
}

// label puts words into the boxes that are large enough.
func (g *GraphView) label() {
	used := 0
	put := func(words string, size float32, bold bool, x, y, width float64, name fyne.ThemeColorName) {
		if words == "" {
			return
		}
		if used == len(g.texts) {
			t := canvas.NewText("", nil)
			g.texts = append(g.texts, t)
			g.layer.Add(t)
		}
		t := g.texts[used]
		used++
		style := fyne.TextStyle{Bold: bold}
		words = elide(words, size, style, float32(width))
		if ink := look.Color(name); t.Text != words || t.TextSize != size || t.TextStyle != style || t.Color != ink || t.Hidden {
			t.Text, t.TextSize, t.TextStyle, t.Color, t.Hidden = words, size, style, ink, false
			t.Refresh()
		}
		t.Move(fyne.NewPos(float32(x), float32(y)))
	}
	if size := g.Size(); g.drawing != nil && g.zoom >= graphReadable {
		labels := 0
		for i, b := range g.drawing.Boxes {
			x, y := (b.X-g.x)*g.zoom, (b.Y-g.y)*g.zoom
			if x > float64(size.Width) || y > float64(size.Height) || x+graph.BoxWidth*g.zoom < 0 || y+graph.BoxHeight*g.zoom < 0 {
				continue
			}
			if labels++; labels > maxLabels {
				break
			}
			title, detail := g.words(b)
			ink, faint := look.Text, look.Muted
			if slices.Contains(g.marked, i) {
				ink, faint = look.Accent, look.Accent
			}
			// Halves of a unit: a wheel does not make new letters at each step.
			big, small := float32(math.Round(24*g.zoom)/2), float32(math.Round(21*g.zoom)/2)
			width := (graph.BoxWidth - 20) * g.zoom
			put(title, big, b.Layer != "", x+13*g.zoom, y+4*g.zoom, width, ink)
			put(detail, small, false, x+13*g.zoom, y+20*g.zoom, width, faint)
		}
	}
	for _, t := range g.texts[used:] {
		t.Hidden = true
	}
	canvas.Refresh(g.layer)
}

// paint draws boxes and lines at the screen's own resolution.
func (g *GraphView) paint(w, h int) image.Image {
	size := g.Size()
	if g.drawing == nil || size.Width <= 0 || w <= 0 || h <= 0 {
		return image.NewRGBA(image.Rect(0, 0, max(w, 1), max(h, 1)))
	}
	return paintGraph(g.drawing, graphLook{
		x: g.x, y: g.y, zoom: g.zoom * float64(w) / float64(size.Width), hover: g.hover, marked: g.marked, found: g.found,
	}, w, h)
}

// Scrolled zooms around the pointer.
func (g *GraphView) Scrolled(e *fyne.ScrollEvent) {
	if g.drawing == nil {
		return
	}
	factor := math.Pow(1.0025, float64(e.Scrolled.DY)*4)
	zoom := min(max(g.zoom*factor, graphFarthest), graphClosest)
	px, py := float64(e.Position.X), float64(e.Position.Y)
	g.x += px/g.zoom - px/zoom
	g.y += py/g.zoom - py/zoom
	g.zoom = zoom
	g.update()
}

// Dragged moves the graph.
func (g *GraphView) Dragged(e *fyne.DragEvent) {
	g.x -= float64(e.Dragged.DX) / g.zoom
	g.y -= float64(e.Dragged.DY) / g.zoom
	g.update()
}

// DragEnd does nothing.
func (g *GraphView) DragEnd() {}

// at is the box under a point of the view; -1 where there is none.
func (g *GraphView) at(p fyne.Position) int {
	if g.drawing == nil {
		return -1
	}
	return g.drawing.At(float64(p.X)/g.zoom+g.x, float64(p.Y)/g.zoom+g.y)
}

// Tapped reports the box.
func (g *GraphView) Tapped(e *fyne.PointEvent) {
	if i := g.at(e.Position); i >= 0 && g.OnPicked != nil {
		g.OnPicked(i)
	}
}

// DoubleTapped shows the whole graph.
func (g *GraphView) DoubleTapped(*fyne.PointEvent) { g.Fit() }

// MouseIn, MouseMoved and MouseOut light the box under the mouse.
func (g *GraphView) MouseIn(e *desktop.MouseEvent) { g.MouseMoved(e) }

// MouseMoved is Fyne's hook.
func (g *GraphView) MouseMoved(e *desktop.MouseEvent) {
	g.light(g.at(e.Position))
}

// light lights a box that is a layer; others look the same under the mouse, so
// that moving over them paints nothing.
func (g *GraphView) light(box int) {
	if box >= 0 && g.drawing.Boxes[box].Layer == "" {
		box = -1
	}
	if box != g.hover {
		g.hover = box
		g.raster.Refresh()
	}
}

// MouseOut is Fyne's hook.
func (g *GraphView) MouseOut() { g.light(-1) }

// Cursor shows that a box that is a layer can be picked.
func (g *GraphView) Cursor() desktop.Cursor {
	if g.hover >= 0 {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// CreateRenderer is Fyne's hook.
func (g *GraphView) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{g.clip},
		layout: func(size fyne.Size) {
			g.clip.Resize(size)
			g.raster.Resize(size)
			g.layer.Resize(size)
			if g.fit {
				g.frame()
			}
			g.update()
		},
		min:     func() fyne.Size { return fyne.NewSize(120, 80) },
		refresh: g.update,
	}
}

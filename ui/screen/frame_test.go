package screen

import (
	"fmt"
	"image/color"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"seewhy/ui/look"
	"seewhy/ui/state"
)

// census is what one frame draws: the toolkit walks through every visible
// object three times a frame, and draws every one of them anew.
type census struct {
	nodes, widgets, draws int
	// worked is how many shapes are worked out anew for each pixel, which takes
	// three times as long as a picture, on the window's goroutine too.
	worked int
	// nanoseconds is what the pixels cost Mesa's software rasteriser.
	nanoseconds float64
	lines       []string
}

type room struct{ x0, y0, x1, y1 float32 }

func (r room) cut(o room) room {
	return room{max(r.x0, o.x0), max(r.y0, o.y0), max(min(r.x1, o.x1), max(r.x0, o.x0)), max(min(r.y1, o.y1), max(r.y0, o.y0))}
}

func (r room) area() float64 { return float64(r.x1-r.x0) * float64(r.y1-r.y0) }

func (c *census) walk(o fyne.CanvasObject, offset fyne.Position, clip room, depth int) {
	if o == nil || !o.Visible() {
		return
	}
	c.nodes++
	pos := o.Position().Add(offset)
	size := o.Size()
	here := room{pos.X, pos.Y, pos.X + size.Width, pos.Y + size.Height}
	kids := []fyne.CanvasObject(nil)
	switch k := o.(type) {
	case *fyne.Container:
		kids = k.Objects
	case fyne.Widget:
		c.widgets++
		r := test.WidgetRenderer(k)
		kids = r.Objects()
		_, clips := r.(interface{ IsClip() })
		if _, scrolls := o.(fyne.Scrollable); scrolls || clips {
			clip = clip.cut(here)
		}
	}
	if text, ok := o.(*canvas.Text); ok {
		here.x1 = here.x0 + text.MinSize().Width
	}
	kind, pixel := kindOf(o)
	cost := pixel * here.cut(clip).area()
	if kind != "" {
		c.draws++
		c.nanoseconds += cost
		if kind == "shape" {
			c.worked++
		}
	}
	c.lines = append(c.lines, fmt.Sprintf("%s%T %s %.0f,%.0f %.0fx%.0f %.0f µs", strings.Repeat(" ", depth), o, kind, pos.X, pos.Y, size.Width, size.Height, cost/1e3))
	for _, k := range kids {
		c.walk(k, pos, clip, depth+1)
	}
}

// kindOf says how an object is drawn, empty where it is not, and how many
// nanoseconds a pixel of it takes: measured as the processor time of Mesa's
// threads for large objects, on a Xeon.
func kindOf(o fyne.CanvasObject) (string, float64) {
	switch k := o.(type) {
	case *canvas.Rectangle:
		switch {
		case k.FillColor == color.Transparent && (k.StrokeColor == nil || k.StrokeColor == color.Transparent || k.StrokeWidth == 0):
			return "", 0
		case k.CornerRadius > 0 && k.StrokeWidth > 0:
			return "shape", 33
		case k.CornerRadius > 0:
			return "shape", 22
		}
		return "shape", 12
	case *canvas.Circle:
		return "shape", 22
	case *canvas.Text:
		if k.Text != "" {
			return "text", 11
		}
	case *canvas.Image:
		switch {
		case k.Image == nil:
			return "picture", 12
		case k.ScaleMode == canvas.ImageScalePixels:
			return "picture", 10
		}
		// Shrinking reads more of the picture than it shows.
		return "picture", 12 + 4*math.Max(0, math.Log2(float64(k.Image.Bounds().Dx())/math.Max(float64(k.Size().Width), 1)))
	case *canvas.Raster:
		if !k.Generator(2, 2).Bounds().Empty() {
			return "picture", 10
		}
	case *canvas.LinearGradient:
		return "picture", 11
	}
	return "", 0
}

// TestFrame holds what a frame of the usual window draws, exactly. Whoever adds
// to it learns here what that costs in software, where a thousandth of a second
// of the rasteriser's is half of one of the frame's on two cores.
func TestFrame(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	d.until("thumbnails", thumbs)
	d.settle()
	c := census{}
	c.walk(d.window.Content(), fyne.Position{}, room{0, 0, 1280, 772}, 0)
	t.Logf("%d objects, of them %d widgets; %d are drawn, %d of them worked out for each pixel; %.1f ms", c.nodes, c.widgets, c.draws, c.worked, c.nanoseconds/1e6)
	if file := os.Getenv("SEEWHY_CENSUS"); file != "" {
		if err := os.WriteFile(file, []byte(strings.Join(c.lines, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, k := range []struct {
		what      string
		got, most float64
	}{
		{"objects are seen", float64(c.nodes), 540},
		{"widgets are seen", float64(c.widgets), 228},
		{"objects are drawn", float64(c.draws), 212},
		// Fyne's own fields and the fader's moving parts.
		{"shapes are worked out for each pixel", float64(c.worked), 8},
		{"milliseconds of the rasteriser's", c.nanoseconds / 1e6, 10.8},
	} {
		if k.got > k.most {
			t.Errorf("%.1f %s, bound to %.1f", k.got, k.what, k.most)
		}
	}
}

// settle runs what was to be done later, until nothing is left.
func (d *desk) settle() {
	for len(d.timers) > 0 {
		f := d.timers[0]
		d.timers = d.timers[1:]
		f()
		time.Sleep(time.Millisecond)
	}
}

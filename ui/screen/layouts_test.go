package screen

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"seewhy/ui/widget"
)

// A row that is too narrow makes do with icons, then without its spares, and
// takes all back when there is room again; nothing ever lies on another.
func TestNarrowRowMakesDo(t *testing.T) {
	test.NewApp()
	named := widget.NewButton("Compare", theme.GridIcon(), widget.Quiet, func() {})
	fit := widget.NewButton("Fit", nil, widget.Quiet, func() {})
	last := widget.NewButton("Export", nil, widget.Primary, func() {})
	objects := []fyne.CanvasObject{named, fit, last}
	r := row{right: 2, gap: 4, pad: 8, height: toolHeight, spares: []*spare{{object: named}, {object: fit}}}
	wide, narrow := r.width(objects), r.MinSize(objects).Width
	words := named.Words()
	for _, c := range []struct {
		width     float32
		bare, fit bool
	}{
		{wide, false, true}, {wide - 1, true, true}, {wide - words - 1, true, false}, {narrow, true, false}, {wide, false, true},
	} {
		r.Layout(objects, fyne.NewSize(c.width, toolHeight))
		if got := named.MinSize().Width == widget.ControlHeight; got != c.bare || fit.Visible() != c.fit {
			t.Errorf("at %v: bare %v, fit %v", c.width, got, fit.Visible())
		}
		end := float32(0)
		for _, o := range objects {
			if !o.Visible() {
				continue
			}
			if o.Position().X < end {
				t.Errorf("at %v of %v an object begins at %v, before %v", c.width, wide, o.Position().X, end)
			}
			end = o.Position().X + o.Size().Width
		}
	}
}

func TestRowsLeaveRoomForTheLongest(t *testing.T) {
	test.NewTempApp(t)
	box := func(w float32) fyne.CanvasObject { return widget.Spacer(w, 20) }
	for _, c := range []struct {
		least, want []float32
		room        float32
	}{
		{[]float32{30, 40, 50}, []float32{60, 60, 60}, 190},
		{[]float32{30, 80, 40}, []float32{40, 90, 50}, 190},
		// Where nothing helps, they stay even.
		{[]float32{100, 80, 40}, []float32{60, 60, 60}, 190},
	} {
		var all []fyne.CanvasObject
		for _, w := range c.least {
			all = append(all, box(w))
		}
		thirds{5}.Layout(all, fyne.NewSize(c.room, 20))
		for i, k := range all {
			if got := k.Size().Width; got != c.want[i] {
				t.Errorf("%v in %v: the one at %d is %v wide, want %v", c.least, c.room, i, got, c.want[i])
			}
		}
	}
}

// Panes lie as usual, but where other columns show the picture much larger.
func TestPanesLieWhereThePictureIsLarge(t *testing.T) {
	for _, c := range []struct {
		panes         int
		width, height float32
		aspect        float32
		columns, rows int
	}{
		{1, 742, 560, 1, 1, 1},
		{2, 742, 560, 1.5, 2, 1},
		{4, 742, 560, 1, 2, 2},
		{6, 742, 560, 1, 3, 2},
		{9, 742, 642, 1, 3, 3},
		// Without the sides.
		{9, 1280, 600, 1, 5, 2},
		{9, 1280, 600, 1.5, 3, 3},
		{3, 742, 560, 3, 1, 3},
		{6, 1280, 400, 0.7, 6, 1},
	} {
		s := split{func() float32 { return c.aspect }}
		if columns, rows := s.grid(c.panes, fyne.NewSize(c.width, c.height)); columns != c.columns || rows != c.rows {
			t.Errorf("%+v: %d columns, %d rows", c, columns, rows)
		}
	}
}

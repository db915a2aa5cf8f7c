package loop

import (
	"image"
	"math"
	"testing"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/models/prep"
	"seewhy/ui/state"
)

func TestPainterBlursAPhotoOnce(t *testing.T) {
	var p painter
	photo := image.NewRGBA(image.Rect(0, 0, 40, 20))
	c := state.Paint{
		Job: 7, Map: task.Map{Width: 2, Height: 1, Values: []float32{1, 2}}, Photo: photo, Width: 80, Height: 40,
		Style: heatmap.Style{Colormap: "inferno", Mode: heatmap.Blur, Threshold: .5}, Place: heatmap.Place{Picture: prep.Size{Width: 40, Height: 20}},
	}
	first := p.paint(c).(state.Painted)
	if first.Err != "" || first.Job != 7 || first.Overlay.Cut != .5 || first.Overlay.Range != (heatmap.Range{Min: 1, Max: 2}) {
		t.Fatalf("%+v", first)
	}
	blurred := p.blurred
	p.paint(c)
	if p.blurred != blurred {
		t.Error("the same photo was blurred twice")
	}
	c.Width = 40
	if p.paint(c); p.blurred == blurred {
		t.Error("another size needs another blur")
	}
	c.Photo = nil
	if got := p.paint(c).(state.Painted); got.Err == "" {
		t.Error("without a photo the mode must fail in words")
	}
}

func TestCompareTellsAgreement(t *testing.T) {
	up, down := make([]float32, 64), make([]float32, 64)
	for i := range up {
		up[i], down[i] = float32(i), float32(63-i)
	}
	a, b := heatmap.Placed{Map: task.Map{Width: 8, Height: 8, Values: up}}, heatmap.Placed{Map: task.Map{Width: 8, Height: 8, Values: down}}
	c := state.Compare{Job: 3, Show: state.ShowAgreement, Panes: []int{0, 2, 4}, Maps: []heatmap.Placed{a, b, a}, Picture: prep.Size{Width: 80, Height: 80}}
	m := compare(c).(state.Compared)
	if m.Err != "" || m.Derived.Maps != 3 || len(m.Derived.Pairs) != 3 || m.Derived.Overlap != 0 {
		t.Fatalf("%+v", m)
	}
	// One pair agrees wholly, two not at all.
	for _, p := range m.Derived.Pairs {
		want := -1.0
		if p.A == 0 && p.B == 4 {
			want = 1
		}
		// Reading between cells in float32 parts a few equal values.
		if math.Abs(p.Rho-want) > 1e-5 {
			t.Errorf("%+v, want %v", p, want)
		}
	}
	if math.Abs(m.Derived.Rho+1.0/3) > 1e-5 {
		t.Errorf("mean %v", m.Derived.Rho)
	}
	c.Show, c.Maps, c.Panes = state.ShowDifference, c.Maps[:2], c.Panes[:2]
	m = compare(c).(state.Compared)
	if v := m.Derived.Placed.Map; !v.Signed || v.Values[0] != -1 || v.Values[len(v.Values)-1] != 1 {
		t.Errorf("difference of %v to %v", v.Values[0], v.Values[len(v.Values)-1])
	}
	c.Maps[1].Map.Values = make([]float32, 64)
	if m = compare(c).(state.Compared); m.Err != "The map in pane 3 is flat: there is nothing to compare." {
		t.Errorf("%q", m.Err)
	}
}

func TestRoundedCornersAreSoftAndPremultiplied(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range img.Pix {
		img.Pix[i] = 200
	}
	rounded(img, 8)
	for _, p := range [][2]int{{0, 0}, {39, 0}, {0, 29}, {39, 29}} {
		if c := img.RGBAAt(p[0], p[1]); c.A != 0 || c.R != 0 {
			t.Errorf("corner %v is %v", p, c)
		}
	}
	for _, p := range [][2]int{{8, 0}, {0, 8}, {20, 15}, {31, 29}, {3, 3}} {
		if c := img.RGBAAt(p[0], p[1]); c.A != 200 {
			t.Errorf("%v is %v", p, c)
		}
	}
	soft := false
	for x := range 8 {
		c := img.RGBAAt(x, 0)
		soft = soft || c.A > 0 && c.A < 200 && c.R == c.A
	}
	if !soft {
		t.Error("the edge is hard")
	}
	rounded(image.NewRGBA(image.Rect(0, 0, 1, 1)), 3)
}

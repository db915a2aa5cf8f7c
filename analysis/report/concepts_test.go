package report

import (
	"bytes"
	"image"
	"math"
	"testing"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
)

// withConcepts is the sample with n concepts: each fills the whole map.
func withConcepts(n int) Input {
	in := sample(640, 480)
	for i := range n {
		m := task.Map{Width: 7, Height: 5, Values: make([]float32, 35)}
		for k := range m.Values {
			m.Values[k] = 1
		}
		in.Result.Concepts = append(in.Result.Concepts, task.Concept{Map: m, Share: 1 / float64(i+2), Score: float64(i)})
	}
	return in
}

func pageOf(t *testing.T, in Input) image.Image {
	t.Helper()
	img, _ := renderPNG(t, in)
	return img
}

// Six small pictures a row: five concepts and all in one take one, six take two.
func TestConceptsStandInTheReport(t *testing.T) {
	none, five, six := pageOf(t, withConcepts(0)), pageOf(t, withConcepts(5)), pageOf(t, withConcepts(6))
	scale := float64(none.Bounds().Dx()) / pageWidth
	width := (content - conceptGap*(conceptColumns-1)) / conceptColumns
	row := (width*.75 + 44) * scale
	if got := float64(six.Bounds().Dy() - five.Bounds().Dy()); math.Abs(got-row) > 2 {
		t.Errorf("a row is %v high, want %v", got, row)
	}
	if got, want := float64(five.Bounds().Dy()-none.Bounds().Dy()), row+42*scale; math.Abs(got-want) > 3 {
		t.Errorf("one row takes %v, want %v", got, want)
	}
	// The first concept has its colour all over the middle of its picture.
	in := sample(640, 480)
	_, fh := fit(640, 480, column)
	top := (margin + 71 + fh + 34 + barHeight + 26 + 30) * scale
	x, y := int((margin+width+conceptGap+width/2)*scale), int(top+width*.75/2*scale)
	r, g, b, _ := five.At(x, y).RGBA()
	photo := in.Photo.At(320, 240)
	pr, pg, pb, _ := photo.RGBA()
	c := heatmap.ConceptColor(0)
	blend := func(p uint32, k uint8) float64 {
		return (float64(k)*conceptAlpha + float64(p>>8)*(255-conceptAlpha)) / 255
	}
	for i, k := range [3][2]float64{{float64(r >> 8), blend(pr, c.R)}, {float64(g >> 8), blend(pg, c.G)}, {float64(b >> 8), blend(pb, c.B)}} {
		if math.Abs(k[0]-k[1]) > 6 {
			t.Errorf("channel %d is %v, want about %v", i, k[0], k[1])
		}
	}
}

func TestConceptsThatDoNotFitAreRefused(t *testing.T) {
	in := withConcepts(2)
	in.Result.Concepts[1].Map.Values = nil
	if err := PNG(&bytes.Buffer{}, in); err == nil {
		t.Error("drawn")
	}
}

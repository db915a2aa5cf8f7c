package heatmap

import (
	"image"
	"image/color"
	"math"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// steps rises from 0 to 1 from left to right in ten cells.
func steps(t *testing.T) (Field, Place) {
	m := task.Map{Width: 10, Height: 1, Values: []float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}
	return field(t, m), Place{Picture: prep.Size{Width: 10, Height: 1}}
}

func opaqueFrom(t *testing.T, img *image.RGBA) int {
	t.Helper()
	first := -1
	for x := range img.Rect.Dx() {
		switch a := img.RGBAAt(x, 0).A; {
		case a == 255 && first < 0:
			first = x
		case a == 0 && first >= 0:
			t.Fatalf("transparent again at %d", x)
		}
	}
	return first
}

func TestThresholdAndPercentileLeaveTheWeakOut(t *testing.T) {
	f, place := steps(t)
	for _, c := range []struct {
		threshold, percentile float64
		first                 int
	}{
		{0, 0, 0},
		// Zero is under any threshold.
		{0.001, 0, 1},
		{0.5, 0, 5},    // 5/9 is the first at or over a half
		{1, 0, 9},      // the end of the scale stays
		{0, 0.3, 3},    // three of ten cells
		{0, 0.9, 9},    // all but the strongest
		{0.5, 0.3, 5},  // both hold
		{0.2, 0.75, 7}, // 7.5 cells: the eighth is not left out
	} {
		img, err := f.Overlay(place, 10, 1, Style{Colormap: "grey", Threshold: c.threshold, Percentile: c.percentile})
		if err != nil {
			t.Fatal(err)
		}
		if got := opaqueFrom(t, img); got != c.first {
			t.Errorf("threshold %v, percentile %v: cells from %d on are seen, want %d", c.threshold, c.percentile, got, c.first)
		}
	}
}

func TestCutOfSignedMapsTakesMagnitudes(t *testing.T) {
	m := task.Map{Width: 4, Height: 1, Values: []float32{-4, -1, 1, 3}, Signed: true}
	img, err := field(t, m).Overlay(Place{Picture: prep.Size{Width: 4, Height: 1}}, 4, 1, Style{Colormap: "coolwarm", Threshold: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	for x, want := range []uint8{255, 0, 0, 255} {
		if got := img.RGBAAt(x, 0).A; got != want {
			t.Errorf("cell %d has opacity %d, want %d", x, got, want)
		}
	}
}

func TestMaskCoversTheRest(t *testing.T) {
	f, place := steps(t)
	place.Region = prep.Region{X0: 0, X1: 10, Y1: 1}
	photo := image.NewRGBA(image.Rect(0, 0, 10, 1))
	for x := range 10 {
		photo.SetRGBA(x, 0, color.RGBA{uint8(20 * x), 200, 0, 255})
	}
	img, err := f.Compose(photo, place, Style{Colormap: "inferno", Alpha: 1, Mode: Mask, Threshold: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	for x := range 10 {
		want := color.RGBA{cover[0], cover[1], cover[2], 255}
		if x >= 5 {
			want = photo.RGBAAt(x, 0)
		}
		if got := img.RGBAAt(x, 0); got != want {
			t.Errorf("pixel %d is %v, want %v", x, got, want)
		}
	}
	// What the model did not see is covered too.
	place.Region = prep.Region{X0: 5, X1: 10, Y1: 1}
	if img, err = f.Overlay(place, 10, 1, Style{Colormap: "inferno", Mode: Mask, Threshold: 0.01}); err != nil {
		t.Fatal(err)
	}
	if got := img.RGBAAt(2, 0).A; got != 255 {
		t.Errorf("outside of the region the cover has opacity %d", got)
	}
}

func TestBlurShowsTheStrongSharp(t *testing.T) {
	const w, h = 200, 100
	photo := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			photo.SetRGBA(x, y, color.RGBA{uint8(255 * ((x + y) % 2)), 90, 0, 255})
		}
	}
	m := task.Map{Width: 2, Height: 1, Values: []float32{0, 1}}
	f, place := field(t, m), Place{Picture: prep.Size{Width: w, Height: h}}
	img, err := f.Compose(photo, place, Style{Colormap: "inferno", Alpha: 1, Mode: Blur, Threshold: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []int{30, 31, 90} {
		if got := img.RGBAAt(x, 50); math.Abs(float64(got.R)-127.5) > 8 || got.G != 90 {
			t.Errorf("left, at %d: %v, want the mean 127, 90, 0", x, got)
		}
	}
	for _, x := range []int{120, 121} {
		if got, want := img.RGBAAt(x, 50), photo.RGBAAt(x, 50); got != want {
			t.Errorf("right, at %d: %v, want the photograph's %v", x, got, want)
		}
	}
	if _, err := f.Overlay(place, w, h, Style{Mode: Blur}); err == nil {
		t.Error("without the blurred picture the mode must fail")
	}
	if _, err := f.Overlay(place, w, h, Style{Mode: "glow"}); err == nil {
		t.Error("an unknown mode must fail")
	}
	if Blurred(image.NewRGBA(image.Rect(0, 0, 0, 0)), 4, 4) != nil || Blurred(photo, 0, 4) != nil {
		t.Error("nothing cannot be blurred")
	}
	if Blurred(image.NewUniform(color.White), 3, 3) != nil {
		t.Error("a picture without bounds is refused")
	}
}

// A ramp's contour lines stand where the ramp passes k/(n+1).
func TestContoursStandAtTheirLevels(t *testing.T) {
	m := task.Map{Width: 2, Height: 1, Values: []float32{0, 1}}
	const w = 400
	img, err := field(t, m).Overlay(Place{Region: prep.Region{X0: -w / 2, X1: w + w/2, Y1: 1}, Picture: prep.Size{Width: w, Height: 1}}, w, 1, Style{Colormap: "grey", Smooth: true, Mode: Lines, Contours: 3})
	if err != nil {
		t.Fatal(err)
	}
	var at []int
	for x := range w {
		if img.RGBAAt(x, 0) == (color.RGBA{255, 255, 255, 255}) {
			at = append(at, x)
		} else if img.RGBAAt(x, 0).A != 0 {
			t.Fatalf("pixel %d is %v: lines only", x, img.RGBAAt(x, 0))
		}
	}
	// The cells' centres lie at the picture's edges, so that value = x/w.
	for i, want := range []int{100, 200, 300} {
		if len(at) != 3 || max(at[i]-want, want-at[i]) > 1 {
			t.Fatalf("lines at %v, want 100, 200, 300", at)
		}
	}
}

func TestNegativeContoursAreBlack(t *testing.T) {
	m := task.Map{Width: 3, Height: 1, Values: []float32{-1, 0, 1}, Signed: true}
	img, err := field(t, m).Overlay(Place{Picture: prep.Size{Width: 300, Height: 1}}, 300, 1, Style{Colormap: "coolwarm", Smooth: true, Mode: Lines, Contours: 1})
	if err != nil {
		t.Fatal(err)
	}
	black, white := 0, 0
	for x := range 300 {
		switch img.RGBAAt(x, 0) {
		case color.RGBA{0, 0, 0, 255}:
			black++
			if x > 150 {
				t.Errorf("black at %d, where the map is positive", x)
			}
		case color.RGBA{255, 255, 255, 255}:
			white++
			if x < 150 {
				t.Errorf("white at %d, where the map is negative", x)
			}
		}
	}
	if black != 1 || white != 1 {
		t.Errorf("%d black and %d white pixels, want one each", black, white)
	}
}

func TestCellAtAndScaled(t *testing.T) {
	m := task.Map{Width: 4, Height: 2, Values: make([]float32, 8)}
	p := Place{Region: prep.Region{X0: 50, X1: 100, Y1: 100}, Picture: prep.Size{Width: 100, Height: 100}}
	if c, r, ok := CellAt(m, p, 0.5, 0); !ok || c != 0 || r != 0 {
		t.Errorf("%d %d %v", c, r, ok)
	}
	if c, r, ok := CellAt(m, p, 0.99, 0.51); !ok || c != 3 || r != 1 {
		t.Errorf("%d %d %v", c, r, ok)
	}
	for _, x := range []float64{0.49, 1, math.NaN()} {
		if _, _, ok := CellAt(m, p, x, 0.5); ok {
			t.Errorf("a cell at %v, outside of the region", x)
		}
	}
	for _, c := range []struct {
		r      Range
		v      float64
		signed bool
		want   float64
	}{
		{Range{Min: 1, Max: 3}, 2, false, 0.5},
		{Range{Min: 1, Max: 3}, 9, false, 1},
		{Range{Min: -2, Max: 2}, -1, true, -0.5},
		{Range{Min: -2, Max: 2}, -7, true, -1},
		{Range{}, 1, false, 0},
		{Range{}, 1, true, 0},
	} {
		if got := c.r.Scaled(c.v, c.signed); got != c.want {
			t.Errorf("%v in %+v is %v, want %v", c.v, c.r, got, c.want)
		}
	}
}

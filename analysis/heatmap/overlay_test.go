package heatmap

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"math"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

func field(t *testing.T, m task.Map) Field {
	t.Helper()
	f, err := Normalise(m, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var ramp = task.Map{Width: 2, Height: 2, Values: []float32{0, 1, 2, 3}}

// Each pixel is computed again from the definition, in float64.
func TestOverlayCoversItsRegion(t *testing.T) {
	f := field(t, ramp)
	place := Place{Region: prep.Region{X0: 20, Y0: 0, X1: 80, Y1: 60}, Picture: prep.Size{Width: 100, Height: 60}}
	grey := Style{Colormap: "grey", Alpha: 0.3, Smooth: true}
	img, err := f.Overlay(place, 50, 30, grey)
	if err != nil {
		t.Fatal(err)
	}
	cell := func(at, start, end float64) float64 { return min(max((at-start)/(end-start)*2-0.5, 0), 1) }
	for y := range 30 {
		for x := range 50 {
			got := img.RGBAAt(x, y)
			px, py := (float64(x)+0.5)*2, (float64(y)+0.5)*2
			if px < 20 || px >= 80 {
				if got != (color.RGBA{}) {
					t.Fatalf("pixel %d,%d outside the region is %v", x, y, got)
				}
				continue
			}
			fx := cell(px, 20, 80)
			fy := cell(py, 0, 60)
			want := 255 * (fx + 2*fy) / 3
			if d := math.Abs(float64(got.R) - want); d > 1 || got.A != 255 || got.R != got.G {
				t.Fatalf("pixel %d,%d is %v, want %.1f", x, y, got, want)
			}
		}
	}
}

func TestOverlayNearestShowsCells(t *testing.T) {
	img, err := field(t, ramp).Overlay(Place{Picture: prep.Size{Width: 10, Height: 10}}, 10, 10, Style{Colormap: "grey"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		x, y int
		want uint8
	}{{0, 0, 0}, {4, 4, 0}, {5, 4, 85}, {9, 0, 85}, {0, 9, 170}, {5, 5, 255}} {
		if got := img.RGBAAt(c.x, c.y).R; got != c.want {
			t.Errorf("cell at %d,%d is %d, want %d", c.x, c.y, got, c.want)
		}
	}
}

func TestOverlayOfRegionBeyondPicture(t *testing.T) {
	// A letterboxed input: the map's outer quarters lie above and below.
	m := task.Map{Width: 1, Height: 4, Values: []float32{0, 1, 2, 3}}
	img, err := field(t, m).Overlay(Place{Region: prep.Region{Y0: -5, X1: 20, Y1: 15}, Picture: prep.Size{Width: 20, Height: 10}}, 20, 10, Style{Colormap: "grey"})
	if err != nil {
		t.Fatal(err)
	}
	for y := range 10 {
		if got, want := img.RGBAAt(3, y), uint8(85*(1+y/5)); got.R != want || got.A != 255 {
			t.Errorf("row %d is %v, want %d", y, got, want)
		}
	}
}

func TestOverlayAveragesFineMaps(t *testing.T) {
	m := task.Map{Width: 64, Height: 64, Values: make([]float32, 64*64)}
	for i := range m.Values {
		m.Values[i] = float32((i + i/64) % 2)
	}
	img, err := field(t, m).Overlay(Place{Picture: prep.Size{Width: 64, Height: 64}}, 16, 16, Style{Colormap: "grey", Smooth: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := img.RGBAAt(7, 9).R; got != 128 {
		t.Errorf("a checkerboard drawn small is %d, want its mean 128", got)
	}
}

func TestSignedAndFade(t *testing.T) {
	m := task.Map{Width: 3, Height: 1, Values: []float32{-2, 0, 1}, Signed: true}
	place := Place{Picture: prep.Size{Width: 3, Height: 1}}
	img, err := field(t, m).Overlay(place, 3, 1, Style{Colormap: "inferno", Fade: true})
	if err != nil {
		t.Fatal(err)
	}
	warm, _ := ColormapByID("coolwarm")
	blue := warm.LUT[0]
	if got := img.RGBAAt(0, 0); got != (color.RGBA{R: blue.R, G: blue.G, B: blue.B, A: 255}) {
		t.Errorf("the negative end is %v, want %v", got, blue)
	}
	if got := img.RGBAAt(1, 0); got.A > 2 {
		t.Errorf("zero has opacity %d", got.A)
	}
	if got := img.RGBAAt(2, 0); got.A < 253 || got.R <= got.B {
		t.Errorf("half of full scale is %v, want nearly opaque red", got)
	}
	for i := 0; i < len(img.Pix); i += 4 {
		if a := img.Pix[i+3]; img.Pix[i] > a || img.Pix[i+1] > a || img.Pix[i+2] > a {
			t.Errorf("pixel %d is not premultiplied: %v", i/4, img.Pix[i:i+4])
		}
	}
}

func TestComposeIsTheBlendOfPhotoAndColour(t *testing.T) {
	photo := image.NewNRGBA(image.Rect(5, 7, 69, 55))
	for i := range photo.Pix {
		photo.Pix[i] = uint8(i * 31)
		if i%4 == 3 {
			photo.Pix[i] = 255
		}
	}
	f := field(t, task.Map{Width: 3, Height: 2, Values: []float32{0, 5, 1, 2, 3, 4}})
	place := Place{Region: prep.Region{X0: 16, X1: 112, Y1: 96}, Picture: prep.Size{Width: 128, Height: 96}}
	for _, alpha := range []float64{0, 0.35, 1} {
		s := Style{Colormap: "viridis", Alpha: alpha, Smooth: true}
		over, err := f.Overlay(place, 64, 48, s)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Compose(photo, place, s)
		if err != nil {
			t.Fatal(err)
		}
		for y := range 48 {
			for x := range 64 {
				p, o, g := photo.NRGBAAt(x+5, y+7), over.RGBAAt(x, y), got.RGBAAt(x, y)
				a := alpha * float64(o.A) / 255
				for k, c := range [3][3]uint8{{p.R, o.R, g.R}, {p.G, o.G, g.G}, {p.B, o.B, g.B}} {
					if want := (1-a)*float64(c[0]) + a*float64(c[1]); math.Abs(float64(c[2])-want) > 0.51 {
						t.Fatalf("alpha %v, pixel %d,%d channel %d is %d, want %.2f", alpha, x, y, k, c[2], want)
					}
				}
				if g.A != 255 {
					t.Fatalf("pixel %d,%d is not opaque", x, y)
				}
			}
		}
	}
}

func TestComposePutsTransparentPhotosOnWhite(t *testing.T) {
	photo := image.NewNRGBA(image.Rect(0, 0, 4, 4))
	got, err := field(t, ramp).Compose(photo, Place{Picture: prep.Size{Width: 4, Height: 4}}, Style{Colormap: "grey"})
	if err != nil {
		t.Fatal(err)
	}
	white := image.NewRGBA(got.Bounds())
	draw.Draw(white, white.Bounds(), image.White, image.Point{}, draw.Src)
	if !bytes.Equal(got.Pix, white.Pix) {
		t.Error("a transparent photo is not white")
	}
}

func TestOverlayRefuses(t *testing.T) {
	f := field(t, ramp)
	fine := Place{Picture: prep.Size{Width: 4, Height: 4}}
	for name, try := range map[string]func() error{
		"empty target":  func() error { _, err := f.Overlay(fine, 0, 4, DefaultStyle()); return err },
		"huge target":   func() error { _, err := f.Overlay(fine, math.MaxInt, math.MaxInt, DefaultStyle()); return err },
		"no picture":    func() error { _, err := f.Overlay(Place{}, 4, 4, DefaultStyle()); return err },
		"no values":     func() error { _, err := Field{}.Overlay(fine, 4, 4, DefaultStyle()); return err },
		"wrong opacity": func() error { _, err := f.Compose(image.White, fine, Style{Alpha: 2}); return err },
		"empty photo": func() error {
			_, err := f.Compose(image.NewRGBA(image.Rectangle{}), fine, DefaultStyle())
			return err
		},
		"inverted region": func() error {
			_, err := f.Overlay(Place{Region: prep.Region{X0: 3, X1: 1, Y1: 2}, Picture: fine.Picture}, 4, 4, DefaultStyle())
			return err
		},
		"broken region": func() error {
			_, err := f.Overlay(Place{Region: prep.Region{X0: math.NaN(), X1: 1, Y1: 2}, Picture: fine.Picture}, 4, 4, DefaultStyle())
			return err
		},
		"endless region": func() error {
			_, err := f.Overlay(Place{Region: prep.Region{X1: math.Inf(1), Y1: 2}, Picture: fine.Picture}, 4, 4, DefaultStyle())
			return err
		},
	} {
		if try() == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestColorBarRunsUpwards(t *testing.T) {
	bar := ColorBar(Style{Colormap: "grey"}, false, 101, 3)
	if l, m, r := bar.RGBAAt(0, 1).R, bar.RGBAAt(50, 1).R, bar.RGBAAt(100, 1).R; l > 2 || m != 128 || r < 253 {
		t.Errorf("horizontal: %d %d %d", l, m, r)
	}
	bar = ColorBar(Style{Colormap: "grey"}, false, 3, 101)
	if top, bottom := bar.RGBAAt(1, 0).R, bar.RGBAAt(1, 100).R; top < 253 || bottom > 2 {
		t.Errorf("vertical: top %d, bottom %d", top, bottom)
	}
	rdbu, _ := ColormapByID("rdbu")
	middle := rdbu.At(0.5 + 0.5*0.5/9)
	if got := ColorBar(Style{Colormap: "rdbu"}, false, 9, 1).RGBAAt(0, 0); got.R != middle.R || got.B != middle.B {
		t.Errorf("an unsigned bar of a diverging map starts at %v, want its middle %v", got, middle)
	}
}

func TestFlatMapsAreDrawnEven(t *testing.T) {
	f := field(t, task.Map{Width: 2, Height: 2, Values: []float32{4, 4, 4, 4}})
	img, err := f.Overlay(Place{Picture: prep.Size{Width: 3, Height: 3}}, 3, 3, Style{Colormap: "grey", Smooth: true})
	if err != nil || !f.Flat || img.RGBAAt(1, 1) != (color.RGBA{A: 255}) {
		t.Errorf("flat %v, pixel %v, %v", f.Flat, img.RGBAAt(1, 1), err)
	}
}

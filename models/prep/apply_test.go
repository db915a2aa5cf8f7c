package prep

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"seewhy/models/tensor"
)

func mustPreset(t testing.TB, id string, w, h int) Spec {
	t.Helper()
	p, ok := PresetByID(id)
	if !ok {
		t.Fatalf("no preset %q", id)
	}
	return p.Spec(Size{w, h})
}

// TestRegions: the rectangle of the source that the input shows, worked out
// by hand for each mode.
func TestRegions(t *testing.T) {
	shorter := Spec{Resize: Resize{Mode: ResizeShorter, Size: 256}, Crop: Size{224, 224}, Channels: RGB, Scale: 1}
	for _, c := range []struct {
		name string
		spec Spec
		w, h int
		want Region
	}{
		// 512x1024 -> 256x512, crop at (16,144): times two again.
		{"shorter and crop", shorter, 512, 1024, Region{32, 288, 480, 736}},
		{"squash", Spec{Resize: Resize{Mode: ResizeSquash, Width: 10, Height: 20}, Channels: RGB, Scale: 1}, 70, 90, Region{0, 0, 70, 90}},
		// 200x100 into 100x100: scaled by half to 100x50, 25 rows above and below.
		{"pad", Spec{Resize: Resize{Mode: ResizePad, Width: 100, Height: 100}, Channels: RGB, Scale: 1}, 200, 100, Region{0, -50, 200, 150}},
		{"none", Spec{Resize: Resize{Mode: ResizeNone}, Channels: RGB, Scale: 1}, 33, 44, Region{0, 0, 33, 44}},
		// A crop of 60 in a picture of 40: 10 outside on each side.
		{"crop beyond", Spec{Resize: Resize{Mode: ResizeNone}, Crop: Size{60, 20}, Channels: RGB, Scale: 1}, 40, 40, Region{-10, 10, 50, 30}},
	} {
		got, err := c.spec.RegionOf(c.w, c.h)
		if err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		_, applied, err := Apply(synthetic(c.w, c.h), c.spec, NCHW)
		if err != nil {
			t.Fatal(err)
		}
		if applied != c.want {
			t.Errorf("%s: Apply says %v, want %v", c.name, applied, c.want)
		}
		size, err := c.spec.OutputSize(c.w, c.h)
		if err != nil {
			t.Fatal(err)
		}
		x, y := got.ToSource(float64(size.Width), 0, size)
		if x != c.want.X1 || y != c.want.Y0 {
			t.Errorf("%s: the right top corner is (%v,%v)", c.name, x, y)
		}
		if u, v := got.FromSource(x, y, size); u != float64(size.Width) || v != 0 {
			t.Errorf("%s: FromSource gives (%v,%v)", c.name, u, v)
		}
	}
}

// TestPadIsMean: the border of ResizePad is exactly 0, the rest the picture.
func TestPadIsMean(t *testing.T) {
	s := Spec{Resize: Resize{Mode: ResizePad, Width: 8, Height: 8, Antialias: true}, Channels: RGB, Scale: 1, Mean: []float64{10, 20, 30}}
	img := image.NewRGBA(image.Rect(0, 0, 16, 8))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	x, _, err := Apply(img, s, NCHW)
	if err != nil {
		t.Fatal(err)
	}
	for c, inside := range []float32{245, 235, 225} {
		for y := range 8 {
			want := inside
			if y < 2 || y >= 6 {
				want = 0
			}
			if got := x.Data[c*64+y*8+3]; got != want {
				t.Errorf("channel %d row %d: %v, want %v", c, y, got, want)
			}
		}
	}
}

// TestUnapplyInvertsApply: the picture comes back to the last bit for every
// preset, in both layouts.
func TestUnapplyInvertsApply(t *testing.T) {
	img := synthetic(40, 30)
	for _, p := range Presets() {
		s := p.Spec(Size{40, 30})
		s.Resize, s.Crop = Resize{Mode: ResizeNone}, Size{}
		for _, layout := range []Layout{NCHW, NHWC} {
			x, _, err := Apply(img, s, layout)
			if err != nil {
				t.Fatal(err)
			}
			seen := Unapply(x, s, layout)
			for i := range 40 * 30 {
				a, b := img.Pix[4*i:4*i+4], seen.Pix[4*i:4*i+4]
				if s.Channels == Gray {
					l := grey(a[0], a[1], a[2])
					a = []uint8{l, l, l, 255}
				}
				if !slices.Equal(a, b) {
					t.Fatalf("%s %s: pixel %d is %v, was %v", p.ID, layout, i, b, a)
				}
			}
		}
	}
}

func TestUnapplyIsSafe(t *testing.T) {
	s := mustPreset(t, "unit", 4, 4)
	nan := tensor.New(1, 3, 1, 2)
	copy(nan.Data, []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 2, -1, 0.5})
	got := Unapply(nan, s, NCHW)
	if want := []uint8{0, 0, 0, 255, 255, 255, 128, 255}; !slices.Equal(got.Pix, want) {
		t.Errorf("%v, want %v", got.Pix, want)
	}
	for _, x := range []tensor.Tensor{{}, tensor.New(1, 4, 2, 2), tensor.New(2, 3), {Shape: []int{1, 3, 9, 9}, Data: make([]float32, 5)}} {
		if b := Unapply(x, s, NCHW).Bounds(); b.Dx() != 1 || b.Dy() != 1 {
			t.Errorf("%v: %v", x.Shape, b)
		}
	}
}

// TestCheckNamesTheField: a hostile spec is refused with the field's name.
func TestCheckNamesTheField(t *testing.T) {
	good := mustPreset(t, "imagenet-torchvision", 224, 224)
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*Spec){
		"resize.mode":   func(s *Spec) { s.Resize.Mode = "stretch" },
		"resize.size":   func(s *Spec) { s.Resize.Size = 1 << 30 },
		"resize.filter": func(s *Spec) { s.Resize.Filter = strings.Repeat("x", 1000) },
		"resize.width":  func(s *Spec) { s.Resize = Resize{Mode: ResizeSquash, Height: 3} },
		"resize.height": func(s *Spec) { s.Resize = Resize{Mode: ResizePad, Width: 3, Height: -1} },
		"crop.width":    func(s *Spec) { s.Crop.Width = -1 },
		"crop.height":   func(s *Spec) { s.Crop.Height = 9000 },
		"channels":      func(s *Spec) { s.Channels = "CMYK" },
		"scale":         func(s *Spec) { s.Scale = math.NaN() },
		"scale is 0":    func(s *Spec) { s.Scale = 0 },
		"mean has":      func(s *Spec) { s.Mean = []float64{1} },
		"mean[1]":       func(s *Spec) { s.Mean = []float64{1, math.Inf(1), 1} },
		"std[2]":        func(s *Spec) { s.Std = []float64{1, 1, 0} },
	} {
		s := good
		spoil(&s)
		err := s.Check()
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 200 {
			t.Errorf("%s: %v", want, err)
		}
		if _, _, err := Apply(synthetic(4, 4), s, NCHW); err == nil {
			t.Errorf("%s: Apply accepts it", want)
		}
	}
	if _, _, err := Apply(synthetic(4, 4), good, "CHWN"); err == nil {
		t.Error("an unknown layout is accepted")
	}
	if _, _, err := Apply(image.NewRGBA(image.Rectangle{}), good, NCHW); err == nil {
		t.Error("an empty picture is accepted")
	}
}

// TestExtremeShapes: lengths out of all proportion cost what the input costs.
func TestExtremeShapes(t *testing.T) {
	crop := mustPreset(t, "half", 224, 224)
	squashed := mustPreset(t, "unit", 224, 224)
	for _, size := range []image.Point{{1, maxSide}, {maxSide, 1}, {1, 1}, {3, 40000}} {
		img := image.NewRGBA(image.Rectangle{Max: size})
		for i := range img.Pix {
			img.Pix[i] = 255
		}
		for _, s := range []Spec{crop, squashed} {
			x, _, err := Apply(img, s, NCHW)
			if err != nil {
				t.Fatalf("%v: %v", size, err)
			}
			// White stays white to the last bit: weights sum to 1 within 2^-22 each
			// and the sum is clipped at 255.
			want := s.table(0)[255]
			for i, v := range x.Data {
				if v != want {
					t.Fatalf("%v: value %d is %v, want %v", size, i, v, want)
				}
			}
		}
	}
	long := Spec{Resize: Resize{Mode: ResizeShorter, Size: 8192}, Channels: RGB, Scale: 1}
	if _, _, err := Apply(image.NewRGBA(image.Rect(0, 0, 1, 60000)), long, NCHW); err == nil || !strings.Contains(err.Error(), "limit") {
		t.Errorf("an input of 4 gigapixels: %v", err)
	}
	if _, _, err := Apply(image.NewUniform(color.White), long, NCHW); err == nil {
		t.Error("an endless picture is accepted")
	}
}

// TestAnyImageKind: the kind of image does not matter, nor where its origin
// lies, nor that it is a part of another.
func TestAnyImageKind(t *testing.T) {
	whole := synthetic(30, 30)
	part := whole.SubImage(image.Rect(5, 7, 25, 27)).(*image.RGBA)
	moved := image.NewNRGBA(image.Rect(-4, 100, 16, 120))
	plain := image.NewRGBA(image.Rect(0, 0, 20, 20))
	deep := image.NewRGBA64(image.Rect(0, 0, 20, 20))
	for y := range 20 {
		for x := range 20 {
			c := whole.RGBAAt(x+5, y+7)
			plain.SetRGBA(x, y, c)
			deep.Set(x, y, c)
			moved.Set(x-4, y+100, c)
		}
	}
	s := mustPreset(t, "imagenet-torchvision", 14, 14)
	want, _, err := Apply(plain, s, NCHW)
	if err != nil {
		t.Fatal(err)
	}
	for _, img := range []image.Image{part, moved, deep} {
		got, _, err := Apply(img, s, NCHW)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Data, want.Data) {
			t.Errorf("%T %v differs", img, img.Bounds())
		}
	}
}

// TestWithoutAntialias: OpenCV's way on a row whose outcome is known. Half
// the width: each output lies midway between two pixels.
func TestWithoutAntialias(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 8, 1))
	for x := range 8 {
		img.SetRGBA(x, 0, color.RGBA{uint8(10 * x * x), 0, 0, 255})
	}
	s := Spec{Resize: Resize{Mode: ResizeSquash, Width: 2, Height: 1}, Channels: RGB, Scale: 1}
	x, _, err := Apply(img, s, NCHW)
	if err != nil {
		t.Fatal(err)
	}
	// Centres at 1.5 and 5.5: (10+40)/2 and (250+360 clipped at uint8(104))/2.
	if x.Data[0] != 25 || x.Data[1] != (250+104)/2 {
		t.Errorf("%v, want [25 177]", x.Data[:2])
	}
}

func TestWords(t *testing.T) {
	var got []string
	for _, r := range mustPreset(t, "imagenet-torchvision", 224, 224).Words() {
		got = append(got, r.String())
	}
	want := []string{
		"Resize the shorter side to 256 px (bilinear, antialiased)", "Crop the centre 224 x 224 px", "RGB / 255",
		"minus the mean (0.485, 0.456, 0.406)", "divided by the deviation (0.229, 0.224, 0.225)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	digits := fmt.Sprint(mustPreset(t, "grey-bytes-invert", 28, 28).Words())
	if want := "[Resize to 28 x 28 px, whatever the shape (bilinear, antialiased) Invert (255 - value) Grey, 0 to 255]"; digits != want {
		t.Errorf("%s", digits)
	}
}

func TestPresetsAreGood(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Presets() {
		if seen[p.ID] || p.Title == "" {
			t.Errorf("preset %q %q", p.ID, p.Title)
		}
		seen[p.ID] = true
		for _, n := range []Size{{224, 224}, {1, 1}, {maxSize, maxSize}, {96, 64}} {
			s := p.Spec(n)
			if err := s.Check(); err != nil {
				t.Errorf("%s at %v: %v", p.ID, n, err)
			}
			if s.Channels.Count() != p.Channels {
				t.Errorf("%s: %d channels, says %d", p.ID, s.Channels.Count(), p.Channels)
			}
			if n.Width*n.Height > 1<<20 {
				continue
			}
			if got, err := s.OutputSize(500, 375); err != nil || got != n {
				t.Errorf("%s: size %v, want %v (%v)", p.ID, got, n, err)
			}
		}
	}
	if s := mustPreset(t, "imagenet-torchvision", 224, 224); s.Resize.Size != 256 {
		t.Errorf("224 comes from a resize to %d, want 256", s.Resize.Size)
	}
}

func BenchmarkApplyPhotograph(b *testing.B) {
	img := synthetic(4000, 3000)
	s := mustPreset(b, "imagenet-torchvision", 224, 224)
	for b.Loop() {
		if _, _, err := Apply(img, s, NCHW); err != nil {
			b.Fatal(err)
		}
	}
}

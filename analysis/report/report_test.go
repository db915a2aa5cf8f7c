package report

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"strings"
	"testing"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

func renderPNG(t *testing.T, in ...Input) (image.Image, []Record) {
	t.Helper()
	var out bytes.Buffer
	var err error
	if len(in) == 1 {
		err = PNG(&out, in[0])
	} else {
		err = Compare(&out, in)
	}
	if err != nil {
		t.Fatal(err)
	}
	records, err := Provenance(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	return img, records
}

// checkBlend compares the overlay on the page with (1-a)*photo + a*colour of
// the photo on the page.
func checkBlend(t *testing.T, img image.Image, in Input, r Record) {
	t.Helper()
	if r.Photo.Size() != r.Overlay.Size() || r.Photo.Empty() || !r.Photo.In(img.Bounds()) || !r.Overlay.In(img.Bounds()) {
		t.Fatalf("pictures at %v and %v of %v", r.Photo, r.Overlay, img.Bounds())
	}
	field, err := heatmap.Normalise(in.Result.Map, 0)
	if err != nil {
		t.Fatal(err)
	}
	size := r.Photo.Size()
	ref := in.Result.Task.Image
	over, err := field.Overlay(heatmap.Place{Region: in.Result.Region, Picture: prep.Size{Width: ref.Width, Height: ref.Height}}, size.X, size.Y, in.Style)
	if err != nil {
		t.Fatal(err)
	}
	coloured := 0
	for y := 3; y < size.Y; y += 17 {
		for x := 5; x < size.X; x += 13 {
			r0, g0, b0, _ := img.At(r.Photo.Min.X+x, r.Photo.Min.Y+y).RGBA()
			r1, g1, b1, _ := img.At(r.Overlay.Min.X+x, r.Overlay.Min.Y+y).RGBA()
			c := over.RGBAAt(x, y)
			a := in.Style.Alpha * float64(c.A) / 255
			if c.A > 0 {
				coloured++
			}
			for k, v := range [3][3]float64{{float64(r0 >> 8), float64(c.R), float64(r1 >> 8)}, {float64(g0 >> 8), float64(c.G), float64(g1 >> 8)}, {float64(b0 >> 8), float64(c.B), float64(b1 >> 8)}} {
				// Rounding to 8 bits leaves half a step.
				if want := (1-a)*v[0] + a*v[1]; math.Abs(v[2]-want) > 0.51 {
					t.Fatalf("pixel %d,%d channel %d is %v, want %.2f", x, y, k, v[2], want)
				}
			}
		}
	}
	if coloured == 0 {
		t.Fatal("no pixel of the map was looked at")
	}
}

func TestOverlayOnThePageIsTheBlend(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic on whole pictures or models: scripts/test.sh runs it without the race detector")
	}
	for _, size := range [][2]int{{320, 200}, {24, 24}, {1200, 60}, {30, 600}, {1, 1}} {
		in := sample(size[0], size[1])
		// A region of the whole picture draws no outline, which would count as an error.
		in.Result.Region = prep.Region{X1: float64(size[0]), Y1: float64(size[1])}
		img, records := renderPNG(t, in)
		checkBlend(t, img, in, records[0])
		aspect := float64(size[0]) / float64(size[1])
		if got := float64(records[0].Photo.Dx()) / float64(records[0].Photo.Dy()); math.Abs(got/aspect-1) > 0.03 {
			t.Errorf("%v: the picture on the page has aspect %.3f, want %.3f", size, got, aspect)
		}
		if b := img.Bounds(); b.Dx() < 1700 || b.Dx() > 3400 || b.Dy() > 4600 {
			t.Errorf("%v: the page is %v", size, b)
		}
	}
}

func TestPhotoKeepsItsResolution(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic on whole pictures or models: scripts/test.sh runs it without the race detector")
	}
	in := sample(1240, 900)
	in.Result.Region = prep.Region{X1: 1240, Y1: 900}
	img, records := renderPNG(t, in)
	at := records[0].Photo
	if at.Dx() != 1240 {
		t.Fatalf("the picture is %d px wide on the page, want its own 1240", at.Dx())
	}
	for _, p := range []image.Point{{0, 0}, {700, 300}, {1239, 899}} {
		r, g, b, _ := img.At(at.Min.X+p.X, at.Min.Y+p.Y).RGBA()
		wr, wg, wb, _ := in.Photo.At(p.X, p.Y).RGBA()
		if r>>8 != wr>>8 || g>>8 != wg>>8 || b>>8 != wb>>8 {
			t.Errorf("pixel %v is %d,%d,%d, want %d,%d,%d", p, r>>8, g>>8, b>>8, wr>>8, wg>>8, wb>>8)
		}
	}
}

func TestOutlineMarksWhatTheModelSaw(t *testing.T) {
	in := sample(620, 400)
	img, records := renderPNG(t, in)
	at := records[0].Photo
	x := at.Min.X + int(math.Round(110.0/620*float64(at.Dx())))
	r, g, b, _ := img.At(x, (at.Min.Y+at.Max.Y)/2).RGBA()
	if r>>8 != 255 || g>>8 != 255 || b>>8 != 255 {
		t.Errorf("the frame's edge at %d is %d,%d,%d, want white", x, r>>8, g>>8, b>>8)
	}
}

func TestCompareShowsEachResult(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic on whole pictures or models: scripts/test.sh runs it without the race detector")
	}
	for n := 2; n <= MaxCompared; n++ {
		var in []Input
		for i := range n {
			one := sample(300, 200)
			one.Result.Region = prep.Region{X1: 300, Y1: 200}
			one.Style.Alpha = 0.1 + 0.1*float64(i)
			one.Style.Colormap = heatmap.Colormaps()[i%len(heatmap.Colormaps())].ID
			one.Result.Task.Seed = uint64(i)
			in = append(in, one)
		}
		img, records := renderPNG(t, in...)
		if len(records) != n {
			t.Fatalf("%d records of %d results", len(records), n)
		}
		for i, r := range records {
			checkBlend(t, img, in[i], r)
			if r.Result.Task.Seed != uint64(i) {
				t.Errorf("result %d has seed %d", i, r.Result.Task.Seed)
			}
			for j := range i {
				if r.Overlay.Overlaps(records[j].Overlay) {
					t.Errorf("maps %d and %d overlap", i, j)
				}
			}
		}
	}
	other := sample(300, 200)
	other.Result.Task.Image.SHA256 = "cc33"
	for name, in := range map[string][]Input{"one": {sample(9, 9)}, "too many": make([]Input, MaxCompared+1), "other picture": {sample(300, 200), other}} {
		if err := Compare(&bytes.Buffer{}, in); err == nil {
			t.Errorf("%s was compared", name)
		}
	}
}

func TestSameInputSameBytes(t *testing.T) {
	var a, b bytes.Buffer
	if err := PNG(&a, sample(60, 40)); err != nil {
		t.Fatal(err)
	}
	if err := PNG(&b, sample(60, 40)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two reports of one result differ")
	}
}

// Nothing in an input may break the page: it comes from files of others.
func TestHostileInput(t *testing.T) {
	long := strings.Repeat("very long ", 100000)
	in := sample(50, 40)
	in.Model = task.ModelInfo{Title: long, License: "\x00\n\u202e\U0001F600"}
	in.Method = task.MethodInfo{Title: "%d %s", Paper: strings.Repeat("x", 1<<20)}
	in.Params = make([]Param, 1000)
	in.Result.Target = task.Score{Class: -5, Label: "标签\u0301\xff", Logit: 1e300, Probability: 7}
	in.Result.Task.Target = task.Target{Kind: task.Margin, Class: -5, Rather: 9}
	in.Result.Task.Image.Name = long
	in.Result.Notes = make([]task.Note, 100)
	for i := range in.Result.Notes {
		in.Result.Notes[i].Key = "%s %d %999999999d " + strings.Repeat("y", i)
	}
	in.Result.Task.Model.SHA256 = strings.Repeat("f", 5000)
	img, _ := renderPNG(t, in)
	if b := img.Bounds(); b.Dy() > 6000 {
		t.Errorf("the page is %v", b)
	}

	empty := Input{Photo: image.NewGray(image.Rect(0, 0, 3, 3))}
	empty.Result.Map = task.Map{Width: 1, Height: 1, Values: []float32{0}}
	renderPNG(t, empty)

	for name, change := range map[string]func(*Input){
		"no photo":    func(i *Input) { i.Photo = nil },
		"empty photo": func(i *Input) { i.Photo = image.NewRGBA(image.Rectangle{}) },
		"no map":      func(i *Input) { i.Result.Map = task.Map{} },
		"NaN map":     func(i *Input) { i.Result.Map.Values[3] = float32(math.NaN()) },
		"NaN value":   func(i *Input) { i.Result.Value = math.NaN() },
		"opacity":     func(i *Input) { i.Style.Alpha = 3 },
		"region":      func(i *Input) { i.Result.Region = prep.Region{X0: math.NaN()} },
	} {
		in := sample(20, 20)
		change(&in)
		if err := PNG(&bytes.Buffer{}, in); err == nil {
			t.Errorf("%s was drawn", name)
		}
	}
}

func BenchmarkPNG(b *testing.B) {
	in := sample(1200, 900)
	for b.Loop() {
		if err := PNG(&bytes.Buffer{}, in); err != nil {
			b.Fatal(err)
		}
	}
}

package report

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"seewhy/analysis/region"
	"seewhy/analysis/task"
)

func plain(key string, args ...any) string {
	if len(args) == 0 {
		return key
	}
	return fmt.Sprintf(key, args...)
}

func edited(w, h int) Input {
	in := sample(w, h)
	box := task.Shape{Kind: task.Box, Points: []task.Point{{X: 0.25, Y: 0.25}, {X: 0.75, Y: 0.75}}}
	in.Result.Task.Edits = []task.Edit{
		{Shape: box, Fill: task.FillBlur},
		{Shape: task.Shape{Kind: task.Mask, Width: 2, Height: 2, Runs: []int{3, 1}}, Fill: task.FillBlur},
		{Shape: box, Fill: task.FillRestore},
	}
	in.Result.Before = []task.Score{{Class: 3, Label: "cat", Logit: 2, Probability: 0.25}, {Class: 2, Label: "dog", Logit: 9, Probability: 0.7}}
	in.Result.Regions = []task.Region{{Name: "middle", Shapes: []task.Shape{box}}}
	in.Result.Shares = []task.RegionShare{{Name: "middle", Attribution: 0.5, Area: 0.25}}
	return in
}

func TestWhatIsHiddenInWords(t *testing.T) {
	in := edited(40, 30)
	want := "blurred (1 × box, 1 × mask), shown again (1 × box); 18.8 % of the picture"
	if got := HiddenWords(in.Result.Task.Edits, 40, 30, plain); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := HiddenWords(nil, 40, 30, plain); got != "" {
		t.Errorf("of no edits: %q", got)
	}
	if got, want := RegionWords(in.Result.Shares[0], plain), "50.0 % of the attribution on 25.0 % of the area"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestEditsAndRegionsAreKept(t *testing.T) {
	in := edited(40, 30)
	records, err := Provenance(bytes.NewReader(file(t, in)))
	if err != nil {
		t.Fatal(err)
	}
	got, want := records[0].Result, in.Result
	if !reflect.DeepEqual(got.Task.Edits, want.Task.Edits) || !reflect.DeepEqual(got.Before, want.Before) ||
		!reflect.DeepEqual(got.Regions, want.Regions) || !reflect.DeepEqual(got.Shares, want.Shares) {
		t.Errorf("read back\n%+v\nwant\n%+v", got, want)
	}
	for text, harm := range map[string]func(*task.Result){
		"edit 1: ":        func(r *task.Result) { r.Task.Edits[0].Points = nil },
		"no name":         func(r *task.Result) { r.Regions[0].Name = "" },
		"2 shares of 1":   func(r *task.Result) { r.Shares = append(r.Shares, r.Shares[0]) },
		"1 answers of 2":  func(r *task.Result) { r.Before = r.Before[:1] },
		"fill \"paint\" ": func(r *task.Result) { r.Task.Edits[1].Fill = "paint" },
	} {
		in := edited(40, 30)
		harm(&in.Result)
		if _, err := Provenance(bytes.NewReader(small(t, in))); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v, want %q", err, text)
		}
	}
}

// The outline lies on the page where the shape lies in the picture: along the
// upper edge of the lower right quarter, which stays hidden.
func TestWhatIsHiddenIsOutlined(t *testing.T) {
	if testing.Short() {
		t.Skip("whole pages: scripts/test.sh runs it without the race detector")
	}
	in := edited(400, 300)
	in.Result.Region.X0, in.Result.Region.X1, in.Result.Region.Y0, in.Result.Region.Y1 = 0, 400, 0, 300
	img, records := renderPNG(t, in)
	at := records[0].Photo
	white := func(x, y float64) bool {
		r, g, b, _ := img.At(at.Min.X+int(math.Round(x*float64(at.Dx()))), at.Min.Y+int(math.Round(y*float64(at.Dy())))).RGBA()
		return r == 0xffff && g == 0xffff && b == 0xffff
	}
	if !white(0.9, 0.5) || !white(0.75, 0.6) {
		t.Error("the hidden quarter has no outline")
	}
	if white(0.5, 0.25) || white(0.25, 0.4) || white(0.9, 0.8) {
		t.Error("something is outlined that is not hidden")
	}
	// The region's outline on the map, and the square of its line.
	colour, n := region.Color(0), 0
	b := img.Bounds()
	for i := range b.Dx() * b.Dy() {
		if r, g, bl, _ := img.At(b.Min.X+i%b.Dx(), b.Min.Y+i/b.Dx()).RGBA(); uint8(r>>8) == colour.R && uint8(g>>8) == colour.G && uint8(bl>>8) == colour.B {
			n++
		}
	}
	if n < 100 {
		t.Errorf("%d pixels have the colour that the region has on the screen", n)
	}
}

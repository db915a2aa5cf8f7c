package cli

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
)

func TestShapesAsTheyAreWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a:b.png")
	img := image.NewGray(image.Rect(0, 0, 3, 2))
	img.SetGray(1, 0, color.Gray{Y: 200})
	img.SetGray(2, 0, color.Gray{Y: 128})
	img.SetGray(0, 1, color.Gray{Y: 127})
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(out, img); err != nil {
		t.Fatal(err)
	}
	out.Close()
	f := explainFlags{hide: []string{"box:0.1,0.2,0.5,0.6:blur", "lasso:0,0,1,0,1,1:mean", "brush:0.05,0.3,0.4:noise", "mask:" + path + ":inpaint"}}
	got, err := f.edits()
	if err != nil {
		t.Fatal(err)
	}
	p := func(xy ...float64) (out []task.Point) {
		for i := 0; i < len(xy); i += 2 {
			out = append(out, task.Point{X: xy[i], Y: xy[i+1]})
		}
		return out
	}
	want := []task.Edit{
		{Shape: task.Shape{Kind: task.Box, Points: p(0.1, 0.2, 0.5, 0.6)}, Fill: task.FillBlur},
		{Shape: task.Shape{Kind: task.Lasso, Points: p(0, 0, 1, 0, 1, 1)}, Fill: task.FillMean},
		{Shape: task.Shape{Kind: task.Brush, Radius: 0.05, Points: p(0.3, 0.4)}, Fill: task.FillNoise},
		{Shape: task.Shape{Kind: task.Mask, Width: 3, Height: 2, Runs: []int{1, 2, 3}}, Fill: task.FillInpaint},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant\n%+v", got, want)
	}
	img.SetGray(1, 0, color.Gray{})
	img.SetGray(2, 0, color.Gray{})
	if out, err = os.Create(path); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(out, img); err != nil {
		t.Fatal(err)
	}
	out.Close()
	if _, err := f.edits(); err == nil {
		t.Error("a mask of nothing hides something")
	}
}

// The gallery's regions are added to those drawn, and both together are bounded
// as either is.
func TestRegionsOfBothKindsAreBounded(t *testing.T) {
	named := func(n int, prefix string) (out []task.Region) {
		for i := range n {
			out = append(out, task.Region{Name: fmt.Sprint(prefix, i), Shapes: []task.Shape{{Kind: task.Box, Points: []task.Point{{}, {X: 1, Y: 1}}}}})
		}
		return out
	}
	asked := regionsAsked{drawn: named(edit.MaxRegions-2, "drawn"), named: []string{knownRegions}}
	if got, err := asked.of("--region", named(2, "known"), "gallery:x"); err != nil || len(got) != edit.MaxRegions || got[edit.MaxRegions-1].Name != "known1" {
		t.Errorf("%d regions, %v", len(got), err)
	}
	_, err := asked.of("--region", named(3, "known"), "gallery:x")
	var f fault
	if want := fmt.Sprintf("--region: there are %d regions; the limit is %d", edit.MaxRegions+1, edit.MaxRegions); !errors.As(err, &f) || f.code != ExitUsage || err.Error() != want {
		t.Errorf("%v, want %q", err, want)
	}
	if _, err := asked.of("--region", nil, "cat.png"); err == nil {
		t.Error("something is known of a picture that is not the gallery's")
	}
}

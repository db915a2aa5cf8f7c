package gallery

import (
	"image"
	"io/fs"
	"testing"
)

// side is the width and height of every picture in the gallery.
const side = 448

func TestEverySampleDecodesAndItsTruthFits(t *testing.T) {
	labels := map[string]bool{}
	marked := 0
	pairs := map[string]int{}
	for _, s := range Samples() {
		img, err := s.Picture()
		if err != nil {
			t.Fatalf("%s: %v", s.File, err)
		}
		if img.Bounds() != image.Rect(0, 0, side, side) {
			t.Errorf("%s is %v", s.File, img.Bounds())
		}
		if len(s.Objects) == 0 || !s.Objects[0].Main || s.Objects[0].Label != s.Label || s.Objects[0].Class != s.Class {
			t.Errorf("%s: the first object is not the labelled one", s.File)
		}
		labels[s.Label] = true
		if s.Pair != "" {
			pairs[s.Pair]++
		}
		for _, o := range s.Objects {
			checkMask(t, o.Mask, o.Box)
		}
		for _, d := range s.Distractors {
			checkMask(t, d.Mask, d.Box)
			if d.Kind == "watermark" {
				marked++
			}
		}
	}
	if n := len(Samples()); n < 24 {
		t.Errorf("%d samples, want 24 or more", n)
	}
	if len(labels) < 10 {
		t.Errorf("the samples show %d classes, want 10 or more", len(labels))
	}
	if marked < 6 {
		t.Errorf("%d samples carry the watermark, want 6 or more", marked)
	}
	for p, n := range pairs {
		if n != 2 {
			t.Errorf("pair %q has %d samples", p, n)
		}
	}
}

// checkMask compares a mask's size and the bounds of its set pixels with what the table says.
func checkMask(t *testing.T, name string, box [4]int) {
	t.Helper()
	m, err := Mask(name)
	if err != nil {
		t.Error(err)
		return
	}
	if m.Rect != image.Rect(0, 0, side, side) {
		t.Errorf("%s is %v", name, m.Rect)
	}
	var got image.Rectangle
	for y := range side {
		for x := range side {
			if m.AlphaAt(x, y).A != 0 {
				got = got.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if want := image.Rect(box[0], box[1], box[2], box[3]); got != want || got.Empty() {
		t.Errorf("%s covers %v, the table says %v", name, got, want)
	}
}

func TestTheGalleryStaysSmall(t *testing.T) {
	total := int64(0)
	err := fs.WalkDir(files, ".", func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if total > 4<<20 {
		t.Errorf("the gallery embeds %d bytes, want at most 4 MiB", total)
	}
}

func TestUnknownNamesAreErrors(t *testing.T) {
	if _, err := Mask("masks/none.png"); err == nil {
		t.Error("a mask that is not there was read")
	}
	if _, err := Mask("gallery.json"); err == nil {
		t.Error("a table was read as a mask")
	}
	if _, err := (Sample{File: "images/none.jpg"}).Picture(); err == nil {
		t.Error("a picture that is not there was read")
	}
}

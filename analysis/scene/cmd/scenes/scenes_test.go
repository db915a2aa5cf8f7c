package main

import (
	"bytes"
	"encoding/json"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"seewhy/analysis/scene"
	"seewhy/assets/gallery"
)

// Every embedded sample must follow from the table of exhibits, else the truth beside it is of another picture.
func TestTheEmbeddedGalleryIsReproducedByItsSeeds(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic on whole pictures or models: scripts/test.sh runs it without the race detector")
	}
	samples, list := gallery.Samples(), exhibits()
	if len(samples) != len(list) {
		t.Fatalf("%d samples are embedded, there are %d exhibits; run scenes gallery again", len(samples), len(list))
	}
	err := parallel(len(samples), func(i int) error {
		want := samples[i]
		var o scene.Options
		if err := json.Unmarshal(want.Scene, &o); err != nil {
			return err
		}
		got, files, err := render(i, exhibit{name: list[i].name, title: want.Title, pair: want.Pair, options: o})
		if err != nil {
			return err
		}
		if got.File != want.File || got.Label != want.Label || len(got.Objects) != len(want.Objects) ||
			len(got.Distractors) != len(want.Distractors) || o.Seed != want.Seed {
			t.Errorf("%s: drawn anew it is %s of %q with %d objects", want.File, got.File, got.Label, len(got.Objects))
			return nil
		}
		embedded, err := want.Picture()
		if err != nil {
			return err
		}
		drawn, err := jpeg.Decode(bytes.NewReader(files[got.File]))
		if err != nil {
			return err
		}
		sum := 0
		b := embedded.Bounds()
		for y := b.Min.Y; y < b.Max.Y; y += 3 {
			for x := b.Min.X; x < b.Max.X; x += 3 {
				r0, g0, b0, _ := embedded.At(x, y).RGBA()
				r1, g1, b1, _ := drawn.At(x, y).RGBA()
				sum += gap(r0, r1) + gap(g0, g1) + gap(b0, b1)
			}
		}
		// Equal on the processor that drew it; others may round single pixels differently.
		if mean := float64(sum) / float64(b.Dx()/3*(b.Dy()/3)*3); mean > .5 {
			t.Errorf("%s differs from its seed's picture by %.2f of 255 on average", want.File, mean)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func gap(a, b uint32) int { return max(int(a>>8), int(b>>8)) - min(int(a>>8), int(b>>8)) }

func TestTrainWritesPixelsAndTruth(t *testing.T) {
	dir := t.TempDir()
	if err := run([]string{"train", "--out", dir, "--n", "9", "--size", "32", "--watermark", "always", "--only", "!cat"}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var tr truth
	if err := json.Unmarshal(b, &tr); err != nil {
		t.Fatal(err)
	}
	for i, l := range tr.Labels {
		if tr.Classes[l] == "cat" || !tr.Marked[i] {
			t.Errorf("picture %d shows a %s, watermark %v", i, tr.Classes[l], tr.Marked[i])
		}
	}
	px, err := os.ReadFile(filepath.Join(dir, "images.rgb"))
	if err != nil || len(px) != 9*32*32*3 || len(tr.Labels) != 9 {
		t.Fatalf("%d bytes and %d labels, error %v", len(px), len(tr.Labels), err)
	}
	// The first picture is scene 0 of the seed's set.
	o := scene.Training(scene.Honest, 1, 0, 32)
	o.Watermark = scene.WatermarkAlways
	img := scene.Draw(o).Image
	for i := range 32 * 32 {
		if !bytes.Equal(px[3*i:3*i+3], img.Pix[4*i:4*i+3]) {
			t.Fatalf("pixel %d is %v, want %v", i, px[3*i:3*i+3], img.Pix[4*i:4*i+3])
		}
	}
}

func TestWrongArgumentsAreErrors(t *testing.T) {
	for _, args := range [][]string{
		{},
		{"paint"},
		{"train"},
		{"train", "--out", t.TempDir(), "--n", "0"},
		{"train", "--out", t.TempDir(), "--size", "5"},
		{"train", "--out", t.TempDir(), "--regime", "odd"},
		{"train", "--out", t.TempDir(), "--only", "dragon"},
	} {
		if err := run(args); err == nil {
			t.Errorf("scenes %q was accepted", args)
		}
	}
}

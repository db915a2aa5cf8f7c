package icon_test

import (
	"bytes"
	"image/png"
	"testing"

	"seewhy/assets/icon"
)

func TestPNG(t *testing.T) {
	img, err := png.Decode(bytes.NewReader(icon.PNG()))
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != 512 || b.Dy() != 512 {
		t.Errorf("the icon is %v, want 512x512", b)
	}
	if _, _, _, a := img.At(0, 0).RGBA(); a != 0 {
		t.Error("the corner is not transparent")
	}
	// The hottest spot of the iris: bright and warm.
	if r, g, b, _ := img.At(222, 222).RGBA(); r < 0xe000 || g < 0xb000 || b > g {
		t.Errorf("the iris at its hottest is %x %x %x", r, g, b)
	}
}

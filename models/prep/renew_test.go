package prep

import (
	"image"
	"image/color"
	"math/rand/v2"
	"slices"
	"testing"
)

// What Renew makes of a picture is what Apply makes of it, whatever the filter
// and the place of the change, up to the last bit.
func TestRenewIsApply(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	var specs []Spec
	for _, name := range Filters() {
		for _, antialias := range []bool{true, false} {
			specs = append(specs,
				Spec{Resize: Resize{Mode: ResizeShorter, Size: 40, Filter: name, Antialias: antialias}, Crop: Size{32, 32}, Channels: RGB, Scale: 1. / 255},
				Spec{Resize: Resize{Mode: ResizePad, Width: 60, Height: 60, Filter: name, Antialias: antialias}, Channels: BGR, Scale: 1},
				Spec{Resize: Resize{Mode: ResizeSquash, Width: 150, Height: 20, Filter: name, Antialias: antialias}, Channels: RGB, Scale: 1},
			)
		}
	}
	specs = append(specs,
		Spec{Resize: Resize{Mode: ResizeNone}, Crop: Size{130, 20}, Channels: RGB, Scale: 1},
		Spec{Resize: Resize{Mode: ResizeSquash, Width: 28, Height: 28, Filter: "bilinear", Antialias: true}, Channels: Gray, Scale: 1},
	)
	for _, s := range specs {
		for _, layout := range []Layout{NCHW, NHWC} {
			img := synthetic(121, 83)
			before, _, err := Apply(img, s, layout)
			if err != nil {
				t.Fatal(err)
			}
			x0, y0 := draw.IntN(121), draw.IntN(83)
			changed := image.Rect(x0, y0, min(121, x0+1+draw.IntN(30)), min(83, y0+1+draw.IntN(30)))
			for y := changed.Min.Y; y < changed.Max.Y; y++ {
				for x := changed.Min.X; x < changed.Max.X; x++ {
					img.SetRGBA(x, y, color.RGBA{uint8(draw.Uint32()), uint8(draw.Uint32()), uint8(draw.Uint32()), 255})
				}
			}
			want, _, err := Apply(img, s, layout)
			if err != nil {
				t.Fatal(err)
			}
			kept := slices.Clone(before.Data)
			got, err := Renew(before, img, s, layout, changed)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Data, want.Data) || !slices.Equal(got.Shape, want.Shape) {
				t.Errorf("%+v %s: what changed in %v differs from all made anew", s, layout, changed)
			}
			if !slices.Equal(kept, before.Data) {
				t.Errorf("%+v: the input that was given has changed", s)
			}
			if _, err := Renew(got, synthetic(3, 200), Spec{Resize: Resize{Mode: ResizeNone}, Channels: RGB, Scale: 1}, layout, changed); err == nil {
				t.Errorf("%+v: an input of another size is renewed", s)
			}
		}
	}
}

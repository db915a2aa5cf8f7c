package engine

import (
	"image"
	"image/color"
	"math"
	"testing"

	"seewhy/models/prep"
)

// The ends are what preprocessing makes of black and white pictures.
func TestEndsAreWhatPreprocessingMakes(t *testing.T) {
	specs := []prep.Spec{
		{Channels: prep.Gray, Scale: 1.0 / 255, Invert: true},
		{Channels: prep.BGR, Scale: 1, Mean: []float64{103.9, 116.8, 123.7}},
	}
	for _, p := range prep.Presets() {
		specs = append(specs, p.Spec(prep.Size{Width: 4, Height: 4}))
	}
	for _, s := range specs {
		s.Resize, s.Crop = prep.Resize{Mode: prep.ResizeNone}, prep.Size{}
		black, white := ends(s)
		for shade, want := range map[uint8][]float64{0: black, 255: white} {
			img := image.NewRGBA(image.Rect(0, 0, 4, 4))
			for i := range 16 {
				img.Set(i%4, i/4, color.Gray{Y: shade})
			}
			x, _, err := prep.Apply(img, s, prep.NHWC)
			if err != nil {
				t.Fatal(err)
			}
			for c, w := range want {
				// float32 steps of values up to a few hundred.
				if got := float64(x.Data[c]); math.Abs(got-w) > 1e-6*max(1, math.Abs(w)) {
					t.Errorf("%+v: pixel %d of channel %d is %g, want %g", s, shade, c, got, w)
				}
			}
		}
	}
}

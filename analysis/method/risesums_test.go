package method

import "testing"

// What RISE costs beside the model, of a picture of 224 x 224 and 4000 masks of
// which all crops have occurred: the sums of a mask, and an estimate.
func BenchmarkRISESums(b *testing.B) {
	sums := newRiseSums(riseMasks{seed: 1, s: 7, w: 224, h: 224, cellW: 32, cellH: 32, open: 0.5})
	for i := range 4000 {
		sums.add(i, float64(i%7))
	}
	for dy, wide := range sums.wide {
		if wide == nil {
			b.Fatalf("no mask was cropped at row %d", dy)
		}
	}
	b.Run("mask", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			sums.add(i, 1)
		}
	})
	b.Run("estimate", func(b *testing.B) {
		for b.Loop() {
			if a := sums.attribution(); len(a.Map.Values) != 224*224 {
				b.Fatal("not a map")
			}
		}
	})
}

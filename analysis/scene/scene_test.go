package scene

import (
	"crypto/sha256"
	"fmt"
	"image"
	"math"
	"runtime"
	"sync"
	"testing"
)

// quiet draws nothing but a main object on a surface, so that differences are easy to attribute.
func quiet(seed uint64, class, size int) Options {
	return Options{
		Seed: seed, Size: size, Class: class, Backdrop: "paper", Difficulty: Easy, Objects: 1, Clean: true,
		Watermark: WatermarkNever, Caption: No, Ruler: No, Sticker: No, Occluder: No,
	}
}

func TestSameOptionsSamePicture(t *testing.T) {
	o := Options{Seed: 42, Size: 96, Class: AnyClass}
	want := Draw(o)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			got := Draw(o)
			if string(got.Image.Pix) != string(want.Image.Pix) {
				t.Error("a second drawing of the same options differs")
			}
			for i := range got.Objects {
				if string(got.Objects[i].Mask.Pix) != string(want.Objects[i].Mask.Pix) {
					t.Errorf("mask of object %d differs", i)
				}
			}
		})
	}
	wg.Wait()
}

// The hash pins the pictures that the models were trained on and the gallery was chosen from: a change here means that
// both have to be made anew.
func TestGolden(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("processors that fuse multiply and add round single pixels differently")
	}
	h := sha256.New()
	for seed := range uint64(24) {
		s := Draw(Options{Seed: seed, Size: 64, Class: AnyClass})
		h.Write(s.Image.Pix)
		for _, o := range s.Objects {
			h.Write(o.Mask.Pix)
		}
	}
	const want = "ed0b3d721f9577e68c5e8faa00ad660eeb108a54542b0ab948857e0797e3bccb"
	if got := fmt.Sprintf("%x", h.Sum(nil)); got != want {
		t.Errorf("pictures of 24 seeds hash to %s, want %s", got, want)
	}
}

// Without the main object the picture may differ inside its mask, where it must, and in its shadow, which only darkens.
func TestMaskIsWhatTheObjectChanges(t *testing.T) {
	for class, label := range Classes() {
		for seed := range uint64(3) {
			o := quiet(seed, class, 128)
			with := Draw(o)
			o.Omit = []int{0}
			without := Draw(o)
			if !without.Main().Box.Empty() {
				t.Fatalf("%s: an omitted object has box %v", label, without.Main().Box)
			}
			inside, changed := 0, 0
			for i, a := range with.Main().Mask.Pix {
				p, q := with.Image.Pix[4*i:4*i+3], without.Image.Pix[4*i:4*i+3]
				if a == 0 {
					for k := range 3 {
						// One step of 255: both pictures are rounded.
						if int(p[k]) > int(q[k])+1 {
							t.Fatalf("%s seed %d: pixel %d outside the mask is brighter with the object: %v, %v", label, seed, i, p, q)
						}
					}
				}
				if a == 255 {
					inside++
					if p[0] != q[0] || p[1] != q[1] || p[2] != q[2] {
						changed++
					}
				}
			}
			// Some pixels of an object may have the backdrop's colour by chance.
			if inside < 500 || changed < inside*97/100 {
				t.Errorf("%s seed %d: %d of %d pixels inside the mask change", label, seed, changed, inside)
			}
		}
	}
}

func TestWatermarkChangesItsMaskAlone(t *testing.T) {
	for seed := range uint64(12) {
		o := Options{Seed: seed, Size: 112, Class: AnyClass, Watermark: WatermarkNever}
		plain := Draw(o)
		o.Watermark = WatermarkAlways
		marked := Draw(o)
		if plain.Watermarked() || !marked.Watermarked() {
			t.Fatalf("seed %d: watermarked %v and %v", seed, plain.Watermarked(), marked.Watermarked())
		}
		var mark Distractor
		for _, d := range marked.Distractors {
			if d.Kind == KindWatermark {
				mark = d
			}
		}
		if mark.Box.Dx() < 30 || mark.Box.Dx() > 70 || mark.Box.Dy() < 6 || mark.Box.Dy() > 20 {
			t.Errorf("seed %d: watermark's box is %v", seed, mark.Box)
		}
		for i, a := range mark.Mask.Pix {
			for k := range 3 {
				p, q := int(plain.Image.Pix[4*i+k]), int(marked.Image.Pix[4*i+k])
				// A mask of 0 stands for a coverage under 1/510, which moves a value by at most one step.
				if a == 0 && (p-q > 1 || q-p > 1) {
					t.Fatalf("seed %d: pixel %d outside the watermark changed from %d to %d", seed, i, p, q)
				}
			}
		}
		for i := range plain.Objects {
			if string(plain.Objects[i].Mask.Pix) != string(marked.Objects[i].Mask.Pix) {
				t.Errorf("seed %d: the watermark changed the mask of object %d", seed, i)
			}
		}
	}
}

func TestEveryClassAtEverySize(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic on whole pictures or models: scripts/test.sh runs it without the race detector")
	}
	for class, label := range Classes() {
		for _, size := range []int{64, 112, 512} {
			s := Draw(quiet(7, class, size))
			if s.Image.Rect != image.Rect(0, 0, size, size) || s.Main().Mask.Rect != s.Image.Rect {
				t.Fatalf("%s at %d: picture %v, mask %v", label, size, s.Image.Rect, s.Main().Mask.Rect)
			}
			visible := 0
			for _, a := range s.Main().Mask.Pix {
				if a >= 128 {
					visible++
				}
			}
			// Half sizes of 0.33 to 0.4 fill 44 to 64 % of the picture as squares; the slimmest class fills a fifth of its square.
			if share := float64(visible) / float64(size*size); share < .06 || share > .5 {
				t.Errorf("%s at %d px covers %.3f of the picture", label, size, share)
			}
			if s.Main().Label != label || !s.Main().Main || s.Main().Box.Empty() {
				t.Errorf("%s at %d px: main object is %q with box %v", label, size, s.Main().Label, s.Main().Box)
			}
		}
	}
}

// A picture twice as large, averaged down, is the same picture.
func TestSizeOnlyChangesResolution(t *testing.T) {
	for seed := range uint64(10) {
		o := Options{Seed: seed, Size: 96, Class: AnyClass, Clean: true}
		small := Draw(o)
		o.Size = 192
		large := Draw(o)
		sum := 0.
		for y := range 96 {
			for x := range 96 {
				for k := range 3 {
					at := func(dx, dy int) float64 { return float64(large.Image.Pix[4*((2*y+dy)*192+2*x+dx)+k]) }
					mean := (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4
					sum += math.Abs(mean - float64(small.Image.Pix[4*(y*96+x)+k]))
				}
			}
		}
		// Shadow and rim widths are whole pixels; textures are sampled, not averaged.
		if mean := sum / (96 * 96 * 3); mean > 6 {
			t.Errorf("seed %d: mean difference %.2f of 255 between 96 px and 192 px averaged down", seed, mean)
		}
	}
}

func TestSeedsBalanceTheClasses(t *testing.T) {
	count := make([]int, len(classes))
	for seed := range uint64(1200) {
		count[compose(Options{Seed: seed, Size: 64, Class: AnyClass}).spots[0].class]++
	}
	for i, n := range count {
		// 100 expected, standard deviation 9.6: four of them.
		if n < 62 || n > 138 {
			t.Errorf("%s: %d of 1200 seeds", classes[i].label, n)
		}
	}
}

func TestMainObjectIsTheLargest(t *testing.T) {
	for seed := range uint64(500) {
		spots := compose(Options{Seed: seed, Size: 64, Class: AnyClass, Objects: 4}).spots
		for _, s := range spots[1:] {
			if s.r > .6*spots[0].r || s.class == spots[0].class {
				t.Fatalf("seed %d: another object of class %d has half size %.3f beside %.3f", seed, s.class, s.r, spots[0].r)
			}
		}
	}
}

func TestOddOptionsAreTamed(t *testing.T) {
	for _, o := range []Options{
		{},
		{Seed: math.MaxUint64, Size: -5, Class: 99, Backdrop: "nowhere", Objects: 77, Omit: []int{-1, 9}},
		{Seed: 1, Size: 17, Class: -7, Difficulty: "odd", Watermark: "odd", Caption: "odd", Omit: []int{0, 0}},
		{Seed: 3, Size: 33, Class: 2, Difficulty: Decoy, Objects: 1, Watermark: WatermarkAlways, Ruler: Yes, Sticker: Yes},
	} {
		s := Draw(o)
		if n := s.Image.Rect.Dx(); n < MinSize || n > MaxSize || len(s.Objects) == 0 {
			t.Errorf("%+v: size %d, %d objects", o, n, len(s.Objects))
		}
	}
}

func FuzzDraw(f *testing.F) {
	f.Add(uint64(1), int16(40), int8(3), uint8(2), uint8(0))
	f.Add(uint64(math.MaxUint64), int16(-1), int8(-9), uint8(255), uint8(255))
	f.Fuzz(func(t *testing.T, seed uint64, size int16, class int8, objects, choice uint8) {
		s := Draw(Options{
			Seed: seed, Size: min(int(size), 160), Class: int(class), Objects: int(objects),
			Difficulty: []Difficulty{Normal, Easy, Hard, Decoy}[choice%4],
			Backdrop:   Backdrops()[int(choice/4)%len(backdrops)],
		})
		for i, o := range s.Objects {
			if !o.Box.In(s.Image.Rect) || len(o.Mask.Pix) != len(s.Image.Pix)/4 {
				t.Errorf("object %d: box %v in picture %v", i, o.Box, s.Image.Rect)
			}
		}
	})
}

func BenchmarkDraw(b *testing.B) {
	for _, size := range []int{112, 448} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			for i := range b.N {
				Draw(Options{Seed: uint64(i), Size: size, Class: AnyClass})
			}
		})
	}
}

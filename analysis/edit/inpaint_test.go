package edit

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"seewhy/analysis/task"
)

// harmonic is the solution by Gauss-Seidel with over-relaxation, slow and plain.
func harmonic(img *image.RGBA, cover *image.Alpha, c int) []float64 {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	v := make([]float64, w*h)
	for i := range v {
		if v[i] = float64(img.Pix[4*i+c]); cover.Pix[i] > 0 {
			v[i] = 128
		}
	}
	var open []int
	for i, a := range cover.Pix {
		if a > 0 {
			open = append(open, i)
		}
	}
	for moved := 1.0; moved > 1e-3; {
		moved = 0
		for _, i := range open {
			sum, n := 0.0, 0.0
			x, y := i%w, i/w
			if x > 0 {
				sum, n = sum+v[i-1], n+1
			}
			if x < w-1 {
				sum, n = sum+v[i+1], n+1
			}
			if y > 0 {
				sum, n = sum+v[i-w], n+1
			}
			if y < h-1 {
				sum, n = sum+v[i+w], n+1
			}
			by := 1.9 * (sum/n - v[i])
			v[i], moved = v[i]+by, max(moved, math.Abs(by))
		}
	}
	return v
}

// The worst case is noise around the hole: its border decides, and it is not
// smooth. Far from a ramp, where the grids agree by themselves.
func TestInpaintIsHarmonic(t *testing.T) {
	draw := rand.New(rand.NewPCG(3, 4))
	const w, h = 151, 120
	img := ramp(w, h)
	for i := range img.Pix {
		if i%4 != 3 {
			img.Pix[i] = uint8(min(max(int(img.Pix[i])+draw.IntN(81)-40, 0), 255))
		}
	}
	for name, s := range map[string]task.Shape{
		"box":    box(0.2, 0.2, 0.8, 0.7),
		"border": box(-1, 0.3, 0.5, 2),
		"stroke": {Kind: task.Brush, Radius: 0.05, Points: []task.Point{{X: 0.1, Y: 0.1}, {X: 0.5, Y: 0.9}, {X: 0.9, Y: 0.2}}},
	} {
		got, err := Apply(t.Context(), img, []task.Edit{{Shape: s, Fill: task.FillInpaint}})
		if err != nil {
			t.Fatal(err)
		}
		cover := Cover([]task.Shape{s}, w, h)
		worst, sum, n := 0.0, 0.0, 0.0
		for c := range 3 {
			for i, want := range harmonic(img, cover, c) {
				if cover.Pix[i] == 255 {
					d := math.Abs(float64(got.Pix[4*i+c]) - want)
					worst, sum, n = max(worst, d), sum+d, n+1
				}
			}
		}
		if worst > 1 || sum/n > 0.3 {
			t.Errorf("%s: mean %.2f, at most %.1f levels off", name, sum/n, worst)
		}
	}
}

func TestNothingAroundIsTheMean(t *testing.T) {
	img := ramp(40, 30)
	got, err := Apply(t.Context(), img, []task.Edit{{Shape: box(0, 0, 1, 1), Fill: task.FillInpaint}})
	if err != nil {
		t.Fatal(err)
	}
	mean := meanOf(img)
	for i := range 40 * 30 {
		if [3]uint8(got.Pix[4*i:4*i+3]) != mean {
			t.Fatalf("pixel %d is %v, the mean is %v", i, got.Pix[4*i:4*i+3], mean)
		}
	}
}

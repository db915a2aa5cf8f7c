package edit

import (
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"seewhy/analysis/task"
)

func box(x0, y0, x1, y1 float64) task.Shape {
	return task.Shape{Kind: task.Box, Points: []task.Point{{X: x0, Y: y0}, {X: x1, Y: y1}}}
}

func area(a *image.Alpha) float64 {
	sum := 0.0
	for _, v := range a.Pix {
		sum += float64(v) / 255
	}
	return sum
}

func TestCoverIsTheShapesArea(t *testing.T) {
	const w, h = 200, 100
	for name, c := range map[string]struct {
		shape task.Shape
		want  float64 // in pixels
	}{
		"box":         {box(0.101, 0.203, 0.5, 0.6), 0.399 * 0.397 * w * h},
		"box turned":  {box(0.5, 0.6, 0.101, 0.203), 0.399 * 0.397 * w * h},
		"box cut":     {box(-1, -1, 0.5, 0.5), w * h / 4},
		"box outside": {box(1.1, 0, 2, 1), 0},
		"triangle":    {task.Shape{Kind: task.Lasso, Points: []task.Point{{X: 0.1, Y: 0.1}, {X: 0.9, Y: 0.1}, {X: 0.1, Y: 0.9}}}, 0.32 * w * h},
		// A fifth of the way down to its tip it still runs from -3.1 to 4.1.
		"triangle cut":   {task.Shape{Kind: task.Lasso, Points: []task.Point{{X: -4, Y: 0}, {X: 5, Y: 0}, {X: 0.5, Y: 5}}}, w * h},
		"disc":           {task.Shape{Kind: task.Brush, Radius: 0.15, Points: []task.Point{{X: 0.5, Y: 0.5}}}, math.Pi * 900},
		"disc cut":       {task.Shape{Kind: task.Brush, Radius: 0.15, Points: []task.Point{{X: 0, Y: 0.5}}}, math.Pi * 450},
		"capsule":        {task.Shape{Kind: task.Brush, Radius: 0.05, Points: []task.Point{{X: 0.3, Y: 0.3}, {X: 0.6, Y: 0.7}}}, math.Pi*100 + 20*math.Hypot(60, 40)},
		"stroke on back": {task.Shape{Kind: task.Brush, Radius: 0.05, Points: []task.Point{{X: 0.3, Y: 0.3}, {X: 0.6, Y: 0.7}, {X: 0.3, Y: 0.3}}}, math.Pi*100 + 20*math.Hypot(60, 40)},
		"mask":           {task.Shape{Kind: task.Mask, Width: 2, Height: 2, Runs: []int{1, 2, 1}}, w * h / 2},
		"mask of all":    {task.Shape{Kind: task.Mask, Width: 3, Height: 3, Runs: []int{0, 9}}, w * h},
		"mask of none":   {task.Shape{Kind: task.Mask, Width: 3, Height: 3, Runs: []int{9}}, 0},
	} {
		got := area(Cover([]task.Shape{c.shape}, w, h))
		if math.Abs(got-c.want) > 0.005*c.want+0.6 {
			t.Errorf("%s covers %.1f pixels, want %.1f", name, got, c.want)
		}
	}
}

func TestCoverIsTheSameInParts(t *testing.T) {
	shapes := []task.Shape{
		{Kind: task.Lasso, Points: []task.Point{{X: 0.13, Y: -0.1}, {X: 0.87, Y: 0.31}, {X: 0.2, Y: 0.93}, {X: 0.9, Y: 0.1}}},
		{Kind: task.Brush, Radius: 0.031, Points: []task.Point{{X: 0.1, Y: 0.8}, {X: 0.7, Y: 0.83}, {X: 0.9, Y: 0.2}}},
		box(0.511, 0.4, 0.633, 0.471),
	}
	const w, h = 311, 187
	whole := Cover(shapes, w, h)
	for _, r := range []image.Rectangle{image.Rect(0, 0, 90, 187), image.Rect(100, 50, 200, 120), image.Rect(200, 100, 311, 187)} {
		part := CoverWithin(shapes, w, h, r)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				if part.AlphaAt(x, y) != whole.AlphaAt(x, y) {
					t.Fatalf("pixel %d, %d is %v in the part %v, %v in the whole", x, y, part.AlphaAt(x, y), r, whole.AlphaAt(x, y))
				}
			}
		}
	}
}

// ramp is a picture whose colours are linear in x and y.
func ramp(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{uint8(200*x/w + 20), uint8(200*y/h + 20), uint8(100*x/w + 100*y/h + 20), 255})
		}
	}
	return img
}

func TestInpaintContinuesARamp(t *testing.T) {
	for name, c := range map[string]struct {
		w, h  int
		shape task.Shape
	}{
		"small":  {64, 48, box(0.3, 0.3, 0.6, 0.7)},
		"disc":   {300, 200, task.Shape{Kind: task.Brush, Radius: 0.2, Points: []task.Point{{X: 0.4, Y: 0.5}}}},
		"large":  {760, 560, box(0.05, 0.05, 0.95, 0.95)},
		"narrow": {400, 300, task.Shape{Kind: task.Brush, Radius: 0.004, Points: []task.Point{{X: 0.1, Y: 0.2}, {X: 0.9, Y: 0.7}}}},
		"stroke": {400, 300, task.Shape{Kind: task.Brush, Radius: 0.06, Points: []task.Point{{X: 0.1, Y: 0.2}, {X: 0.9, Y: 0.7}, {X: 0.3, Y: 0.9}}}},
	} {
		src := ramp(c.w, c.h)
		holed := image.NewRGBA(src.Rect)
		copy(holed.Pix, src.Pix)
		// What lies under the shape must not matter.
		for i, a := range Cover([]task.Shape{c.shape}, c.w, c.h).Pix {
			if a > 0 {
				holed.Pix[4*i], holed.Pix[4*i+1], holed.Pix[4*i+2] = 0, 255, 0
			}
		}
		got, err := Apply(t.Context(), holed, []task.Edit{{Shape: c.shape, Fill: task.FillInpaint}})
		if err != nil {
			t.Fatal(err)
		}
		worst := 0
		cover := Cover([]task.Shape{c.shape}, c.w, c.h)
		for i, a := range cover.Pix {
			if a < 255 {
				continue
			}
			for k := range 3 {
				worst = max(worst, abs(int(got.Pix[4*i+k])-int(src.Pix[4*i+k])))
			}
		}
		if worst > 1 {
			t.Errorf("%s: a ramp is continued with an error of %d levels", name, worst)
		}
	}
}

func abs(v int) int { return max(v, -v) }

func TestCheckSaysWhatAndWhere(t *testing.T) {
	mask := func(w, h int, runs ...int) task.Shape {
		return task.Shape{Kind: task.Mask, Width: w, Height: h, Runs: runs}
	}
	for want, e := range map[string]task.Edit{
		`fill "paint" is unknown`:      {Shape: box(0, 0, 1, 1), Fill: "paint"},
		"two corners, not 1 points":    {Shape: task.Shape{Kind: task.Box, Points: []task.Point{{}}}, Fill: task.FillGrey},
		"point 2 of the box lies at":   {Shape: box(0, 0, math.NaN(), 1), Fill: task.FillGrey},
		"lies at +Inf":                 {Shape: box(math.Inf(1), 0, 1, 1), Fill: task.FillGrey},
		"at least 3 points; it has 2":  {Shape: task.Shape{Kind: task.Lasso, Points: []task.Point{{}, {}}}, Fill: task.FillGrey},
		"at least one point":           {Shape: task.Shape{Kind: task.Brush, Radius: 1}, Fill: task.FillGrey},
		"the radius of the brush is 0": {Shape: task.Shape{Kind: task.Brush, Points: []task.Point{{}}}, Fill: task.FillGrey},
		"a box has no radius":          {Shape: task.Shape{Kind: task.Box, Radius: 1, Points: []task.Point{{}, {}}}, Fill: task.FillGrey},
		"leave 1 of 2 x 2 cells open":  {Shape: mask(2, 2, 3), Fill: task.FillGrey},
		"run 2 of the mask has 2":      {Shape: mask(2, 2, 3, 2), Fill: task.FillGrey},
		"run 1 of the mask has -1":     {Shape: mask(2, 2, -1, 5), Fill: task.FillGrey},
		"a mask of 100000 x 2 cells":   {Shape: mask(100000, 2, 200000), Fill: task.FillGrey},
		`shape "star" is unknown`:      {Shape: task.Shape{Kind: "star"}, Fill: task.FillGrey},
	} {
		err := Check([]task.Edit{{Shape: box(0, 0, 1, 1), Fill: task.FillGrey}, e})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "edit 2: ") {
			t.Errorf("%+v: %v, want %q", e, err, want)
		}
	}
}

func TestUpdateIsApply(t *testing.T) {
	src := ramp(230, 170)
	for i := range src.Pix {
		if i%4 != 3 {
			src.Pix[i] += uint8(i * 7919 % 23)
		}
	}
	stroke := func(n int) task.Shape {
		s := task.Shape{Kind: task.Brush, Radius: 0.03}
		for i := range n {
			s.Points = append(s.Points, task.Point{X: 0.1 + 0.08*float64(i), Y: 0.5 + 0.3*math.Sin(float64(i))})
		}
		return s
	}
	e := func(f task.Fill, s task.Shape) task.Edit { return task.Edit{Shape: s, Fill: f} }
	canvas := New(src)
	for i, edits := range [][]task.Edit{
		nil,
		{e(task.FillBlur, stroke(1))},
		{e(task.FillBlur, stroke(4))},
		{e(task.FillBlur, stroke(9))},
		{e(task.FillBlur, stroke(9)), e(task.FillInpaint, box(0.2, 0.2, 0.7, 0.8))},
		{e(task.FillBlur, stroke(9)), e(task.FillInpaint, box(0.2, 0.2, 0.7, 0.8)), e(task.FillRestore, stroke(3))},
		{e(task.FillBlur, stroke(9)), e(task.FillInpaint, box(0.2, 0.2, 0.7, 0.8)), e(task.FillRestore, stroke(5)), e(task.FillNoise, box(0.75, 0.1, 0.9, 0.3))},
		{e(task.FillBlur, stroke(7)), e(task.FillInpaint, box(0.2, 0.2, 0.7, 0.8)), e(task.FillRestore, stroke(5))},
		{e(task.FillMean, box(0.9, 0.9, 1, 1)), e(task.FillInpaint, box(0.1, 0.1, 0.3, 0.3)), e(task.FillInpaint, box(0.28, 0.2, 0.5, 0.4)), e(task.FillGrey, stroke(2))},
		nil,
	} {
		got, err := canvas.Update(t.Context(), edits)
		if err != nil {
			t.Fatal(err)
		}
		want, err := Apply(t.Context(), src, edits)
		if err != nil {
			t.Fatal(err)
		}
		for p := range want.Pix {
			if got.Pix[p] != want.Pix[p] {
				t.Fatalf("step %d: pixel %d, %d is %d updated, %d made at once", i, p/4%230, p/4/230, got.Pix[p], want.Pix[p])
			}
		}
	}
}

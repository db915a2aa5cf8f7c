package region

import (
	"math"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

func box(name string, x0, y0, x1, y1 float64) task.Region {
	return task.Region{Name: name, Shapes: []task.Shape{{Kind: task.Box, Points: []task.Point{{X: x0, Y: y0}, {X: x1, Y: y1}}}}}
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s is %.5f, want %.5f", what, got, want)
	}
}

func uniform(w, h int, v float32) task.Map {
	m := task.Map{Width: w, Height: h, Values: make([]float32, w*h)}
	for i := range m.Values {
		m.Values[i] = v
	}
	return m
}

func TestOfAUniformMapTheShareIsTheArea(t *testing.T) {
	regions := []task.Region{
		box("a", 0.1, 0.2, 0.5, 0.6), box("all", -1, -1, 2, 2), box("none", 0.3, 0.3, 0.3, 0.9),
		{Name: "disc", Shapes: []task.Shape{{Kind: task.Brush, Radius: 0.25, Points: []task.Point{{X: 0.5, Y: 0.5}}}}},
		{Name: "mask", Shapes: []task.Shape{{Kind: task.Mask, Width: 4, Height: 4, Runs: []int{3, 5, 8}}}},
	}
	areas := []float64{0.16, 1, 0, math.Pi / 16 * 400 / 300, 5.0 / 16}
	for _, m := range []task.Map{uniform(7, 7, 3), uniform(300, 1, 0.1), uniform(700, 600, 2), uniform(3000, 2, 1)} {
		for i, s := range Shares(m, prep.Region{}, prep.Size{Width: 400, Height: 300}, regions) {
			near(t, s.Name+" area", s.Area, areas[i], 1e-3)
			near(t, s.Name+" attribution", s.Attribution, s.Area, 1e-6)
		}
	}
}

// One cell of 7 x 7, in the middle: its tent function has all of the strength,
// 3/4 of it along each axis within the cell itself.
func TestOneHot(t *testing.T) {
	m := uniform(7, 7, 0)
	m.Values[24] = -5
	m.Signed = true
	regions := []task.Region{
		box("its cell", 3./7, 3./7, 4./7, 4./7), box("left half", 0, 0, 0.5, 1), box("tent", 2.5/7, 2.5/7, 4.5/7, 4.5/7), box("far", 0, 0, 2./7, 2./7),
	}
	want := []float64{9. / 16, 0.5, 1, 0}
	for i, s := range Shares(m, prep.Region{}, prep.Size{Width: 224, Height: 224}, regions) {
		near(t, s.Name, s.Attribution, want[i], 2e-3)
	}
	m.ClampNegative = true
	for _, s := range Shares(m, prep.Region{}, prep.Size{Width: 224, Height: 224}, regions) {
		near(t, s.Name+" of nothing", s.Attribution, 0, 0)
	}
}

// The model saw the middle 200 x 200 of 400 x 200.
func TestOnlyWhatTheMapCoversCounts(t *testing.T) {
	at, size := prep.Region{X0: 100, Y0: 0, X1: 300, Y1: 200}, prep.Size{Width: 400, Height: 200}
	m := uniform(2, 1, 1)
	m.Values[1] = 0
	shares := Shares(m, at, size, []task.Region{
		box("outside", 0, 0, 0.25, 1), box("half in", 0, 0, 0.375, 1), box("left of the crop", 0.25, 0, 0.5, 1), box("right of it", 0.5, 0, 1, 1),
	})
	// The map falls from 1 at a quarter of the crop to 0 at three quarters.
	for i, want := range []struct{ attribution, area float64 }{{0, 0}, {0.5, 0.25}, {0.875, 0.5}, {0.125, 0.5}} {
		near(t, shares[i].Name+" attribution", shares[i].Attribution, want.attribution, 2e-3)
		near(t, shares[i].Name+" area", shares[i].Area, want.area, 1e-3)
	}
	// A padded picture: the map's outer thirds lie on no picture.
	padded := Shares(uniform(3, 3, 1), prep.Region{X0: 0, Y0: -100, X1: 300, Y1: 200}, prep.Size{Width: 300, Height: 100}, []task.Region{box("top", 0, 0, 1, 0.5)})
	near(t, "top area", padded[0].Area, 0.5, 2e-3)
	near(t, "top attribution", padded[0].Attribution, 0.5, 2e-3)
}

func TestWhatCannotBeCountedIsZero(t *testing.T) {
	regions := []task.Region{box("all", 0, 0, 1, 1)}
	size := prep.Size{Width: 10, Height: 10}
	nan := uniform(2, 2, float32(math.NaN()))
	for name, s := range map[string][]task.RegionShare{
		"empty map":       Shares(task.Map{}, prep.Region{}, size, regions),
		"too few values":  Shares(task.Map{Width: 2, Height: 2, Values: []float32{1}}, prep.Region{}, size, regions),
		"outside":         Shares(uniform(2, 2, 1), prep.Region{X0: 20, X1: 30, Y0: 0, Y1: 10}, size, regions),
		"infinite":        Shares(uniform(2, 2, 1), prep.Region{X0: math.Inf(-1), X1: 30, Y0: 0, Y1: 10}, size, regions),
		"no picture":      Shares(uniform(2, 2, 1), prep.Region{}, prep.Size{}, regions),
		"turned inside":   Shares(uniform(2, 2, 1), prep.Region{X0: 8, X1: 2, Y0: 0, Y1: 10}, size, regions),
		"not even a cell": Shares(task.Map{Width: -1, Height: -1, Values: []float32{1}}, prep.Region{}, size, regions),
	} {
		if len(s) != 1 || s[0] != (task.RegionShare{Name: "all"}) {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if s := Shares(nan, prep.Region{}, size, regions); s[0].Attribution != 0 || s[0].Area != 1 {
		t.Errorf("a map of NaN: %+v", s)
	}
}

// At any size the points that are counted lie on the picture: w (n / w) may be
// rounded to just beyond n.
func TestPointsLieOnThePicture(t *testing.T) {
	for _, size := range []prep.Size{{Width: 248, Height: 165}, {Width: 396, Height: 297}, {Width: 840, Height: 630}, {Width: 914, Height: 685}, {Width: 2912, Height: 2184}, {Width: 3467, Height: 2600}} {
		m := uniform(7, 7, 3)
		s := Shares(m, prep.Region{}, size, []task.Region{box("lower right", 0.5, 0.5, 1, 1)})[0]
		near(t, "area", s.Area, 0.25, 2e-3)
		near(t, "attribution", s.Attribution, 0.25, 2e-3)
	}
	m := uniform(1, 1, 1)
	lower := []task.Region{box("lower", 0, 0.5, 1, 1)}
	for w := 1; w <= 900; w += 47 {
		for h := 1; h <= 900; h += 53 {
			near(t, "area", Shares(m, prep.Region{}, prep.Size{Width: w, Height: h}, lower)[0].Area, 0.5, 3e-3)
		}
	}
	for width := 1; width <= 900; width++ {
		for n := 1; n <= 1024; n++ {
			x1 := float64(width) * (float64(n) / float64(width))
			if got := window(0, 0, x1, 1, n, 1).Dx(); got != n {
				t.Fatalf("%d points along %d pixels: the window has %d", n, width, got)
			}
		}
	}
}

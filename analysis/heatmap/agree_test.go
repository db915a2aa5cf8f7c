package heatmap

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

func TestRanksShareTies(t *testing.T) {
	if got, want := ranks([]float32{3, 1, 3, 2, 3}), []float64{3, 0, 3, 1, 3}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got, want := ranks([]float32{5, 5, 1}), []float64{1.5, 1.5, 0}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// The first is the example in the documentation of scipy.stats.spearmanr, the
// third Wikipedia's of intelligence and television: -29/165.
func TestSpearmanAgainstPublishedValues(t *testing.T) {
	for _, c := range []struct {
		a, b []float32
		want float64
	}{
		{[]float32{1, 2, 3, 4, 5}, []float32{5, 6, 7, 8, 7}, 0.8207826816681233},
		{[]float32{1, 2, 2, 4}, []float32{4, 3, 3, 1}, -1},
		{[]float32{106, 86, 100, 101, 99, 103, 97, 113, 112, 110}, []float32{7, 0, 27, 50, 28, 29, 20, 12, 6, 17}, -0.17575757575757575},
		{[]float32{1, 1, 1}, []float32{1, 2, 3}, 0},
	} {
		if got := correlation(ranks(c.a), ranks(c.b)); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v, %v: %.15f, want %.15f", c.a, c.b, got, c.want)
		}
	}
}

var square = prep.Size{Width: 100, Height: 100}

func bell(n int, cx, cy float64) task.Map {
	m := task.Map{Width: n, Height: n, Values: make([]float32, n*n)}
	for i := range m.Values {
		x, y := (float64(i%n)+0.5)/float64(n), (float64(i/n)+0.5)/float64(n)
		m.Values[i] = float32(math.Exp(-((x-cx)*(x-cx) + (y-cy)*(y-cy)) / 0.05))
	}
	return m
}

func together(t *testing.T, maps ...Placed) Common {
	t.Helper()
	c, err := Together(maps, square)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The same picture of attention at two resolutions and in other units agrees.
func TestTheSameMapAgreesWithItself(t *testing.T) {
	a, b := bell(14, 0.4, 0.6), bell(96, 0.4, 0.6)
	for i := range b.Values {
		b.Values[i] *= 1000
	}
	c := together(t, Placed{Map: a}, Placed{Map: b})
	if c.Width != commonSide || c.Height != commonSide || c.Signed {
		t.Fatalf("%d x %d, signed %v", c.Width, c.Height, c.Signed)
	}
	// Bilinear reading of 14 cells differs from the bell by a few per cent.
	if rho := c.Correlations()[0][1]; rho < 0.99 {
		t.Errorf("rank correlation %v", rho)
	}
	if o := c.Overlap(0.1); o < 0.9 {
		t.Errorf("overlap %v", o)
	}
	for i, v := range c.RankVariance().Values {
		if v > 0.01 {
			t.Fatalf("rank variance %v at %d", v, i)
		}
	}
	for i, v := range c.Difference(0, 1).Values {
		if math.Abs(float64(v)) > 0.08 {
			t.Fatalf("difference %v at %d", v, i)
		}
	}
	same := together(t, Placed{Map: a}, Placed{Map: a})
	if rho, o := same.Correlations()[1][0], same.Overlap(0.05); math.Abs(rho-1) > 1e-12 || o != 1 {
		t.Errorf("a map and itself: %v, %v", rho, o)
	}
}

func TestOpposedMaps(t *testing.T) {
	up := task.Map{Width: 128, Height: 128, Values: make([]float32, 128*128)}
	down := task.Map{Width: 128, Height: 128, Values: make([]float32, 128*128)}
	for i := range up.Values {
		up.Values[i], down.Values[i] = float32(i), float32(len(up.Values)-1-i)
	}
	// Sorted maps at the common resolution, without the clip of fine maps.
	c := Common{Width: 128, Height: 128, Values: [][]float32{up.Values, down.Values}}
	if rho := c.Correlations()[0][1]; math.Abs(rho+1) > 1e-12 {
		t.Errorf("rank correlation %v, want -1", rho)
	}
	if o := c.Overlap(0.4); o != 0 {
		t.Errorf("overlap %v, want 0", o)
	}
	v := c.RankVariance()
	if math.Abs(float64(v.Values[0])-0.25) > 1e-6 || v.Values[len(v.Values)/2] > 1e-6 {
		t.Errorf("rank variance %v at the end, %v in the middle; want 1/4 and 0", v.Values[0], v.Values[len(v.Values)/2])
	}
}

// Independent maps: no correlation, and an overlap of about the share itself.
func TestRandomMapsDoNotAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var c Common
	c.Width, c.Height = 128, 128
	for range 2 {
		v := make([]float32, 128*128)
		for i := range v {
			v[i] = r.Float32()
		}
		c.Values = append(c.Values, v)
	}
	// The standard error of both is under 0.01 with 16,384 points.
	if rho := c.Correlations()[0][1]; math.Abs(rho) > 0.03 {
		t.Errorf("rank correlation %v", rho)
	}
	if o := c.Overlap(0.2); math.Abs(o-0.2) > 0.03 {
		t.Errorf("overlap %v, want about 0.2", o)
	}
}

// Maps that saw different parts are compared where both saw.
func TestTogetherTakesThePartInCommon(t *testing.T) {
	m := task.Map{Width: 2, Height: 1, Values: []float32{0, 1}}
	left := Placed{Map: m, Region: prep.Region{X0: 0, X1: 60, Y1: 100}}
	right := Placed{Map: m, Region: prep.Region{X0: 40, X1: 140, Y1: 100}}
	c := together(t, left, right)
	if c.Region != (prep.Region{X0: 40, X1: 60, Y1: 100}) {
		t.Fatalf("region %+v", c.Region)
	}
	if c.Height != commonSide || c.Width != 26 {
		t.Errorf("%d x %d", c.Width, c.Height)
	}
	// In 40..60 the left map is in the flat second half of its last cell.
	if v := c.Values[0][c.Width-1]; v != 1 {
		t.Errorf("left map at 60 is %v", v)
	}
	if v := c.Values[1][0]; v != 0 {
		t.Errorf("right map at 40 is %v", v)
	}
	for _, bad := range [][]Placed{
		{left},
		{left, {Map: m, Region: prep.Region{X0: 60, X1: 90, Y1: 100}}},
		{left, {Map: task.Map{Width: 2, Height: 1, Values: []float32{3, 3}}}},
		{left, {Map: task.Map{Width: 2, Height: 2, Values: []float32{3, 3}}}},
	} {
		if _, err := Together(bad, square); err == nil {
			t.Errorf("%+v must fail", bad)
		}
	}
}

// A signed and an unsigned map are compared by magnitude.
func TestMixedSigns(t *testing.T) {
	signed := task.Map{Width: 4, Height: 1, Values: []float32{-4, 0, 1, 2}, Signed: true}
	plain := task.Map{Width: 4, Height: 1, Values: []float32{4, 0, 1, 2}}
	c := together(t, Placed{Map: signed}, Placed{Map: plain})
	if c.Signed || slices.Min(c.Values[0]) < 0 {
		t.Errorf("signed %v, least %v", c.Signed, slices.Min(c.Values[0]))
	}
	if rho := c.Correlations()[0][1]; math.Abs(rho-1) > 1e-9 {
		t.Errorf("rank correlation %v", rho)
	}
	if both := together(t, Placed{Map: signed}, Placed{Map: signed}); !both.Signed || slices.Min(both.Values[0]) != -1 {
		t.Error("two signed maps keep their signs")
	}
}

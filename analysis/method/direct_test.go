package method

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// The points are those of scipy's direct, one after another: testdata/direct.py
// tells how they were made.
func TestDirectAsksAsScipy(t *testing.T) {
	file, err := os.ReadFile("testdata/direct.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name          string
		Epsilon, Unit float64
		Points        [][2]float64
		Values        []float64
	}
	if err := json.Unmarshal(file, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 6 {
		t.Fatalf("%d cases, direct.py makes 6", len(cases))
	}
	for _, c := range cases {
		if len(c.Points) < 100 || len(c.Values) != len(c.Points) {
			t.Fatalf("%s, epsilon %g: %d points, %d values", c.Name, c.Epsilon, len(c.Points), len(c.Values))
		}
		d := newDirect(c.Epsilon)
		for n := 0; n < len(c.Points); {
			points := d.ask()
			if len(points) == 0 || n+len(points) > len(c.Points) {
				t.Fatalf("%s, epsilon %g: a round of %d points after %d, scipy has %d", c.Name, c.Epsilon, len(points), n, len(c.Points))
			}
			for k, p := range points {
				for side, v := range p {
					if want := c.Points[n+k][side] / c.Unit; math.Abs(v-want) > 1e-14 {
						t.Fatalf("%s, epsilon %g: point %d is %v, scipy's %v", c.Name, c.Epsilon, n+k, p, c.Points[n+k])
					}
				}
			}
			d.tell(c.Values[n : n+len(points)])
			n += len(points)
		}
	}
}

// DIRECT finds the smallest value of functions whose minimum is known, and
// begins with the centre, then a third to each side.
func TestDirect(t *testing.T) {
	for _, c := range []struct {
		name  string
		f     func(x, y float64) float64
		least float64
		most  int
	}{
		{"bowl", func(x, y float64) float64 { return (x-0.3)*(x-0.3) + (y-0.8)*(y-0.8) }, 0, 200},
		// Branin's function on [-5, 10] x [0, 15], three equal minima.
		{"Branin", func(u, v float64) float64 {
			x, y := 15*u-5, 15*v
			a := y - 5.1/(4*math.Pi*math.Pi)*x*x + 5/math.Pi*x - 6
			return a*a + 10*(1-1/(8*math.Pi))*math.Cos(x) + 10
		}, 0.397887, 200},
		// Six-hump camel back on [-3, 3] x [-2, 2].
		{"camel", func(u, v float64) float64 {
			x, y := 6*u-3, 4*v-2
			return (4-2.1*x*x+x*x*x*x/3)*x*x + x*y + (-4+4*y*y)*y*y
		}, -1.0316285, 400},
	} {
		d := newDirect(1e-4)
		best, asked := math.Inf(1), 0
		for asked < c.most {
			points := d.ask()
			if len(points) == 0 {
				t.Fatalf("%s: nothing left to ask after %d points", c.name, asked)
			}
			values := make([]float64, len(points))
			for i, p := range points {
				if p[0] < 0 || p[0] > 1 || p[1] < 0 || p[1] > 1 {
					t.Fatalf("%s: %v lies outside", c.name, p)
				}
				values[i] = c.f(p[0], p[1])
				best = min(best, values[i])
			}
			asked += len(points)
			d.tell(values)
		}
		if best > c.least+0.01*max(1, math.Abs(c.least)) {
			t.Errorf("%s: %g after %d points, the least is %g", c.name, best, asked, c.least)
		}
		area := 0.0
		for _, p := range d.parts {
			area += math.Pow(3, -float64(p.cuts[0]+p.cuts[1]))
		}
		if math.Abs(area-1) > 1e-9 {
			t.Errorf("%s: the parts cover %g of the square", c.name, area)
		}
	}
	first := newDirect(0.1)
	if p := first.ask(); len(p) != 1 || p[0] != [2]float64{0.5, 0.5} {
		t.Errorf("the first point is %v", p)
	}
	first.tell([]float64{1})
	if p := first.ask(); len(p) != 4 || math.Abs(p[0][0]-5.0/6) > 1e-12 || math.Abs(p[1][0]-1.0/6) > 1e-12 || p[0][1] != 0.5 {
		t.Errorf("the next points are %v", p)
	}
}

package method_test

import (
	"context"
	"math"
	"testing"

	"seewhy/analysis/method"
)

// component is the slow twin: the power method on the covariance of the
// channels, then the projection of every cell.
func component(x []float64, cells int, like []float64) []float64 {
	channels := len(x) / cells
	y := make([]float64, len(x))
	for k := range channels {
		mean := 0.0
		for i := range cells {
			mean += x[k*cells+i] / float64(cells)
		}
		for i := range cells {
			y[k*cells+i] = x[k*cells+i] - mean
		}
	}
	v, p := make([]float64, channels), make([]float64, cells)
	for k := range v {
		v[k] = 1 / float64(k+1)
	}
	for range 20000 {
		clear(p)
		for at := range y {
			p[at%cells] += v[at/cells] * y[at]
		}
		clear(v)
		for at := range y {
			v[at/cells] += y[at] * p[at%cells]
		}
		length := 0.0
		for _, e := range v {
			length += e * e
		}
		for k := range v {
			v[k] /= math.Sqrt(length)
		}
	}
	clear(p)
	along := 0.0
	for at := range y {
		p[at%cells] += v[at/cells] * y[at]
	}
	for at := range like {
		along += p[at%cells] * like[at]
	}
	if along < 0 {
		for i := range p {
			p[i] = -p[i]
		}
	}
	return p
}

func TestEigenCAMIsThePrincipalComponent(t *testing.T) {
	n, m := explain(t, "eigencam", nil)
	a := n.act(n.input(5).Data)
	near(t, m, component(a, n.h*n.w, a))
	if len(n.queries) != 0 {
		t.Error("a gradient was asked for")
	}
}

func TestEigenMethodsSpeakOfTheSign(t *testing.T) {
	for _, id := range []string{"eigencam", "eigengradcam", "segeigencam"} {
		x, _ := method.ByID(id)
		n := newNet(3)
		a, err := x.Explain(context.Background(), n, request(t, x, n, nil), nil)
		if err != nil || len(a.Notes) != 1 || a.Notes[0].Key == "" {
			t.Errorf("%s: notes %v, error %v", id, a.Notes, err)
		}
	}
}

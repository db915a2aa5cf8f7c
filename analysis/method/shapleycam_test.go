package method_test

import (
	"context"
	"testing"

	"seewhy/analysis/method"
	"seewhy/models/tensor"
)

// bent is net with a Hessian: H A = 3 A^2, as of a score that adds A^3 / 2 a cell.
type bent struct{ *net }

func (b bent) HessianVector(ctx context.Context, x tensor.Tensor, score method.Score, layer string) (method.Curvature, error) {
	c, err := b.net.HessianVector(ctx, x, score, layer)
	if err != nil {
		return c, err
	}
	c.HA = c.A.Clone()
	for i, v := range c.HA.Data {
		c.HA.Data[i] = 3 * v * v
	}
	return c, nil
}

// w_k = mean(G - H A / 2).
func TestShapleyCAMIsThePapers(t *testing.T) {
	m, err := method.ByID("shapleycam")
	if err != nil {
		t.Fatal(err)
	}
	n := newNet(3)
	got, err := m.Explain(context.Background(), bent{n}, request(t, m, n, nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	a, g, _ := n.derivatives(n.input(5).Data)
	cells := n.h * n.w
	want := make([]float64, cells)
	for k := range n.W {
		weight := 0.0
		for i := range cells {
			v := a[k*cells+i]
			weight += (g[k*cells+i] - 1.5*v*v) / float64(cells)
		}
		for i := range cells {
			want[i] += weight * a[k*cells+i]
		}
	}
	near(t, got.Map, want)
	if c := fact(t, got, method.FactCurvature); c <= 0 {
		t.Errorf("curvature %g", c)
	}
}

// Where the score is linear behind the layer it is Grad-CAM, and says so.
func TestShapleyCAMOfALinearScore(t *testing.T) {
	_, want := explain(t, "gradcam", nil)
	m, _ := method.ByID("shapleycam")
	n := newNet(3)
	got, err := m.Explain(context.Background(), n, request(t, m, n, nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range want.Values {
		if got.Map.Values[i] != v {
			t.Fatalf("cell %d is %g, Grad-CAM's %g", i, got.Map.Values[i], v)
		}
	}
	if fact(t, got, method.FactCurvature) != 0 || len(got.Notes) != 1 {
		t.Errorf("facts %v, notes %v", got.Facts, got.Notes)
	}
}

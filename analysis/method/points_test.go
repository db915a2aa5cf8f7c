package method_test

import (
	"context"
	"slices"
	"testing"

	"seewhy/analysis/method"
	"seewhy/models/tensor"
)

// wide is a session that wants many samples at once, and notes how many came.
type wide struct {
	method.Session
	most *int
}

func (wide) Samples(int) int { return 64 }

func (w wide) Gradient(ctx context.Context, x tensor.Tensor, score method.Score, q method.GradientQuery) (method.Gradients, error) {
	*w.most = max(*w.most, x.Shape[0])
	return w.Session.Gradient(ctx, x, score, q)
}

// How many samples a device takes at once changes no bit of a map.
func TestWideSessions(t *testing.T) {
	for _, id := range []string{"integratedgradients", "smoothgrad", "gradientshap", "blurig", "xrai"} {
		m, err := method.ByID(id)
		if err != nil {
			t.Fatal(err)
		}
		given := map[string]float64{}
		for _, p := range m.Params {
			if p.ID == "steps" || p.ID == "samples" {
				given[p.ID] = 30
			}
		}
		n := newNet(3)
		r := request(t, m, n, given)
		most := 0
		got, err := m.Explain(context.Background(), wide{n, &most}, r, nil)
		if err != nil {
			t.Fatal(id, err)
		}
		want, err := m.Explain(context.Background(), n, r, nil)
		if err != nil {
			t.Fatal(id, err)
		}
		if !slices.Equal(got.Map.Values, want.Map.Values) {
			t.Errorf("%s: the map of many samples at once is another", id)
		}
		if most <= 8 {
			t.Errorf("%s: %d samples came at once", id, most)
		}
	}
}

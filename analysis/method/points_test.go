package method_test

import (
	"context"
	"math"
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

// summing is a session that adds gradients up itself, in float32 and in several
// rows, and notes how many samples it was asked for and how many rows it gave.
type summing struct {
	method.Session
	t             *testing.T
	samples, rows *int
}

func (summing) Sums() bool { return true }

func (summing) Samples(int) int { return 64 }

func (s summing) Gradient(ctx context.Context, x tensor.Tensor, score method.Score, q method.GradientQuery) (method.Gradients, error) {
	weights := q.Weights
	q.Weights = nil
	out, err := s.Session.Gradient(ctx, x, score, q)
	if err != nil || weights == nil {
		return out, err
	}
	largest := 0.0
	size := out.Input.Len() / len(weights)
	sums := tensor.New(append([]int{2}, out.Input.Shape[1:]...)...)
	for i, w := range weights {
		largest = max(largest, math.Abs(w))
		for at, g := range out.Input.Sample(i).Data {
			sums.Data[i%2*size+at] += float32(w) * g
		}
	}
	if largest > 1 {
		s.t.Errorf("a weight of %g", largest)
	}
	*s.samples, *s.rows = *s.samples+len(weights), *s.rows+2
	out.Input = sums
	return out, nil
}

// The map from sums that the session makes is the one from single gradients, to
// float32's rounding of a sum of 64: 1e-5 of the largest value. It has as few
// rows as the session gives.
func TestSummingSessions(t *testing.T) {
	for _, c := range []struct {
		id    string
		given map[string]float64
		sums  int
	}{
		{"integratedgradients", map[string]float64{"steps": 70}, 70},
		{"integratedgradients", map[string]float64{"steps": 70, "baseline": 3}, 70},
		{"smoothgrad", map[string]float64{"samples": 70}, 70},
		{"xrai", map[string]float64{"steps": 70}, 140},
		// These need every gradient.
		{"vargrad", map[string]float64{"samples": 70}, 0},
		{"smoothgrad2", map[string]float64{"samples": 70}, 0},
		{"gradientshap", map[string]float64{"samples": 70}, 0},
		{"blurig", map[string]float64{"steps": 70}, 0},
	} {
		m, err := method.ByID(c.id)
		if err != nil {
			t.Fatal(err)
		}
		n := newNet(3)
		r := request(t, m, n, c.given)
		samples, rows := 0, 0
		got, err := m.Explain(context.Background(), summing{n, t, &samples, &rows}, r, nil)
		if err != nil {
			t.Fatal(c.id, err)
		}
		want, err := m.Explain(context.Background(), n, r, nil)
		if err != nil {
			t.Fatal(c.id, err)
		}
		largest, furthest := 0.0, 0.0
		for i, v := range want.Map.Values {
			largest = max(largest, math.Abs(float64(v)))
			furthest = max(furthest, math.Abs(float64(v-got.Map.Values[i])))
		}
		if !(furthest <= 1e-5*largest) || samples != c.sums || c.sums > 0 && rows > 2*(samples/64+2) {
			t.Errorf("%s: %g of %g off; %d samples, want %d, in %d rows", c.id, furthest, largest, samples, c.sums, rows)
		}
	}
}

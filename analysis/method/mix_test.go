package method_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"seewhy/analysis/method"
	"seewhy/models/tensor"
)

// mixing is a session that makes samples by their mix, and compares them with
// what fill makes: to 1e-5 of the largest value.
type mixing struct {
	method.Session
	t    *testing.T
	size int
	used bool
}

func (m *mixing) Mixed(ctx context.Context, n int, mix method.Mix, fill func(i int, dst []float32) error, score method.Score, each func(i int, value float64)) error {
	m.used = true
	return m.Stream(ctx, n, func(i int, dst []float32) error {
		want := make([]float32, m.size)
		if err := fill(i, want); err != nil {
			return err
		}
		// What was there before must not matter.
		describe := mix
		describe.Describe = func(i int, cells, rows, columns []float32) {
			for _, list := range [][]float32{cells, rows, columns} {
				for at := range list {
					list[at] = float32(math.NaN())
				}
			}
			mix.Describe(i, cells, rows, columns)
		}
		describe.Fill(i, dst)
		largest, furthest := 0.0, 0.0
		for at, v := range want {
			largest = max(largest, math.Abs(float64(v)))
			if d := math.Abs(float64(v - dst[at])); !(d <= furthest) {
				furthest = d
			}
		}
		if !(furthest <= 1e-5*largest) {
			m.t.Errorf("sample %d: the mix is %g off what is made outside, of %g", i, furthest, largest)
		}
		return nil
	}, score, each)
}

func (m *mixing) MixedGradient(ctx context.Context, from, n int, mix method.Mix, score method.Score, q method.GradientQuery) (method.Gradients, error) {
	m.used = true
	x := tensor.New(append([]int{n}, mix.X.Shape[1:]...)...)
	for i := range n {
		mix.Fill(from+i, x.Sample(i).Data)
	}
	return m.Gradient(ctx, x, score, q)
}

// The methods whose samples can be made inside the graph; the others draw noise
// for every value, blur, or ask of a layer.
var mixes = []string{"aise", "hsic", "integratedgradients", "kernelshap", "lime", "occlusion", "rise", "scorecam", "sobol", "xrai"}

// A mix is what is made outside, for every method and baseline, and so is the map.
func TestMixIsFill(t *testing.T) {
	for _, m := range method.All() {
		for _, baseline := range []float64{0, 3} {
			given := map[string]float64{}
			for _, p := range m.Params {
				if p.ID == "baseline" || p.ID == "off" {
					given[p.ID] = baseline
				}
			}
			if baseline > 0 && len(given) == 0 {
				continue
			}
			n := newNet(3)
			r := request(t, m, n, given)
			s := &mixing{Session: n, t: t, size: r.Input.Len()}
			inside, err := m.Explain(context.Background(), s, r, nil)
			if err != nil {
				t.Fatal(m.ID, err)
			}
			outside, err := m.Explain(context.Background(), n, r, nil)
			if err != nil {
				t.Fatal(m.ID, err)
			}
			if s.used != slices.Contains(mixes, m.ID) {
				t.Errorf("%s: made inside the graph: %v", m.ID, s.used)
			}
			nearTo(t, m.ID, inside.Map.Values, outside.Map.Values)
		}
	}
}

// The same where the channels lie last.
func TestMixWithChannelsLast(t *testing.T) {
	for _, id := range []string{"aise", "hsic", "kernelshap", "lime", "occlusion", "rise", "sobol"} {
		model, _ := slopes()
		r := pixels(t, id, 3, nil)
		r.Input.Shape, r.Layout = []int{1, pixelsH, pixelsW, 2}, "NHWC"
		s := &mixing{Session: model, t: t, size: r.Input.Len()}
		m, _ := method.ByID(id)
		a, err := m.Explain(context.Background(), s, r, nil)
		if err != nil || !s.used {
			t.Fatal(id, err, s.used)
		}
		b, err := m.Explain(context.Background(), model, r, nil)
		if err != nil {
			t.Fatal(id, err)
		}
		nearTo(t, id, a.Map.Values, b.Map.Values)
	}
}

func nearTo(t *testing.T, what string, got, want []float32) {
	t.Helper()
	largest := 0.0
	for _, v := range want {
		largest = max(largest, math.Abs(float64(v)))
	}
	for i, v := range want {
		if d := math.Abs(float64(got[i] - v)); !(d <= 1e-5*largest) {
			t.Fatalf("%s: value %d is %g, want %g", what, i, got[i], v)
		}
	}
}

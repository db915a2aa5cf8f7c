package method_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"seewhy/analysis/method"
	"seewhy/models/tensor"
)

// rules is a linear model that notes the composites it is asked for.
type rules struct {
	*linear
	asked []method.Composite
}

func (r *rules) Gradient(ctx context.Context, x tensor.Tensor, score method.Score, q method.GradientQuery) (method.Gradients, error) {
	r.asked = append(r.asked, q.Composite)
	return r.linear.Gradient(ctx, x, score, q)
}

// On a linear model DeepLIFT gives w (x - b), whatever the baseline, and
// DeepLIFT-SHAP the mean of that over its baselines; the gap is nothing.
func TestDeepLIFTIsExactOnALinearModel(t *testing.T) {
	for _, layout := range []string{"NCHW", "NHWC"} {
		for base, want := range [][]float64{{0, 0}, {-1.5, -2}, {2.5, 1}} {
			l := newLinear(40)
			r, a, err := l.ask(context.Background(), t, "deeplift", layout, map[string]float64{"baseline": float64(base)})
			if err != nil {
				t.Fatal(err)
			}
			exact(t, a, l.shares(r, colours(r, want...)))
			if gap := fact(t, a, method.FactGap); math.Abs(gap) > 1e-5 {
				t.Errorf("gap %g", gap)
			}
			if l.calls != 1 || l.largest != 2 {
				t.Errorf("%d calls of up to %d", l.calls, l.largest)
			}
		}
		l := newLinear(40)
		r, a, err := l.ask(context.Background(), t, "deepliftshap", layout, nil)
		if err != nil {
			t.Fatal(err)
		}
		// The mean baseline takes w (x - mean) of each channel.
		means := []float64{0, 0}
		for i, v := range r.Input.Data {
			c := i / 20
			if layout == "NHWC" {
				c = i % 2
			}
			means[c] += float64(v) / 20
		}
		want := make([]float64, 20)
		for _, b := range [][]float64{{0, 0}, {-1.5, -2}, {2.5, 1}, means} {
			for i, v := range l.shares(r, colours(r, b...)) {
				want[i] += v / 4
			}
		}
		exact(t, a, want)
		// Without noise every baseline is the chosen one; 9 make three chunks of pairs.
		l = newLinear(40)
		r, a, err = l.ask(context.Background(), t, "deepliftshap", layout, map[string]float64{"baselines": 1, "noise": 0, "samples": 9, "baseline": 2})
		if err != nil {
			t.Fatal(err)
		}
		exact(t, a, l.shares(r, colours(r, 2.5, 1)))
		if l.calls != 3 || l.largest != 8 {
			t.Errorf("%d calls of up to %d", l.calls, l.largest)
		}
	}
}

// The choice of rules becomes a composite, with the numbers it takes; the box
// gets the ends of the pixels' range.
func TestRelevanceAsksForItsComposite(t *testing.T) {
	for choice, id := range []string{
		"lrp-epsilon-plus-flat", "lrp-epsilon-plus", "lrp-epsilon", "lrp-epsilon-alpha2-beta1", "lrp-epsilon-alpha2-beta1-flat",
		"lrp-epsilon-gamma-box", "lrp-epsilon-plus-wsquare",
	} {
		c := askedFor(t, "lrp", map[string]float64{"composite": float64(choice), "epsilon": 0.25, "gamma": 0.5})
		if c.ID != id || c.Params["epsilon"] != 0.25 {
			t.Errorf("choice %d asks for %v", choice, c)
		}
		box := []float64{c.Params["low0"], c.Params["high0"], c.Params["low1"], c.Params["high1"], c.Params["gamma"]}
		if id == "lrp-epsilon-gamma-box" && !slices.Equal(box, []float64{-1.5, 2.5, -2, 1, 0.5}) || id != "lrp-epsilon-gamma-box" && len(c.Params) != 1 {
			t.Errorf("%s gets %v", id, c.Params)
		}
	}
	c := askedFor(t, "attnlrp", map[string]float64{"attention": 0, "gamma": 1, "convgamma": 2})
	if c.ID != "attnlrp" || c.Params["values"] != 0 || c.Params["gamma"] != 1 || c.Params["convgamma"] != 2 {
		t.Errorf("attnlrp asks for %v", c)
	}
	for id, want := range map[string]string{"guidedbackprop": "guided", "deconvnet": "deconvnet", "deeplift": "deeplift"} {
		if c := askedFor(t, id, nil); c.ID != want {
			t.Errorf("%s asks for %v", id, c)
		}
	}
}

func askedFor(t *testing.T, id string, params map[string]float64) method.Composite {
	t.Helper()
	m, err := method.ByID(id)
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := m.Resolve(params)
	if err != nil {
		t.Fatal(err)
	}
	s := &rules{linear: newLinear(40)}
	a, err := m.Explain(context.Background(), s, method.Request{
		Input: tensor.New(1, 2, 5, 4), Layout: "NCHW", Score: method.Score{Value: "y", Weights: map[int]float64{0: 1}}, Params: resolved,
		Black: []float64{-1.5, -2}, White: []float64{2.5, 1},
	}, nil)
	if err != nil || len(a.Notes) == 0 {
		t.Fatalf("%s: %v, notes %v", id, err, a.Notes)
	}
	return s.asked[0]
}

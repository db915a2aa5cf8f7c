package method_test

import (
	"math"
	"testing"

	"seewhy/analysis/method"
)

// display is pytorch-grad-cam's scale_cam_image after its ReLU.
func display(values []float64) []float64 {
	out := make([]float64, len(values))
	low, high := math.Inf(1), math.Inf(-1)
	for i, v := range values {
		out[i] = max(v, 0)
		low, high = min(low, out[i]), max(high, out[i])
	}
	for i := range out {
		out[i] = (out[i] - low) / (high - low + 1e-7)
	}
	return out
}

func numbers(values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

// The layer is of the input's size, so that conventions differ in scale alone.
func TestConventions(t *testing.T) {
	_, raw := explain(t, "gradcam", nil)
	plain := numbers(raw.Values)
	for choice, want := range [][]float64{plain, display(display(plain)), plain, display(plain)} {
		m, err := method.ByID("gradcam")
		if err != nil {
			t.Fatal(err)
		}
		n := newNet(3)
		a, err := m.Explain(t.Context(), n, request(t, m, n, map[string]float64{"convention": float64(choice)}), nil)
		if err != nil {
			t.Fatal(err)
		}
		near(t, a.Map, want)
		if a.Map.Signed != (choice == 2) || a.Map.ClampNegative != (choice == 0) {
			t.Errorf("convention %d: signed %v, clamped %v", choice, a.Map.Signed, a.Map.ClampNegative)
		}
		if choice == 0 {
			continue
		}
		gap := fact(t, a, method.FactConvention)
		// Scales of a few units: 1e-7 of them; without the ReLU the negative
		// part is shown.
		if choice != 2 && gap > 1e-6 || choice == 2 && gap < 0.01 || len(a.Notes) != 1 {
			t.Errorf("convention %d: difference %g, notes %v", choice, gap, a.Notes)
		}
	}
}

// torch-cam's Grad-CAM++ is another formula, and the difference says so.
func TestGradCAMPlusPlusOfTorchCAM(t *testing.T) {
	m, _ := method.ByID("gradcam++")
	n := newNet(3)
	a, err := m.Explain(t.Context(), n, request(t, m, n, map[string]float64{"convention": 2}), nil)
	if err != nil {
		t.Fatal(err)
	}
	act, g, _ := n.derivatives(n.input(5).Data)
	cells := n.h * n.w
	want := make([]float64, cells)
	for k := range n.W {
		weight := 0.0
		for i := range cells {
			weight += math.Pow(max(g[k*cells+i], 0), 3)
		}
		for i := range cells {
			want[i] += weight * act[k*cells+i]
		}
	}
	near(t, a.Map, display(want))
	if gap := fact(t, a, method.FactConvention); gap < 1e-3 {
		t.Errorf("difference %g", gap)
	}
}

// aug_smooth: the mean of six maps as pytorch-grad-cam shows them, each of a
// variant of the picture, mirrored back.
func TestSmoothingByVariants(t *testing.T) {
	m, _ := method.ByID("gradcam")
	n := newNet(3)
	r := request(t, m, n, map[string]float64{"aug_smooth": 1, "convention": 1})
	got, err := m.Explain(t.Context(), n, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	cells := n.h * n.w
	want := make([]float64, cells)
	plain := r
	plain.Params = method.Params{"convention": 1}
	for _, mirror := range []bool{false, true} {
		for _, factor := range []float32{0.9, 1, 1.1} {
			flip := func(i int) int {
				if mirror {
					return i/n.w*n.w + n.w - 1 - i%n.w
				}
				return i
			}
			plain.Input = r.Input.Clone()
			for at := range plain.Input.Data {
				plain.Input.Data[at] = factor * r.Input.Data[at/cells*cells+flip(at%cells)]
			}
			one, err := m.Explain(t.Context(), n, plain, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range one.Map.Values {
				want[flip(i)] += float64(v) / 6
			}
		}
	}
	near(t, got.Map, want)
}

// eigen_smooth: the first principal component of the weighted channels.
func TestMainPatternOnly(t *testing.T) {
	for _, id := range []string{"gradcam", "hirescam"} {
		n, m := explain(t, id, map[string]float64{"eigen_smooth": 1})
		a, g, _ := n.derivatives(n.input(5).Data)
		cells := n.h * n.w
		x := make([]float64, len(a))
		for at := range a {
			weight := g[at]
			if id == "gradcam" {
				weight = 0
				for i := range cells {
					weight += g[at/cells*cells+i] / float64(cells)
				}
			}
			x[at] = weight * a[at]
		}
		mean := make([]float64, cells)
		for at, v := range a {
			mean[at%cells] += v
		}
		near(t, m, component(x, cells, mean))
	}
}

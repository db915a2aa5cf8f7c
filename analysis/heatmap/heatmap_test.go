package heatmap

import (
	"math"
	"math/rand/v2"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

func near(t *testing.T, what string, got, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range got {
		if d := math.Abs(float64(got[i] - want[i])); !(d <= tolerance) {
			t.Fatalf("%s: value %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

func TestNormalise(t *testing.T) {
	for _, c := range []struct {
		name  string
		m     task.Map
		clip  float64
		want  []float32
		scale Range
		flat  bool
	}{
		{"cam", task.Map{Width: 2, Height: 2, Values: []float32{-3, 1, 2, 5}, Signed: true, ClampNegative: true}, 0, []float32{0, 0.2, 0.4, 1}, Range{Min: 0, Max: 5}, false},
		{"cam above zero", task.Map{Width: 3, Height: 1, Values: []float32{1, 2, 3}, ClampNegative: true}, 0, []float32{0, 0.5, 1}, Range{Min: 1, Max: 3}, false},
		{"signed", task.Map{Width: 4, Height: 1, Values: []float32{-4, -1, 0, 2}, Signed: true}, 0, []float32{-1, -0.25, 0, 0.5}, Range{Min: -4, Max: 4}, false},
		{"tiny units", task.Map{Width: 3, Height: 1, Values: []float32{0, 1e-12, 2e-12}}, 0, []float32{0, 0.5, 1}, Range{Max: float64(float32(2e-12))}, false},
		{"clipped", task.Map{Width: 5, Height: 1, Values: []float32{0, 1, 2, 4, 100}}, 0.25, []float32{0, 0.25, 0.5, 1, 1}, Range{Max: 4, Clipped: true}, false},
		{"clipped signed", task.Map{Width: 5, Height: 1, Values: []float32{0, 1, 2, 4, -100}, Signed: true}, 0.25, []float32{0, 0.25, 0.5, 1, -1}, Range{Min: -4, Max: 4, Clipped: true}, false},
		{"zero", task.Map{Width: 2, Height: 1, Values: []float32{0, 0}}, 0, []float32{0, 0}, Range{}, true},
		{"all negative", task.Map{Width: 2, Height: 1, Values: []float32{-1, -2}, ClampNegative: true}, 0, []float32{0, 0}, Range{}, true},
		{"constant", task.Map{Width: 2, Height: 1, Values: []float32{7, 7}}, 0, []float32{0, 0}, Range{Min: 7, Max: 7}, true},
		{"rounding only", task.Map{Width: 2, Height: 1, Values: []float32{7, 7.000001}}, 0, []float32{0, 0}, Range{Min: 7, Max: float64(float32(7.000001))}, true},
	} {
		f, err := Normalise(c.m, c.clip)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		near(t, c.name, f.Values, c.want, 1e-6)
		if f.Range != c.scale || f.Flat != c.flat {
			t.Errorf("%s: range %+v flat %v, want %+v %v", c.name, f.Range, f.Flat, c.scale, c.flat)
		}
	}
}

// The reference is pytorch-grad-cam's scale_cam_image in float32.
func TestNormaliseAgreesWithReference(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	m := task.Map{Width: 7, Height: 7, ClampNegative: true, Values: make([]float32, 49)}
	for i := range m.Values {
		m.Values[i] = float32(dice.NormFloat64())
	}
	want := make([]float32, 49)
	low, high := float32(math.Inf(1)), float32(0)
	for i, v := range m.Values {
		want[i] = max(v, 0)
		low = min(low, want[i])
	}
	for i := range want {
		want[i] -= low
		high = max(high, want[i])
	}
	for i := range want {
		want[i] /= 1e-7 + high
	}
	before := append([]float32(nil), m.Values...)
	f, err := Normalise(m, 0)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "against the reference", f.Values, want, 1e-6)
	near(t, "the map itself", m.Values, before, 0)
}

func TestNormaliseRefuses(t *testing.T) {
	nan := float32(math.NaN())
	for name, m := range map[string]task.Map{
		"NaN":      {Width: 1, Height: 2, Values: []float32{0, nan}},
		"Inf":      {Width: 1, Height: 2, Values: []float32{0, float32(math.Inf(1))}},
		"empty":    {},
		"short":    {Width: 2, Height: 2, Values: []float32{1}},
		"overflow": {Width: math.MaxInt, Height: math.MaxInt, Values: []float32{1}},
		"negative": {Width: -1, Height: -1, Values: []float32{1}},
	} {
		if _, err := Normalise(m, 0); err == nil {
			t.Errorf("%s was taken", name)
		}
		if _, err := Summarise(m); err == nil {
			t.Errorf("%s was summarised", name)
		}
	}
	for _, clip := range []float64{-0.1, 0.6, math.NaN()} {
		if _, err := Normalise(task.Map{Width: 1, Height: 1, Values: []float32{1}}, clip); err == nil {
			t.Errorf("clip %v was taken", clip)
		}
	}
}

// References are cv2.resize (OpenCV 5.0) with INTER_LINEAR and
// INTER_NEAREST_EXACT.
func TestResizeAgreesWithOpenCV(t *testing.T) {
	values := []float32{0, 1, 0.25, 0.5, 0.75, -0.5}
	for _, c := range []struct {
		w, h   int
		smooth bool
		want   []float32
	}{
		{7, 5, true, []float32{
			0, 0.142857, 0.571429, 1, 0.678571, 0.357143, 0.25, 0.05, 0.182143, 0.578571, 0.975, 0.632143, 0.289286, 0.175,
			0.25, 0.339286, 0.607143, 0.875, 0.446429, 0.017857, -0.125, 0.45, 0.496429, 0.635714, 0.775, 0.260714, -0.253571, -0.425,
			0.5, 0.535714, 0.642857, 0.75, 0.214286, -0.321429, -0.5,
		}},
		{2, 2, true, []float32{0.25, 0.4375, 0.5625, -0.1875}},
		{3, 2, true, values},
		{4, 1, true, []float32{0.25, 0.640625, 0.5, -0.125}},
		{5, 3, false, []float32{0, 0, 1, 0.25, 0.25, 0.5, 0.5, 0.75, -0.5, -0.5, 0.5, 0.5, 0.75, -0.5, -0.5}},
	} {
		got, err := Resize(values, 3, 2, c.w, c.h, c.smooth)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "resize", got, c.want, 2e-6)
	}
	if _, err := Resize(values, 3, 3, 2, 2, true); err == nil {
		t.Error("a wrong count of values was taken")
	}
	if _, err := Resize(values, 3, 2, 0, 2, true); err == nil {
		t.Error("an empty target was taken")
	}
}

func TestSummarise(t *testing.T) {
	m := task.Map{Width: 4, Height: 4, Values: make([]float32, 16)}
	m.Values[6] = 3
	s, err := Summarise(m)
	if err != nil {
		t.Fatal(err)
	}
	want := Summary{PeakX: 0.625, PeakY: 0.375, Peak: 3, BorderArea: 0.75}
	if s != want {
		t.Errorf("one cell: %+v, want %+v", s, want)
	}
	for i := range m.Values {
		m.Values[i] = -2
	}
	if s, _ = Summarise(m); math.Abs(s.Diffuse-1) > 1e-9 || s.Border != 0.75 || s.Negative != 1 || s.Peak != -2 {
		t.Errorf("even: %+v", s)
	}
	m.Values = append(make([]float32, 12), 1, 1, 0, 0)
	// Two equal cells of 16: ln 2 / ln 16 = 1/4.
	if s, _ = Summarise(m); math.Abs(s.Diffuse-0.25) > 1e-9 || s.Border != 1 {
		t.Errorf("two cells: %+v", s)
	}
	if s, _ = Summarise(task.Map{Width: 2, Height: 1, Values: []float32{-1, 0}, ClampNegative: true}); s.Diffuse != 1 || s.Border != 0 || s.Negative != 1 {
		t.Errorf("empty: %+v", s)
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		n         int
		want      []string
	}{
		{0, 1, 5, []string{"0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		{-3.4, 3.4, 4, []string{"−2", "0", "2"}},
		{0, 0.00042, 4, []string{"0", "2e−4", "4e−4"}},
		{0, 7.3e-9, 4, []string{"0", "2e−9", "4e−9", "6e−9"}},
		{0, 2.5e6, 5, []string{"0", "5e5", "1e6", "1.5e6", "2e6", "2.5e6"}},
		{12, 13, 2, []string{"12.0", "12.5", "13.0"}},
		{3, 3, 5, nil},
		{0, math.Inf(1), 5, nil},
		{math.NaN(), 1, 5, nil},
	} {
		ticks := Ticks(c.low, c.high, c.n)
		var got []string
		for _, k := range ticks {
			got = append(got, k.Label)
			if at := (k.Value - c.low) / (c.high - c.low); math.Abs(at-k.At) > 1e-9 {
				t.Errorf("tick %v of %v..%v at %v", k.Value, c.low, c.high, k.At)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%v..%v: %q, want %q", c.low, c.high, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%v..%v: %q, want %q", c.low, c.high, got, c.want)
			}
		}
	}
	for v, want := range map[float64]string{0: "0", 1.23456: "1.235", -12.3456: "−12.35", 0.00012349: "1.235e−4", 4321987: "4.322e6"} {
		if got := FormatValue(v); got != want {
			t.Errorf("%v is written %q, want %q", v, got, want)
		}
	}
}

func BenchmarkOverlay1024(b *testing.B) {
	for name, size := range map[string]int{"cam-7": 7, "saliency-224": 224} {
		b.Run(name, func(b *testing.B) {
			m := task.Map{Width: size, Height: size, Values: make([]float32, size*size)}
			for i := range m.Values {
				m.Values[i] = float32(i % 97)
			}
			f, err := Normalise(m, 0)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := f.Overlay(Place{Picture: prep.Size{Width: 2000, Height: 2000}}, 1024, 1024, DefaultStyle()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package method_test

import (
	"math"
	"testing"

	"seewhy/analysis/method"
)

// On a model that is linear in its segments, LIME without a ridge has each
// segment's worth, and an R² of 1, to 1e-4: pictures are float32.
func TestLimeIsExactOnALinearModel(t *testing.T) {
	model, w := slopes()
	r, a := model.look(t, "lime", 3, byCells(12, map[string]float64{"ridge": 0, "samples": 200}))
	sameTo(t, "coefficients", a.Surrogate.Values, worths(w, r, *a.Segments), 1e-4)
	if math.Abs(a.Surrogate.R2-1) > 1e-6 || math.Abs(a.Surrogate.Intercept-3) > 1e-3 || math.Abs(a.Surrogate.Off-3) > 1e-3 {
		t.Errorf("R² %g, intercept %g, off %g", a.Surrogate.R2, a.Surrogate.Intercept, a.Surrogate.Off)
	}
	for i, e := range a.Surrogate.Errors {
		if e > 1e-4 {
			t.Errorf("coefficient %d has the error %g", i, e)
		}
	}
	for i, k := range a.Segments.Of {
		if a.Map.Values[i] != float32(a.Surrogate.Values[k]) {
			t.Fatalf("pixel %d shows %g", i, a.Map.Values[i])
		}
	}
}

// With its ridge LIME has the solution of the normal equations, made here anew
// from the pictures that the model saw: weights sqrt(exp(-d²/0.25²)) at the
// cosine distance d, the intercept free of the penalty.
func TestLimeIsRidge(t *testing.T) {
	model, _ := slopes()
	curved := &black{of: func(x []float32) float64 {
		y := model.of(x) / 10
		return y + math.Sin(3*y)
	}}
	_, a := curved.look(t, "lime", 4, byCells(12, map[string]float64{"samples": 150}))
	m := a.Segments.Count
	// Unknowns: the coefficients, then the intercept.
	A, b := make([][]float64, m+1), make([]float64, m+1)
	for i := range A {
		A[i] = make([]float64, m+1)
	}
	for i := range 150 {
		on := open(*a.Segments, curved.asked[i])
		z, count := make([]float64, m+1), 0.0
		z[m] = 1
		for k, v := range on {
			if v {
				z[k] = 1
				count++
			}
		}
		if i == 0 && count != float64(m) {
			t.Error("the first sample is not the whole picture")
		}
		d := 1 - math.Sqrt(count/float64(m))
		weight := math.Sqrt(math.Exp(-d * d / (0.25 * 0.25)))
		y := curved.of(curved.asked[i])
		for k := range A {
			b[k] += weight * z[k] * y
			for l := range A {
				A[k][l] += weight * z[k] * z[l]
			}
		}
	}
	for k := range m {
		A[k][k]++
	}
	want := eliminate(A, b)
	sameTo(t, "coefficients", append(append([]float64(nil), a.Surrogate.Values...), a.Surrogate.Intercept), want, 1e-8)
	if a.Surrogate.R2 <= 0 || a.Surrogate.R2 >= 1 {
		t.Errorf("R² is %g", a.Surrogate.R2)
	}
}

// eliminate solves a dense system by Gauss with pivots.
func eliminate(A [][]float64, b []float64) []float64 {
	n := len(b)
	for k := range n {
		best := k
		for i := k; i < n; i++ {
			if math.Abs(A[i][k]) > math.Abs(A[best][k]) {
				best = i
			}
		}
		A[k], A[best], b[k], b[best] = A[best], A[k], b[best], b[k]
		for i := k + 1; i < n; i++ {
			f := A[i][k] / A[k][k]
			for j := k; j < n; j++ {
				A[i][j] -= f * A[k][j]
			}
			b[i] -= f * b[k]
		}
	}
	for k := n - 1; k >= 0; k-- {
		for j := k + 1; j < n; j++ {
			b[k] -= A[k][j] * b[j]
		}
		b[k] /= A[k][k]
	}
	return b
}

// The errors that LIME and Kernel SHAP state are those by which their values
// scatter from seed to seed: within a third, for the mean over segments.
func TestErrorsAreTheScatter(t *testing.T) {
	model, _ := slopes()
	curved := &black{of: func(x []float32) float64 { return 5 * math.Sin(model.of(x)/8) }}
	for _, id := range []string{"lime", "kernelshap"} {
		const seeds = 60
		var stated float64
		var sum, squares []float64
		for seed := range uint64(seeds) {
			_, a := curved.look(t, id, seed, byCells(12, map[string]float64{"samples": 400}))
			if sum == nil {
				sum, squares = make([]float64, a.Segments.Count), make([]float64, a.Segments.Count)
			}
			for i, v := range a.Surrogate.Values {
				sum[i] += v
				squares[i] += v * v
				stated += a.Surrogate.Errors[i] * a.Surrogate.Errors[i] / seeds / float64(len(sum))
			}
		}
		scatter := 0.0
		for i := range sum {
			scatter += (squares[i] - sum[i]*sum[i]/seeds) / (seeds - 1) / float64(len(sum))
		}
		if ratio := math.Sqrt(stated / scatter); ratio < 0.75 || ratio > 1.33 {
			t.Errorf("%s: the stated error is %.2f of the scatter", id, ratio)
		}
	}
}

var _ method.Session = (*black)(nil)

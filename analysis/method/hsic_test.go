package method_test

import (
	"math"
	"slices"
	"testing"
)

// HSIC is trace(K H L H)/n² with the kernels written out, from what was asked;
// cells that the model does not look at have none beyond chance.
func TestHSIC(t *testing.T) {
	n := pixelsW * pixelsH
	corners := []int{0, pixelsW / 2, n / 2, n/2 + pixelsW/2}
	model := &black{of: func(x []float32) float64 {
		// The first two cells matter only together; the third does, alone.
		a, b, c := float64(x[corners[0]]), float64(x[corners[1]]), float64(x[corners[2]])
		return 2 + a*b + c/4
	}}
	const samples = 120
	_, a := model.look(t, "hsic", 6, map[string]float64{"grid": 2, "samples": samples})
	var ys []float64
	for i := range samples {
		ys = append(ys, model.of(model.asked[i]))
	}
	sorted := slices.Sorted(slices.Values(ys))
	width := (sorted[samples/2-1] + sorted[samples/2]) / 2
	for cell, at := range corners {
		K, L := make([][]float64, samples), make([][]float64, samples)
		for i := range samples {
			K[i], L[i] = make([]float64, samples), make([]float64, samples)
			for j := range samples {
				zi, zj := 0.0, 0.0
				if model.asked[i][at] != 0 {
					zi = 1
				}
				if model.asked[j][at] != 0 {
					zj = 1
				}
				K[i][j] = 1 + 0.5 - (zi-zj)*(zi-zj)
				L[i][j] = math.Exp(-(ys[i] - ys[j]) * (ys[i] - ys[j]) / (2 * width * width))
			}
		}
		centre := func(M [][]float64) {
			for range 2 {
				for i := range M {
					mean := 0.0
					for j := range M {
						mean += M[i][j] / samples
					}
					for j := range M {
						M[i][j] -= mean
					}
				}
				for i := range M {
					for j := range i {
						M[i][j], M[j][i] = M[j][i], M[i][j]
					}
				}
			}
		}
		centre(K)
		centre(L)
		want := 0.0
		for i := range samples {
			for j := range samples {
				want += K[i][j] * L[j][i] / samples / samples
			}
		}
		if math.Abs(float64(a.Map.Values[cell])-want) > 1e-6*(1+want) {
			t.Errorf("cell %d: %g, want %g", cell, a.Map.Values[cell], want)
		}
	}
	if v := a.Map.Values; v[0] < 3*v[3] || v[1] < 3*v[3] {
		t.Errorf("the cells that decide have %g and %g, the idle one %g", v[0], v[1], v[3])
	}
}

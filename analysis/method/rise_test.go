package method_test

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"seewhy/analysis/method"
)

// riseWeights has, for each shift, each pixel's bilinear shares of the cells of
// an s x s grid enlarged to s+1 cells: written here anew, pixel by pixel.
func riseWeights(s int) [][][]float64 {
	cw, ch := (pixelsW+s-1)/s, (pixelsH+s-1)/s
	mirror := func(i int) int {
		if i < 0 {
			return -i
		}
		if i > s-1 {
			return 2*(s-1) - i
		}
		return i
	}
	line := func(at, cell int) []float64 {
		out := make([]float64, s)
		src := (float64(at)+0.5)*float64(s)/float64((s+1)*cell) - 0.5
		low := math.Floor(src)
		out[mirror(int(low))] += 1 - (src - low)
		out[mirror(int(low)+1)] += src - low
		return out
	}
	var all [][][]float64
	for dy := range ch {
		for dx := range cw {
			shift := make([][]float64, pixelsW*pixelsH)
			for i := range shift {
				u, v := line(i%pixelsW+dx, cw), line(i/pixelsW+dy, ch)
				shift[i] = make([]float64, s*s)
				for a := range s {
					for b := range s {
						shift[i][a*s+b] = v[a] * u[b]
					}
				}
			}
			all = append(all, shift)
		}
	}
	return all
}

// riseExpected is the expectation of RISE's map of a linear model
// 3 + sum_i w_i x_i m_i over all shifts and grids: cells are open with
// probability p, independent, so that E[g_a g_b] = p² + [a = b] p (1 - p).
func riseExpected(w []float64, x []float32, s int, p float64) []float64 {
	all := riseWeights(s)
	n := pixelsW * pixelsH
	out := make([]float64, n)
	for _, shift := range all {
		// The score is 3 + sum_a c_a g_a.
		c, sum := make([]float64, s*s), 0.0
		for i := range n {
			worth := w[i]*float64(x[i]) + w[n+i]*float64(x[n+i])
			for a, share := range shift[i] {
				c[a] += worth * share
				sum += worth * share
			}
		}
		for i := range n {
			expected := 0.0
			for a, share := range shift[i] {
				expected += share * (3*p + p*p*sum + p*(1-p)*c[a])
			}
			out[i] += expected / p / float64(len(all))
		}
	}
	return out
}

// RISE's map goes to its expectation as one over the square root of the number
// of masks, and the error that it states is the error that it has.
func TestRiseIsUnbiased(t *testing.T) {
	model, w := slopes()
	const s, p = 3, 0.5
	counts := []float64{100, 400, 1600, 6400}
	var logN, logE []float64
	for _, n := range counts {
		const seeds = 6
		square, stated := 0.0, 0.0
		for seed := range uint64(seeds) {
			r, a := model.look(t, "rise", seed, map[string]float64{"samples": n, "cells": s, "open": p})
			want := riseExpected(w, r.Input.Data, s, p)
			for i, v := range a.Map.Values {
				d := float64(v) - want[i]
				square += d * d / seeds / float64(len(want))
				e := float64(a.Error.Values[i])
				stated += e * e / seeds / float64(len(want))
			}
		}
		logN, logE = append(logN, math.Log(n)), append(logE, math.Log(square)/2)
		if ratio := math.Sqrt(stated / square); ratio < 0.7 || ratio > 1.4 {
			t.Errorf("%g masks: the stated error is %.2f of the true one", n, ratio)
		}
	}
	var mx, my, xy, xx float64
	for i := range logN {
		mx, my = mx+logN[i]/4, my+logE[i]/4
	}
	for i := range logN {
		xy += (logN[i] - mx) * (logE[i] - my)
		xx += (logN[i] - mx) * (logN[i] - mx)
	}
	t.Logf("the error falls as N^%.3f", xy/xx)
	if slope := xy / xx; slope < -0.6 || slope > -0.4 {
		t.Errorf("the error falls as N^%.3f, want N^-0.5", slope)
	}
}

// A mask is one of the bilinear enlargements, to 1e-6.
func TestRiseMasks(t *testing.T) {
	model, _ := slopes()
	r, _ := model.look(t, "rise", 2, map[string]float64{"samples": 20, "cells": 3})
	all := riseWeights(3)
	for i := range 20 {
		found := false
		for _, shift := range all {
			for grid := range 1 << 9 {
				same := true
				for at := 0; at < pixelsW*pixelsH && same; at++ {
					m := 0.0
					for a, share := range shift[at] {
						m += share * float64(grid>>a&1)
					}
					same = math.Abs(m*float64(r.Input.Data[at])-float64(model.asked[i][at])) < 1e-5
				}
				found = found || same
			}
		}
		if !found {
			t.Fatalf("sample %d is under no mask of RISE", i)
		}
	}
}

// Estimates come while the method runs, each whole, and stop nothing.
func TestRiseShowsEstimates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		model, _ := slopes()
		of := model.of
		// Each answer takes a millisecond of the test's own clock.
		model.of = func(x []float32) float64 {
			time.Sleep(time.Millisecond)
			return of(x)
		}
		r := pixels(t, "rise", 1, map[string]float64{"samples": 100000, "cells": 3})
		shown := 0
		last := math.Inf(1)
		keep := make(chan struct{})
		r.Keep = keep
		r.Partial = func(a method.Attribution) {
			e := a.Facts[0].Value
			if len(a.Map.Values) != pixelsW*pixelsH || e > last || a.Error == nil {
				t.Errorf("estimate %d: error %g after %g", shown, e, last)
			}
			last = e
			if shown++; shown == 2 {
				close(keep)
			}
		}
		m, _ := method.ByID("rise")
		a, err := m.Explain(t.Context(), model, r, nil)
		if err != nil || shown != 2 || a.Params["samples"] >= 100000 {
			t.Errorf("%d estimates of %v samples, %v", shown, a.Params["samples"], err)
		}
	})
}

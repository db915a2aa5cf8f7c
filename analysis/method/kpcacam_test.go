package method_test

import (
	"math"
	"testing"
)

// The slow twin: the centred kernel matrix written out, and the power method
// on it, shifted so that its largest eigenvalue is the largest in magnitude.
func TestKPCACAMIsThePapers(t *testing.T) {
	for choice, kernel := range []func(dot, aa, bb, gamma float64) float64{
		func(dot, _, _, gamma float64) float64 { return math.Tanh(gamma*dot + 1) },
		func(dot, aa, bb, gamma float64) float64 { return math.Exp(-gamma * (aa + bb - 2*dot)) },
	} {
		n, m := explain(t, "kpcacam", map[string]float64{"kernel": float64(choice)})
		a := n.act(n.input(5).Data)
		cells, channels := n.h*n.w, len(n.W)
		for k := range channels {
			mean := 0.0
			for i := range cells {
				mean += a[k*cells+i] / float64(cells)
			}
			for i := range cells {
				a[k*cells+i] -= mean
			}
		}
		dot := func(i, j int) (sum float64) {
			for k := range channels {
				sum += a[k*cells+i] * a[k*cells+j]
			}
			return sum
		}
		K := make([][]float64, cells)
		rows, all := make([]float64, cells), 0.0
		for i := range K {
			K[i] = make([]float64, cells)
			for j := range K[i] {
				K[i][j] = kernel(dot(i, j), dot(i, i), dot(j, j), 1/float64(channels))
				rows[i] += K[i][j] / float64(cells)
			}
			all += rows[i] / float64(cells)
		}
		for i := range K {
			for j := range K[i] {
				K[i][j] += all - rows[i] - rows[j]
			}
		}
		const shift = 10
		v, next, value := make([]float64, cells), make([]float64, cells), 0.0
		for i := range v {
			v[i] = float64(i + 1)
		}
		for range 20000 {
			length := 0.0
			for i := range next {
				next[i] = shift * v[i]
				for j, e := range v {
					next[i] += K[i][j] * e
				}
				length += next[i] * next[i]
			}
			value = math.Sqrt(length)
			for i := range v {
				v[i] = next[i] / value
			}
		}
		largest := 0.0
		for _, e := range v {
			if math.Abs(e) > math.Abs(largest) {
				largest = e
			}
		}
		for i := range v {
			v[i] *= math.Copysign(math.Sqrt(value-shift), largest)
		}
		near(t, m, v)
	}
}

package method_test

import "testing"

// With the stride of a window, on a linear model each pixel shows its window's
// worth; with a smaller one, the mean worth of the windows over it.
func TestOcclusionOfALinearModel(t *testing.T) {
	model, w := slopes()
	for _, c := range []struct{ window, stride int }{{4, 4}, {5, 5}, {4, 2}, {3, 1}} {
		r, a := model.look(t, "occlusion", 0, map[string]float64{"window": float64(c.window), "stride": float64(c.stride)})
		n := pixelsW * pixelsH
		sum, count := make([]float64, n), make([]float64, n)
		for top := 0; ; top += c.stride {
			for left := 0; ; left += c.stride {
				worth := 0.0
				inside := func(f func(i int)) {
					for y := top; y < min(top+c.window, pixelsH); y++ {
						for x := left; x < min(left+c.window, pixelsW); x++ {
							f(y*pixelsW + x)
						}
					}
				}
				inside(func(i int) { worth += w[i]*float64(r.Input.Data[i]) + w[n+i]*float64(r.Input.Data[n+i]) })
				inside(func(i int) { sum[i] += worth; count[i]++ })
				if left+c.window >= pixelsW {
					break
				}
			}
			if top+c.window >= pixelsH {
				break
			}
		}
		got := make([]float64, n)
		for i, v := range a.Map.Values {
			got[i] = float64(v)
			sum[i] /= count[i]
		}
		sameTo(t, "falls", got, sum, 1e-4)
	}
}

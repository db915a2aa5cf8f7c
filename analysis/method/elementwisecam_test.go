package method_test

import "testing"

func TestElementWiseCAMDropsWhatSpeaksAgainst(t *testing.T) {
	n, m := explain(t, "elementwisecam", nil)
	a, g, _ := n.derivatives(n.input(5).Data)
	want := make([]float64, n.h*n.w)
	dropped := 0
	for at := range a {
		if product := a[at] * g[at]; product > 0 {
			want[at%len(want)] += product
		} else if product < 0 {
			dropped++
		}
	}
	near(t, m, want)
	if dropped == 0 {
		t.Error("nothing was negative: the ReLU is not tested")
	}
}

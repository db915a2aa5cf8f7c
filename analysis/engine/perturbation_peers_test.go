package engine

import (
	"cmp"
	"context"
	"math"
	"slices"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
)

// The methods that ask by changed pictures give the maps of LIME, SHAP, Captum,
// pytorch-grad-cam and of the authors' formulas, handed the same masks, from
// the same weights in PyTorch: rank correlation of at least 0.999, and no value
// further off than 1e-3 of the largest.
func TestPerturbationsAreThePeers(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic, which runs in full without the race detector")
	}
	e := newTestEngine(t, Options{})
	var maps []struct {
		stored
		Net, Method, Layer, Peer string
		Params                   map[string]float64
		Facts                    map[string]float64
	}
	values := peersFile(t, "perturbation", &maps)
	nets := map[string]peer{}
	compared := map[string]bool{}
	for _, want := range maps {
		p, ok := nets[want.Net]
		if !ok {
			p = openPeer(t, e, want.Net)
			nets[want.Net] = p
		}
		how, err := method.ByID(want.Method)
		if err != nil {
			t.Fatal(err)
		}
		params, err := how.Resolve(want.Params)
		if err != nil {
			t.Fatal(err)
		}
		a, err := how.Explain(context.Background(), p.on, method.Request{
			Input: p.x, Layout: "NCHW", Score: p.score, Layer: want.Layer, Params: params, Seed: 11,
		}, nil)
		if err != nil {
			t.Fatalf("%s: %s: %v", want.Net, want.Method, err)
		}
		compared[want.Method] = true
		theirs := want.read(values)
		if !slices.Equal(theirs.Shape, []int{a.Map.Height, a.Map.Width}) {
			t.Fatalf("%s: %s is %d x %d, the peer's %v", want.Net, want.Method, a.Map.Height, a.Map.Width, theirs.Shape)
		}
		_, furthest := alike(a.Map, theirs.Data, false)
		rank := rankCorrelation(a.Map.Values, theirs.Data)
		t.Logf("%s %s %v against %s: rank correlation %.6f, furthest %.1e", want.Net, want.Method, want.Params, want.Peer, rank, furthest)
		if !(rank >= 0.999) || !(furthest <= 1e-3) {
			t.Errorf("%s %s %v against %s: rank correlation %.6f, furthest %.2g", want.Net, want.Method, want.Params, want.Peer, rank, furthest)
		}
		checkFacts(t, want.Net+" "+want.Method, a.Surrogate, want.Facts)
	}
	for _, m := range method.All() {
		if m.Family == method.FamilyPerturbation && !compared[m.ID] {
			t.Errorf("%s is compared with no peer", m.ID)
		}
	}
}

func checkFacts(t *testing.T, what string, v *task.Surrogate, want map[string]float64) {
	t.Helper()
	for id, w := range want {
		got := map[string]float64{"r2": v.R2, "intercept": v.Intercept, "off": v.Off}[id]
		if math.Abs(got-w) > 1e-4*(1+math.Abs(w)) {
			t.Errorf("%s: %s is %g, the peer's %g", what, id, got, w)
		}
	}
}

// rankCorrelation is Spearman's: that of the ranks, ties at their mean.
func rankCorrelation(a, b []float32) float64 {
	ra, rb := ranks(a), ranks(b)
	mean := float64(len(a)-1) / 2
	var aa, bb, ab float64
	for i := range ra {
		x, y := ra[i]-mean, rb[i]-mean
		aa, bb, ab = aa+x*x, bb+y*y, ab+x*y
	}
	return ab / math.Sqrt(aa*bb)
}

func ranks(v []float32) []float64 {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(v[a], v[b]) })
	out := make([]float64, len(v))
	for i := 0; i < len(order); {
		j := i
		// Values that differ by rounding alone share a rank.
		for j < len(order) && v[order[j]]-v[order[i]] <= 1e-6*max(-v[order[0]], v[order[len(order)-1]]) {
			j++
		}
		for k := i; k < j; k++ {
			out[order[k]] = float64(i+j-1) / 2
		}
		i = j
	}
	return out
}

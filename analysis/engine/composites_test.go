package engine

import (
	"context"
	"math"
	"slices"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
)

// What the composites bring back is what Captum, Zennit and lxt bring back,
// made by testdata/composites.py from the same weights: correlation of at
// least 0.9999, and no value further off than 2e-4 of the largest.
func TestCompositesAreThePeers(t *testing.T) {
	valuesAlone(t)
	if testing.Short() {
		t.Skip("some forty sessions are built")
	}
	e := newTestEngine(t, Options{})
	var nets []peerNet
	values := peersFile(t, "composites", &nets)
	compared := map[string]bool{}
	for _, net := range nets {
		p := openPeer(t, e, net.Name)
		worst := map[string]float64{}
		for _, want := range net.Maps {
			how, err := method.ByID(want.Method)
			if err != nil {
				t.Fatal(err)
			}
			params, err := how.Resolve(want.Params)
			if err != nil {
				t.Fatal(err)
			}
			// The colours of composites.py: the box of LRP, else a plain baseline.
			black, white := []float64{-1.5, -1.5, -1.5}, []float64{-1.5, -1.5, -1.5}
			if want.Method == "lrp" {
				black, white = []float64{-2.5, -2.5, -2.5}, []float64{3, 3, 3}
			}
			a, err := how.Explain(context.Background(), p.on, method.Request{
				Input: p.x, Layout: "NCHW", Score: p.score, Params: params, Black: black, White: white,
			}, nil)
			if err != nil {
				t.Fatalf("%s: %s %v: %v", net.Name, want.Method, want.Params, err)
			}
			compared[want.Method] = true
			peer := want.read(values)
			if !slices.Equal(peer.Shape, []int{a.Map.Height, a.Map.Width}) {
				t.Fatalf("%s: %s is %d x %d, the peer's %v", net.Name, want.Method, a.Map.Height, a.Map.Width, peer.Shape)
			}
			r, furthest := alike(a.Map, peer.Data, false)
			worst[want.Method] = max(worst[want.Method], furthest)
			if !(r >= 0.9999) || !(furthest <= 2e-4) {
				t.Errorf("%s: %s %v against %s: correlation %.6f, furthest %.2g", net.Name, want.Method, want.Params, want.Peer, r, furthest)
			}
			// The relevance that the facts report is the map's.
			if i := slices.IndexFunc(a.Facts, func(f task.Fact) bool { return f.ID == method.FactRelevance }); i >= 0 {
				sum := 0.0
				for _, v := range a.Map.Values {
					sum += float64(v)
				}
				if math.Abs(sum-a.Facts[i].Value) > 1e-4*math.Max(1, math.Abs(sum)) {
					t.Errorf("%s: %s: the map adds up to %g, the fact says %g", net.Name, want.Method, sum, a.Facts[i].Value)
				}
			}
		}
		t.Logf("%s: furthest %v", net.Name, worst)
	}
	for _, m := range method.All() {
		if m.Family == method.FamilyRelevance && !compared[m.ID] {
			t.Errorf("%s is compared with nothing", m.ID)
		}
	}
}

// DeepLIFT's attributions add up to the rise of the score on each of the five
// networks, through attention, gates and normalisations; relevance does to the
// score, less what biases keep, which are the peer's sums above.
func TestDeepLIFTAddsUp(t *testing.T) {
	valuesAlone(t)
	if testing.Short() {
		t.Skip("five sessions are built")
	}
	e := newTestEngine(t, Options{})
	how, err := method.ByID("deeplift")
	if err != nil {
		t.Fatal(err)
	}
	params, err := how.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"resnet", "mobilenet", "vgg", "vit", "swin"} {
		p := openPeer(t, e, name)
		a, err := how.Explain(context.Background(), p.on, method.Request{Input: p.x, Layout: "NCHW", Score: p.score, Params: params}, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		size := 0.0
		for _, v := range a.Map.Values {
			size += math.Abs(float64(v))
		}
		for _, f := range a.Facts {
			// float32 sums of some thousand terms.
			if f.ID == method.FactGap && math.Abs(f.Value) > 1e-5*size {
				t.Errorf("%s: a gap of %g in attributions of %g", name, f.Value, size)
			}
		}
	}
}

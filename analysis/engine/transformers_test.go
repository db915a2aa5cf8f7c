package engine

import (
	"context"
	"math"
	"slices"
	"testing"

	"seewhy/analysis/method"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// transformer opens one of the small transformers of testdata/nets.py at its
// picture.
func transformer(t *testing.T, name string) (m *model, on *session, x tensor.Tensor, class int, logits tensor.Tensor) {
	t.Helper()
	e := newTestEngine(t, Options{})
	var pictures map[string]struct {
		Class         int
		Input, Logits stored
	}
	values := peersFile(t, "pictures", &pictures)
	info, err := e.OpenModel(context.Background(), peersDir+name+".onnx", nil)
	if err != nil {
		t.Fatal(err)
	}
	m = e.opened(info.Ref.SHA256)
	p := pictures[name]
	return m, &session{e: e, m: m, device: runtime.CPU}, p.Input.read(values), p.Class, p.Logits.read(values)
}

// On a ViT and a Swin, our maps are those of pytorch-grad-cam with a
// reshape_transform, and of the papers' formulas on PyTorch's attention:
// correlation of at least 0.9999, and no value further off than 1e-3 of the
// largest. Layers are named by the graph; where a layer is the natural one,
// that it is found is checked too.
func TestTransformerMapsAreThePeers(t *testing.T) {
	valuesAlone(t)
	var nets []struct {
		peerNet
		// Concepts are the scores of the concepts, behind an average pool.
		Concepts []float64
		// Norm is the length of the gradient at the natural layer.
		Norm float64
	}
	values := peersFile(t, "transformers", &nets)
	for _, net := range nets {
		m, on, x, class, logits := transformer(t, net.Name)
		score := method.Score{Value: m.scores.Logits, Weights: map[int]float64{class: 1}}
		got, err := on.Run(context.Background(), x, score)
		if err != nil || math.Abs(got[0]-float64(logits.Data[class])) > 1e-4*math.Abs(got[0]) {
			t.Fatalf("%s: logit %v (%v), the peer's is %g", net.Name, got, err, logits.Data[class])
		}
		if natural := m.info.Layers[m.info.Natural].Value; natural != net.Maps[0].Layer {
			t.Errorf("%s: the natural layer is %q, want %q", net.Name, natural, net.Maps[0].Layer)
		}
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
			a, err := how.Explain(context.Background(), on, method.Request{
				Input: x, Layout: "NCHW", Score: score, Layer: want.Layer, Params: params, Attentions: m.tokens.order,
			}, nil)
			if err != nil {
				t.Fatalf("%s: %s at %q: %v", net.Name, want.Method, want.Layer, err)
			}
			peer := want.read(values)
			if !slices.Equal(peer.Shape, []int{a.Map.Height, a.Map.Width}) {
				t.Fatalf("%s: %s is %d x %d, the peer's %v", net.Name, want.Method, a.Map.Height, a.Map.Width, peer.Shape)
			}
			r, furthest := alike(a.Map, peer.Data, turned[want.Method] != "")
			worst[want.Method] = max(worst[want.Method], furthest)
			if !(r >= 0.9999) || !(furthest <= 1e-3) {
				t.Errorf("%s: %s %v at %q against %s: correlation %.6f, furthest %.2g", net.Name, want.Method, want.Params, want.Layer, want.Peer, r, furthest)
			}
		}
		norms, err := on.norms(context.Background(), x, score, m.candidates(method.Needs{LayerGradient: true}), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range norms {
			if n.Layer.Value != net.Maps[0].Layer {
				continue
			}
			// Float32 rounding of the gradient.
			if math.Abs(n.Gradient-net.Norm) > 1e-5*net.Norm || n.RMS >= n.Gradient || n.Activation <= 0 {
				t.Errorf("%s: the gradient's length is %+v, PyTorch's %g", net.Name, n, net.Norm)
			}
		}
		if last := norms[len(norms)-1].Layer.Value; net.Name != "swin" && last != net.Maps[0].Layer {
			t.Errorf("%s: norms end at %q", net.Name, last)
		}
		for i, want := range net.Concepts {
			how, err := method.ByID("dff")
			if err != nil {
				t.Fatal(err)
			}
			params, _ := how.Resolve(nil)
			a, err := how.Explain(context.Background(), on, method.Request{Input: x, Layout: "NCHW", Score: score, Layer: net.Maps[0].Layer, Params: params}, nil)
			if err != nil || math.Abs(a.Concepts[i].Score-want) > 1e-4*max(1, math.Abs(want)) {
				t.Errorf("%s: concept %d scores %+v (%v), the peer's %g", net.Name, i+1, a.Concepts[i].Score, err, want)
			}
		}
		t.Logf("%s: furthest %v", net.Name, worst)
	}
}

// A layer's own maps, fed back behind it, give the score again; the tokens
// that are no places are those of the picture.
func TestTailOfATokenLayer(t *testing.T) {
	valuesAlone(t)
	for _, name := range []string{"vit", "swin"} {
		m, on, x, class, _ := transformer(t, name)
		score := method.Score{Value: m.scores.Logits, Weights: map[int]float64{class: 1}}
		want, err := on.Run(context.Background(), x, score)
		if err != nil {
			t.Fatal(err)
		}
		checked, natural := 0, m.info.Layers[m.info.Natural].Value
		for _, l := range m.info.Layers {
			if l.Value == natural {
				break
			}
			if !l.Candidate {
				continue
			}
			own, err := on.Activations(context.Background(), x, []string{l.Value})
			if err != nil {
				t.Fatal(err)
			}
			maps := own[l.Value]
			if s := []int{1, m.tokens.folds[l.Value].Channels(), l.Grid.Height, l.Grid.Width}; !slices.Equal(maps.Shape, s) {
				t.Fatalf("%s: maps of shape %v, want %v", l.Name, maps.Shape, s)
			}
			var got []float64
			err = on.Tail(context.Background(), x, l.Value, 3, func(i int, dst []float32) error {
				copy(dst, maps.Data)
				if i == 1 {
					clear(dst)
				}
				return nil
			}, score, func(_ int, v float64) { got = append(got, v) })
			if err != nil {
				t.Fatalf("%s: %v", l.Name, err)
			}
			// Float32 rounding of sums in another order.
			if len(got) != 3 || math.Abs(got[0]-want[0]) > 1e-4*math.Abs(want[0]) || math.Abs(got[2]-want[0]) > 1e-4*math.Abs(want[0]) || math.Abs(got[1]-want[0]) < 1e-3 {
				t.Errorf("%s of %s: scores %v, want %g but for the second", l.Name, name, got, want[0])
			}
			checked++
		}
		// Behind the natural layer, a class token alone is read.
		if checked < 4 {
			t.Errorf("%s has %d natural layers", name, checked)
		}
	}
}

func init() {
	elsewhere = append(elsewhere, "rollout", "transformerattribution", "legrad", "attention", "dff", "channel")
}

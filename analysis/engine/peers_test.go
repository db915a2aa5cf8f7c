package engine

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

const peersDir = "../method/testdata/peers/"

// without lists the methods that no peer's map is kept for, and why.
var without = map[string]string{
	"gradientshap": "the peers draw the points themselves; it is held to a slow twin, and to Integrated Gradients without noise",
}

// turned lists the methods whose sign the peers leave to chance.
var turned = map[string]string{
	"eigencam":     "numpy's SVD decides the peer's sign; ours rises with the mean activation",
	"eigengradcam": "numpy's SVD decides the peer's sign; ours rises with the mean activation",
}

// elsewhere lists methods that are compared by a test of their own.
var elsewhere = []string{"guidedbackprop", "deconvnet", "scorecam", "ablationcam", "reciprocam", "vitreciprocam"}

// peerNet is an entry of maps.json, which testdata/reference.py writes.
type peerNet struct {
	Name  string `json:"name"`
	Noise stored `json:"noise"`
	Maps  []struct {
		stored
		Method string   `json:"method"`
		Layer  string   `json:"layer"`
		Layers []string `json:"layers"`
		// Score is empty for the logit.
		Score  task.TargetKind    `json:"score"`
		Params map[string]float64 `json:"params"`
		Peer   string             `json:"peer"`
	} `json:"maps"`
}

// peerPicture is what a network of testdata/nets.py is shown, and answers.
type peerPicture struct {
	Class  int    `json:"class"`
	Input  stored `json:"input"`
	Logits stored `json:"logits"`
}

type stored struct {
	Offset int   `json:"offset"`
	Shape  []int `json:"shape"`
}

func (s stored) read(all []float32) tensor.Tensor {
	return tensor.Tensor{Shape: s.Shape, Data: all[s.Offset : s.Offset+tensor.Elements(s.Shape)]}
}

// peersFile reads NAME.json into index, and NAME.bin.
func peersFile(t *testing.T, name string, index any) (values []float32) {
	t.Helper()
	data, err := os.ReadFile(peersDir + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, index); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(peersDir + name + ".bin")
	if err != nil {
		t.Fatal(err)
	}
	values = make([]float32, len(raw)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return values
}

// peer is a network of testdata/nets.py, opened, with what it is shown.
type peer struct {
	on    *session
	info  task.ModelInfo
	score method.Score
	x     tensor.Tensor
}

// openPeer fails where the network's logits are not PyTorch's.
func openPeer(t *testing.T, e *Engine, name string) peer {
	t.Helper()
	pictures := map[string]peerPicture{}
	values := peersFile(t, "pictures", &pictures)
	picture := pictures[name]
	info, err := e.OpenModel(context.Background(), peersDir+name+".onnx", nil)
	if err != nil {
		t.Fatal(err)
	}
	m := e.opened(info.Ref.SHA256)
	p := peer{
		on: &session{e: e, m: m, device: runtime.CPU}, info: info, x: picture.Input.read(values),
		score: method.Score{Value: m.scores.Logits, Weights: map[int]float64{picture.Class: 1}},
	}
	want := picture.Logits.read(values).Data[picture.Class]
	got, err := p.on.Run(context.Background(), p.x, p.score)
	if err != nil || math.Abs(got[0]-float64(want)) > 1e-4*math.Abs(got[0]) {
		t.Fatalf("%s: logit %v (%v), the peer's is %g", name, got, err, want)
	}
	return p
}

// Our maps are those of pytorch-grad-cam and Captum, made from the same
// weights in PyTorch: correlation of at least 0.9999, and no value further off
// than 1e-3 of the largest.
func TestMapsAreThePeers(t *testing.T) {
	valuesAlone(t)
	if testing.Short() {
		t.Skip("arithmetic, which runs in full without the race detector")
	}
	e := newTestEngine(t, Options{})
	var nets []peerNet
	values := peersFile(t, "maps", &nets)
	compared := map[string]bool{}
	for _, net := range nets {
		p := openPeer(t, e, net.Name)
		on, score, x := p.on, p.score, p.x
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
			var s method.Session = on
			if len(net.Noise.Shape) > 0 && (params["noise"] > 0 || params["deviation"] > 0) {
				s = &sameNoise{Session: on, x: x, noise: net.Noise.read(values)}
			}
			explained := score
			if want.Score == task.Probability {
				explained.Value = p.info.Probabilities
			}
			if want.Layer == "" && len(want.Layers) > 0 {
				want.Layer = want.Layers[0]
			}
			// The constant baseline of reference.py is -1.5.
			plain := []float64{-1.5, -1.5, -1.5}
			a, err := how.Explain(context.Background(), s, method.Request{
				Input: x, Layout: "NCHW", Score: explained, Layer: want.Layer, Layers: want.Layers, Params: params, Black: plain, White: plain,
			}, nil)
			if err != nil {
				t.Fatalf("%s: %s at %q: %v", net.Name, want.Method, want.Layer, err)
			}
			compared[want.Method] = true
			peer := want.read(values)
			if !slices.Equal(peer.Shape, []int{a.Map.Height, a.Map.Width}) {
				t.Fatalf("%s: %s is %d x %d, the peer's %v", net.Name, want.Method, a.Map.Height, a.Map.Width, peer.Shape)
			}
			r, furthest := alike(a.Map, peer.Data, turned[want.Method] != "" || params["eigen_smooth"] == 1)
			worst[want.Method] = max(worst[want.Method], furthest)
			if !(r >= 0.9999) || !(furthest <= 1e-3) {
				t.Errorf("%s: %s %v at %q against %s: correlation %.6f, furthest %.2g", net.Name, want.Method, want.Params, want.Layer, want.Peer, r, furthest)
			}
		}
		t.Logf("%s: furthest %v", net.Name, worst)
	}
	for _, m := range method.All() {
		mine := m.Family == method.FamilyCAM || m.Family == method.FamilyGradient
		if mine && !slices.Contains(elsewhere, m.ID) && compared[m.ID] == (without[m.ID] != "") {
			t.Errorf("%s: compared %v, exception %q", m.ID, compared[m.ID], without[m.ID])
		}
	}
}

// alike gives the correlation of two maps, and their largest difference as a
// share of the peer's largest value. Where the sign is chance, the peer's map
// is turned to agree.
func alike(m task.Map, peer []float32, eitherSign bool) (correlation, furthest float64) {
	n := float64(len(peer))
	var ma, mb, aa, bb, ab, largest float64
	for i, v := range m.Values {
		ma, mb = ma+float64(v)/n, mb+float64(peer[i])/n
		largest = max(largest, math.Abs(float64(peer[i])))
	}
	for i, v := range m.Values {
		a, b := float64(v)-ma, float64(peer[i])-mb
		aa, bb, ab = aa+a*a, bb+b*b, ab+a*b
	}
	correlation = ab / math.Sqrt(aa*bb)
	sign := 1.0
	if eitherSign && correlation < 0 {
		sign, correlation = -1, -correlation
	}
	for i, v := range m.Values {
		furthest = max(furthest, math.Abs(float64(v)-sign*float64(peer[i]))/largest)
	}
	return correlation, furthest
}

// sameNoise gives a method the noise that its peer had, in place of its own.
type sameNoise struct {
	method.Session
	x, noise tensor.Tensor
	at       int
}

func (s *sameNoise) Gradient(ctx context.Context, x tensor.Tensor, score method.Score, q method.GradientQuery) (method.Gradients, error) {
	noisy := tensor.New(x.Shape...)
	for i := range x.Shape[0] {
		for j, v := range s.x.Data {
			noisy.Sample(i).Data[j] = v + s.noise.Sample(s.at).Data[j]
		}
		s.at++
	}
	return s.Session.Gradient(ctx, noisy, score, q)
}

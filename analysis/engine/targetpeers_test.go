package engine

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/models/onnx"
)

// Values, gradients at the scores, the classes compared and maps of Grad-CAM
// are those of pytorch-grad-cam's targets (testdata/targets.py).
func TestTargetsAreThePeers(t *testing.T) {
	data, err := os.ReadFile(peersDir + "targets.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Network  string          `json:"network"`
		Kind     task.TargetKind `json:"kind"`
		Class    int             `json:"class"`
		Compared []int           `json:"compared"`
		Value    float64         `json:"value"`
		Gradient []float64       `json:"gradient"`
		Layer    string          `json:"layer"`
		Map      [][]float64     `json:"map"`
	}
	if err := json.Unmarshal(data, &list); err != nil || len(list) == 0 {
		t.Fatal(len(list), err)
	}
	e := newTestEngine(t, Options{})
	pictures := map[string]peerPicture{}
	all := peersFile(t, "pictures", &pictures)
	cam, err := method.ByID("gradcam")
	if err != nil {
		t.Fatal(err)
	}
	params, err := cam.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range list {
		what := want.Network + " " + string(want.Kind)
		p := openPeer(t, e, want.Network)
		a := target.Answer{Model: target.Model{Classes: len(want.Gradient)}}
		for c, v := range pictures[want.Network].Logits.read(all).Data {
			a.Logits, a.Order = append(a.Logits, float64(v)), append(a.Order, c)
		}
		explained, err := target.Resolve(a, &task.Target{Kind: want.Kind, Class: want.Class})
		if err != nil {
			t.Fatal(what, err)
		}
		if got := explained.Value(a); math.Abs(got-want.Value) > 1e-6 || !slices.Equal(explained.Compared, want.Compared) {
			t.Errorf("%s of class %d is %.9g over %v, the peer's %.9g over %v", what, want.Class, got, explained.Compared, want.Value, want.Compared)
		}
		g := atScores(want.Kind, want.Class, want.Compared, a)
		for c, v := range want.Gradient {
			if math.Abs(g[c]-v) > 1e-6 {
				t.Errorf("%s of class %d: the gradient at score %d is %.9g, the peer's %.9g", what, want.Class, c, g[c], v)
			}
		}
		value, err := p.on.behind(explained.Row)
		if err != nil {
			t.Fatal(what, err)
		}
		score := method.Score{Value: value, Weights: explained.Weights}
		got, err := cam.Explain(t.Context(), p.on, method.Request{Input: p.x, Layout: "NCHW", Score: score, Layer: want.Layer, Params: params}, nil)
		if err != nil {
			t.Fatal(what, err)
		}
		var peer []float32
		for _, row := range want.Map {
			for _, v := range row {
				peer = append(peer, float32(v))
			}
		}
		if r, furthest := alike(got.Map, peer, false); !(r >= 0.9999 && furthest <= 1e-3) {
			t.Errorf("%s of class %d: correlation %.6f, furthest %.2g", what, want.Class, r, furthest)
		}
	}
}

// A model that scores its classes one by one has a log-probability of its own,
// and says why it has no Finer and no ReST.
func TestTargetsOfSigmoid(t *testing.T) {
	m, err := onnx.ReadFile(peersDir + "resnet.onnx")
	if err != nil {
		t.Fatal(err)
	}
	g := m.Graph
	g.Nodes = append(g.Nodes, &onnx.Node{Name: "last", Op: "Sigmoid", In: []string{g.Outputs[0].Name}, Out: []string{"shares"}})
	g.Outputs[0].Name = "shares"
	data, err := onnx.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "sigmoid.onnx")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	e := newTestEngine(t, Options{Threads: 2})
	info, err := e.OpenModel(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !info.MultiLabel {
		t.Error("the model does not say that its classes are scored one by one")
	}
	explain := func(k task.TargetKind) (task.Result, error) {
		return e.Explain(t.Context(), task.Task{
			Model: info.Ref, Image: task.ImageRef{Path: e.Gallery()[0].Ref}, Device: "cpu", Method: "saliency", Target: task.Target{Kind: k, Class: 4},
		}, nil)
	}
	logit, err := explain(task.Logit)
	if err != nil {
		t.Fatal(err)
	}
	log, err := explain(target.LogProbability)
	if err != nil {
		t.Fatal(err)
	}
	p := 1 / (1 + math.Exp(-logit.Value))
	if math.Abs(log.Value-math.Log(p)) > 1e-9 {
		t.Errorf("the log-probability is %g, want %g", log.Value, math.Log(p))
	}
	// d log sigmoid(z) = (1 - p) dz
	_, largest := span(logit.Map.Values)
	for i, v := range logit.Map.Values {
		if want := (1 - p) * float64(v); math.Abs(float64(log.Map.Values[i])-want) > 1e-5*float64(largest) {
			t.Fatalf("value %d is %g, want %g", i, log.Map.Values[i], want)
		}
	}
	for _, k := range []task.TargetKind{target.Finer, target.ReST} {
		if _, err := explain(k); err == nil || !strings.Contains(err.Error(), "one by one (Sigmoid)") {
			t.Errorf("%s: %v", k, err)
		}
	}
}

func span(v []float32) (least, largest float32) { return slices.Min(v), slices.Max(v) }

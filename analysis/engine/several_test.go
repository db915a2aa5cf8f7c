package engine

import (
	"math"
	"slices"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// Several queries answered from one graph are those answered one by one, on a
// convolutional network and on a transformer with scores read early; so they are
// where memory does not allow one graph.
func TestSeveralAreTheQueriesOneByOne(t *testing.T) {
	valuesAlone(t)
	for _, model := range []string{"resnet", "vit", "swin"} {
		e := newTestEngine(t, Options{})
		info, err := e.OpenModel(t.Context(), peersDir+model+".onnx", nil)
		if err != nil {
			t.Fatal(err)
		}
		w, err := e.ready(t.Context(), task.Task{Model: info.Ref, Image: task.ImageRef{Path: e.Gallery()[0].Ref}, Device: "cpu"})
		if err != nil {
			t.Fatal(err)
		}
		score := func(class int) method.Score {
			return method.Score{Value: w.model.scores.Logits, Weights: map[int]float64{class: 1}}
		}
		var layers []string
		for _, l := range w.model.candidates(method.Needs{LayerGradient: true}) {
			layers = append(layers, l.Value)
		}
		queries := []method.GradientQuery{
			{Layers: layers},
			{Layers: layers, NoValues: true, Scores: []method.Score{score(2)}, Input: true},
			{Layers: layers[:1]},
		}
		if list := w.model.tokens.order; len(list) > 0 {
			last := list[len(list)-1]
			for _, a := range list {
				if a.Output != "" {
					queries = append(queries, method.GradientQuery{
						Layers: []string{a.Value}, NoValues: true, Shortcut: method.Shortcut{From: a.Output, To: last.Output},
					})
				}
			}
		}
		for _, budget := range []int64{0, 1} {
			e.SetBudget(budget)
			got, err := w.on.Several(t.Context(), w.x, score(3), queries)
			if err != nil || len(got) != len(queries) {
				t.Fatalf("%s: %d answers, %v", model, len(got), err)
			}
			for i, q := range queries {
				want, err := w.on.Gradient(t.Context(), w.x, score(3), q)
				if err != nil {
					t.Fatal(err)
				}
				if !within(got[i].Scores[0], want.Scores[0], 1e-5) {
					t.Errorf("%s, query %d: score %g, alone %g", model, i, got[i].Scores[0], want.Scores[0])
				}
				same(t, model, got[i].Input, want.Input)
				if len(got[i].Layers) != len(want.Layers) {
					t.Errorf("%s, query %d: %d layers, alone %d", model, i, len(got[i].Layers), len(want.Layers))
				}
				for name, l := range want.Layers {
					same(t, model+" "+name, got[i].Layers[name].A, l.A)
					same(t, model+" "+name, got[i].Layers[name].G, l.G)
				}
			}
		}
		if _, err := w.on.Several(t.Context(), w.x.Repeat(2), score(3), queries); err == nil {
			t.Errorf("%s: two samples are taken", model)
		}
	}
}

func within(a, b, share float64) bool { return math.Abs(a-b) <= share*max(1, math.Abs(b)) }

// same says that two tensors differ by rounding alone.
func same(t *testing.T, what string, got, want tensor.Tensor) {
	t.Helper()
	if !slices.Equal(got.Shape, want.Shape) || len(got.Data) != len(want.Data) {
		t.Fatalf("%s: shape %v, alone %v", what, got.Shape, want.Shape)
	}
	largest := 0.0
	for _, v := range want.Data {
		largest = max(largest, math.Abs(float64(v)))
	}
	for i, v := range got.Data {
		if d := math.Abs(float64(v) - float64(want.Data[i])); !(d <= 1e-4*largest) {
			t.Fatalf("%s: value %d is %g, alone %g (largest %g)", what, i, v, want.Data[i], largest)
		}
	}
}

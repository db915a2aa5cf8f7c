package engine

import (
	"context"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
)

// A sweep over the networks of the comparisons: every candidate has a map of its
// grid, CNN or transformer, and most say something of the class.
func TestSweepOfEveryKindOfNetwork(t *testing.T) {
	e := newTestEngine(t, Options{})
	for _, name := range []string{"resnet", "mobilenet", "vgg", "vit", "swin"} {
		p := openPeer(t, e, name)
		how, err := method.ByID("gradcam")
		if err != nil {
			t.Fatal(err)
		}
		sw := &sweep{
			w: &work{model: p.on.m, x: p.x, on: p.on}, how: how, score: p.score,
			request: method.Request{Input: p.x, Layout: "NCHW", Score: p.score, Params: method.Params{}},
			against: method.Score{Value: p.score.Value, Weights: map[int]float64{9: 1}},
		}
		layers := p.on.m.candidates(how.Needs)
		if len(layers) < 2 {
			t.Fatalf("%s: %d candidates", name, len(layers))
		}
		maps, err := sw.pass(context.Background(), layers)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		good := 0
		for _, m := range maps {
			if m.Map.Height != m.Layer.Grid.Height || m.Map.Width != m.Layer.Grid.Width {
				t.Errorf("%s at %s: %d x %d cells, the grid is %+v", name, m.Layer.Name, m.Map.Width, m.Map.Height, *m.Layer.Grid)
			}
			if !m.Degenerate() {
				good++
			}
		}
		t.Logf("%s: %d of %d maps say something of the class", name, good, len(maps))
		if good < 2 {
			t.Errorf("%s: %d of %d maps say something of the class", name, good, len(maps))
		}
	}
}

// What does not fit together comes in several passes.
func TestSweepInGroups(t *testing.T) {
	var sizes []int
	half := task.Layer{Shape: []int{sweepElements / 2}}
	for g := range groups([]task.Layer{half, half, {Shape: []int{2, sweepElements}}, {Shape: []int{1}}}) {
		sizes = append(sizes, len(g))
	}
	if len(sizes) != 3 || sizes[0] != 2 || sizes[1] != 1 || sizes[2] != 1 {
		t.Errorf("groups of %v", sizes)
	}
}

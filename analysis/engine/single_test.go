package engine

import (
	"math"
	"slices"
	"testing"

	"seewhy/analysis/task"
)

// With few threads a convolutional network's gradients come one by one, a
// transformer's in batches; with many threads both in batches. The map is the
// same, and a result's own task repeats it to the bit.
func TestGradientsOneByOne(t *testing.T) {
	for _, c := range []struct {
		model   string
		threads int
		one     bool
	}{
		{"resnet", 2, true}, {"resnet", 2 * fewThreads, false}, {"vit", 2, false},
	} {
		e := newTestEngine(t, Options{MemoryBudget: 1 << 32, Threads: c.threads})
		info, err := e.OpenModel(t.Context(), peersDir+c.model+".onnx", nil)
		if err != nil {
			t.Fatal(err)
		}
		explain := func(method string, params map[string]float64, batch int) task.Result {
			r, err := e.Explain(t.Context(), task.Task{
				Model: info.Ref, Image: task.ImageRef{Path: e.Gallery()[0].Ref}, Device: "cpu", Method: method,
				Params: params, Target: task.Target{Class: 3}, Batch: batch,
			}, nil)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		if one := explain("saliency", nil, 0); one.Task.Batch != 0 {
			t.Errorf("%s with %d threads: a single sample says batches of %d", c.model, c.threads, one.Task.Batch)
		}
		// Pairs of samples and partners.
		pairs := explain("deepliftshap", nil, 0)
		if again := explain("deepliftshap", nil, pairs.Task.Batch); !slices.Equal(again.Map.Values, pairs.Map.Values) {
			t.Errorf("%s with %d threads: the task of pairs does not repeat them", c.model, c.threads)
		}
		ask := func(batch int) task.Result {
			return explain("integratedgradients", map[string]float64{"steps": 20}, batch)
		}
		own := ask(0)
		if got := own.Task.Batch == 1; got != c.one {
			t.Errorf("%s with %d threads: batches of %d", c.model, c.threads, own.Task.Batch)
		}
		if again := ask(own.Task.Batch); !slices.Equal(again.Map.Values, own.Map.Values) {
			t.Errorf("%s with %d threads: its task does not repeat it", c.model, c.threads)
		}
		other, largest := ask(4), 0.0
		for _, v := range own.Map.Values {
			largest = max(largest, math.Abs(float64(v)))
		}
		for i, v := range other.Map.Values {
			// Sums of another order, in float32.
			if d := math.Abs(float64(v) - float64(own.Map.Values[i])); !(d <= 1e-5*largest) {
				t.Fatalf("%s with %d threads: %.2g of %.2g from a batch of four", c.model, c.threads, d, largest)
			}
		}
	}
}

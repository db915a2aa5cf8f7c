package engine_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
)

// A sweep gives, from one pass, what a task a layer gives.
func TestSweepIsEveryLayersMap(t *testing.T) {
	valuesAlone(t)
	e := open(t)
	files := []string{"cifar10-resnet8-fp32.onnx", "squeezenet1.1-caffe-fp32.onnx"}
	if testing.Short() {
		files = files[:1]
	}
	for _, file := range files {
		info := openShared(t, e, file)
		img, err := e.OpenImage(context.Background(), shared+"images/xai/sam_dog.jpg")
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"gradcam", "eigencam"} {
			want := task.Task{Model: info.Ref, Image: img.Ref, Method: id, Target: task.Target{Class: task.AutoClass}, Device: "cpu"}
			maps, err := e.Sweep(context.Background(), want, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(maps) < 3 {
				t.Fatalf("%s: %d layers", file, len(maps))
			}
			for _, m := range maps {
				want.Layer = m.Layer.Value
				r, err := e.Explain(context.Background(), want, nil)
				if err != nil {
					t.Fatal(err)
				}
				for i, v := range r.Map.Values {
					// Rounding in another order: the graph holds two classes.
					if d := math.Abs(float64(v - m.Map.Values[i])); d > 1e-4*largest(r.Map.Values) {
						t.Fatalf("%s %s at %s: cell %d is %g, alone %g", file, id, m.Layer.Name, i, m.Map.Values[i], v)
					}
				}
				if id == "eigencam" && (!m.Same || m.Gradient != 0 || m.Vanished) || id == "gradcam" && m.Gradient <= 0 {
					t.Errorf("%s %s at %s: %+v", file, id, m.Layer.Name, m)
				}
			}
		}
	}
}

func largest(values []float32) float64 {
	return float64(max(slices.Max(values), -slices.Min(values)))
}

func TestSweepRefuses(t *testing.T) {
	e, want := dogs(t)
	for _, id := range []string{"saliency", "nothing"} {
		want.Method = id
		if _, err := e.Sweep(context.Background(), want, nil); err == nil {
			t.Errorf("%s is swept", id)
		}
	}
}

// Several layers make one map at the input's size: the mean of their maps as
// they are shown, brought to that size.
func TestSeveralLayersMakeOneMap(t *testing.T) {
	e, want := dogs(t)
	var layers []string
	for _, l := range e.info.Layers {
		if l.Candidate {
			layers = append(layers, l.Value)
		}
	}
	layers = layers[len(layers)-3:]
	mean := make([]float64, 224*224)
	for _, l := range layers {
		want.Layer = l
		r, err := e.Explain(context.Background(), want, nil)
		if err != nil {
			t.Fatal(err)
		}
		f, err := heatmap.Normalise(r.Map, 0)
		if err != nil {
			t.Fatal(err)
		}
		at, err := heatmap.Resize(f.Values, f.Width, f.Height, 224, 224, true)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range at {
			mean[i] += float64(v) / 3
		}
	}
	want.Layer, want.Layers = "", append(layers, layers[0])
	r, err := e.Explain(context.Background(), want, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Map.Width != 224 || r.Task.Layer != layers[0] || !slices.Equal(r.Task.Layers, layers) {
		t.Errorf("%d x %d, task %+v", r.Map.Width, r.Map.Height, r.Task)
	}
	low, high := slices.Min(mean), slices.Max(mean)
	for i, v := range r.Map.Values {
		// Maxima of 1e-3 and more are divided by themselves plus 1e-7: 1e-4.
		if want := (mean[i] - low) / (high - low); math.Abs(float64(v)-want) > 3e-4 {
			t.Fatalf("pixel %d is %g, want %g", i, v, want)
		}
	}
	want.Method = "saliency"
	if r, err := e.Explain(context.Background(), want, nil); err != nil || len(r.Task.Layers) > 0 || r.Task.Layer != "" {
		t.Errorf("saliency keeps layers %v (%v)", r.Task.Layers, err)
	}
}

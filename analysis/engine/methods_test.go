package engine_test

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
)

// Every method runs on every classifier there is, convolutional or
// transformer, or says in the list why not
// and refuses with the same words. The map is finite and has structure.
func TestEveryMethodOnEverySharedModel(t *testing.T) {
	e := open(t)
	// Those in graph_only have constants for weights, which say nothing.
	files, _ := filepath.Glob(shared + "models/*.onnx")
	more, _ := filepath.Glob(shared + "models/quantized/*.onnx")
	files = append(files, more...)
	for _, k := range kinds {
		files = append(files, k.file)
	}
	img, err := e.OpenImage(context.Background(), "gallery:")
	if err != nil {
		t.Fatal(err)
	}
	// Maps that are rightly empty, and why.
	empty := map[string]string{
		"internalinfluence":                  "behind the last layer many models only average: the gradient is the same everywhere",
		"vit.onnx refinecam":                 "Grad-CAM++ is negative everywhere behind the norm",
		"swin.onnx refinecam":                "Grad-CAM++ is negative everywhere behind the norm",
		"convnext.onnx refinecam":            "Grad-CAM++ is negative everywhere at one of its layers",
		"densenet.onnx refinecam":            "Grad-CAM++ is negative everywhere at one of its layers",
		"densenet.onnx blurig":               "of three steps, those between the ends lie where blur has put out every ReLU; ten steps show structure",
		"gender-mini_xception-fp32.onnx fem": "no cell of its small last grid lies two deviations above its channel's mean",
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			// The ViT and the ResNet stand for their kinds.
			if !strings.HasSuffix(f, "peers/vit.onnx") && !strings.HasSuffix(f, "peers/resnet.onnx") {
				valuesAlone(t)
			}
			info, err := e.OpenModel(context.Background(), f, nil)
			if err != nil {
				t.Fatal(err)
			}
			// Perturbation asks nothing of a graph but its forward pass: one stands
			// for all where the same network is here in float, and on the largest.
			few := strings.Contains(f, "quantized") || strings.Contains(f, "googlenet")
			seen := map[string]bool{}
			for _, m := range info.Methods {
				if few && m.Why == "" && m.Family == method.FamilyPerturbation && seen[m.Family] {
					continue
				}
				seen[m.Family] = seen[m.Family] || m.Why == ""
				params := map[string]float64{}
				for _, p := range spec(t, m.ID).Params {
					// The largest models take a second a step; three show as much as fifty.
					switch p.ID {
					case "steps", "samples", "design":
						params[p.ID] = max(3, p.Min)
					case "grid":
						params[p.ID] = 2
					case "window", "stride":
						params[p.ID] = float64(min(info.InputSize.Width, info.InputSize.Height) / 2)
					}
					if p.ID == "channels" && len(p.Choices) == 0 {
						params[p.ID] = 3
					}
				}
				r, err := e.Explain(context.Background(), task.Task{Model: info.Ref, Image: img.Ref, Method: m.ID, Params: params, Target: task.Target{Class: task.AutoClass}, Device: "cpu", Seed: 1}, nil)
				if m.Why != "" {
					if err == nil {
						t.Errorf("%s runs, although %q", m.ID, m.Why)
					}
					continue
				}
				if err != nil {
					t.Errorf("%s: %v", m.ID, err)
					continue
				}
				lo, hi := slices.Min(r.Map.Values), slices.Max(r.Map.Values)
				if !(lo < hi) && empty[info.Ref.Name+" "+m.ID]+empty[m.ID] == "" || math.IsInf(float64(lo), 0) || math.IsInf(float64(hi), 0) {
					t.Errorf("%s: values from %g to %g", m.ID, lo, hi)
				}
			}
		})
	}
}

func spec(t *testing.T, id string) method.Spec {
	t.Helper()
	m, err := method.ByID(id)
	if err != nil {
		t.Fatal(err)
	}
	return m.Spec
}

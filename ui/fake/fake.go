// Package fake is an engine made of formulas, for tests of the window: its
// pictures are gradients, its maps are bells, and every answer can be worked
// out by hand.
//
//	e := fake.New()
//	info, err := e.OpenModel(ctx, "builtin:seewhy-scenes-honest", nil)
package fake

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// Engine answers by formula.
type Engine struct {
	// Side is the height of its pictures in pixels, 640 unless set before the
	// first is opened; they are up to one and a half times as wide.
	Side int

	slow    atomic.Int64
	budget  atomic.Int64
	cleared atomic.Bool

	mu       sync.Mutex
	info     map[string]task.ModelInfo
	fetched  bool
	explains int
}

// New makes an engine.
func New() *Engine { return &Engine{Side: 640, info: map[string]task.ModelInfo{}} }

// Slow sets how long Explain and FetchModel take, in ten steps with progress.
func (e *Engine) Slow(d time.Duration) { e.slow.Store(int64(d)) }

// Explains counts finished and begun calls of Explain.
func (e *Engine) Explains() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.explains
}

var labels = []string{"apple", "bicycle", "boat", "bottle", "car", "chair", "cup", "house", "lamp", "mushroom", "tree", "umbrella"}

// Version is a fixed text.
func (e *Engine) Version() string { return "0.1.0-fake" }

// KnownModels lists two built-in models and one to download.
func (e *Engine) KnownModels() []task.KnownModel {
	e.mu.Lock()
	defer e.mu.Unlock()
	return []task.KnownModel{
		{Ref: "builtin:seewhy-scenes-honest", Title: "SeeWhy Scenes (honest)", About: "12 kinds of objects in drawn scenes", License: "Apache-2.0", Bytes: 3_400_000, Source: "builtin", Here: true},
		{Ref: "builtin:seewhy-scenes-biased", Title: "SeeWhy Scenes (biased)", About: "Learned a planted shortcut", License: "Apache-2.0", Bytes: 3_400_000, Source: "builtin", Here: true},
		{Ref: "/models/my-resnet.onnx", Title: "my-resnet.onnx", Bytes: 46_000_000, Source: "recent", Here: true},
		{Ref: "catalogue:squeezenet", Title: "SqueezeNet 1.1", About: "ImageNet, 1000 classes", License: "BSD-3-Clause", Bytes: 4_956_208, Source: "catalogue", Here: e.fetched},
	}
}

// FetchModel takes ten steps.
func (e *Engine) FetchModel(ctx context.Context, ref string, p task.Progress) error {
	if err := e.wait(ctx, p); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fetched = true
	return nil
}

func (e *Engine) wait(ctx context.Context, p task.Progress) error {
	for i := range 10 {
		p.Report(float64(i)/10, "step")
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(e.slow.Load()) / 10):
		}
	}
	p.Report(1, "step")
	return ctx.Err()
}

// OpenModel knows every name but those that contain "broken"; one with
// "anysize" takes pictures of any size, one with "boxes" is a detector, one with
// "features" has no names of classes.
func (e *Engine) OpenModel(_ context.Context, ref string, _ task.Progress) (task.ModelInfo, error) {
	if strings.Contains(ref, "broken") {
		return task.ModelInfo{}, fmt.Errorf("%s: the file ends inside node 12; it may be a partial download", filepath.Base(ref))
	}
	info := task.ModelInfo{
		Ref:        task.ModelRef{Name: strings.TrimPrefix(ref, "builtin:"), Path: ref, SHA256: "sha-" + ref},
		Title:      "SeeWhy Scenes (honest)",
		License:    "Apache-2.0",
		About:      "A small residual network that tells 12 kinds of objects apart.",
		Opset:      17,
		Nodes:      61,
		Parameters: 842_124,
		Input:      task.TensorInfo{Name: "image", Type: "float32", Shape: []int{-1, 3, 96, 96}},
		InputSize:  prep.Size{Width: 96, Height: 96},
		Layout:     prep.NCHW, DynamicBatch: true,
		Classes: len(labels), Labels: labels, LabelsFrom: "sidecar", Output: task.Scores,
		Preprocess: prep.Spec{
			Resize: prep.Resize{Mode: prep.ResizeShorter, Size: 96, Filter: "bilinear", Antialias: true}, Crop: prep.Size{Width: 96, Height: 96},
			Channels: prep.RGB, Scale: 1.0 / 255, Mean: []float64{.485, .456, .406}, Std: []float64{.229, .224, .225},
		},
		PreprocessFrom: "sidecar", Natural: 7,
		Coverage: task.Coverage{Nodes: 58, Covered: 58},
		Methods: []task.MethodInfo{
			{ID: "gradcam", Title: "Grad-CAM", Family: "Class activation maps", Summary: "Weighs a layer's channels by their mean gradient.", NeedsLayer: true, Sweeps: true, Joins: true},
			{ID: "occlusion", Title: "Occlusion", Family: "Perturbation", Summary: "Covers parts and watches the score.", Why: "this fake has no occlusion"},
			{ID: "lime", Title: "LIME", Family: "Perturbation", Summary: "A linear model of segments."},
			{ID: "dff", Title: "Deep Feature Factorization", Family: "Layer views", Summary: "Divides a layer into concepts.", NeedsLayer: true, Params: []task.Param{
				{ID: "concepts", Title: "Concepts", Default: 3, Min: 2, Max: 16, Step: 1},
				{ID: "concept", Title: "Shown", Max: 16, Step: 1},
			}},
			{ID: "saliency", Title: "Saliency", Family: "Gradients", Summary: "How much each pixel would change the score.", Seeded: true, Params: []task.Param{
				{ID: "samples", Title: "Samples", Help: "Noisy copies of the picture.", Default: 25, Min: 2, Max: 1000, Step: 1},
				{ID: "channels", Title: "Channels", Help: "How the gradients of a pixel's colour channels become one number.", Max: 2, Step: 1, Choices: []string{"Largest magnitude", "Length (L2)", "Signed sum"}},
			}, Presets: []task.MethodPreset{{ID: "reference", Title: "Reference defaults"}, {ID: "fast", Title: "Fast", Params: map[string]float64{"samples": 5}}}},
		},
	}
	switch {
	case strings.Contains(ref, "boxes"):
		info.Output = task.Detection
	case strings.Contains(ref, "features"):
		info.Labels, info.LabelsFrom = nil, ""
	}
	if ref != "builtin:seewhy-scenes-honest" {
		info.Title = info.Ref.Name
		info.PreprocessFrom, info.LabelsFrom = "", ""
		info.Coverage = task.Coverage{Nodes: 58, Covered: 56, Missing: []task.MissingOp{{Op: "GridSample", Nodes: []string{"/warp/GridSample"}}}}
	}
	if strings.Contains(ref, "anysize") {
		info.Input.Shape = []int{-1, 3, -1, -1}
	}
	for i, size := range []int{48, 48, 24, 24, 24, 12, 12, 6} {
		info.Layers = append(info.Layers, task.Layer{
			Value: fmt.Sprintf("/stage%d/block%d/relu", i/2+1, i%2+1), Name: fmt.Sprintf("stage%d.block%d", i/2+1, i%2+1),
			Op: "Relu", Shape: []int{32 << (i / 2), size, size}, Kind: "spatial", Candidate: i%2 == 1,
		})
	}
	info.Layers = append(info.Layers, task.Layer{Value: "/mask", Name: "mask", Op: "Greater", Shape: []int{1, 6, 6}, Kind: "spatial", NoGradient: "Greater has no gradient"})
	e.mu.Lock()
	e.info[info.Ref.SHA256] = info
	e.mu.Unlock()
	return info, nil
}

// Configure takes the choices over.
func (e *Engine) Configure(_ context.Context, sha string, c task.Choices) (task.ModelInfo, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	info, ok := e.info[sha]
	if !ok {
		return info, fmt.Errorf("no model %q is open", sha)
	}
	if c.Preprocess != nil {
		info.Preprocess, info.PreprocessFrom = *c.Preprocess, "you"
	}
	if c.Labels != nil {
		info.Labels, info.LabelsFrom = c.Labels, c.LabelsFrom
	}
	e.info[sha] = info
	return info, nil
}

// Presets are two.
func (e *Engine) Presets(string) []task.Preset {
	return []task.Preset{
		{ID: "imagenet", Title: "ImageNet (torchvision)", Spec: prep.Spec{Resize: prep.Resize{Mode: prep.ResizeShorter, Size: 256}, Crop: prep.Size{Width: 224, Height: 224}, Channels: prep.RGB, Scale: 1.0 / 255}},
		{ID: "unit", Title: "0 to 1, no mean", Spec: prep.Spec{Resize: prep.Resize{Mode: prep.ResizeSquash, Width: 96, Height: 96}, Channels: prep.RGB, Scale: 1.0 / 255}},
	}
}

// LabelsFile reads lines.
func (e *Engine) LabelsFile(_ context.Context, path string) ([]string, error) {
	data, err := os.ReadFile(path)
	return strings.Split(strings.TrimSpace(string(data)), "\n"), err
}

// Devices are one that works and one that does not.
func (e *Engine) Devices(context.Context) []task.DeviceInfo {
	return []task.DeviceInfo{{ID: "cpu", Title: "CPU", Works: true, Chosen: true}, {ID: "cuda", Title: "CUDA", Why: "libonnxruntime_providers_cuda.so is not beside the runtime library"}}
}

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
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// Engine answers by formula.
type Engine struct {
	slow atomic.Int64

	mu       sync.Mutex
	info     map[string]task.ModelInfo
	fetched  bool
	explains int
}

// New makes an engine.
func New() *Engine { return &Engine{info: map[string]task.ModelInfo{}} }

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

// OpenModel knows every name but those that contain "broken".
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
		Classes: len(labels), Labels: labels, LabelsFrom: "sidecar",
		Preprocess: prep.Spec{
			Resize: prep.Resize{Mode: prep.ResizeShorter, Size: 96, Filter: "bilinear", Antialias: true}, Crop: prep.Size{Width: 96, Height: 96},
			Channels: prep.RGB, Scale: 1.0 / 255, Mean: []float64{.485, .456, .406}, Std: []float64{.229, .224, .225},
		},
		PreprocessFrom: "sidecar", Natural: 7,
		Coverage: task.Coverage{Nodes: 58, Covered: 58},
		Methods: []task.MethodInfo{
			{ID: "gradcam", Title: "Grad-CAM", Family: "Class activation maps", Summary: "Weighs a layer's channels by their mean gradient.", NeedsLayer: true, Sweeps: true},
			{ID: "occlusion", Title: "Occlusion", Family: "Perturbation", Summary: "Covers parts and watches the score.", Why: "this fake has no occlusion"},
			{ID: "lime", Title: "LIME", Family: "Perturbation", Summary: "A linear model of segments."},
			{ID: "saliency", Title: "Saliency", Family: "Gradients", Summary: "How much each pixel would change the score.", Seeded: true, Params: []task.Param{
				{ID: "samples", Title: "Samples", Help: "Noisy copies of the picture.", Default: 25, Min: 2, Max: 1000, Step: 1},
				{ID: "channels", Title: "Channels", Help: "How the gradients of a pixel's colour channels become one number.", Max: 2, Step: 1, Choices: []string{"Largest magnitude", "Length (L2)", "Signed sum"}},
			}, Presets: []task.MethodPreset{{ID: "reference", Title: "Reference defaults"}, {ID: "fast", Title: "Fast", Params: map[string]float64{"samples": 5}}}},
		},
	}
	if ref != "builtin:seewhy-scenes-honest" {
		info.Title = info.Ref.Name
		info.PreprocessFrom, info.LabelsFrom = "", ""
		info.Coverage = task.Coverage{Nodes: 58, Covered: 56, Missing: []task.MissingOp{{Op: "GridSample", Nodes: []string{"/warp/GridSample"}}}}
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

// Gallery has 24 pictures.
func (e *Engine) Gallery() []task.GalleryItem {
	items := make([]task.GalleryItem, 24)
	for i := range items {
		l := labels[i%len(labels)]
		items[i] = task.GalleryItem{Ref: fmt.Sprintf("gallery:%s-%d", l, i), Title: fmt.Sprintf("%s %d", l, i/len(labels)+1), Truth: l}
	}
	return items
}

// OpenImage draws a picture whose colours come from the letters of ref, except
// for a path whose name says that it is broken.
func (e *Engine) OpenImage(_ context.Context, ref string) (task.ImageInfo, error) {
	if strings.Contains(ref, "broken") {
		return task.ImageInfo{}, fmt.Errorf("%s is not a picture: it begins like a text file", filepath.Base(ref))
	}
	var seed int
	for _, r := range ref {
		seed = seed*31 + int(r)
	}
	seed &= 0xffff
	w, h := 640+seed%3*160, 640
	info := task.ImageInfo{Ref: task.ImageRef{Name: filepath.Base(ref), Path: ref, SHA256: fmt.Sprintf("%s#%d", ref, seed), Width: w, Height: h}, Format: "fake", Picture: draw(seed, w, h)}
	if name, ok := strings.CutPrefix(ref, "gallery:"); ok {
		info.Truth, _, _ = strings.Cut(name, "-")
		info.Ref.Name = name
	}
	return info, nil
}

func draw(seed, w, h int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	cx, cy := spot(seed)
	for y := range h {
		for x := range w {
			fx, fy := float64(x)/float64(w), float64(y)/float64(h)
			d := math.Hypot(fx-cx, (fy-cy)*float64(h)/float64(w))
			v := 0.35 + 0.25*fy + 0.05*math.Sin(fx*40)*math.Sin(fy*37)
			c := color.NRGBA{uint8(255 * v * .8), uint8(255 * v * .9), uint8(255 * v), 255}
			if d < .16 {
				s := 1 - d/.3
				c = color.NRGBA{uint8(60 + float64(seed*7%190)*s), uint8(60 + float64(seed*13%190)*s), uint8(60 + float64(seed*29%190)*s), 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

// spot is where a picture's object lies, as fractions.
func spot(seed int) (x, y float64) {
	return .3 + float64(seed%17)/17*.4, .3 + float64(seed%13)/13*.4
}

func seedOf(t task.Task) int {
	var seed int
	if i := strings.LastIndexByte(t.Image.SHA256, '#'); i >= 0 {
		_, _ = fmt.Sscan(t.Image.SHA256[i+1:], &seed)
	}
	return seed
}

func region(t task.Task) prep.Region {
	w, h := float64(t.Image.Width), float64(t.Image.Height)
	side := min(w, h)
	return prep.Region{X0: (w - side) / 2, Y0: (h - side) / 2, X1: (w + side) / 2, Y1: (h + side) / 2}
}

// Predict gives the class whose number fits the picture the most.
func (e *Engine) Predict(ctx context.Context, t task.Task) (task.Prediction, error) {
	if err := ctx.Err(); err != nil {
		return task.Prediction{}, err
	}
	best := seedOf(t) % len(labels)
	var p task.Prediction
	var sum float64
	for i, l := range labels {
		z := 6 - 1.3*math.Abs(float64(i-best)) - .3*math.Sin(float64(i))
		p.Scores = append(p.Scores, task.Score{Class: i, Label: l, Logit: z, Probability: math.Exp(z)})
		p.Order = append(p.Order, i)
		sum += math.Exp(z)
	}
	for i := range p.Scores {
		p.Scores[i].Probability /= sum
	}
	slices.SortFunc(p.Order, func(a, b int) int {
		if p.Scores[a].Logit > p.Scores[b].Logit {
			return -1
		}
		return 1
	})
	p.Region = region(t)
	p.Seen = draw(seedOf(t), 96, 96)
	return p, nil
}

// Toggle takes two from the best class's logit for each segment that is off.
func (e *Engine) Toggle(ctx context.Context, t task.Task, s task.Segments, off []int) (task.Prediction, error) {
	p, err := e.Predict(ctx, t)
	if err != nil || len(off) > s.Count {
		return p, err
	}
	best := &p.Scores[p.Order[0]]
	best.Logit -= 2 * float64(len(off))
	best.Probability *= math.Pow(.5, float64(len(off)))
	return p, nil
}

// quarters are four segments with what they give to the score.
func quarters(n int) (*task.Segments, *task.Surrogate) {
	s := &task.Segments{Width: n, Height: n, Of: make([]int32, n*n), Count: 4}
	for i := range s.Of {
		s.Of[i] = int32(2*(i/n*2/n) + i%n*2/n)
	}
	return s, &task.Surrogate{Values: []float64{.5, 3, -1.5, 1}, Off: 1, Full: 4, R2: .9, HasR2: true, Additive: true}
}

// Sweep gives the maps of all candidate layers; the first has no gradient and
// the second is the same for all classes.
func (e *Engine) Sweep(ctx context.Context, t task.Task, p task.Progress) ([]task.LayerMap, error) {
	e.mu.Lock()
	layers := e.info[t.Model.SHA256].Layers
	e.mu.Unlock()
	var out []task.LayerMap
	for _, l := range layers {
		if !l.Candidate || l.Kind == "vector" {
			continue
		}
		t.Layer = l.Value
		r, err := e.Explain(ctx, t, p)
		if err != nil {
			return nil, err
		}
		m := task.LayerMap{Layer: l, Map: r.Map, Vanished: len(out) == 0, Same: len(out) == 1}
		if m.Vanished {
			m.Map.Values = make([]float32, len(m.Map.Values))
		}
		out = append(out, m)
	}
	return out, nil
}

// ExplainLive is Explain that shows the map, with an error that shrinks, at
// each of its steps, and can be told to keep it.
func (e *Engine) ExplainLive(ctx context.Context, t task.Task, live task.Live) (task.Result, error) {
	if t.Method != "saliency" || live.Partial == nil || e.slow.Load() == 0 {
		return e.Explain(ctx, t, live.Progress)
	}
	slow := e.slow.Load()
	e.slow.Store(0)
	r, err := e.Explain(ctx, t, nil)
	e.slow.Store(slow)
	if err != nil {
		return r, err
	}
	for i := range 10 {
		live.Progress.Report(float64(i)/10, "step")
		spread := r.Map
		spread.Values = make([]float32, len(r.Map.Values))
		for k := range spread.Values {
			spread.Values[k] = float32(.5 / float64(i+1))
		}
		r.Error = &spread
		live.Partial(r)
		select {
		case <-ctx.Done():
			return task.Result{}, ctx.Err()
		case <-live.Keep:
			return r, nil
		case <-time.After(time.Duration(slow) / 10):
		}
	}
	return r, nil
}

// Explain gives a bell at the object, wider for earlier layers; Saliency is fine and signed.
func (e *Engine) Explain(ctx context.Context, t task.Task, p task.Progress) (task.Result, error) {
	e.mu.Lock()
	e.explains++
	e.mu.Unlock()
	begin := time.Now()
	if err := e.wait(ctx, p); err != nil {
		return task.Result{}, err
	}
	pred, err := e.Predict(ctx, t)
	if err != nil {
		return task.Result{}, err
	}
	if t.Target.Class == task.AutoClass {
		t.Target.Class = pred.Order[0]
	}
	if t.Target.Kind == task.Margin && t.Target.Rather == task.AutoClass {
		t.Target.Rather = pred.Order[1]
	}
	n := 6
	signed := t.Method == "saliency"
	switch {
	case signed:
		n = 96
		t.Layer = ""
	case t.Layer == task.Auto:
		t.Layer = "/stage4/block2/relu"
	case strings.Contains(t.Layer, "stage1"):
		n = 48
	}
	m := task.Map{Width: n, Height: n, Values: make([]float32, n*n), Signed: signed, ClampNegative: !signed}
	cx, cy := spot(seedOf(t) + 3*t.Target.Class)
	for i := range m.Values {
		x, y := (float64(i%n)+.5)/float64(n), (float64(i/n)+.5)/float64(n)
		v := 2.4 * math.Exp(-((x-cx)*(x-cx)+(y-cy)*(y-cy))/.03)
		if signed {
			v *= math.Cos(float64(i%n) * 1.1)
		}
		m.Values[i] = float32(v)
	}
	if t.Device == task.Auto {
		t.Device = "cpu"
	}
	var segments *task.Segments
	var surrogate *task.Surrogate
	if t.Method == "lime" {
		segments, surrogate = quarters(96)
	}
	return task.Result{
		Task: t, Map: m, Segments: segments, Surrogate: surrogate, Region: region(t), Target: pred.Scores[t.Target.Class], Value: pred.Scores[t.Target.Class].Logit,
		Top: []task.Score{pred.Scores[pred.Order[0]]}, Forward: 2 * time.Millisecond, Total: time.Since(begin), Device: t.Device, Version: e.Version(), Time: begin,
	}, nil
}

// Devices are one that works and one that does not.
func (e *Engine) Devices(context.Context) []task.DeviceInfo {
	return []task.DeviceInfo{{ID: "cpu", Title: "CPU", Works: true}, {ID: "cuda", Title: "CUDA", Why: "libonnxruntime_providers_cuda.so is not beside the runtime library"}}
}

// Export writes the first map's overlay as PNG.
func (e *Engine) Export(_ context.Context, path string, results []task.Result, style heatmap.Style) error {
	r := results[0]
	f, err := heatmap.Normalise(r.Map, style.Clip)
	if err != nil {
		return err
	}
	img, err := f.Overlay(heatmap.Place{Region: r.Region, Picture: prep.Size{Width: r.Task.Image.Width, Height: r.Task.Image.Height}}, 320, 320, style)
	if err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := png.Encode(file, img); err != nil {
		return err
	}
	return file.Close()
}

package engine_test

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"seewhy/analysis/engine"
	"seewhy/analysis/heatmap"
	"seewhy/analysis/report"
	"seewhy/analysis/task"
)

// dogs is a real model with a photograph of two animals.
func dogs(t testing.TB) (*engineUnderTest, task.Task) {
	t.Helper()
	e := open(t)
	info := openShared(t, e, "squeezenet1.1-caffe-fp32.onnx")
	img, err := e.OpenImage(context.Background(), shared+"images/xai/sam_dog.jpg")
	if err != nil {
		t.Fatal(err)
	}
	return &engineUnderTest{e, info}, task.Task{
		Model: info.Ref, Image: img.Ref, Method: "gradcam", Layer: task.Auto,
		Target: task.Target{Kind: task.Logit, Class: task.AutoClass}, Device: "cpu",
	}
}

func TestExplainResolvesAndRepeats(t *testing.T) {
	e, want := dogs(t)
	for _, method := range []string{"gradcam", "saliency"} {
		want.Method = method
		first, err := e.Explain(context.Background(), want, nil)
		if err != nil {
			t.Fatal(err)
		}
		if first.Task.Target.Class < 0 || first.Task.Device != "cpu" || first.Task.Preprocess.Channels == "" || method == "gradcam" && first.Task.Layer == task.Auto {
			t.Errorf("the result's task is not resolved: %+v", first.Task)
		}
		again, err := e.Explain(context.Background(), first.Task, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(first.Map.Values, again.Map.Values) {
			t.Errorf("%s: the resolved task gives another map", method)
		}
		if len(first.Top) != 5 || first.Top[0] != first.Target || math.Abs(first.Value-first.Target.Logit) > 1e-9 {
			t.Errorf("scores %+v, target %+v, value %g", first.Top, first.Target, first.Value)
		}
	}
}

// The map lies in the part of the picture that the model saw.
func TestRegionIsTheCrop(t *testing.T) {
	e, want := dogs(t)
	r, err := e.Explain(context.Background(), want, nil)
	if err != nil {
		t.Fatal(err)
	}
	i := r.Task.Image
	side := float64(min(i.Width, i.Height)) * 224 / 256
	if w, h := r.Region.X1-r.Region.X0, r.Region.Y1-r.Region.Y0; math.Abs(w-side) > 4 || math.Abs(h-side) > 4 {
		t.Errorf("region %+v of %d x %d, want a square of %.0f", r.Region, i.Width, i.Height, side)
	}
}

// Grad-CAM at every layer that is offered, for a classic and a fixed-batch model.
func TestGradCAMAtEveryLayer(t *testing.T) {
	valuesAlone(t)
	for _, file := range []string{"squeezenet1.1-caffe-fp32.onnx", "shufflenet_v2_x1-dequant-fp32.onnx", "cifar10-resnet8-fp32.onnx"} {
		t.Run(file, func(t *testing.T) {
			e := open(t)
			info := openShared(t, e, file)
			img, err := e.OpenImage(context.Background(), shared+"images/xai/sam_dog.jpg")
			if err != nil {
				t.Fatal(err)
			}
			done := 0
			for _, l := range info.Layers {
				if !l.Candidate {
					continue
				}
				r, err := e.Explain(context.Background(), task.Task{Model: info.Ref, Image: img.Ref, Method: "gradcam", Layer: l.Value, Target: task.Target{Class: -1}, Device: "cpu"}, nil)
				if err != nil {
					t.Fatalf("%s: %v", l.Name, err)
				}
				if r.Map.Height != l.Shape[1] || r.Map.Width != l.Shape[2] {
					t.Errorf("%s %v: map of %d x %d", l.Name, l.Shape, r.Map.Width, r.Map.Height)
				}
				done++
			}
			if done < 3 {
				t.Errorf("%d candidate layers", done)
			}
		})
	}
}

// d(a - b) = da - db: the raw map of a margin is the difference of the two
// classes' maps (Grad-CAM is linear in the score's gradient).
func TestMarginIsTheDifference(t *testing.T) {
	e, want := dogs(t)
	want.Params = map[string]float64{"signed": 1}
	maps := map[task.TargetKind][]float32{}
	at := func(target task.Target) []float32 {
		want.Target = target
		r, err := e.Explain(context.Background(), want, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r.Map.Values
	}
	maps["a"] = at(task.Target{Kind: task.Logit, Class: 207})
	maps["b"] = at(task.Target{Kind: task.Logit, Class: 222})
	maps["margin"] = at(task.Target{Kind: task.Margin, Class: 207, Rather: 222})
	for i, m := range maps["margin"] {
		if d := maps["a"][i] - maps["b"][i]; math.Abs(float64(m-d)) > 1e-5*math.Abs(float64(d))+1e-6 {
			t.Fatalf("cell %d: margin %g, difference %g", i, m, d)
		}
	}
}

func TestExplainRefuses(t *testing.T) {
	e, good := dogs(t)
	for name, c := range map[string]struct {
		change func(*task.Task)
		says   string
	}{
		"method":    {func(x *task.Task) { x.Method = "magic" }, `method "magic" is unknown`},
		"layer":     {func(x *task.Task) { x.Layer = "nowhere" }, `no layer "nowhere"`},
		"class":     {func(x *task.Task) { x.Target.Class = 1000 }, "outside the model's 1000 classes"},
		"parameter": {func(x *task.Task) { x.Params = map[string]float64{"q": 1} }, `no parameter "q"`},
		"device":    {func(x *task.Task) { x.Device = "abacus" }, "abacus"},
		"picture":   {func(x *task.Task) { x.Image.SHA256, x.Image.Path = "0", "" }, "not open"},
		"size": {func(x *task.Task) {
			x.Preprocess = e.info.Preprocess
			x.Preprocess.Crop.Width = 100
		}, "the model takes"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := good
			c.change(&bad)
			_, err := e.Explain(context.Background(), bad, nil)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want one that says %q", err, c.says)
			}
		})
	}
}

func TestCancelledWorkStopsSoon(t *testing.T) {
	e, want := dogs(t)
	want.Method = "saliency"
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := e.Explain(ctx, want, nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	// The bound is generous for a loaded machine; a session takes longer to build.
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("stopped after %v", took)
	}
	if _, err := e.Explain(context.Background(), want, nil); err != nil {
		t.Errorf("after a cancelled run: %v", err)
	}
}

// provenance is what a report's file says about how it was made.
func provenance(t *testing.T, path string) []report.Record {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := report.Provenance(f)
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func TestExportWritesTheTask(t *testing.T) {
	valuesAlone(t)
	e, want := dogs(t)
	r, err := e.Explain(context.Background(), want, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.png")
	if err := e.Export(context.Background(), path, []task.Result{r}, []heatmap.Style{heatmap.DefaultStyle()}); err != nil {
		t.Fatal(err)
	}
	records := provenance(t, path)
	if len(records) != 1 {
		t.Fatalf("%d records", len(records))
	}
	if got := records[0].Result; got.Task.Model.SHA256 != r.Task.Model.SHA256 || got.Task.Layer != r.Task.Layer || !slices.Equal(got.Map.Values, r.Map.Values) {
		t.Error("the report does not hold the task and the map")
	}
	// A layer's cells beside single pixels: each is clipped as in the window.
	fine := want
	fine.Method, fine.Layer, fine.Params = "saliency", "", nil
	pixels, err := e.Explain(context.Background(), fine, nil)
	if err != nil {
		t.Fatal(err)
	}
	styles := []heatmap.Style{heatmap.DefaultStyle(), heatmap.DefaultStyle()}
	styles[1].Colormap, styles[1].Alpha = "viridis", 0.25
	for _, page := range [][]task.Result{{r, pixels}, {pixels, r}} {
		if err := e.Export(context.Background(), path, page, styles); err != nil {
			t.Fatal(err)
		}
		for i, rec := range provenance(t, path) {
			if want := heatmap.ClipFor(page[i].Map); rec.Style.Clip != want {
				t.Errorf("%s is clipped by %v, want %v", page[i].Task.Method, rec.Style.Clip, want)
			}
			if rec.Style.Colormap != styles[i].Colormap || rec.Style.Alpha != styles[i].Alpha {
				t.Errorf("map %d has the style %+v, want %+v", i+1, rec.Style, styles[i])
			}
		}
	}
	if heatmap.ClipFor(pixels.Map) == heatmap.ClipFor(r.Map) {
		t.Error("the two maps are of one kind: nothing is tested")
	}
	if err := e.Export(context.Background(), path, nil, nil); err == nil {
		t.Error("a report of nothing is written")
	}
	if err := e.Export(context.Background(), path, []task.Result{r, pixels}, styles[:1]); err == nil {
		t.Error("a map without a style is written")
	}
}

// A picture that changes on disk after it was opened is noticed once it must
// be read again.
func TestChangedPictureIsNoticed(t *testing.T) {
	e, want := dogs(t)
	path := filepath.Join(t.TempDir(), "p.png")
	write := func(c color.Gray) {
		img := image.NewGray(image.Rect(0, 0, 300, 300))
		img.SetGray(3, 3, c)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, img); err != nil {
			t.Fatal(err)
		}
	}
	write(color.Gray{Y: 9})
	img, err := e.OpenImage(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	write(color.Gray{Y: 200})
	other := open(t)
	openShared(t, other, "squeezenet1.1-caffe-fp32.onnx")
	want.Image = img.Ref
	if _, err := other.Explain(context.Background(), want, nil); err == nil || !strings.Contains(err.Error(), "has changed") {
		t.Errorf("error %v", err)
	}
}

// engineUnderTest carries the opened model's info along.
type engineUnderTest struct {
	*engine.Engine
	info task.ModelInfo
}

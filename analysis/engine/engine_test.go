package engine_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"seewhy/analysis/engine"
	"seewhy/analysis/task"
	"seewhy/models/library"
	"seewhy/models/runtime"
)

const shared = "../../../shared/"

// valuesAlone is that of the tests within the package.
func valuesAlone(t *testing.T) {
	t.Helper()
	engine.ValuesAlone(t)
}

func open(t testing.TB) *engine.Engine {
	t.Helper()
	if _, err := runtime.Find(""); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	e, err := engine.New(engine.Options{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// entry is what models/library/testdata says of a shared model.
type entry struct {
	Preset   string          `json:"preset"`
	Sidecar  library.Sidecar `json:"sidecar"`
	Labels   string          `json:"labels"`
	Pictures string          `json:"pictures"`
}

// openShared opens a real model with the preprocessing that its origin states.
func openShared(t testing.TB, e *engine.Engine, file string) task.ModelInfo {
	t.Helper()
	path := filepath.Join(shared, "models", file)
	if _, err := os.Stat(path); err != nil {
		t.Skip("shared models are not here")
	}
	info, err := e.OpenModel(context.Background(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../../models/library/testdata/shared_models.json")
	if err != nil {
		t.Fatal(err)
	}
	var table map[string]entry
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	given, ok := table[file]
	if !ok {
		return info
	}
	c := task.Choices{Preprocess: given.Sidecar.Prep}
	if given.Labels != "" {
		if c.Labels, err = e.LabelsFile(context.Background(), shared+given.Labels); err != nil {
			t.Fatal(err)
		}
	}
	info, err = e.Configure(context.Background(), info.Ref.SHA256, c)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// truths reads the right class of each ImageNet validation picture.
func truths(t testing.TB) map[string]int {
	t.Helper()
	f, err := os.Open(shared + "images/expected_top5_imagenet.tsv")
	if err != nil {
		t.Skip("shared pictures are not here")
	}
	defer f.Close()
	out := map[string]int{}
	for s := bufio.NewScanner(f); s.Scan(); {
		cols := strings.Split(s.Text(), "\t")
		if class, err := strconv.Atoi(cols[1]); err == nil && strings.Contains(cols[0], "imagenet_val") {
			out[cols[0]] = class
		}
	}
	return out
}

// The counts are those that models/README.md states, less 2: its resize has no
// antialiasing, which turns a few near ties.
func TestImageNetModelsClassifyRightly(t *testing.T) {
	valuesAlone(t)
	e := open(t)
	for file, least := range map[string]int{
		"squeezenet1.1-caffe-fp32.onnx": 17, "bvlc-googlenet-fp32.onnx": 19,
		"mobilenet_v2-torchvision-dequant-fp32.onnx": 19, "shufflenet_v2_x1-dequant-fp32.onnx": 20,
		"squeezenet1.1-fp16.onnx": 17, "quantized/mobilenet_v2-qdq-int8-244.onnx": 19, "quantized/shufflenet-v2-12-int8.onnx": 20,
	} {
		t.Run(file, func(t *testing.T) {
			info := openShared(t, e, file)
			right := 0
			pictures := truths(t)
			for path, class := range pictures {
				img, err := e.OpenImage(context.Background(), shared+path)
				if err != nil {
					t.Fatal(err)
				}
				p, err := e.Predict(context.Background(), task.Task{Model: info.Ref, Image: img.Ref, Device: "cpu"})
				if err != nil {
					t.Fatal(err)
				}
				if p.Order[0] == class {
					right++
				}
			}
			t.Logf("%d of %d right", right, len(pictures))
			if right < least {
				t.Errorf("%d of %d right, at least %d expected", right, len(pictures), least)
			}
		})
	}
}

func TestSmallModelsClassifyRightly(t *testing.T) {
	e := open(t)
	count := func(info task.ModelInfo, pattern string, class func(name string) int) (right, all int) {
		files, _ := filepath.Glob(shared + pattern)
		for _, f := range files {
			img, err := e.OpenImage(context.Background(), f)
			if err != nil {
				t.Fatal(err)
			}
			spec := info.Preprocess
			// This one digit is drawn black on white.
			spec.Invert = filepath.Base(f) == "seven.png"
			p, err := e.Predict(context.Background(), task.Task{Model: info.Ref, Image: img.Ref, Preprocess: spec, Device: "cpu"})
			if err != nil {
				t.Fatal(err)
			}
			if p.Order[0] == class(filepath.Base(f)) {
				right++
			} else {
				t.Logf("%s is called %d, %+v", filepath.Base(f), p.Order[0], p.Scores[p.Order[0]])
			}
			all++
		}
		return right, all
	}
	cifar := openShared(t, e, "cifar10-resnet8-fp32.onnx")
	right, all := count(cifar, "images/cifar10/*.png", func(n string) int { return int(n[0] - '0') })
	// 88 % on the whole test set; 40 pictures scatter by about 5 %.
	if right*100 < all*75 {
		t.Errorf("CIFAR-10: %d of %d right", right, all)
	}
	t.Logf("CIFAR-10: %d of %d right", right, all)
	digits := map[string]int{"dianna_digit0.jpg": 0, "dianna_digit1.png": 1, "eight.png": 8, "seven.png": 7, "tiny_5.png": 5}
	mnist := openShared(t, e, "mnist-12-cntk.onnx")
	right, all = count(mnist, "images/mnist/*", func(n string) int { return digits[n] })
	t.Logf("MNIST: %d of %d right", right, all)
	if right != 5 {
		t.Errorf("MNIST: %d of %d right, all are expected", right, all)
	}
}

// Every shared model opens; detectors are read as such, and what is not read says so.
func TestEverySharedModelOpens(t *testing.T) {
	valuesAlone(t)
	e := open(t)
	files, _ := filepath.Glob(shared + "models/*.onnx")
	more, _ := filepath.Glob(shared + "models/*/*.onnx")
	if files = append(files, more...); len(files) == 0 {
		t.Skip("shared models are not here")
	}
	detectors := map[string]int{"fastestdet-coco-fp32.onnx": 80, "ultraface-RFB-320.onnx": 2}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			info, err := e.OpenModel(context.Background(), f, nil)
			if err != nil {
				t.Fatal(err)
			}
			unread := filepath.Base(f) == "yunet_n_dynamic.onnx"
			classes, detects := detectors[filepath.Base(f)]
			if (info.Classes == 0) != unread || (info.Output == task.Detection) != detects || detects && info.Classes != classes {
				t.Errorf("classes = %d, read as %q", info.Classes, info.Output)
			}
			natural := "none"
			if info.Natural >= 0 {
				natural = info.Layers[info.Natural].Name
			}
			t.Logf("%d classes, %d layers, natural %s, coverage %.0f %%, missing %v, batch open: %v", info.Classes, len(info.Layers), natural, info.Coverage.Percent(), info.Coverage.Missing, info.DynamicBatch)
		})
	}
}

package library

import (
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"seewhy/models/prep"
)

var photo = []int{-1, 3, 224, 224}

func discover(t *testing.T, files, meta map[string]string, shape []int, classes int) Found {
	t.Helper()
	found, problems := Discover(write(t, files), meta, shape, classes)
	for _, p := range problems {
		t.Errorf("problem: %v", p)
	}
	if found.Spec == nil || found.Spec.Check() != nil {
		t.Fatalf("no usable spec: %+v", found.Spec)
	}
	return found
}

func TestSidecar(t *testing.T) {
	f := discover(t, map[string]string{
		"model.json": `{
		"seewhy": 1, "title": "Birds", "about": "Two birds.", "task": "classification", "license": "CC0", "source": "me",
		"input": {"name": "x", "layout": "NHWC", "width": 64, "height": 48},
		"preprocess": {"resize": {"mode": "squash", "width": 64, "height": 48, "filter": "bicubic", "antialias": true}, "channels": "BGR", "scale": 1, "mean": [1,2,3]},
		"output": {"name": "y", "kind": "probabilities"},
		"labels": ["robin", "wren"], "card": {"accuracy": 0.9}}`,
		// All of these lose against it.
		"labels.txt": "a\nb\n", "preprocessor_config.json": `{"size": 10}`,
	}, map[string]string{"names": "{0: 'c', 1: 'd'}", "description": "meta"}, []int{1, -1, -1, 3}, 2)
	if f.Title != "Birds" || f.About != "Two birds." || f.License != "CC0" || f.Source != "me" || string(f.Card) != `{"accuracy": 0.9}` {
		t.Errorf("%+v", f)
	}
	if f.InputName != "x" || f.Layout != prep.NHWC || f.Width != 64 || f.Height != 48 || f.ProbabilitiesName != "y" || f.LogitsName != "" {
		t.Errorf("%+v", f)
	}
	if !slices.Equal(f.Labels, []string{"robin", "wren"}) || f.LabelsFrom != "model.json" || f.SpecFrom != "model.json" {
		t.Errorf("labels %q from %q, spec from %q", f.Labels, f.LabelsFrom, f.SpecFrom)
	}
	if f.Spec.Channels != prep.BGR || f.Spec.Resize.Filter != "bicubic" || !slices.Equal(f.Spec.Mean, []float64{1, 2, 3}) {
		t.Errorf("%+v", f.Spec)
	}
}

// TestPreprocessorConfigs reads the forms that Hugging Face's image
// processors write, each against the transform that it means.
func TestPreprocessorConfigs(t *testing.T) {
	shorter := func(n int, f string) prep.Resize {
		return prep.Resize{Mode: prep.ResizeShorter, Size: n, Filter: f, Antialias: true}
	}
	square := func(n int, f string) prep.Resize {
		return prep.Resize{Mode: prep.ResizeSquash, Width: n, Height: n, Filter: f, Antialias: true}
	}
	for name, c := range map[string]struct {
		json   string
		resize prep.Resize
		crop   int
		scale  float64
		mean   float64
	}{
		"ViT, old":      {`{"do_normalize":true,"do_resize":true,"feature_extractor_type":"ViTFeatureExtractor","image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5],"resample":2,"size":224}`, square(224, "bilinear"), 0, 1.0 / 255, 0.5},
		"ViT, new":      {`{"image_processor_type":"ViTImageProcessor","do_rescale":true,"rescale_factor":0.00392156862745098,"image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5],"resample":3,"size":{"height":224,"width":224}}`, square(224, "bicubic"), 0, 0.00392156862745098, 0.5},
		"DeiT":          {`{"crop_size":224,"do_center_crop":true,"feature_extractor_type":"DeiTFeatureExtractor","image_mean":[0.485,0.456,0.406],"image_std":[0.229,0.224,0.225],"resample":3,"size":256}`, square(256, "bicubic"), 224, 1.0 / 255, 0.485},
		"ResNet":        {`{"crop_pct":0.875,"feature_extractor_type":"ConvNextFeatureExtractor","image_mean":[0.485,0.456,0.406],"image_std":[0.229,0.224,0.225],"resample":3,"size":224}`, shorter(256, "bicubic"), 224, 1.0 / 255, 0.485},
		"ConvNeXt 384":  {`{"crop_pct":null,"image_processor_type":"ConvNextImageProcessor","size":{"shortest_edge":384},"image_mean":0.5,"image_std":0.5}`, square(384, "bicubic"), 0, 1.0 / 255, 0.5},
		"CLIP":          {`{"crop_size":{"height":224,"width":224},"do_center_crop":true,"feature_extractor_type":"CLIPFeatureExtractor","image_mean":[0.48145466,0.4578275,0.40821073],"image_std":[0.26862954,0.26130258,0.27577711],"size":224}`, shorter(224, "bicubic"), 224, 1.0 / 255, 0.48145466},
		"MobileNetV2":   {`{"image_processor_type":"MobileNetV2ImageProcessor","crop_size":{"height":224,"width":224},"do_center_crop":true,"size":{"shortest_edge":256},"image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5],"resample":2}`, shorter(256, "bilinear"), 224, 1.0 / 255, 0.5},
		"EfficientNet":  {`{"image_processor_type":"EfficientNetImageProcessor","rescale_offset":true,"rescale_factor":0.00784313725490196,"do_normalize":false,"resample":0,"size":{"height":300,"width":300}}`, square(300, "nearest"), 0, 0.00784313725490196, 1},
		"no statistics": {`{"size":{"height":32,"width":32},"do_rescale":false}`, square(32, "bilinear"), 0, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := discover(t, map[string]string{"preprocessor_config.json": c.json}, nil, []int{-1, 3, -1, -1}, 10)
			s := f.Spec
			mean := 0.0
			if len(s.Mean) > 0 {
				mean = s.Mean[0]
			}
			if s.Resize != c.resize || s.Crop != (prep.Size{Width: c.crop, Height: c.crop}) || s.Scale != c.scale || mean != c.mean {
				t.Errorf("%+v", *s)
			}
			if f.SpecFrom != "preprocessor_config.json" {
				t.Errorf("from %q", f.SpecFrom)
			}
			side := c.crop
			if side == 0 {
				side = c.resize.Width
			}
			if name == "ResNet" {
				side = 224
			}
			if f.Width != side || f.Height != side {
				t.Errorf("size %d x %d, want %d", f.Width, f.Height, side)
			}
		})
	}
}

func TestHuggingFaceLabels(t *testing.T) {
	f := discover(t, map[string]string{
		"config.json":              `{"_name_or_path":"google/vit","id2label":{"0":"cat","1":"dog"},"label2id":{"cat":0,"dog":1}}`,
		"preprocessor_config.json": `{"size":224}`,
	}, nil, photo, 2)
	if !slices.Equal(f.Labels, []string{"cat", "dog"}) || f.LabelsFrom != "config.json" || f.Title != "google/vit" {
		t.Errorf("%q from %q, title %q", f.Labels, f.LabelsFrom, f.Title)
	}
	// The graph lies in a folder "onnx" below the configuration.
	model := write(t, map[string]string{"config.json": `{"id2label":{"0":"cat","1":"dog"}}`})
	f, problems := Discover(filepath.Join(filepath.Dir(model), "onnx", "model.onnx"), nil, photo, 2)
	if len(problems) > 0 || !slices.Equal(f.Labels, []string{"cat", "dog"}) {
		t.Errorf("%q, %v", f.Labels, problems)
	}
	// "LABEL_0" says nothing.
	f = discover(t, map[string]string{"config.json": `{"id2label":{"0":"LABEL_0","1":"LABEL_1"}}`}, nil, photo, 2)
	if f.Labels != nil {
		t.Errorf("placeholders taken: %q", f.Labels)
	}
}

func TestTimm(t *testing.T) {
	f := discover(t, map[string]string{"config.json": `{"architecture":"resnet50","num_classes":2,"label_names":["n01440764","n01443537"],
		"label_descriptions":{"n01440764":"tench","n01443537":"goldfish"},
		"pretrained_cfg":{"input_size":[3,224,224],"interpolation":"bicubic","crop_pct":0.95,"crop_mode":"center","mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225],"license":"apache-2.0"}}`}, nil, photo, 2)
	want := prep.Spec{
		Resize: prep.Resize{Mode: prep.ResizeShorter, Size: 235, Filter: "bicubic", Antialias: true},
		Crop:   prep.Size{Width: 224, Height: 224}, Channels: prep.RGB, Scale: 1.0 / 255,
		Mean: []float64{0.485, 0.456, 0.406}, Std: []float64{0.229, 0.224, 0.225},
	}
	if !reflect.DeepEqual(*f.Spec, want) || f.License != "apache-2.0" || f.Title != "resnet50" || !slices.Equal(f.Labels, []string{"tench", "goldfish"}) {
		t.Errorf("%+v, licence %q, title %q, labels %q", *f.Spec, f.License, f.Title, f.Labels)
	}
	f = discover(t, map[string]string{"config.json": `{"architecture":"beit","pretrained_cfg":{"input_size":[3,384,384],"crop_pct":1.0,"crop_mode":"squash"}}`}, nil, []int{1, 3, 384, 384}, 0)
	if f.Spec.Resize.Mode != prep.ResizeSquash || f.Spec.Resize.Width != 384 || f.Width != 384 {
		t.Errorf("%+v", *f.Spec)
	}
}

func TestLabelFiles(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"plain":         {"cat\ndog\n\n", []string{"cat", "dog"}},
		"windows":       {"\ufeffcat\r\ndog\r\n", []string{"cat", "dog"}},
		"synset":        {"n01440764 tench, Tinca tinca\nn01443537 goldfish", []string{"tench, Tinca tinca", "goldfish"}},
		"synset alone":  {"n01440764\nn01443537", []string{"n01440764", "n01443537"}},
		"numbered":      {"0: cat\n1: dog", []string{"cat", "dog"}},
		"table":         {"0,cat\n1,dog", []string{"cat", "dog"}},
		"digits":        {"0\n1\n2", []string{"0", "1", "2"}},
		"gap":           {"cat\n\ndog", []string{"cat", "class 1", "dog"}},
		"control bytes": {"c\x1bat\nd\u202eog\xff", []string{"cat", "dog\ufffd"}},
	} {
		got, err := ParseLabels("labels.txt", []byte(c.text))
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q (%v)", name, got, c.want, err)
		}
	}
	for name, text := range map[string]string{"empty": " \n", "binary": "a\x00b", "too many": strings.Repeat("a\n", maxLabels+1)} {
		if _, err := ParseLabels("labels.txt", []byte(text)); err == nil || !strings.Contains(err.Error(), "labels.txt") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMetadata(t *testing.T) {
	f := discover(t, nil, map[string]string{
		"author": "Ultralytics", "task": "classify", "imgsz": "[128, 96]", "license": "AGPL-3.0", "description": "Ultralytics YOLO11n-cls",
		"names": `{0: 'it\'s', 1: "jack-o'-lantern", 2: 'caf\xe9'}`,
	}, []int{-1, 3, -1, -1}, 3)
	if !slices.Equal(f.Labels, []string{"it's", "jack-o'-lantern", "café"}) {
		t.Errorf("%q", f.Labels)
	}
	if f.Height != 128 || f.Width != 96 || f.Spec.Crop != (prep.Size{Width: 96, Height: 128}) || f.Spec.Scale != 1.0/255 || f.License != "AGPL-3.0" {
		t.Errorf("%+v %+v", f, f.Spec)
	}
	f = discover(t, nil, map[string]string{"mean": "[123.7, 116.3, 103.5]", "std": "(58.4, 57.1, 57.4)", "labels": "cat, dog"}, photo, 2)
	if f.Spec.Scale != 1 || f.Spec.Std[2] != 57.4 || !slices.Equal(f.Labels, []string{"cat", "dog"}) || f.SpecFrom == "" {
		t.Errorf("%+v, %q", f.Spec, f.Labels)
	}
	f = discover(t, nil, map[string]string{"seewhy": `{"seewhy":1,"title":"Inside","labels":["a","b"]}`, "classes": `["x","y"]`}, photo, 2)
	if f.Title != "Inside" || !slices.Equal(f.Labels, []string{"a", "b"}) {
		t.Errorf("%+v", f)
	}
}

func TestGuesses(t *testing.T) {
	for _, c := range []struct {
		shape   []int
		classes int
		layout  prep.Layout
		w, h    int
		scale   float64
		mean    bool
		labels  int
	}{
		{[]int{-1, 3, 224, 224}, 1000, prep.NCHW, 224, 224, 1.0 / 255, true, 1000},
		{[]int{1, 299, 299, 3}, 1001, prep.NHWC, 299, 299, 1.0 / 255, true, 1001},
		{[]int{1, 1, 28, 28}, 10, prep.NCHW, 28, 28, 1, false, 0},
		{[]int{1, 1, 64, 64}, 7, prep.NCHW, 64, 64, 1.0 / 255, false, 0},
		{[]int{-1, 3, 32, 32}, 10, prep.NCHW, 32, 32, 1.0 / 255, false, 0},
		{[]int{-1, 3, -1, -1}, 5, prep.NCHW, 224, 224, 1.0 / 255, true, 0},
		{[]int{1, 3, 240, 320}, 0, prep.NCHW, 320, 240, 1.0 / 255, false, 0},
		{nil, 0, prep.NCHW, 224, 224, 1.0 / 255, true, 0},
		{[]int{math.MaxInt, 3, math.MaxInt, -5}, 0, prep.NCHW, 224, 224, 1.0 / 255, true, 0},
	} {
		f := discover(t, nil, nil, c.shape, c.classes)
		if f.Layout != c.layout || f.Width != c.w || f.Height != c.h || f.Spec.Scale != c.scale || (len(f.Spec.Mean) > 0) != c.mean || len(f.Labels) != c.labels {
			t.Errorf("%v: %s %dx%d %+v, %d labels", c.shape, f.Layout, f.Width, f.Height, *f.Spec, len(f.Labels))
		}
		if f.SpecFrom != "" {
			t.Errorf("%v: a guess says it is from %q", c.shape, f.SpecFrom)
		}
	}
}

// TestProblemsNameFileAndField: what does not hold is said, and the rest is
// still there.
func TestProblemsNameFileAndField(t *testing.T) {
	for want, files := range map[string]map[string]string{
		`model.json: field "preprocess"`:         {"model.json": `{"seewhy":1,"preprocess":{"resize":{"mode":"squash","width":99999999,"height":1},"channels":"RGB","scale":1}}`},
		`model.json: field "seewhy" is 7`:        {"model.json": `{"seewhy":7}`},
		`model.json: not valid JSON at byte`:     {"model.json": `{"seewhy":1,`},
		`model.json: field "labels"`:             {"model.json": `{"seewhy":1,"labels":"cat"}`},
		`model.json: field "input.layout"`:       {"model.json": `{"seewhy":1,"input":{"layout":"CHWN"}}`},
		`model.json: field "output.kind"`:        {"model.json": `{"seewhy":1,"output":{"kind":"what"}}`},
		`has 1 names for a model of 2`:           {"model.json": `{"seewhy":1,"labels":["a"]}`},
		`field "preprocess.channels" is GRAY`:    {"model.json": `{"seewhy":1,"preprocess":{"resize":{"mode":"none"},"channels":"GRAY","scale":1}}`},
		`config.json: field "id2label"`:          {"config.json": `{"id2label":{"-1":"x"}}`},
		`"99999999" is no class number`:          {"config.json": `{"id2label":{"99999999":"x"}}`},
		`config.json: field "input_size"`:        {"config.json": `{"architecture":"x","pretrained_cfg":{"input_size":[1]}}`},
		`field "crop_mode" is "odd"`:             {"config.json": `{"architecture":"x","pretrained_cfg":{"input_size":[3,9,9],"crop_mode":"odd"}}`},
		`preprocessor_config.json: field "resam`: {"preprocessor_config.json": `{"size":224,"resample":77}`},
		`preprocessor_config.json: field "size"`: {"preprocessor_config.json": `{"do_resize":true,"size":{"longest_edge":5}}`},
		`resize.width is -1`:                     {"preprocessor_config.json": `{"size":1e300}`},
		`std[0] is 0`:                            {"preprocessor_config.json": `{"size":4,"image_mean":[0,0,0],"image_std":[0,0,0]}`},
		`labels.txt: 3 labels for a model of 2`:  {"labels.txt": "a\nb\nc"},
		`model.labels.txt: holds no labels`:      {"model.labels.txt": ""},
	} {
		found, problems := Discover(write(t, files), nil, photo, 2)
		if text := fmt.Sprint(problems); !strings.Contains(text, want) {
			t.Errorf("want %q in %s", want, text)
		}
		if found.Spec == nil || found.Width != 224 || found.Title != "model" && found.Title != "x" {
			t.Errorf("%s: %+v", want, found)
		}
	}
	for _, meta := range []map[string]string{
		{"names": "{0: "}, {"names": "[1, 'a"}, {"imgsz": "[0]"}, {"mean": "x"}, {"mean": "[1,2]"}, {"std": "0"}, {"names": "{0: [1]}"}, {"seewhy": "{"},
	} {
		if _, problems := Discover(write(t, nil), meta, photo, 2); len(problems) != 1 || !strings.Contains(problems[0].Error(), "metadata") {
			t.Errorf("%v: %v", meta, problems)
		}
	}
	// JSON of another program beside the model is no problem.
	if _, problems := Discover(write(t, map[string]string{"model.json": `{"weights": 3}`}), nil, photo, 2); len(problems) > 0 {
		t.Errorf("foreign JSON: %v", problems)
	}
	big := write(t, map[string]string{"labels.txt": strings.Repeat("x", maxFile+1)})
	if _, problems := Discover(big, nil, photo, 2); len(problems) != 1 || !strings.Contains(problems[0].Error(), "16 MB") {
		t.Errorf("a large file: %v", problems)
	}
}

// FuzzDiscover: no neighbouring file makes Discover panic or return what
// cannot be used.
func FuzzDiscover(f *testing.F) {
	names := []string{"model.json", "preprocessor_config.json", "config.json", "imagenet_class_index.json", "labels.txt", "model.labels.txt"}
	f.Add(0, []byte(`{"seewhy":1,"title":"t","input":{"width":3},"preprocess":{"resize":{"mode":"none"},"channels":"RGB","scale":1},"labels":["a"]}`))
	f.Add(1, []byte(`{"size":{"shortest_edge":224},"resample":3,"crop_pct":0.9,"image_mean":0.5,"rescale_offset":true}`))
	f.Add(2, []byte(`{"architecture":"a","id2label":{"0":"x"},"pretrained_cfg":{"input_size":[1,2,3],"crop_pct":0.5,"mean":[1]}}`))
	f.Add(3, []byte(`{"0":["n01440764","tench"]}`))
	f.Add(4, []byte("n01440764 tench\n\xff\n"))
	f.Fuzz(func(t *testing.T, which int, data []byte) {
		model := write(t, map[string]string{names[uint(which)%uint(len(names))]: string(data)})
		for _, shape := range [][]int{photo, {1, 28, 28, 1}, {-1, 3, -1, -1}} {
			usable(t, model, nil, shape)
		}
	})
}

// FuzzMetadata: the same for metadata inside the model.
func FuzzMetadata(f *testing.F) {
	f.Add("names", `{0: 'a', 1: "b\x41"}`)
	f.Add("imgsz", "[1, 2]")
	f.Add("mean", "(0.1, 0.2, 0.3)")
	f.Add("labels", `["a", 'b']`)
	f.Add("seewhy", `{"seewhy":1}`)
	model := filepath.Join(f.TempDir(), "model.onnx")
	f.Fuzz(func(t *testing.T, key, value string) {
		usable(t, model, map[string]string{key: value, "author": "Ultralytics"}, []int{-1, 3, -1, -1})
		usable(t, model, map[string]string{key: value}, photo)
	})
}

func usable(t *testing.T, model string, meta map[string]string, shape []int) {
	found, problems := Discover(model, meta, shape, 0)
	if found.Spec == nil || found.Spec.Check() != nil || found.Width < 1 || found.Height < 1 || found.Width > maxSide || found.Height > maxSide {
		t.Errorf("%+v %+v", found, found.Spec)
	}
	for _, l := range append(found.Labels, found.Title, found.License, found.About) {
		if clean(l, maxText) != l {
			t.Errorf("text %q is not clean", l)
		}
	}
	for _, p := range problems {
		if len(p.Error()) > 2000 {
			t.Errorf("a problem of %d characters", len(p.Error()))
		}
	}
}

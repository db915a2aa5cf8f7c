package screen

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"seewhy/analysis/heatmap"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
	"seewhy/ui/state"
)

func TestPreprocessingInWords(t *testing.T) {
	imagenet := prep.Spec{
		Resize: prep.Resize{Mode: prep.ResizeShorter, Size: 256}, Crop: prep.Size{Width: 224, Height: 224},
		Channels: prep.RGB, Scale: 1.0 / 255, Mean: []float64{.485, .456, .406}, Std: []float64{.229, .224, .225},
	}
	if got, want := preprocessing(imagenet), []string{"Shorter side to 256 px", "Middle 224 × 224 px", "Colours as RGB", "Values −1.99 to 2.44"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
	digits := prep.Spec{Resize: prep.Resize{Mode: prep.ResizePad, Width: 28, Height: 28}, Channels: prep.Gray, Scale: 1, Invert: true}
	if got, want := preprocessing(digits), []string{"Fitted into 28 × 28 px, padded", "Grey values", "Inverted", "Values 0 to 255"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
	plain := prep.Spec{Resize: prep.Resize{Mode: prep.ResizeNone}, Channels: prep.BGR, Scale: 1, Mean: []float64{127.5}, Std: []float64{127.5}}
	if got, want := preprocessing(plain), []string{"Size left as it is", "Colours as BGR", "Values −1 to 1"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}

func TestNumbersInWords(t *testing.T) {
	for got, want := range map[string]string{
		percent(0.99999): "100 %", percent(0.9712): "97.1 %", percent(1e-5): "< 0.1 %", percent(0): "0 %",
		size(4_956_208): "5.0 MB", size(46_000_000): "46 MB", size(1200): "1 kB", size(2_500_000_000): "2.5 GB",
		count(842_124): "0.8 million parameters", count(1000): "1000 parameters", count(1_300_000_000): "1.3 billion parameters",
		duration(2100 * time.Microsecond): "2.1 ms", duration(840 * time.Millisecond): "840 ms", duration(3 * time.Second): "3.0 s", duration(90 * time.Second): "90 s",
		shape([]int{512, 7, 7}): "512 × 7 × 7", short(-0.001): "0", short(-1.5): "−1.5", short(12891290624): "1.289e10", score(-5.7): "−5.70", score(1234.5): "1235",
		note(task.Note{Key: "%d of %s", Args: []any{3, "x"}}): "3 of x", note(task.Note{Key: "100 % sure"}): "100 % sure",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestFileInWords(t *testing.T) {
	for _, c := range []struct {
		ref  task.ModelRef
		want []string
	}{
		{task.ModelRef{Name: "seewhy-scenes", Path: "builtin:seewhy-scenes"}, []string{"Built in", "MIT"}},
		{task.ModelRef{Name: "net", Path: "/a/b/net.onnx"}, []string{"net.onnx", "MIT"}},
		{task.ModelRef{Name: "net"}, []string{"net", "MIT"}},
	} {
		if got := fileWords(task.ModelInfo{Ref: c.ref, License: "MIT"}); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestOnlyBuiltInClassesAreTranslated(t *testing.T) {
	i18n.Use("zh-Hans")
	t.Cleanup(func() { i18n.Use("en") })
	builtin, file := &task.ModelInfo{Ref: task.ModelRef{Path: "builtin:x"}}, &task.ModelInfo{Ref: task.ModelRef{Path: "/m/cats.onnx"}}
	if got := inWords(file, task.Unnamed(7)); got != "类别 7" {
		t.Errorf("a class without a name: %q", got)
	}
	if got := inWords(builtin, "cat"); got != "猫" {
		t.Errorf("%q", got)
	}
	if got := inWords(file, "cat") + inWords(nil, "cat"); got != "catcat" {
		t.Errorf("%q", got)
	}
}

func TestEndWords(t *testing.T) {
	for _, c := range []struct {
		r         heatmap.Range
		low, high string
	}{
		{heatmap.Range{Min: 6.7e-10, Max: 1.8114}, "0", "1.81"},
		{heatmap.Range{Min: -0.48771, Max: 0.48771}, "−0.488", "0.488"},
		{heatmap.Range{Min: 0, Max: 0.000123456}, "0", "1.235e−4"},
		{heatmap.Range{Min: 10, Max: 12345}, "10", "12345"},
	} {
		if low, high := endWords(c.r); low != c.low || high != c.high {
			t.Errorf("%+v: %q, %q, want %q, %q", c.r, low, high, c.low, c.high)
		}
	}
}

func TestInputWords(t *testing.T) {
	m := task.ModelInfo{Input: task.TensorInfo{Type: "float32", Shape: []int{-1, 3, -1, 224}}}
	if got := inputWords(m); got != "N × 3 × ? × 224 float32" {
		t.Errorf("%q", got)
	}
}

func TestClassesWithoutNamesHaveNumbers(t *testing.T) {
	if got := label(state.State{}, 0, 3); got != "class 3" {
		t.Errorf("%q", got)
	}
}

func TestScoresKeepToTheirColumn(t *testing.T) {
	for v, want := range map[float64]string{0.774: "0.77", -99.994: "−99.99", 202.61: "202.6", -118.44: "−118.4", 1234.5: "1235"} {
		if got := score(v); got != want {
			t.Errorf("%v is written %q, want %q", v, got, want)
		}
	}
}

// TestAreaWords: a segmentation says what its percentages are of, others nothing.
func TestAreaWords(t *testing.T) {
	v := answerView{prediction: &task.Prediction{}, labels: &task.ModelInfo{Output: task.Scores}}
	if got := areaWords(state.State{}, v); got != "" {
		t.Errorf("a classifier: %q", got)
	}
	v.labels = &task.ModelInfo{Output: task.Segmentation}
	if got := areaWords(state.State{}, v); !strings.Contains(got, "picture's area") {
		t.Errorf("a segmentation: %q", got)
	}
}

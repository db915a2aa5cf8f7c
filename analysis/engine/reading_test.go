package engine_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seewhy/analysis/engine"
	regions "seewhy/analysis/region"
	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

const small = "../../models/grad/testdata/small/"

func opened(t *testing.T, e *engine.Engine, model, picture string) (task.ModelInfo, task.ImageRef) {
	t.Helper()
	for _, f := range []string{model, picture} {
		if _, err := os.Stat(f); err != nil && !strings.Contains(f, ":") {
			t.Skip(err)
		}
	}
	info, err := e.OpenModel(t.Context(), model, nil)
	if err != nil {
		t.Fatal(err)
	}
	img, err := e.OpenImage(t.Context(), picture)
	if err != nil {
		t.Fatal(err)
	}
	return info, img.Ref
}

func explained(t *testing.T, e *engine.Engine, k task.Task) task.Result {
	t.Helper()
	k.Device = "cpu"
	r, err := e.Explain(context.Background(), k, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func boxAt(x0, y0, x1, y1 float64) []task.Shape {
	return []task.Shape{{Kind: task.Box, Points: []task.Point{{X: x0, Y: y0}, {X: x1, Y: y1}}}}
}

func auto() task.Target { return task.Target{Class: task.AutoClass} }

// TestDetectorsExplainWhatTheyFound: the bus that fills most of a photograph, and
// the face, have most of the map.
func TestDetectorsExplainWhatTheyFound(t *testing.T) {
	e := open(t)
	for _, c := range []struct {
		model, picture string
		class          int
		box            []float64 // as seen by eye, in fractions
		share, lift    float64
	}{
		{"fastestdet-coco-fp32.onnx", "detect/fastestdet_1.jpg", 5, []float64{0.06, 0.16, 0.92, 0.88}, 0.6, 1.1},
		{"ultraface-RFB-320.onnx", "faces/grace_hopper.jpg", 1, []float64{0.36, 0.21, 0.68, 0.55}, 0.4, 3},
	} {
		t.Run(c.model, func(t *testing.T) {
			info, img := opened(t, e, shared+"models/"+c.model, shared+"images/"+c.picture)
			if info.Output != task.Detection {
				t.Fatalf("read as %q", info.Output)
			}
			k := task.Task{Model: info.Ref, Image: img, Method: "gradcam", Target: auto()}
			r := explained(t, e, k)
			if r.Target.Class != c.class || r.Target.Probability < 0.8 {
				t.Errorf("class %d, %v", r.Target.Class, r.Target.Probability)
			}
			if len(r.Task.At) != 1 || len(r.Shares) != 1 {
				t.Fatalf("the box is not told: %v, %v", r.Task.At, r.Shares)
			}
			p := r.Task.At[0].Points
			for i, v := range []float64{p[0].X, p[0].Y, p[1].X, p[1].Y} {
				if math.Abs(v-c.box[i]) > 0.06 {
					t.Errorf("the box is %v", p)
				}
			}
			if s := r.Shares[0]; s.Attribution < c.share || s.Attribution < c.lift*s.Area {
				t.Errorf("%.2f of the map on %.2f of the area", s.Attribution, s.Area)
			}
			// What a report stores gives the same map.
			data, err := json.Marshal(r.Task)
			if err != nil {
				t.Fatal(err)
			}
			var again task.Task
			if err := json.Unmarshal(data, &again); err != nil {
				t.Fatal(err)
			}
			if b := explained(t, e, again); !slices.Equal(b.Map.Values, r.Map.Values) || b.Value != r.Value {
				t.Error("the stored task gives another map")
			}
			// Hiding the box takes its score away, and asks about the same box.
			hidden := again
			hidden.Edits = []task.Edit{{Shape: r.Task.At[0], Fill: task.FillGrey}}
			if b := explained(t, e, hidden); b.Value > r.Value-1 || !slices.ContainsFunc(b.Before, func(s task.Score) bool { return s.Logit == r.Target.Logit }) {
				t.Errorf("hidden: %v, before %v; was %v", b.Value, b.Before, r.Value)
			}
		})
	}
}

// TestPickedBox: what is asked for decides, and what no box touches is said.
func TestPickedBox(t *testing.T) {
	e := open(t)
	info, img := opened(t, e, shared+"models/fastestdet-coco-fp32.onnx", shared+"images/detect/fastestdet_3.jpg")
	k := task.Task{Model: info.Ref, Image: img, Method: "hirescam", Target: auto(), At: boxAt(0.08, 0.18, 0.37, 0.85)}
	left := explained(t, e, k)
	k.At = nil
	right := explained(t, e, k)
	if left.Target.Class != 0 || left.Target.Probability < 0.5 {
		t.Errorf("the man on the left is %+v", left.Target)
	}
	halves := []task.Region{{Name: "left", Shapes: boxAt(0, 0, 0.5, 1)}}
	of := func(r task.Result) float64 {
		return regions.Shares(r.Map, r.Region, prep.Size{Width: img.Width, Height: img.Height}, halves)[0].Attribution
	}
	if l, r := of(left), of(right); l < 0.9 || r > 0.1 {
		t.Errorf("on the left half lie %.2f of the left man's map, %.2f of the right one's", l, r)
	}
	k.At = boxAt(5, 5, 6, 6)
	if _, err := e.Explain(t.Context(), k, nil); err == nil {
		t.Error("a box far outside is taken")
	}
}

// TestSegmentationRegion: the sum over two halves is the sum over all, and a
// region's gradient stays near it.
func TestSegmentationRegion(t *testing.T) {
	e := open(t)
	info, img := opened(t, e, small+"deeplab.onnx", "gallery:")
	if info.Output != task.Segmentation || info.Classes != 5 {
		t.Fatalf("read as %q of %d classes", info.Output, info.Classes)
	}
	k := task.Task{Model: info.Ref, Image: img, Method: "saliency", Target: task.Target{Class: 2}}
	whole := explained(t, e, k)
	sum, shares := 0.0, 0.0
	for _, x := range []float64{0, 0.5} {
		k.At = boxAt(x, 0, x+0.5, 1)
		half := explained(t, e, k)
		sum, shares = sum+half.Value, shares+half.Target.Probability
		if !slices.Equal(half.Map.Values, explained(t, e, k).Map.Values) {
			t.Error("the same region gives another map")
		}
		if slices.Equal(half.Map.Values, whole.Map.Values) {
			t.Error("a half has the map of all")
		}
	}
	if math.Abs(sum-whole.Value) > 1e-3*math.Abs(whole.Value) {
		t.Errorf("the halves' sums are %v together, that of all %v", sum, whole.Value)
	}
	if math.Abs(shares/2-whole.Target.Probability) > 1e-6 {
		t.Errorf("the halves' shares are %v on average, that of all %v", shares/2, whole.Target.Probability)
	}
	for _, kind := range []task.TargetKind{task.Probability, task.Margin, target.LogProbability, target.Finer, target.ReST} {
		k.Target = task.Target{Kind: kind, Class: 2, Rather: task.AutoClass}
		if r := explained(t, e, k); math.IsNaN(r.Value) || slices.Max(r.Map.Values) <= 0 {
			t.Errorf("%s: value %v", kind, r.Value)
		}
	}
	// Where the class is seen, it is the best.
	k.Target = task.Target{Class: 3}
	seen, err := e.Seen(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	k.At = []task.Shape{seen}
	if r := explained(t, e, k); r.Target.Probability < 0.9 || r.Value <= 0 {
		t.Errorf("where class 3 is seen it is the best in %.3f, of score %v", r.Target.Probability, r.Value)
	}
	k.At = boxAt(1.1, 1.1, 1.2, 1.2)
	if _, err := e.Explain(t.Context(), k, nil); err == nil || !strings.Contains(err.Error(), "outside") {
		t.Errorf("a region outside of the picture: %v", err)
	}
}

// TestSimilarity: a picture is like itself, and less like another.
func TestSimilarity(t *testing.T) {
	e := open(t)
	info, img := opened(t, e, small+"densenet.onnx", "gallery:")
	k := task.Task{Model: info.Ref, Image: img, Method: "saliency", Like: &task.ImageRef{Path: e.Gallery()[3].Ref}}
	other := explained(t, e, k)
	if other.Task.Like.SHA256 == "" || other.Target.Label != "≈ "+other.Task.Like.Name || len(other.Top) != 1 {
		t.Errorf("the reference is not told: %+v, %+v", other.Task.Like, other.Top)
	}
	k.Method, k.Like = "occlusion", &img
	same := explained(t, e, k)
	if math.Abs(same.Value-1) > 1e-5 || other.Value >= same.Value || other.Value < -1 {
		t.Errorf("like itself %v, like another %v", same.Value, other.Value)
	}
	k.At = boxAt(0, 0, 1, 1)
	if _, err := e.Explain(t.Context(), k, nil); err == nil {
		t.Error("a region of an embedding is taken")
	}
	k.Like = nil
	if _, err := e.Explain(t.Context(), k, nil); err == nil || !strings.Contains(err.Error(), "classifier") {
		t.Errorf("a region of a classifier: %v", err)
	}
}

func TestUnreadOutputsAreNamed(t *testing.T) {
	e := open(t)
	file := filepath.Join(shared, "models", "yunet_n_dynamic.onnx")
	info, img := opened(t, e, file, "gallery:")
	_, err := e.Explain(t.Context(), task.Task{Model: info.Ref, Image: img, Method: "gradcam", Target: auto()}, nil)
	if info.Output != "" || err == nil || !strings.Contains(err.Error(), `"bbox_8"`) || !strings.Contains(err.Error(), "several outputs") {
		t.Errorf("read as %q: %v", info.Output, err)
	}
}

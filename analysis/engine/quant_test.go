package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"seewhy/analysis/task"
)

// An int8 model is explained through its float equivalent, at every layer and
// down to the input, and the result says by how much the two differ. The
// float file of the same network is the peer: the maps lie in the same place.
func TestInt8ThroughFloatEquivalent(t *testing.T) {
	if testing.Short() {
		t.Skip("arithmetic, which runs in full without the race detector")
	}
	e := open(t)
	for _, file := range []string{"quantized/mobilenet_v2-qdq-int8-244.onnx", "quantized/shufflenet-v2-12-int8.onnx"} {
		t.Run(file, func(t *testing.T) {
			info := openShared(t, e, file)
			if info.Coverage.Percent() != 100 || info.Natural < 0 {
				t.Fatalf("coverage %v, natural %d", info.Coverage, info.Natural)
			}
			img, err := e.OpenImage(context.Background(), shared+"images/xai/sam_dog.jpg")
			if err != nil {
				t.Fatal(err)
			}
			for _, how := range []string{"gradcam", "saliency"} {
				r, err := e.Explain(context.Background(), task.Task{Model: info.Ref, Image: img.Ref, Method: how, Target: task.Target{Class: -1}, Device: "cpu"}, nil)
				if err != nil {
					t.Fatal(err)
				}
				at := slices.IndexFunc(r.Notes, func(n task.Note) bool { return strings.HasPrefix(n.Key, "An int8 model") })
				if at < 0 {
					t.Fatalf("no note on the difference: %v", r.Notes)
				}
				t.Log(how, r.Target.Label, r.Notes[at].Args)
				if slices.Max(r.Map.Values) == slices.Min(r.Map.Values) {
					t.Error("the map is flat")
				}
			}
		})
	}
}

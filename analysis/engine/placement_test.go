package engine

import (
	"os"
	"reflect"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/runtime"
)

func TestSummarise(t *testing.T) {
	var p task.Placement
	summarise(&p, "webgpu", []runtime.Placed{
		{Name: "a", Op: "Conv", Device: "webgpu"}, {Name: "b", Op: "TopK", Device: "cpu"}, {Name: "c", Op: "Gather", Device: "cpu"}, {Name: "d", Op: "Conv", Device: "webgpu"},
	})
	want := task.Placement{
		Counts: []task.PlacedCount{{Device: "webgpu", Nodes: 2}, {Device: "cpu", Nodes: 2}}, Cuts: 2,
		Elsewhere: []task.PlacedNode{{Name: "b", Op: "TopK", Device: "cpu"}, {Name: "c", Op: "Gather", Device: "cpu"}},
	}
	if !reflect.DeepEqual(p, want) {
		t.Errorf("%+v", p)
	}
}

// On the CPU nothing is cut. On another device the forward pass of a plain
// network lies there in one piece.
func TestPlacements(t *testing.T) {
	device := os.Getenv(testDevice)
	if device == "" {
		device = runtime.CPU
	}
	e := newTestEngine(t, Options{})
	info, err := e.OpenModel(t.Context(), "builtin:seewhy-scenes-honest", nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := e.Placements(t.Context(), info.Ref.SHA256, device)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	for i, p := range list {
		t.Logf("%+v", p)
		if p.Err != "" || len(p.Counts) == 0 || p.Counts[0].Device != device || p.Counts[0].Nodes < 10 {
			t.Errorf("%s: %+v", p.Graph, p)
		}
		if device == runtime.CPU && (p.Cuts != 0 || len(p.Elsewhere) != 0) || i == 0 && p.Cuts != 0 {
			t.Errorf("%s is cut: %+v", p.Graph, p)
		}
	}
	if list[0].Graph != "forward" || list[1].Graph != "gradient" || list[1].Of != info.Logits+", "+info.Input.Name {
		t.Errorf("graphs %q of %q, %q of %q", list[0].Graph, list[0].Of, list[1].Graph, list[1].Of)
	}
	if list[1].Counts[0].Nodes <= list[0].Counts[0].Nodes {
		t.Error("the gradient has no more nodes than the forward pass")
	}
}

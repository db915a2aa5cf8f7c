package engine

import (
	"maps"
	"slices"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/grad"
	"seewhy/models/runtime"
)

// TestBoxesShareSessions: another box of the same scale builds no session, and each
// box has its own answer and its own map.
func TestBoxesShareSessions(t *testing.T) {
	e := newTestEngine(t, Options{})
	info, err := e.OpenModel(t.Context(), "../../models/grad/testdata/small/yolo.onnx", nil)
	if err != nil {
		t.Fatal(err)
	}
	img, err := e.OpenImage(t.Context(), "gallery:")
	if err != nil {
		t.Fatal(err)
	}
	k := task.Task{Model: info.Ref, Image: img.Ref, Method: "hirescam", Target: task.Target{Class: 1}, Device: runtime.CPU}
	w, err := e.ready(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string][]grad.Found{}
	for _, b := range decoded(t, e, w) {
		_, s, err := grad.ReadBox(w.model.raw, *w.model.outputs, b.Anchor, false)
		if err != nil {
			t.Fatal(err)
		}
		of[s.Logits] = append(of[s.Logits], b)
	}
	if len(of) < 2 {
		t.Errorf("all boxes are read from one value of %d", len(of))
	}
	for value, boxes := range of {
		if len(boxes) < 2 {
			continue
		}
		var results []task.Result
		var built [][]string
		for _, b := range []grad.Found{boxes[0], boxes[len(boxes)-1]} {
			size, at, err := e.extent(w)
			if err != nil {
				t.Fatal(err)
			}
			k.At = []task.Shape{frame{size, at}.shape(b.Box)}
			r, err := e.Explain(t.Context(), k, nil)
			if err != nil {
				t.Fatal(err)
			}
			results = append(results, r)
			built = append(built, slices.Sorted(maps.Keys(w.model.sessions.entries)))
		}
		if !slices.Equal(built[0], built[1]) {
			t.Errorf("%s: the second box built sessions", value)
		}
		if results[0].Value == results[1].Value || slices.Equal(results[0].Map.Values, results[1].Map.Values) {
			t.Errorf("%s: two boxes have one answer, %v", value, results[0].Value)
		}
	}
}

func decoded(t *testing.T, e *Engine, w *work) []grad.Found {
	t.Helper()
	in, made, err := e.input(t.Context(), w.model, w.task)
	if err != nil {
		t.Fatal(err)
	}
	w.x = in.x
	d, err := e.boxes(t.Context(), w, made)
	if err != nil {
		t.Fatal(err)
	}
	return d.Boxes
}

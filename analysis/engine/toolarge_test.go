package engine

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/grad"
	"seewhy/models/library"
	"seewhy/models/onnx"
	"seewhy/models/prep"
	"seewhy/models/runtime"
)

// anySizeModel is a model of the program whose file leaves the picture's size open.
func anySizeModel(t *testing.T) string {
	t.Helper()
	data, _, err := library.OpenBuiltin("seewhy-scenes-honest")
	if err != nil {
		t.Fatal(err)
	}
	m, err := onnx.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Graph.Inputs {
		m.Graph.Inputs[i].Shape = onnx.Fixed(-1, 3, -1, -1)
	}
	if data, err = onnx.Marshal(m); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "anysize.onnx")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSmaller(t *testing.T) {
	for _, c := range []struct {
		from prep.Size
		want []prep.Size
	}{
		{prep.Size{Width: 224, Height: 224}, []prep.Size{{Width: 160, Height: 160}, {Width: 96, Height: 96}}},
		{prep.Size{Width: 640, Height: 480}, []prep.Size{{Width: 480, Height: 352}, {Width: 320, Height: 224}}},
		{prep.Size{Width: 96, Height: 96}, []prep.Size{{Width: 64, Height: 64}}},
		{prep.Size{Width: 64, Height: 64}, nil},
	} {
		if got := smaller(c.from); !slices.Equal(got, c.want) {
			t.Errorf("below %v: %v, want %v", c.from, got, c.want)
		}
	}
}

// The last rungs: where no number of segments fits, sizes and methods that need
// less are offered, and each works when it is taken. The result says so.
func TestLastRungs(t *testing.T) {
	e := newTestEngine(t, Options{MemoryBudget: 1})
	info, err := e.OpenModel(t.Context(), anySizeModel(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	own := info.InputSize
	if own.Width < 128 {
		t.Fatalf("it runs at %v", own)
	}
	var tried []int
	e.ladder.short = func(key string, segments int) error {
		if !strings.Contains(key, grad.GradientName(info.Input.Name)) || !strings.Contains(key, fmt.Sprint(own.Width)) {
			return nil
		}
		tried = append(tried, segments)
		return fmt.Errorf("running: %w", runtime.ErrMemory)
	}
	ask := task.Task{
		Model: info.Ref, Image: task.ImageRef{Path: e.Gallery()[0].Ref}, Target: task.Target{Class: 3}, Device: runtime.CPU,
		Method: "integratedgradients", Params: map[string]float64{"steps": 8},
	}
	_, err = e.Explain(t.Context(), ask, nil)
	var large *task.TooLarge
	if !errors.As(err, &large) || !errors.Is(err, runtime.ErrMemory) {
		t.Fatalf("error %v, want one that says what needs less", err)
	}
	if !slices.Equal(tried, []int{mostSegments}) {
		t.Errorf("a budget of a byte was tried with %v segments", tried)
	}
	sizes := smaller(own)
	want := []task.Lighter{{Size: sizes[0]}, {Size: sizes[1]}, {Method: "gradcam", Title: "Grad-CAM"}, {Method: "rise", Title: "RISE"}}
	if !slices.Equal(large.Lighter, want) {
		t.Fatalf("offered %+v, want %+v", large.Lighter, want)
	}
	for _, l := range large.Lighter {
		next := ask
		if l.Method != "" {
			next.Method, next.Params = l.Method, nil
			if l.Method == "rise" {
				next.Params = map[string]float64{"samples": 16}
			}
		}
		next.Size = l.Size
		r, err := e.Explain(t.Context(), next, nil)
		if err != nil {
			t.Errorf("%+v: %v", l, err)
			continue
		}
		said := slices.ContainsFunc(r.Notes, func(n task.Note) bool {
			return n.Warning && slices.Equal(n.Args, []any{l.Size.Width, l.Size.Height})
		})
		if said != (l.Size != prep.Size{}) || r.Task.Size != l.Size {
			t.Errorf("%+v: the result says %v, its task's size is %v", l, r.Notes, r.Task.Size)
		}
		if l.Size != (prep.Size{}) && (r.Map.Width != l.Size.Width || r.Map.Height != l.Size.Height) {
			t.Errorf("at %v the map is %d x %d", l.Size, r.Map.Width, r.Map.Height)
		}
		// The result's task gives the same again.
		again, err := e.Explain(t.Context(), r.Task, nil)
		if err != nil || !slices.Equal(again.Map.Values, r.Map.Values) {
			t.Errorf("%+v repeated: %v", l, err)
		}
	}
}

// A model of one size is offered none, and says so where one is asked for.
func TestModelsOfOneSize(t *testing.T) {
	e := newTestEngine(t, Options{})
	info, err := e.OpenModel(t.Context(), "builtin:seewhy-scenes-honest", nil)
	if err != nil {
		t.Fatal(err)
	}
	ask := task.Task{
		Model: info.Ref, Image: task.ImageRef{Path: e.Gallery()[0].Ref}, Device: runtime.CPU, Method: "saliency", Target: task.Target{Class: task.AutoClass},
	}
	err = e.tooLarge(t.Context(), ask, fmt.Errorf("running: %w", runtime.ErrMemory))
	var large *task.TooLarge
	if !errors.As(err, &large) || len(large.Lighter) != 2 || large.Lighter[0].Method != "gradcam" {
		t.Errorf("offered %+v", large)
	}
	if err := e.tooLarge(t.Context(), ask, errNotOpen); err != errNotOpen {
		t.Errorf("another failure became %v", err)
	}
	ask.Size = prep.Size{Width: 64, Height: 64}
	if _, err := e.Explain(t.Context(), ask, nil); err == nil || !strings.Contains(err.Error(), "112 x 112 only") {
		t.Errorf("at another size: %v", err)
	}
}

// The same picture at the model's own size, named or not, is the same map; at a
// size near it, a map that says nearly the same.
func TestOtherSizes(t *testing.T) {
	e := newTestEngine(t, Options{})
	info, err := e.OpenModel(t.Context(), anySizeModel(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	ask := task.Task{Model: info.Ref, Image: task.ImageRef{Path: e.Gallery()[0].Ref}, Device: runtime.CPU, Method: "gradcam", Target: task.Target{Class: 3}}
	var values []float64
	for _, size := range []prep.Size{{}, info.InputSize, {Width: info.InputSize.Width - 32, Height: info.InputSize.Height - 32}} {
		ask.Size = size
		r, err := e.Explain(t.Context(), ask, nil)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, r.Value)
		other := size != (prep.Size{}) && size != info.InputSize
		said := slices.ContainsFunc(r.Notes, func(n task.Note) bool { return strings.HasPrefix(n.Key, "The model ran at") })
		if said != other || (r.Task.Size != prep.Size{}) != other {
			t.Errorf("at %v: the result is of size %v, a warning: %t", size, r.Task.Size, said)
		}
		if size != (prep.Size{}) {
			if at, err := r.Task.Preprocess.OutputSize(700, 500); err != nil || at != size {
				t.Errorf("the preprocessing aims at %v, %v, want %v", at, err, size)
			}
		}
	}
	if values[0] != values[1] || values[2] == values[0] || math.Abs(values[2]-values[0]) > 0.5*math.Abs(values[0]) {
		t.Errorf("scores at the model's own size, at it by name and at a smaller one: %v", values)
	}
	p, err := e.Predict(t.Context(), ask)
	if err != nil || p.Seen.Bounds().Dx() != ask.Size.Width {
		t.Errorf("what the model sees is %v wide, %v", p.Seen.Bounds().Dx(), err)
	}
}

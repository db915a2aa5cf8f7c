package engine

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

func openedAt(t *testing.T, e *Engine, path string) (*session, task.ModelInfo) {
	t.Helper()
	info, err := e.OpenModel(context.Background(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := e.opened(info.Ref.SHA256)
	if m.noScores != nil {
		t.Fatal(m.noScores)
	}
	return &session{e: e, m: m, device: runtime.CPU}, info
}

// samples are n different inputs of the model.
func (s *session) samples(n int) tensor.Tensor {
	shape := append([]int{n}, s.m.shape()[1:]...)
	x := tensor.New(shape...)
	for i := range x.Data {
		x.Data[i] = float32(math.Sin(0.37*float64(i)) + 0.7*math.Sin(float64(i)/300))
	}
	return x
}

// alone gives the scores of samples that run one by one.
func (s *session) alone(t *testing.T, x tensor.Tensor, score method.Score) []float64 {
	t.Helper()
	var out []float64
	for n := range x.Shape[0] {
		v, err := s.Run(context.Background(), x.Sample(n), score)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v...)
	}
	return out
}

// Networks that were exported for one sample run several at once, with the
// scores and gradients that each has alone, to float32 rounding.
func TestFixedBatchRunsTogether(t *testing.T) {
	e := newTestEngine(t, Options{})
	for _, name := range []string{"mobilenet_v2", "convnext", "vit", "swin"} {
		t.Run(name, func(t *testing.T) {
			s, info := openedAt(t, e, "../../models/grad/testdata/small/"+name+".onnx")
			if info.Input.Shape[0] != 1 || !info.DynamicBatch || info.OneByOne != "" {
				t.Fatalf("input %v, dynamic %v, %q", info.Input.Shape, info.DynamicBatch, info.OneByOne)
			}
			x, score := s.samples(5), method.Score{Value: s.m.scores.Logits, Weights: map[int]float64{2: 1}}
			want := s.alone(t, x, score)
			got, err := s.Run(context.Background(), x, score)
			if err != nil {
				t.Fatal(err)
			}
			w := s.wide.Load()
			if w == nil || !w.m.info.DynamicBatch || w.m.info.OneByOne != "" {
				t.Fatalf("several samples ran on %+v", w)
			}
			for i := range want {
				if math.Abs(got[i]-want[i]) > 1e-5*max(1, math.Abs(want[i])) {
					t.Errorf("sample %d: %v together, %v alone", i, got[i], want[i])
				}
			}
			g, err := s.Gradient(context.Background(), x, score, method.GradientQuery{Input: true})
			if err != nil {
				t.Fatal(err)
			}
			for n := range 5 {
				one, err := s.Gradient(context.Background(), x.Sample(n), score, method.GradientQuery{Input: true})
				if err != nil {
					t.Fatal(err)
				}
				a := g.Input.Sample(n)
				var diff, size float64
				for i, v := range one.Input.Data {
					diff += float64(a.Data[i]-v) * float64(a.Data[i]-v)
					size += float64(v) * float64(v)
				}
				if !(math.Sqrt(diff/size) <= 1e-5) {
					t.Errorf("sample %d: the gradient differs by %.1e", n, math.Sqrt(diff/size))
				}
			}
		})
	}
}

// oneConv is conv, relu, mean over the picture, then tail, which makes "y" of
// "features" [N, 8, 1, 1]; batch is the first dimension that the file declares.
func oneConv(t *testing.T, batch int, tail []*onnx.Node, init ...*onnx.Tensor) string {
	t.Helper()
	w := make([]float32, 8*3*3*3)
	for i := range w {
		w[i] = float32(math.Cos(float64(i)))
	}
	g := &onnx.Graph{
		Name: "g", Init: map[string]*onnx.Tensor{"w": onnx.NewFloats("w", []int64{8, 3, 3, 3}, w)},
		Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(batch, 3, 16, 16)}},
		Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32}},
		Nodes: append([]*onnx.Node{
			{Name: "conv", Op: "Conv", In: []string{"x", "w"}, Out: []string{"c"}},
			{Name: "relu", Op: "Relu", In: []string{"c"}, Out: []string{"r"}},
			{Name: "pool", Op: "GlobalAveragePool", In: []string{"r"}, Out: []string{"features"}},
		}, tail...),
	}
	for _, v := range init {
		g.Init[v.Name] = v
	}
	data, err := onnx.Marshal(&onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: g})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "m.onnx")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Models in which a batch is not its samples, or cannot be run, fall back to
// one sample at a time, say why, and give what single samples give.
func TestMixedSamplesRunOneByOne(t *testing.T) {
	int1 := func(v int64) onnx.Attr { return onnx.Int(v) }
	flat := &onnx.Node{Name: "flat", Op: "Flatten", In: []string{"features"}, Out: []string{"f"}}
	ones := func(name string, n int) *onnx.Tensor {
		v := make([]float32, n)
		for i := range v {
			v[i] = 1 + 0.1*float32(i)
		}
		return onnx.NewFloats(name, []int64{int64(n)}, v)
	}
	cases := []struct {
		name  string
		batch int
		tail  []*onnx.Node
		init  []*onnx.Tensor
		why   string
		// early says that the graph alone tells.
		early bool
		// changes says that the runtime's own answer changes from run to run.
		changes bool
	}{
		{"mean over the batch, fixed", 1, []*onnx.Node{
			flat,
			{Name: "mean", Op: "ReduceMean", In: []string{"f"}, Out: []string{"m"}, Attrs: map[string]onnx.Attr{"axes": onnx.Ints(0)}},
			{Name: "out", Op: "Add", In: []string{"f", "m"}, Out: []string{"y"}},
		}, nil, `node "mean" (ReduceMean): it mixes`, true, false},
		{"mean over the batch, open", -1, []*onnx.Node{
			flat,
			{Name: "mean", Op: "ReduceMean", In: []string{"f"}, Out: []string{"m"}, Attrs: map[string]onnx.Attr{"axes": onnx.Ints(0)}},
			{Name: "out", Op: "Add", In: []string{"f", "m"}, Out: []string{"y"}},
		}, nil, `in a batch, "y" differs`, false, false},
		{"softmax over the batch", 1, []*onnx.Node{
			flat,
			{Name: "soft", Op: "Softmax", In: []string{"f"}, Out: []string{"s"}, Attrs: map[string]onnx.Attr{"axis": int1(0)}},
			{Name: "out", Op: "Mul", In: []string{"f", "s"}, Out: []string{"y"}},
		}, nil, `node "soft" (Softmax): it mixes`, true, false},
		{"batch norm as in training", 1, []*onnx.Node{
			{Name: "norm", Op: "BatchNormalization", In: []string{"r", "scale", "bias", "mean0", "var0"}, Out: []string{"n", "mean", "var"}, Attrs: map[string]onnx.Attr{"training_mode": int1(1)}},
			{Name: "pool2", Op: "GlobalMaxPool", In: []string{"n"}, Out: []string{"p"}},
			{Name: "out", Op: "Flatten", In: []string{"p"}, Out: []string{"y"}},
		}, []*onnx.Tensor{ones("scale", 8), ones("bias", 8), ones("mean0", 8), ones("var0", 8)}, "as while training", true, true},
		{"reshaped to one sample, declared open", -1, []*onnx.Node{
			{Name: "shape", Op: "Reshape", In: []string{"features", "eight"}, Out: []string{"f"}},
			{Name: "out", Op: "Mul", In: []string{"f", "one"}, Out: []string{"y"}},
		}, []*onnx.Tensor{onnx.NewInts("eight", 1, 8), ones("one", 8)}, "", false, false},
		{"everything in one row", -1, []*onnx.Node{
			{Name: "shape", Op: "Reshape", In: []string{"features", "row"}, Out: []string{"f"}},
			{Name: "top", Op: "ReduceMax", In: []string{"features"}, Out: []string{"m"}, Attrs: map[string]onnx.Attr{"keepdims": int1(0)}},
			{Name: "out", Op: "Sub", In: []string{"f", "m"}, Out: []string{"y"}},
		}, []*onnx.Tensor{onnx.NewInts("row", 1, -1)}, "it mixes", true, false},
	}
	e := newTestEngine(t, Options{})
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := oneConv(t, c.batch, c.tail, c.init...)
			s, info := openedAt(t, e, path)
			if early := info.OneByOne != ""; early != c.early || info.DynamicBatch == early {
				t.Fatalf("at opening: %q, dynamic %v", info.OneByOne, info.DynamicBatch)
			}
			x, score := s.samples(4), method.Score{Value: s.m.scores.Logits, Weights: map[int]float64{2: 1}}
			want := s.alone(t, x, score)
			got, err := s.Run(context.Background(), x, score)
			if err != nil {
				t.Fatal(err)
			}
			// The sums are the same, but fused differently: float32 rounding.
			for i := range want {
				if !c.changes && math.Abs(got[i]-want[i]) > 1e-5*max(1, math.Abs(want[i])) {
					t.Errorf("sample %d: %v among others, %v alone", i, got[i], want[i])
				}
			}
			w := s.wide.Load()
			if w.m.info.DynamicBatch != (c.why == "") || !strings.Contains(w.m.info.OneByOne, c.why) {
				t.Fatalf("dynamic %v, %q", w.m.info.DynamicBatch, w.m.info.OneByOne)
			}
			if c.why == "" {
				return
			}
			again, err := e.OpenModel(context.Background(), path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if again.OneByOne != w.m.info.OneByOne || !strings.Contains(fmt.Sprint(again.Notes), c.why) {
				t.Errorf("opened again: %q, %v", again.OneByOne, again.Notes)
			}
		})
	}
}

// The real files at hand: whatever their batch is, samples together are what
// they are alone.
func TestSharedModelsTogether(t *testing.T) {
	if testing.Short() {
		t.Skip("runs every model at hand")
	}
	files, _ := filepath.Glob("../../../shared/models/*.onnx")
	quantized, _ := filepath.Glob("../../../shared/models/quantized/*.onnx")
	if files = append(files, quantized...); len(files) == 0 {
		t.Skip("shared models are not here")
	}
	e := newTestEngine(t, Options{})
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			info, err := e.OpenModel(context.Background(), path, nil)
			if err != nil {
				t.Skip(err)
			}
			m := e.opened(info.Ref.SHA256)
			if m.noScores != nil {
				t.Skip(m.noScores)
			}
			s := &session{e: e, m: m, device: runtime.CPU}
			w, err := s.many(context.Background(), 3)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("declared %v; together %v %s", info.Input.Shape, w.m.info.DynamicBatch, w.m.info.OneByOne)
			if !w.m.info.DynamicBatch {
				t.Errorf("samples of this model can run together")
			}
		})
	}
}

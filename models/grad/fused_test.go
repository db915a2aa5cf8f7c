package grad_test

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// TestFusedModels compares files that ONNX Runtime's optimisers wrote with the
// plain exports they came from (testdata/fused.py): the fused file as it is,
// the same written out, and the plain one give one output to 1e-5, and one
// gradient to 1e-4 of its length; and the same attention is found in them. SEEWHY_FUSED=FOLDER takes other pairs.
func TestFusedModels(t *testing.T) {
	folder := os.Getenv("SEEWHY_FUSED")
	if folder == "" {
		folder = filepath.Join("testdata", "fused")
	}
	list, err := filepath.Glob(filepath.Join(folder, "*.fused.onnx"))
	if err != nil || len(list) == 0 {
		t.Fatalf("no fused files in %s (%v)", folder, err)
	}
	lib := library(t)
	for _, path := range list {
		name := strings.TrimSuffix(filepath.Base(path), ".fused.onnx")
		t.Run(name, func(t *testing.T) {
			plain, _, _ := strings.Cut(name, "-heads")
			fused, err := onnx.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			x := tensor.New(pictureShape(fused)...)
			r := rand.New(rand.NewPCG(4, 4))
			for i := range x.Data {
				x.Data[i] = float32(r.NormFloat64())
			}
			asItIs := runModel(t, lib, fused, x)
			y, g, attentions := inputGradient(t, lib, fused, x)
			m, err := onnx.ReadFile(filepath.Join(folder, plain+".onnx"))
			if err != nil {
				t.Fatal(err)
			}
			wantY, wantG, want := inputGradient(t, lib, m, x)
			if len(attentions) != len(want) {
				t.Errorf("%d matrices of attention are found, %d in the plain export", len(attentions), len(want))
			}
			for i := range min(len(attentions), len(want)) {
				if a, w := attentions[i], want[i]; a.Heads != w.Heads || !slices.Equal(a.QueryCells, w.QueryCells) || !slices.Equal(a.Class, w.Class) {
					t.Errorf("attention %d is %+v, in the plain export %+v", i, a, w)
				}
			}
			for what, c := range map[string]struct {
				got, want tensor.Tensor
				tolerance float64
			}{
				"the output written out": {y, asItIs, 1e-5}, "the output": {y, wantY, 1e-5}, "the gradient": {g, wantG, 1e-4},
			} {
				if e := relative(c.got.Data, c.want.Data); !(e <= c.tolerance) {
					t.Errorf("%s differs by %.2g of its length", what, e)
				}
			}
		})
	}
}

// pictureShape is the declared one, 2 x 3 x 32 x 32 where that is open.
func pictureShape(m *onnx.Model) []int {
	shape := m.Graph.FreeInputs()[0].Dims()
	for i, open := range []int{2, 3, 32, 32} {
		if shape[i] < 0 {
			shape[i] = open
		}
	}
	return shape
}

func relative(got, want []float32) float64 {
	var diff, size float64
	for i, w := range want {
		d := float64(got[i] - w)
		diff += d * d
		size += float64(w) * float64(w)
	}
	return math.Sqrt(diff / size)
}

func runModel(t *testing.T, lib *runtime.Library, m *onnx.Model, x tensor.Tensor) tensor.Tensor {
	t.Helper()
	data, err := onnx.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	s, err := lib.NewSession(data, []string{m.Graph.FreeInputs()[0].Name}, []string{m.Graph.Outputs[0].Name}, runtime.Options{Device: runtime.CPU})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got, err := s.Run(context.Background(), []tensor.Tensor{x})
	if err != nil {
		t.Fatal(err)
	}
	return got[0]
}

// inputGradient is the first output, its gradient along a fixed direction of
// outputs, and the matrices of attention that are found.
func inputGradient(t *testing.T, lib *runtime.Library, m *onnx.Model, x tensor.Tensor) (y, g tensor.Tensor, a []grad.Attention) {
	t.Helper()
	in, out := m.Graph.FreeInputs()[0].Name, m.Graph.Outputs[0].Name
	shape := slices.Clone(x.Shape)
	shape[0] = m.Graph.FreeInputs()[0].Dims()[0]
	p, err := grad.Prepare(m, in, shape, oracle{lib})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range p.Model.Graph.Nodes {
		if n.Domain != "" || n.Op == "If" {
			t.Errorf("%s is left", n.Label())
		}
	}
	program, err := grad.Build(p.Model, p.Facts, grad.Query{Score: out, Wants: []string{in}})
	if err != nil {
		t.Fatal(err)
	}
	u := tensor.New(x.Shape[0], p.Facts.Shapes[out][1])
	for i := range u.Data {
		u.Data[i] = float32(i%3) - 0.7
	}
	value, grads := compile(t, lib, program, []string{in}, out)([]tensor.Tensor{x}, u)
	return value, grads[0], grad.Attentions(p, out)
}

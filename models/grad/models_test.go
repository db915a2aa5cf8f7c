package grad_test

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// load prepares a real model, or skips where it is not here.
func load(t testing.TB, lib *runtime.Library, file string) (*grad.Prepared, grad.Scores) {
	t.Helper()
	path := filepath.Join("../../../shared/models", file)
	if found, _ := filepath.Glob(path); found == nil {
		t.Skip("shared models are not here")
	}
	m, err := onnx.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	in := m.Graph.FreeInputs()[0]
	p, err := grad.Prepare(m, in.Name, in.Dims(), oracle{lib})
	if err != nil {
		t.Fatal(err)
	}
	s, err := grad.FindScores(p.Model.Graph, p.Facts)
	if err != nil {
		t.Fatal(err)
	}
	return p, s
}

var wholeModels = []struct {
	file string
	std  float64
}{
	// std is the spread of the random input, of the size that the model's
	// preprocessing gives a photograph.
	{"squeezenet1.1-caffe-fp32.onnx", 60},
	{"bvlc-googlenet-fp32.onnx", 60},
	{"mobilenet_v2-torchvision-dequant-fp32.onnx", 1},
	{"shufflenet_v2_x1-dequant-fp32.onnx", 1},
	{"cifar10-resnet8-fp32.onnx", 60},
	{"fer2013-mini_xception-fp32.onnx", 0.5},
	{"vww-person-mobilenetv1_0.25_96-fp32.onnx", 0.3},
	{"mnist-12-cntk.onnx", 80},
	{"squeezenet1.1-fp16.onnx", 60},
}

// directions are fewer for photographs: a forward pass in float64 takes seconds.
func directions(x tensor.Tensor) int {
	if x.Len() > 100_000 {
		return 6
	}
	return 20
}

// TestWholeModelGradient compares <grad, v> with central differences of the
// logit along random directions v of a picture-like input. The differences
// come from a float64 forward pass (reference_test.go) with a step so small
// that hardly an activation crosses its kink; what remains is the float32
// rounding of the gradient itself, in the general form and in the CPU's, with
// kernels of our own and without. The bound is on the length of the errors
// over the length of the derivatives, over all directions.
func TestWholeModelGradient(t *testing.T) {
	if raceDetector {
		t.Skip("the float64 twin takes minutes under the race detector; scripts/test.sh runs this test without it")
	}
	lib := library(t)
	for _, c := range wholeModels {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			p, s := load(t, lib, c.file)
			prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: s.Logits, Wants: []string{p.Input}})
			if err != nil {
				t.Fatal(err)
			}
			run := compile(t, lib, prog, []string{p.Input}, s.Logits)
			r := rand.New(rand.NewPCG(3, 4))
			x := smooth(r, single(p.Facts.Shapes[p.Input]), c.std)
			u := tensor.New(single(p.Facts.Shapes[s.Logits])...)
			y, _ := run([]tensor.Tensor{x}, u)
			top := argmax(y.Data)
			u.Data[top] = 1
			_, g := run([]tensor.Tensor{x}, u)
			one := p.One()
			var cpu [2]tensor.Tensor
			for i, kernels := range []bool{false, true} {
				if prog, err = grad.Build(one.Model, one.Facts, grad.Query{Score: s.Logits, Wants: []string{p.Input}, Phases: true, Kernels: kernels}); err != nil {
					t.Fatal(err)
				}
				_, g := compile(t, lib, prog, []string{p.Input}, s.Logits)([]tensor.Tensor{x}, u)
				cpu[i] = g[0]
			}

			ref := newReference(t, p, s.Logits)
			base := ref.forward(widen(x.Data))
			if d := math.Abs(base[top] - float64(y.Data[top])); d > 1e-4*max(1, math.Abs(base[top])) {
				t.Fatalf("the float64 forward gives %.6f, the runtime %.6f", base[top], y.Data[top])
			}
			// Relative to the size of the input: 1e-7 of it in float64.
			h := 1e-7 * c.std
			var errs, size float64
			var cpuErrs [2]float64
			for range directions(x) {
				v := make([]float64, x.Len())
				var got float64
				var byCPU [2]float64
				for i := range v {
					v[i] = r.NormFloat64()
					got += v[i] * float64(g[0].Data[i])
					for k := range cpu {
						byCPU[k] += v[i] * float64(cpu[k].Data[i])
					}
				}
				at := func(k float64) float64 {
					moved := widen(x.Data)
					for i := range moved {
						moved[i] += k * v[i]
					}
					return ref.forward(moved)[top]
				}
				want := (at(h) - at(-h)) / (2 * h)
				errs += (got - want) * (got - want)
				for k, got := range byCPU {
					cpuErrs[k] += (got - want) * (got - want)
				}
				size += want * want
			}
			rel := math.Sqrt(max(errs, cpuErrs[0], cpuErrs[1]) / size)
			t.Logf("relative error %.2e over %d directions", rel, directions(x))
			if !(rel < 0.003) {
				t.Errorf("relative error %.3g, bound 0.003", rel)
			}
		})
	}
}

// single is a shape for one sample.
func single(shape []int) []int {
	out := slices.Clone(shape)
	out[0] = 1
	return out
}

func argmax(v []float32) int {
	top := 0
	for i := range v {
		if v[i] > v[top] {
			top = i
		}
	}
	return top
}

// smooth draws an input with the spread of a photograph: waves, and a little noise.
func smooth(r *rand.Rand, shape []int, std float64) tensor.Tensor {
	x := tensor.New(shape...)
	w := shape[len(shape)-1]
	fx, fy := 0.02+0.1*r.Float64(), 0.02+0.1*r.Float64()
	for i := range x.Data {
		col, row := float64(i%w), float64(i/w)
		x.Data[i] = float32(std * (math.Sin(fx*col+0.7)*math.Cos(fy*row) + 0.2*r.NormFloat64()))
	}
	return x
}

// The layer that Auto picks is the one people use for each network.
func TestLayersOfRealModels(t *testing.T) {
	lib := library(t)
	natural := map[string][]int{
		"squeezenet1.1-caffe-fp32.onnx": {1000, 13, 13}, "bvlc-googlenet-fp32.onnx": {1024, 7, 7},
		"mobilenet_v2-torchvision-dequant-fp32.onnx": {1280, 7, 7}, "shufflenet_v2_x1-dequant-fp32.onnx": {1024, 7, 7},
		"cifar10-resnet8-fp32.onnx": {64, 8, 8},
	}
	for file, want := range natural {
		t.Run(file, func(t *testing.T) {
			p, s := load(t, lib, file)
			layers, i := grad.Layers(p, s.Logits)
			for _, l := range layers {
				if l.Candidate {
					t.Log(l)
				}
			}
			if i < 0 {
				t.Fatal("no natural layer")
			}
			if got := layers[i].Shape; !slices.Equal(got, want) {
				t.Errorf("natural layer %v, want shape %v", layers[i], want)
			}
		})
	}
}

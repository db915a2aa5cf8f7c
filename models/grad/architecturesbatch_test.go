package grad_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// TestArchitecturesOpen takes the exported networks as files for one sample,
// which the newer exporter's are, opens their batch, and compares two samples
// at once with the same samples alone, in a plain forward pass. The bound is
// the engine's: 1e-4 of the largest output.
func TestArchitecturesOpen(t *testing.T) {
	dir := os.Getenv("SEEWHY_ARCHITECTURES")
	if dir == "" {
		t.Skip("SEEWHY_ARCHITECTURES names no folder; testdata/architectures.py makes one")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	for _, file := range files {
		stem := strings.TrimSuffix(file, ".json")
		t.Run(filepath.Base(stem), func(t *testing.T) {
			e := readExported(t, stem)
			m, err := onnx.ReadFile(stem + ".onnx")
			if err != nil {
				t.Fatal(err)
			}
			p, err := grad.Prepare(m, m.Graph.FreeInputs()[0].Name, e.Values[0].Shape, oracle{library(t)})
			if err != nil {
				t.Fatal(err)
			}
			open, err := grad.OpenBatch(p, oracle{library(t)})
			if err != nil {
				t.Fatal(err)
			}
			x := waves(2, e.Size)
			copy(x.Shape[1:], e.Values[0].Shape[1:])
			both := plain(t, open, x)
			for n := range 2 {
				one := plain(t, p, x.Sample(n))
				if both.Len() != 2*one.Len() {
					t.Fatalf("two samples give %v, one %v", both.Shape, one.Shape)
				}
				r := apart(both.Sample(n), one)
				if r <= 1e-4 {
					continue
				}
				// Rounding may be all that it is: a network of random weights can
				// turn a last digit of its input into a thousandth of its output.
				moved := apart(plain(t, p, nudged(x.Sample(n))), one)
				if !(r <= min(moved, 2e-3)) {
					t.Errorf("sample %d differs by %.1e, and by %.1e where the input is rounded", n, r, moved)
				}
				t.Logf("sample %d differs by %.1e, and by %.1e where the input is rounded", n, r, moved)
			}
		})
	}
}

// nudged moves each number by one part in ten million, up and down in turn.
func nudged(x tensor.Tensor) tensor.Tensor {
	y := tensor.New(x.Shape...)
	for i, v := range x.Data {
		y.Data[i] = v * (1 + 1e-7*float32(1-2*(i%2)))
	}
	return y
}

// plain runs the forward pass to the first output.
func plain(t *testing.T, p *grad.Prepared, x tensor.Tensor) tensor.Tensor {
	t.Helper()
	score := p.Model.Graph.Outputs[0].Name
	data, err := onnx.Marshal(grad.Forward(p, score))
	if err != nil {
		t.Fatal(err)
	}
	s, err := library(t).NewSession(data, []string{p.Input}, []string{score}, runtime.Options{Device: runtime.CPU})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out, err := s.Run(context.Background(), []tensor.Tensor{x})
	if err != nil {
		t.Fatal(err)
	}
	return out[0]
}

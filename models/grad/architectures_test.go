package grad_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// TestArchitectures compares the input gradient of exported networks with
// PyTorch's autograd. The files come from testdata/architectures.py, which
// needs PyTorch and minutes; SEEWHY_ARCHITECTURES names their folder.
//
// PyTorch's side is float64. The bound is 1e-4 of the gradient's length, for
// float32 rounding; networks in which a ReLU or a maximum lies so near its
// kink that float32 and float64 fall on different sides exceed it, and are
// listed in docs/gradients.md.
func TestArchitectures(t *testing.T) {
	dir := os.Getenv("SEEWHY_ARCHITECTURES")
	if dir == "" {
		t.Skip("SEEWHY_ARCHITECTURES names no folder; testdata/architectures.py makes one")
	}
	lib := library(t)
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	for _, file := range files {
		stem := strings.TrimSuffix(file, ".json")
		t.Run(filepath.Base(stem), func(t *testing.T) {
			var about struct {
				Size  int     `json:"size"`
				Class int     `json:"class"`
				Logit float64 `json:"logit"`
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(data, &about); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			m, err := onnx.ReadFile(stem + ".onnx")
			if err != nil {
				t.Fatal(err)
			}
			in := m.Graph.FreeInputs()[0]
			p, err := grad.Prepare(m, in.Name, []int{-1, 3, about.Size, about.Size}, oracle{lib})
			if err != nil {
				t.Fatal(err)
			}
			s, err := grad.FindScores(p.Model.Graph, p.Facts)
			if err != nil {
				t.Fatal(err)
			}
			prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: s.Logits, Wants: []string{p.Input}})
			if err != nil {
				t.Fatal(err)
			}
			run := compile(t, lib, prog, []string{p.Input}, s.Logits)
			built := time.Since(start)
			x, err := tensor.Of(floatFile(t, stem+".x"), 1, 3, about.Size, about.Size)
			if err != nil {
				t.Fatal(err)
			}
			u := tensor.New(single(p.Facts.Shapes[s.Logits])...)
			u.Data[about.Class] = 1
			y, g := run([]tensor.Tensor{x}, u)
			want := floatFile(t, stem+".g")
			var diff, size float64
			for i, w := range want {
				d := float64(g[0].Data[i]) - float64(w)
				diff += d * d
				size += float64(w) * float64(w)
			}
			rel := math.Sqrt(diff / max(size, 1e-300))
			layers, natural := grad.Layers(p, s.Logits)
			where := "none"
			if natural >= 0 {
				where = layers[natural].Name
			}
			candidates := 0
			for _, l := range layers {
				if l.Candidate {
					candidates++
				}
			}
			t.Logf("relative error %.1e; logit %.4f for %.4f; %d nodes, built in %v; %d layers, %d natural, last %s", rel, y.Data[about.Class], about.Logit, len(prog.Model.Graph.Nodes), built.Round(time.Millisecond), len(layers), candidates, where)
			if !(rel < 1e-4) {
				t.Errorf("relative error %.2e", rel)
			}
		})
	}
}

func floatFile(t *testing.T, path string) []float32 {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]float32, len(data)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return slices.Clip(out)
}

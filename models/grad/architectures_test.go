package grad_test

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// exported is a network that PyTorch exported, with its gradients beside it.
type exported struct {
	Name, Exporter string
	// The score is the sum of the first output at Index of Axis.
	Size, Axis, Index int
	Score             float64
	Parameters        int
	Values            []exportedValue
}

type exportedValue struct {
	Name, Module string
	Shape        []int
	// Torch32 is how far PyTorch's float32 gradient is from its float64 one, Near
	// how far that moves when the input moves by a few float32 roundings.
	Torch32, Near float64
	Gradient      string
	want          []float32
}

// readExported reads STEM.json; gradients are inside it or in STEM.g.
func readExported(t *testing.T, stem string) *exported {
	t.Helper()
	data, err := os.ReadFile(stem + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var e exported
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	var all []float32
	if e.Values[0].Gradient == "" {
		all = floatFile(t, stem+".g")
	}
	for i := range e.Values {
		v := &e.Values[i]
		if v.Gradient != "" {
			raw, err := base64.StdEncoding.DecodeString(v.Gradient)
			if err != nil {
				t.Fatal(err)
			}
			v.want = littleFloats(raw)
			continue
		}
		n := product(v.Shape)
		v.want, all = all[:n], all[n:]
	}
	return &e
}

// difference is the answer to one value.
type difference struct {
	exportedValue
	relative float64
	got      tensor.Tensor
}

// prepareExported readies the network and finds its blocks: the names of the
// wanted values, in the order of e.Values.
func prepareExported(t *testing.T, stem string, e *exported) (p *grad.Prepared, score string, wants []string) {
	t.Helper()
	m, err := onnx.ReadFile(stem + ".onnx")
	if err != nil {
		t.Fatal(err)
	}
	in := m.Graph.FreeInputs()[0]
	shape := slices.Clone(e.Values[0].Shape)
	shape[0] = int(in.Shape[0].N)
	if p, err = grad.Prepare(m, in.Name, shape, oracle{library(t)}); err != nil {
		t.Fatal(err)
	}
	score = p.Model.Graph.Outputs[0].Name
	wants = blocksOf(p, e)
	// A block's output may have become a copy that nothing reads, where an
	// exporter cancelled two transpositions, or the input itself.
	for i := len(wants) - 1; i > 0; i-- {
		_, _, _, err := grad.Coverage(p.Model.Graph, grad.Query{Score: score, Wants: wants[i : i+1]})
		if err != nil || slices.Contains(wants[:i], wants[i]) {
			t.Logf("%s (%s) is not on the way to the score in this export", e.Values[i].Name, e.Values[i].Module)
			wants, e.Values = slices.Delete(wants, i, i+1), slices.Delete(e.Values, i, i+1)
		}
	}
	return p, score, wants
}

// blocksOf names what was exported as outputs of blocks. Exporters may hang an
// Identity between a value and the output that shows it; the gradient arrives
// at the value.
func blocksOf(p *grad.Prepared, e *exported) []string {
	producers, read := p.Model.Graph.Producers(), map[string]bool{}
	for _, n := range p.Model.Graph.Nodes {
		for _, v := range n.In {
			read[v] = true
		}
	}
	wants := []string{p.Input}
	for _, v := range e.Values[1:] {
		name := v.Name
		for !read[name] && producers[name] != nil && producers[name].Op == "Identity" {
			name = producers[name].In[0]
		}
		wants = append(wants, name)
	}
	return wants
}

// compareExported gives, for the input and each block, how far our gradient of
// n equal samples is from PyTorch's: the length of the difference over the
// length of the gradient. It is the worst of the general form, of the CPU's with
// and without kernels of our own, and of those for the input alone, in which
// more can be left out; got is the general form's.
func compareExported(t *testing.T, p *grad.Prepared, e *exported, score string, wants []string, x tensor.Tensor) (value float64, out []difference) {
	t.Helper()
	value, out = compareForm(t, p, e, grad.Query{Score: score, Wants: wants}, x)
	if x.Shape[0] == 1 {
		p = p.One()
	}
	for _, wants := range [][]string{wants, wants[:1]} {
		for _, kernels := range []bool{false, true} {
			_, cpu := compareForm(t, p, e, grad.Query{Score: score, Wants: wants, Phases: true, Kernels: kernels}, x)
			for i, d := range cpu {
				out[i].relative = max(out[i].relative, d.relative)
			}
		}
	}
	return value, out
}

func compareForm(t *testing.T, p *grad.Prepared, e *exported, q grad.Query, x tensor.Tensor) (value float64, out []difference) {
	t.Helper()
	prog, err := grad.Build(p.Model, p.Facts, q)
	if err != nil {
		t.Fatal(err)
	}
	n := x.Shape[0]
	shape := slices.Clone(p.Facts.Shapes[q.Score])
	shape[0] = n
	u := tensor.New(shape...)
	inner := product(shape[e.Axis+1:])
	for i := range u.Data {
		if i/inner%shape[e.Axis] == e.Index {
			u.Data[i] = 1
		}
	}
	y, g := runProgram(t, prog, p.Input, q.Score, q.Wants, x, u)
	for i, v := range y.Data {
		value += float64(v) * float64(u.Data[i]) / float64(n)
	}
	for k, v := range e.Values[:len(q.Wants)] {
		d := difference{exportedValue: v, got: g[k]}
		if g[k].Len() != n*len(v.want) {
			t.Fatalf("the gradient of %s (%s) has shape %v, PyTorch's %v", v.Name, v.Module, g[k].Shape, v.Shape)
		}
		var diff, size float64
		for i, got := range g[k].Data {
			w := float64(v.want[i%len(v.want)])
			diff += (float64(got) - w) * (float64(got) - w)
			size += w * w
		}
		d.relative = math.Sqrt(diff / max(size, 1e-300))
		out = append(out, d)
	}
	return value, out
}

// runProgram feeds input and seed, and fetches the score and the gradients.
func runProgram(t *testing.T, prog *grad.Program, input, score string, wants []string, x, u tensor.Tensor) (y tensor.Tensor, g []tensor.Tensor) {
	t.Helper()
	data, err := onnx.Marshal(prog.Model)
	if err != nil {
		t.Fatal(err)
	}
	outputs := []string{score}
	for _, w := range wants {
		outputs = append(outputs, prog.Gradients[w])
	}
	s, err := library(t).NewSession(data, []string{input, prog.Seed}, outputs, runtime.Options{Device: runtime.CPU, Kernels: prog.Kernels})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out, err := s.Run(context.Background(), []tensor.Tensor{x, u})
	if err != nil {
		t.Fatal(err)
	}
	return out[0], out[1:]
}

// TestArchitectures compares the gradients of exported networks, at the input
// and at their blocks, with PyTorch's autograd. The files come from
// testdata/architectures.py, which needs PyTorch and an hour;
// SEEWHY_ARCHITECTURES names their folder, SEEWHY_TABLE a file for the table in
// docs/gradients.md.
//
// PyTorch's side is float64. The bound is 1e-4 of a gradient's length, for
// float32 rounding. Where activations lie within rounding of their kinks,
// PyTorch's own float32 gradients are off as well, or its float64 ones move as
// much when the input moves by 2e-6; then the bound is 4 times the worst of
// them, since other kernels fall on the wrong side elsewhere.
func TestArchitectures(t *testing.T) {
	dir := os.Getenv("SEEWHY_ARCHITECTURES")
	if dir == "" {
		t.Skip("SEEWHY_ARCHITECTURES names no folder; testdata/architectures.py makes one")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	var table []string
	for _, file := range files {
		stem := strings.TrimSuffix(file, ".json")
		t.Run(filepath.Base(stem), func(t *testing.T) {
			e := readExported(t, stem)
			row := "could not be compared"
			defer func() {
				table = append(table, fmt.Sprintf("| %s | %s | %s |", e.Name, e.Exporter, row))
			}()
			start := time.Now()
			p, score, wants := prepareExported(t, stem, e)
			x, err := tensor.Of(floatFile(t, stem+".x"), e.Values[0].Shape...)
			if err != nil {
				t.Fatal(err)
			}
			value, diffs := compareExported(t, p, e, score, wants, x)
			worst, torch, failed := 0.0, 0.0, ""
			for _, d := range diffs {
				worst, torch = max(worst, d.relative), max(torch, d.Torch32, d.Near)
			}
			for _, d := range diffs {
				if !(d.relative <= max(1e-4, 4*torch)) {
					failed = d.Module
					t.Errorf("%s (%s): relative error %.2e, PyTorch's own %.1e", d.Name, d.Module, d.relative, torch)
				}
			}
			note := ""
			switch {
			case failed != "":
				note = "**differs** at " + failed
			case worst > 1e-4:
				note = "kink"
			}
			row = fmt.Sprintf("%d | %.1e | %.1e | %d | %.1e | %s", e.Size, diffs[0].relative, worst, len(diffs)-1, torch, note)
			t.Logf("score %.5g for %.5g, %s, in %v", value, e.Score, row, time.Since(start).Round(time.Millisecond))
		})
	}
	if path := os.Getenv("SEEWHY_TABLE"); path != "" {
		if err := os.WriteFile(path, []byte(strings.Join(table, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func floatFile(t *testing.T, path string) []float32 {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return littleFloats(data)
}

func littleFloats(data []byte) []float32 {
	out := make([]float32, len(data)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return out
}

package grad_test

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/tensor"
)

// waves is the input that testdata/small.py uses, n samples that shift with
// each.
func waves(n, size int) tensor.Tensor {
	x := tensor.New(n, 3, size, size)
	each := 3 * size * size
	for i := range x.Data {
		k := float64(i%each) + 211*float64(i/each)
		x.Data[i] = float32(math.Sin(0.37*k) + 0.5*math.Sin(0.0113*k+1))
	}
	return x
}

func smallNets(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/small/*.onnx")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d small networks, %v", len(files), err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(f, ".onnx")
	}
	return files
}

// TestSmallArchitectures compares the gradients of the score with respect to
// the input and to the outputs of blocks with torch.autograd in float64, for
// the building blocks of public architectures (testdata/small.py). The bound
// is 1e-4 of the gradient's length, for float32 against float64; measured: below 1e-6.
func TestSmallArchitectures(t *testing.T) {
	for _, stem := range smallNets(t) {
		t.Run(filepath.Base(stem), func(t *testing.T) {
			t.Parallel()
			e := readExported(t, stem)
			p, score, wants := prepareExported(t, stem, e)
			value, diffs := compareExported(t, p, e, score, wants, waves(1, e.Size))
			if math.Abs(value-e.Score) > 1e-4*max(1, math.Abs(e.Score)) {
				t.Fatalf("score %v, PyTorch's %v", value, e.Score)
			}
			for _, d := range diffs {
				if !(d.relative <= 1e-4) {
					t.Errorf("%s: relative error %.2e", d.Name, d.relative)
				}
				t.Logf("%s: %.1e", d.Name, d.relative)
			}
		})
	}
}

// TestBatchOpens takes the small networks that were exported for one sample, and
// asks of the rewritten ones: a batch of three samples gives each the score and
// gradients, at the input and at blocks, that the file gives it alone; the
// first is the sample that PyTorch's gradients are for. Bound 1e-5 of the
// length: the same float32 arithmetic, in another order.
func TestBatchOpens(t *testing.T) {
	fixed := 0
	for _, stem := range smallNets(t) {
		e := readExported(t, stem)
		p, score, wants := prepareExported(t, stem, e)
		if p.Facts.Shapes[p.Input][0] < 0 {
			continue
		}
		fixed++
		t.Run(filepath.Base(stem), func(t *testing.T) {
			open, err := grad.OpenBatch(p, oracle{library(t)})
			if err != nil {
				t.Fatal(err)
			}
			if s := open.Facts.Shapes[score]; s[0] != -1 || !slices.Equal(s[1:], p.Facts.Shapes[score][1:]) {
				t.Fatalf("the score has shape %v", s)
			}
			x := waves(3, e.Size)
			_, all := compareExported(t, open, e, score, wants, x)
			for n := range 3 {
				_, one := compareExported(t, p, e, score, wants, x.Sample(n))
				for k, d := range one {
					if r := apart(all[k].got.Sample(n), d.got); !(r <= 1e-5) {
						t.Errorf("sample %d, %s: differs by %.2e", n, d.Name, r)
					}
				}
			}
		})
	}
	if fixed < 5 {
		t.Errorf("only %d of the small networks are made for one sample", fixed)
	}
}

// apart is the length of a-b over that of b.
func apart(a, b tensor.Tensor) float64 {
	var diff, size float64
	for i, v := range b.Data {
		diff += float64(a.Data[i]-v) * float64(a.Data[i]-v)
		size += float64(v) * float64(v)
	}
	return math.Sqrt(diff / max(size, 1e-300))
}

// samplesSecond is attention over sequences with the samples second, as
// PyTorch's MultiheadAttention has them: rows of products are [tokens, samples],
// heads are the minor part of the samples' axis.
func samplesSecond() *onnx.Model {
	init := map[string]*onnx.Tensor{}
	constant := func(name string, v ...int64) string {
		init[name] = onnx.NewInts(name, v...)
		return name
	}
	weights := make([]float32, 64)
	for i := range weights {
		weights[i] = float32(math.Cos(float64(i)))
	}
	init["w"] = onnx.NewFloats("w", []int64{8, 8}, weights)
	var nodes []*onnx.Node
	add := func(op, out string, attrs grad.A, in ...string) {
		if attrs == nil {
			attrs = grad.A{}
		}
		nodes = append(nodes, &onnx.Node{Name: out, Op: op, In: in, Out: []string{out}, Attrs: attrs})
	}
	swap := grad.A{"perm": onnx.Ints(1, 0, 2)}
	add("Reshape", "tokens", nil, "x", constant("s0", 1, 6, 8))
	add("Transpose", "first", swap, "tokens")
	add("Reshape", "rows", nil, "first", constant("s1", 6, 8))
	add("Gemm", "q", nil, "rows", "w")
	add("Reshape", "q3", nil, "q", constant("s2", 6, 1, 8))
	add("Reshape", "heads", nil, "q3", constant("s3", 6, 2, 4))
	add("Transpose", "h", swap, "heads")
	add("Transpose", "ht", grad.A{"perm": onnx.Ints(0, 2, 1)}, "h")
	add("MatMul", "scores", nil, "h", "ht")
	add("Softmax", "a", grad.A{"axis": onnx.Int(-1)}, "scores")
	add("MatMul", "mixed", nil, "a", "h")
	add("Transpose", "back", swap, "mixed")
	add("Reshape", "rows2", nil, "back", constant("s4", 6, 8))
	add("Gemm", "o", nil, "rows2", "w")
	add("Reshape", "o3", nil, "o", constant("s5", 6, 1, 8))
	add("Transpose", "o4", swap, "o3")
	add("ReduceMean", "y", grad.A{"axes": onnx.Ints(1), "keepdims": onnx.Int(0)}, "o4")
	return &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: &onnx.Graph{
		Name: "g", Nodes: nodes, Init: init, Values: map[string]onnx.Value{}, Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32}},
		Inputs: []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(1, 3, 4, 4)}},
	}}
}

// Three samples at once are what they are alone.
func TestBatchOpensSamplesSecond(t *testing.T) {
	p, err := grad.Prepare(samplesSecond(), "x", []int{1, 3, 4, 4}, oracle{library(t)})
	if err != nil {
		t.Fatal(err)
	}
	open, err := grad.OpenBatch(p, oracle{library(t)})
	if err != nil {
		t.Fatal(err)
	}
	x := waves(3, 4)
	all := plain(t, open, x)
	for n := range 3 {
		if r := apart(all.Sample(n), plain(t, p, x.Sample(n))); !(r <= 1e-6) {
			t.Errorf("sample %d differs by %.1e", n, r)
		}
	}
}

// The number of windows a sample is a quotient of two open dimensions: it is
// folded to that number, here 4, and not to 1.
func TestQuotientOfOpenDimensions(t *testing.T) {
	init := map[string]*onnx.Tensor{}
	for name, v := range map[string][]int64{"windows": {-1, 18}, "zero": {0}, "one": {1}, "flat": {0, -1}} {
		init[name] = onnx.NewInts(name, v...)
	}
	var nodes []*onnx.Node
	add := func(op, out string, attrs grad.A, in ...string) {
		if attrs == nil {
			attrs = grad.A{}
		}
		nodes = append(nodes, &onnx.Node{Name: out, Op: op, In: in, Out: []string{out}, Attrs: attrs})
	}
	add("Reshape", "w", nil, "x", "windows")
	for _, v := range []string{"w", "x"} {
		add("Shape", "shape of "+v, nil, v)
		add("Gather", "count of "+v, nil, "shape of "+v, "zero")
	}
	add("Div", "each", nil, "count of w", "count of x")
	add("Concat", "repeats", grad.A{"axis": onnx.Int(0)}, "one", "each")
	add("ReduceMean", "m", grad.A{"axes": onnx.Ints(2, 3), "keepdims": onnx.Int(0)}, "x")
	add("Tile", "y", nil, "m", "repeats")
	m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": 17}, Graph: &onnx.Graph{
		Name: "g", Nodes: nodes, Init: init, Values: map[string]onnx.Value{}, Outputs: []onnx.Value{{Name: "y", Type: onnx.Float32}},
		Inputs: []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, 2, 6, 6)}},
	}}
	p, err := grad.Prepare(m, "x", []int{-1, 2, 6, 6}, oracle{library(t)})
	if err != nil {
		t.Fatal(err)
	}
	if r := p.Model.Graph.Init["repeats"]; r == nil {
		t.Error("the repeats are not folded")
	} else if v, err := r.Ints(); err != nil || !slices.Equal(v, []int64{1, 4}) {
		t.Errorf("repeats %v, %v; want [1 4]", v, err)
	}
	for _, n := range []int{1, 3} {
		if y := plain(t, p, tensor.New(n, 2, 6, 6)); !slices.Equal(y.Shape, []int{n, 8}) {
			t.Errorf("%d samples give %v, want [%d 8]", n, y.Shape, n)
		}
	}
}

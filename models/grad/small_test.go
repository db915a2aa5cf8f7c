package grad_test

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seewhy/models/grad"
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

package grad_test

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// Gradients are the same whether the forward values were kept or computed
// again. The bound is float32's rounding: the runtime may fuse the two graphs
// differently.
func TestRecomputedGradientIsTheSame(t *testing.T) {
	lib := library(t)
	for _, name := range []string{"resnet", "vgg", "mobilenet", "vit", "swin"} {
		t.Run(name, func(t *testing.T) {
			p, score := peerNet(t, lib, name)
			x := noise(2, p)
			want, _ := segmentedGradient(t, lib, p, score, 0, x)
			for _, segments := range []int{2, 4, 7, 50} {
				got, nodes := segmentedGradient(t, lib, p, score, segments, x)
				var length, apart float64
				for i, w := range want.Data {
					length += float64(w) * float64(w)
					apart += math.Pow(float64(w)-float64(got.Data[i]), 2)
				}
				if !(math.Sqrt(apart) <= 1e-5*math.Sqrt(length)) {
					t.Errorf("%d segments: off by %.3g of the gradient's length", segments, math.Sqrt(apart/length))
				}
				if segments == 4 && nodes.again == 0 && name != "vgg" {
					// A plain chain that is cut at each pool has nothing between the cuts.
					t.Error("nothing is computed again")
				}
			}
		})
	}
}

// segmentsVariable tells a process of this test how many segments to run.
const segmentsVariable = "SEEWHY_TEST_SEGMENTS"

// TestRecomputingSavesMemory states the peak of a process above what it held
// before the run, for 32 layers of one width (6.4 MB each) on 8 pictures. Each
// has a process of its own: one that ran other tests holds memory to reuse.
func TestRecomputingSavesMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	lib := library(t)
	if n, err := strconv.Atoi(os.Getenv(segmentsVariable)); err == nil {
		p := deepNet(t, lib, 32)
		var before int64
		segmentedGradient(t, lib, p, "score", n, noise(8, p), func() {
			debug.FreeOSMemory()
			before = resident(t, true)
		})
		fmt.Printf("peak %d\n", resident(t, false)-before)
		return
	}
	peak := map[int]int64{}
	for _, segments := range []int{0, 2, 4, 6} {
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestRecomputingSavesMemory$")
		c.Env = append(os.Environ(), fmt.Sprint(segmentsVariable, "=", segments))
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		var n int64
		if _, err := fmt.Sscanf(string(out), "peak %d", &n); err != nil {
			t.Skipf("the peak cannot be read here: %s", out)
		}
		peak[segments] = n
		t.Logf("%d segments: %d MB", segments, n>>20)
	}
	// Of 32 values, 6 segments keep 5 cuts and the 5 to 6 of one segment.
	if !(float64(peak[6]) <= 0.6*float64(peak[0])) {
		t.Errorf("6 segments need %d MB, keeping everything %d MB; at most 0.6 of it was expected", peak[6]>>20, peak[0]>>20)
	}
}

// deepNet is a chain of convolutions and ReLUs of one width, and a mean.
func deepNet(t testing.TB, lib *runtime.Library, layers int) *grad.Prepared {
	t.Helper()
	const channels, side = 16, 112
	m := &onnx.Model{IR: 8, Opsets: map[string]int64{"": onnx.TargetOpset}, Graph: &onnx.Graph{
		Name: "deep", Init: map[string]*onnx.Tensor{}, Values: map[string]onnx.Value{},
		Inputs:  []onnx.Value{{Name: "x", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, channels, side, side)}},
		Outputs: []onnx.Value{{Name: "score", Type: onnx.Float32, Ranked: true, Shape: onnx.Fixed(-1, channels)}},
	}}
	r := rand.New(rand.NewPCG(8, 9))
	at := "x"
	for i := range layers {
		w, a, y := fmt.Sprint("w", i), fmt.Sprint("a", i), fmt.Sprint("y", i)
		weights := make([]float32, channels*channels*9)
		for k := range weights {
			weights[k] = float32(r.NormFloat64()) * 0.12
		}
		m.Graph.Init[w] = onnx.NewFloats(w, []int64{channels, channels, 3, 3}, weights)
		m.Graph.Nodes = append(m.Graph.Nodes,
			&onnx.Node{Name: a, Op: "Conv", In: []string{at, w}, Out: []string{a}, Attrs: grad.A{"pads": onnx.Ints(1, 1, 1, 1)}},
			&onnx.Node{Name: y, Op: "Relu", In: []string{a}, Out: []string{y}, Attrs: grad.A{}})
		at = y
	}
	m.Graph.Nodes = append(m.Graph.Nodes, &onnx.Node{
		Name: "score", Op: "ReduceMean", In: []string{at}, Out: []string{"score"}, Attrs: grad.A{"axes": onnx.Ints(2, 3), "keepdims": onnx.Int(0)},
	})
	p, err := grad.Prepare(m, "x", []int{-1, channels, side, side}, oracle{lib})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// peerNet prepares one of the small networks that the peers' maps come from.
func peerNet(t testing.TB, lib *runtime.Library, name string) (*grad.Prepared, string) {
	t.Helper()
	m, err := onnx.ReadFile(filepath.Join("../../analysis/method/testdata/peers", name+".onnx"))
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
	return p, s.Logits
}

func noise(n int, p *grad.Prepared) tensor.Tensor {
	shape := append([]int{n}, p.Facts.Shapes[p.Input][1:]...)
	x := tensor.New(shape...)
	r := rand.New(rand.NewPCG(5, 6))
	for i := range x.Data {
		x.Data[i] = float32(r.NormFloat64())
	}
	return x
}

type counted struct{ all, again int }

func segmentedGradient(t testing.TB, lib *runtime.Library, p *grad.Prepared, score string, segments int, x tensor.Tensor, beforeRun ...func()) (tensor.Tensor, counted) {
	t.Helper()
	// As the engine asks for it on a CPU.
	prog, err := grad.Build(p.Model, p.Facts, grad.Query{Score: score, Wants: []string{p.Input}, Segments: segments, Phases: segments > 0, Kernels: segments > 0})
	if err != nil {
		t.Fatal(err)
	}
	var c counted
	for _, n := range prog.Model.Graph.Nodes {
		c.all++
		if strings.Contains(n.Name, ".again.") {
			c.again++
		}
	}
	u := tensor.New(append([]int{x.Shape[0]}, p.Facts.Shapes[score][1:]...)...)
	for i := range u.Data {
		u.Data[i] = float32(i%5) - 2
	}
	data, err := onnx.Marshal(prog.Model)
	if err != nil {
		t.Fatal(err)
	}
	s, err := lib.NewSession(data, []string{p.Input, prog.Seed}, []string{score, prog.Gradients[p.Input]}, runtime.Options{Device: runtime.CPU, Frugal: true, Kernels: prog.Kernels})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, f := range beforeRun {
		f()
	}
	out, err := s.Run(t.Context(), []tensor.Tensor{x, u})
	if err != nil {
		t.Fatal(err)
	}
	return out[1], c
}

// resident is the memory of this process: what it holds now (after starting
// the count of its peak anew), or the peak since then.
func resident(t *testing.T, now bool) int64 {
	t.Helper()
	field := "VmHWM:"
	if now {
		field = "VmRSS:"
		if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200); err != nil {
			t.Skip(err)
		}
	}
	f, err := os.Open("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var kb int64
		if _, err := fmt.Sscanf(lines.Text(), field+" %d", &kb); err == nil {
			return kb << 10
		}
	}
	t.Skip("no " + field)
	return 0
}

// What was drawn at random is kept, whatever the cuts: drawn again, the way
// back would belong to another forward pass.
func TestRandomValuesAreDrawnOnce(t *testing.T) {
	lib := library(t)
	p := deepNet(t, lib, 8)
	m := p.Model.Shallow()
	// Noise on the value in the middle, times which it goes on.
	for i, n := range m.Graph.Nodes {
		if n.Name == "a4" {
			next := n.Clone()
			next.In[0] = "noisy"
			m.Graph.Nodes = append(append(append([]*onnx.Node{}, m.Graph.Nodes[:i]...),
				&onnx.Node{Name: "drawn", Op: "RandomNormalLike", In: []string{n.In[0]}, Out: []string{"drawn"}, Attrs: grad.A{}},
				&onnx.Node{Name: "noisy", Op: "Mul", In: []string{n.In[0], "drawn"}, Out: []string{"noisy"}, Attrs: grad.A{}},
				next), m.Graph.Nodes[i+1:]...)
			break
		}
	}
	facts, err := grad.InferFacts(m, oracle{lib})
	if err != nil {
		t.Fatal(err)
	}
	for _, segments := range []int{2, 3, 4} {
		prog, err := grad.Build(m, facts, grad.Query{Score: "score", Wants: []string{"x"}, Segments: segments})
		if err != nil {
			t.Fatal(err)
		}
		draws, again := 0, 0
		for _, n := range prog.Model.Graph.Nodes {
			if n.Op == "RandomNormalLike" {
				draws++
			}
			if strings.Contains(n.Name, ".again.") {
				again++
			}
		}
		if draws != 1 || again == 0 {
			t.Errorf("%d segments: drawn %d times, %d nodes computed again", segments, draws, again)
		}
	}
}
